"""What an inspection concludes reaches the teacher concerned, and a violation is concluded under the password."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry, User
from approvals import corrections
from approvals.findings import CellSeen, answer, conclude, mark_read, note, waive
from approvals.inspection_workflow import FindingState, InspectionAct, Verdict
from approvals.inspections import InspectionOutdated, Wanted, end_inspection, open_inspection
from approvals.models import Finding, Inspection
from approvals.tasks import read_tasks
from gradebook.sheets import Field
from students.models import SchoolYear
from tests.approvals.papers import draft, entered_school, filed
from tests.gradebook.school import CONFIRMED, open_window

pytestmark = pytest.mark.django_db


def the_school():
    """Toán GHKI of 4A entered (the first pupil: 7, H) and locked; cô Hoa checks it."""
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def answered(school, cells=1):
    """Cô Hoa's findings in the same words against cells of one pupil; cô Lan has answered all of them."""
    wanted = Wanted(
        kind=Inspection.Kind.SURPRISE,
        period="GHKI",
        purpose="Đối chiếu điểm với bài kiểm tra.",
        classes=[school.class_4a],
        codes=["TOAN"],
    )
    inspection = open_inspection(wanted, year=school.year, by=again(school.hoa))
    (row,) = school.pupils[0].subject_results.filter(line__code="TOAN")
    fields = (Field.MARK, Field.ATTAINMENT, Field.COMMENT)[:cells]
    found = note(
        inspection,
        school.sheet(),
        [CellSeen(school.pupils[0].pk, "TOAN", field, row.version) for field in fields],
        text="Điểm không khớp bài kiểm tra.",
        due_on=clock.today(),
        by=again(school.hoa),
    )
    return answer(found[0], text="Em cộng nhầm phần đọc.", together=True, by=again(school.lan))


def concluded(school, verdict=Verdict.TO_FIX, cells=1):
    found = answered(school, cells)
    return conclude(
        found[0], verdict=verdict, text="Sửa theo phiếu đề nghị.", together=True, by=again(school.hoa)
    )


def page_of(finding):
    return reverse("approvals:finding", args=[finding.pk])


def checks_counted(client):
    """What the menu counts at «Kiểm tra hồ sơ»."""
    menu = client.get(reverse("accounts:powers")).context["menu"]
    return next(each["count"] for each in menu if each["url"] == reverse("approvals:inspections"))


def test_a_conclusion_waits_at_the_teachers_tasks_until_the_teacher_opens_it(school, client):
    (finding,) = concluded(school, Verdict.FIXED)
    (task,) = read_tasks(again(school.lan)).inspections
    assert (task.title, task.url) == ("Đọc kết luận kiểm tra: Toán lớp 4A", page_of(finding))
    assert task.detail == "kết luận: Có sai sót, đã khắc phục"
    client.force_login(school.lan)
    assert checks_counted(client) == 1
    client.get(page_of(finding))
    assert not read_tasks(again(school.lan)).inspections
    assert checks_counted(client) == 0


def test_the_page_shows_the_finding_the_own_answer_and_the_conclusion(school, client):
    (finding,) = concluded(school)
    client.force_login(school.lan)
    shown = client.get(page_of(finding)).content.decode().split("<main", 1)[1]
    places = [
        shown.index(words)
        for words in (
            "Điểm không khớp bài kiểm tra.",
            "<h2>Giải trình của giáo viên</h2>",
            "Em cộng nhầm phần đọc.",
            "<h2>Kết luận</h2>",
            "Sửa theo phiếu đề nghị.",
        )
    ]
    assert places == sorted(places)


def test_the_conclusion_is_read_by_the_teachers_look_alone(school, client):
    (finding,) = concluded(school)
    client.force_login(school.hoa)
    assert "giáo viên chưa đọc" in " ".join(client.get(page_of(finding)).content.decode().split())
    assert len(read_tasks(again(school.lan)).inspections) == 1
    client.force_login(school.lan)
    client.head(page_of(finding))
    assert len(read_tasks(again(school.lan)).inspections) == 1
    client.get(page_of(finding))
    client.force_login(school.hoa)
    finding.refresh_from_db()
    read = f"giáo viên đã đọc lúc {clock.moment_label(finding.read_at)[:5]}"
    assert read in client.get(page_of(finding)).content.decode()


def test_what_was_concluded_at_one_stroke_is_one_task_and_names_every_finding(school, client):
    _first, second, third = concluded(school, Verdict.FIXED, cells=3)
    (task,) = read_tasks(again(school.lan)).inspections
    client.force_login(school.lan)
    assert checks_counted(client) == 1
    shown = client.get(task.url).content.decode()
    assert f'href="{page_of(second)}"' in shown
    assert f'href="{page_of(third)}"' in shown
    assert not read_tasks(again(school.lan)).inspections


def test_two_conclusions_given_apart_are_two_tasks(school):
    first, second = answered(school, cells=2)
    conclude(first, verdict=Verdict.FIXED, text="Đã sửa.", by=again(school.hoa))
    conclude(second, verdict=Verdict.CORRECT, text="Đúng bài.", by=again(school.hoa))
    assert len(read_tasks(again(school.lan)).inspections) == 2


def test_a_conclusion_is_read_after_the_inspection_has_ended_too(school, client):
    (finding,) = concluded(school)
    end_inspection(finding.inspection, InspectionAct.CLOSE, text="Có sai sót.", by=again(school.hoa))
    client.force_login(school.lan)
    assert client.get(page_of(finding)).status_code == 200
    finding.refresh_from_db()
    assert finding.read_at is not None
    with pytest.raises(DatabaseError, match=r"has ended|stays as it was"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(text="Khác đi.")


def test_of_a_closed_year_no_conclusion_is_news_and_its_page_still_opens(school, client):
    (finding,) = concluded(school)
    end_inspection(finding.inspection, InspectionAct.CLOSE, text="Có sai sót.", by=again(school.hoa))
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.CLOSED)
    assert not read_tasks(again(school.lan)).inspections
    client.force_login(school.lan)
    assert client.get(page_of(finding)).status_code == 200


def conclude_on_page(client, finding, verdict, **more):
    address = reverse("approvals:finding_act", args=[finding.pk, "close"])
    return client.post(address, {"verdict": verdict, "text": "Cố ý ghi sai.", **more})


def test_a_violation_is_concluded_with_the_password_alone_and_that_is_on_record(school, client):
    (finding,) = answered(school)
    client.force_login(school.hoa)
    asked = conclude_on_page(client, finding, "violation")
    assert asked.status_code == 422
    assert "Kết luận Nguyễn Thị Lan vi phạm quy định" in asked.content.decode()
    assert "Cố ý ghi sai." in asked.content.decode()
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED
    assert conclude_on_page(client, finding, "violation", **CONFIRMED).status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.verdict) == (FindingState.CLOSED, "violation")
    confirmed = AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PASSWORD_CONFIRMED).latest("pk")
    assert "vi phạm quy định, nội dung số 1" in confirmed.detail


def test_the_other_verdicts_ask_no_password(school, client):
    (finding,) = answered(school)
    client.force_login(school.hoa)
    assert conclude_on_page(client, finding, "fixed").status_code == 302


def proposed_period(client, school):
    client.force_login(school.hoa)
    return client.get(reverse("approvals:inspection_new")).context["form"]["period"].value()


def test_a_new_check_proposes_the_period_just_finished_not_the_one_being_entered(school, client):
    assert proposed_period(client, school) == "GHKI"
    open_window(school, "CHKI")
    assert proposed_period(client, school) == "GHKI"
    with clock.travelling(clock.now() + datetime.timedelta(days=2)):
        assert proposed_period(client, school) == "CHKI"


def fixes_of(school):
    """Titles of cô Lan's tasks to file a request."""
    tasks = read_tasks(again(school.lan)).inspections
    return [each.title for each in tasks if each.title.startswith("Lập phiếu sửa")]


def test_what_is_to_be_corrected_stays_the_teachers_task_until_a_request_for_the_cell_is_filed(
    school, client
):
    (finding,) = concluded(school)
    mark_read(finding, by=again(school.lan))
    task = ["Lập phiếu sửa theo kết luận kiểm tra: Toán lớp 4A"]
    client.force_login(school.lan)
    assert (fixes_of(school), checks_counted(client)) == (task, 1)
    draft(school, "8", pupil=1)
    filed(school, "8", pupil=2)
    assert fixes_of(school) == task  # a draft, and another pupil's cell
    assert "Chưa có phiếu đề nghị sửa" in client.get(page_of(finding)).content.decode()
    request = filed(school)
    assert (fixes_of(school), checks_counted(client)) == ([], 0)
    shown = client.get(page_of(finding)).content.decode()
    assert f"Phiếu {request.label}" in shown
    assert "Chưa có phiếu đề nghị sửa" not in shown


def test_a_request_that_is_refused_mends_nothing_so_that_another_is_asked_for(school, client):
    (finding,) = concluded(school)
    mark_read(finding, by=again(school.lan))
    request = filed(school)
    assert fixes_of(school) == []
    corrections.decide(request, approve=False, note="Ảnh mờ.", by=school.hoa)
    assert fixes_of(school) == ["Lập phiếu sửa theo kết luận kiểm tra: Toán lớp 4A"]
    client.force_login(school.hoa)
    assert "Thôi yêu cầu" in client.get(page_of(finding)).content.decode()


def test_the_inspector_waives_the_request_with_a_reason_after_the_end_too_and_once(school, client):
    (finding,) = concluded(school)
    mark_read(finding, by=again(school.lan))
    client.force_login(school.hoa)
    inspection = reverse("approvals:inspection", args=[finding.inspection_id])
    assert "phải sửa theo phiếu đề nghị mà chưa có phiếu nào" in client.get(inspection).content.decode()
    end_inspection(
        finding.inspection, InspectionAct.CLOSE, text="Còn một điểm phải sửa.", by=again(school.hoa)
    )
    assert "Chưa có phiếu" in client.get(inspection).content.decode()
    act = reverse("approvals:finding_act", args=[finding.pk, "waive"])
    assert client.post(act, {"text": " "}).status_code == 422
    assert len(fixes_of(school)) == 1
    shown = client.post(act, {"text": "Bài kiểm tra đã chấm lại, điểm trong sổ đúng."}, follow=True)
    assert "Thôi yêu cầu lập phiếu sửa" in shown.content.decode()
    assert fixes_of(school) == []
    with pytest.raises(InspectionOutdated, match="không còn chờ phiếu"):
        waive(finding, text="Một lần nữa.", by=again(school.hoa))


def test_what_is_to_be_corrected_in_one_sheet_is_one_task(school):
    found = concluded(school, cells=3)
    mark_read(found[0], by=again(school.lan))
    assert len(fixes_of(school)) == 1
