"""Checks of the books after each KTĐK: opened, noted against cells, answered, concluded; decisions upon staff."""

import datetime
import re

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.models import AccessLogEntry, AuditEntry, User
from accounts.permissions import may
from accounts.powers import Action
from approvals.documents import DocumentRefused
from approvals.findings import CellSeen, answer, ask, conclude, note
from approvals.inspection_checks import read_draw
from approvals.inspection_workflow import FindingState, InspectionAct, Verdict
from approvals.inspections import (
    InspectionOutdated,
    InspectionRefused,
    Wanted,
    choose_pupils,
    end_inspection,
    open_inspection,
)
from approvals.models import (
    Finding,
    FindingEntry,
    InspectedClass,
    InspectedPupil,
    Inspection,
    StaffDecision,
)
from approvals.staff_decisions import Decision, record_decision, revoke_decision, visible_decisions
from approvals.tasks import read_tasks
from gradebook.models import TeachingAssignment
from gradebook.number_register import next_decision_number, number_problem
from gradebook.sheets import Field
from tests.approvals.kept import the_board
from tests.approvals.papers import draft, entered_school
from tests.gradebook.school import CONFIRMED, add_pupils, enter, open_window

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WORDS = "Điểm không khớp bài kiểm tra."


def the_school():
    """Toán GHKI of 4A entered (the first pupil: 7, H) and locked; cô Hoa checks it."""
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def check(school, *, by=None, **changed):
    values = {
        "kind": Inspection.Kind.SURPRISE,
        "period": "GHKI",
        "purpose": "Đối chiếu điểm với bài kiểm tra.",
        "classes": [school.class_4a],
        "codes": ["TOAN", "TV", "NLPC"],
        "drawn_per_class": None,
    }
    return open_inspection(Wanted(**{**values, **changed}), year=school.year, by=again(by or school.hoa))


def mark_cell(school, pupil=0, version=None):
    """The mark of a pupil in Toán as it stands."""
    row = next(each for each in school.pupils[pupil].subject_results.all() if each.line.code == "TOAN")
    return CellSeen(school.pupils[pupil].pk, "TOAN", Field.MARK, row.version if version is None else version)


def noted(school, *, due=3, inspection=None, by=None, text=WORDS):
    """Cô Hoa's finding against the mark 7; cô Lan is asked to answer within three days."""
    found = note(
        inspection or check(school),
        school.sheet(),
        [mark_cell(school)],
        text=text,
        due_on=None if due is None else clock.today() + due * DAY,
        by=again(by or school.hoa),
    )
    return found[0]


def concluded(school, verdict=Verdict.TO_FIX):
    finding = answer(noted(school), text="Em cộng nhầm phần đọc.", by=again(school.lan))[0]
    return conclude(finding, verdict=verdict, text="Phải sửa.", by=again(school.hoa))[0]


def decided(school, **changed):
    values = {
        "kind": StaffDecision.Kind.VIOLATION,
        "person": school.lan,
        "content": "Nhập điểm sai so với bài.",
        "measure": "Nhắc nhở",
        "number": "15/QĐ-THKĐ",
        "dated": clock.today(),
    }
    return record_decision(Decision(**{**values, **changed}), by=again(school.bich))


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def words_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def as_(client, person):
    client.force_login(person)
    return client


# -- Opening -----------------------------------------------------------------------------------------------


def form(**changed):
    return {
        "kind": "planned",
        "period": "GHKI",
        "purpose": "Đối chiếu điểm với bài kiểm tra.",
        "grades": ["4"],
        "codes": ["TOAN"],
        "drawn_per_class": "2",
        **changed,
    }


def test_the_principal_opens_a_check_of_a_grade_and_the_server_draws_pupils_of_each_class(school, client):
    as_(client, school.bich)
    opened = client.post(reverse("approvals:inspection_new"), form(), follow=True)
    found = Inspection.objects.get()
    assert (found.number, found.opened_by, found.codes, len(found.seed)) == (1, school.bich, ["TOAN"], 16)
    drawn = InspectedPupil.objects.filter(inspection=found, is_drawn=True)
    assert sorted(drawn.values_list("school_class__name", flat=True)) == ["4A", "4A", "4B", "4B"]
    assert found.seed in text(opened)
    assert "2/5 em" in text(opened)
    shown = client.get(reverse("approvals:inspection_class", args=[found.pk, school.class_4a.pk]))
    assert "Bốc thăm lại: khớp" in text(shown)


def test_the_draw_is_found_out_when_it_does_not_follow_from_its_seed(school):
    inspection = check(school, drawn_per_class=2)
    page = read_draw(school.hoa, inspection, school.class_4a.pk)
    assert page.is_fair
    assert [each.is_drawn for each in page.candidates] == [True, True, False, False, False]
    InspectedPupil.objects.create(
        inspection=inspection,
        school_class=school.class_4a,
        student=page.candidates[-1].student,
        is_drawn=True,
    )
    assert not read_draw(school.hoa, inspection, school.class_4a.pk).is_fair


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"grades": []}, "Chưa chọn lớp nào"),
        ({"purpose": ""}, "Chưa có nội dung kiểm tra"),
        ({"drawn_per_class": "0"}, "ít nhất 1 em"),
        ({"drawn_per_class": "ba"}, "bằng chữ số"),
        ({"codes": ["XYZ"]}, "Sổ chưa đúng"),
        ({"kind": "secret"}, "Hình thức chưa đúng"),
    ],
)
def test_a_bad_form_is_refused_with_a_remedy(school, client, wrong, why):
    refused = as_(client, school.hoa).post(reverse("approvals:inspection_new"), form() | wrong)
    assert refused.status_code == 422
    assert why in text(refused)
    assert not Inspection.objects.exists()


def test_pupils_are_added_by_hand_beside_the_drawn_ones(school, client):
    inspection = check(school, drawn_per_class=1)
    page = read_draw(school.hoa, inspection, school.class_4a.pk)
    other = page.candidates[-1].student
    address = reverse("approvals:inspection_class", args=[inspection.pk, school.class_4a.pk])
    shown = as_(client, school.hoa).post(address, {"pupil": [other.pk, 999999, "x"]}, follow=True)
    assert "Đã thêm 1 em" in text(shown)
    sheet = client.get(
        reverse("approvals:inspection_sheet", args=[inspection.pk, school.class_4a.pk, "TOAN"])
    )
    names = {page.candidates[0].student.full_name, other.full_name}
    assert {each.full_name for each in school.pupils if each.full_name in text(sheet)} == names


# -- Noting ------------------------------------------------------------------------------------------------


def test_the_whole_story_from_the_cell_to_the_minutes(school, client):
    inspection = check(school)
    address = reverse("approvals:inspection_sheet", args=[inspection.pk, school.class_4a.pk, "TOAN"])
    shown = as_(client, school.hoa).get(address).content.decode()
    cell = re.search(r'value="(\d+\.TOAN\.mark\.\d+)"\s+aria-label="[^"]*Điểm KTĐK: 7"', shown)[1]
    due = clock.today() + 3 * DAY
    client.post(address, {"cell": [cell], "text": WORDS, "asks": "on", "due_on": due.isoformat()})
    finding = Finding.objects.get()
    assert (finding.value, finding.responsible, finding.state) == ("7", school.lan, "asked")
    assert "ghi nhận 1" in text(client.get(address))

    as_(client, school.lan)
    assert "Giải trình nội dung kiểm tra: Toán lớp 4A" in text(client.get("/"))
    assert client.get(reverse("accounts:powers")).context["waiting"]["count"] == 1
    page = reverse("approvals:finding", args=[finding.pk])
    assert f"?propose=1&amp;cell={school.pupils[0].pk}.TOAN.mark" in client.get(page).content.decode()
    client.post(
        reverse("approvals:finding_act", args=[finding.pk, "answer"]), {"text": "Em cộng nhầm phần đọc."}
    )
    request = reverse("approvals:request", args=[draft(school).pk])
    assert request in client.get(page).content.decode()

    as_(client, school.hoa)
    assert request not in client.get(page).content.decode()
    assert "Kết luận nội dung kiểm tra: Toán lớp 4A" in text(client.get("/"))
    client.post(
        reverse("approvals:finding_act", args=[finding.pk, "close"]),
        {"verdict": "to_fix", "text": "Lập phiếu sửa."},
    )
    end = reverse("approvals:inspection_act", args=[inspection.pk, "close"])
    assert client.post(end, {"text": "Còn một sai sót."}).status_code == 422  # asks for the password
    ended = client.post(end, {"text": "Còn một sai sót.", **CONFIRMED}, follow=True)
    assert "Đã kết thúc" in text(ended)

    minutes = reverse("reports:inspection_minutes", args=[inspection.pk])
    client.post(reverse("accounts:confirm"), {"next": minutes, "lasting": "exports", **CONFIRMED})
    file = client.get(minutes)
    paper = words_of(b"".join(file))
    for words in (
        "Số: 01/BB-KT",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Người kiểm tra: Võ Thị Hoa, Phó Hiệu trưởng",
        WORDS,
        "Nguyễn Thị Lan: Em cộng nhầm phần đọc.",
        "Còn một sai sót.",
        "Nơi nhận:",
        "Hoàng Ngọc Bích",
    ):
        assert words in paper, words
    assert AccessLogEntry.objects.filter(kind="print_downloaded", target__contains="01/BB-KT").exists()


def test_the_value_of_that_moment_is_kept_whatever_becomes_of_the_cell(school, client):
    finding = noted(school)
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "9", by=school.lan)
    finding.refresh_from_db()
    assert finding.value == "7"
    page = text(as_(client, school.lan).get(reverse("approvals:finding", args=[finding.pk])))
    assert "Giá trị lúc kiểm tra 7" in page
    assert "Giá trị hiện nay 9 Đã thay đổi" in page


def test_a_cell_that_has_changed_since_the_page_came_is_not_noted(school, client):
    inspection = check(school)
    seen = mark_cell(school)
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "9", by=school.lan)
    address = reverse("approvals:inspection_sheet", args=[inspection.pk, school.class_4a.pk, "TOAN"])
    key = f"{seen.student_id}.TOAN.mark.{seen.version}"
    stale = as_(client, school.hoa).post(address, {"cell": [key], "text": WORDS})
    assert stale.status_code == 409
    assert "vừa được sửa" in text(stale)
    assert WORDS in text(stale)
    assert not Finding.objects.exists()


def test_a_whole_sheet_is_noted_and_a_finding_that_nobody_was_told_of_is_hidden_from_the_teacher(
    school, client
):
    found = note(
        check(school), school.sheet("NLPC"), [], text="Nhận xét giống nhau.", due_on=None, by=school.hoa
    )[0]
    assert (found.student, found.value, found.responsible, found.state) == (None, "", school.lan, "noted")
    page = reverse("approvals:finding", args=[found.pk])
    assert as_(client, school.lan).get(page).status_code == 403
    ask(found, due_on=clock.today(), by=school.hoa)
    assert "Cả sổ" in text(client.get(page))


def test_many_cells_are_noted_in_the_same_number_of_statements(school, django_assert_max_num_queries):
    add_pupils(school.class_4a, 20)
    inspection = check(school)
    cells = [CellSeen(pk, "TOAN", "comment", 0) for pk in inspection.classes.get().roster[1:]]
    with django_assert_max_num_queries(24) as captured:
        note(inspection, school.sheet(), cells[:1], text=WORDS, due_on=clock.today(), by=school.hoa)
    one = len(captured)
    with django_assert_max_num_queries(one):
        note(inspection, school.sheet(), cells[1:], text=WORDS, due_on=clock.today(), by=school.hoa)
    assert inspection.findings.count() == 24


def test_findings_noted_in_the_same_words_are_answered_and_concluded_together(school, client):
    inspection = check(school)
    cells = [CellSeen(each.pk, "TOAN", "comment", 0) for each in school.pupils[1:]]
    found = note(inspection, school.sheet(), cells, text=WORDS, due_on=clock.today(), by=school.hoa)
    other = noted(school, inspection=inspection, text="Chuyện khác.")
    page = reverse("approvals:finding", args=[found[0].pk])
    assert "Cho cả 4 nội dung" in text(as_(client, school.lan).get(page))
    act = reverse("approvals:finding_act", args=[found[0].pk, "answer"])
    client.post(act, {"text": "Chưa kịp nhận xét.", "together": "on"})
    conclude(found[1], verdict=Verdict.TO_FIX, text="Nhập bù.", together=True, by=again(school.hoa))
    states = dict(Finding.objects.values_list("pk", "state"))
    assert {states[each.pk] for each in found} == {"closed"}
    assert states[other.pk] == "asked"
    assert FindingEntry.objects.filter(act="close").count() == 4


def test_what_is_outside_the_check_or_ones_own_is_not_noted(school):
    inspection = check(school)
    outside = [
        (school.sheet("NN1"), []),
        (school.sheet("TOAN", school_class=school.class_4b), []),
        (school.sheet("TOAN", "CHKI"), []),
        (school.sheet(), [CellSeen(school.pupils[0].pk, "TOAN", "rating", 0)]),
        (school.sheet(), [CellSeen(999999, "TOAN", "mark", 0)]),
    ]
    for ref, cells in outside:
        with pytest.raises(InspectionRefused):
            note(inspection, ref, cells, text=WORDS, due_on=None, by=school.hoa)
    TeachingAssignment.objects.filter(teacher=school.lan, line__code="TOAN").update(teacher=school.hoa)
    with pytest.raises(InspectionRefused, match="sổ của chính mình"):
        note(inspection, school.sheet(), [], text=WORDS, due_on=None, by=again(school.hoa))
    assert not Finding.objects.exists()


# -- Who may -----------------------------------------------------------------------------------------------


def acts_on(school, finding, by):
    """Every act of an inspector on a finding and its check, each to be tried."""
    inspection, person = finding.inspection, again(by)
    return (
        lambda: noted(school, inspection=inspection, by=person, due=None),
        lambda: choose_pupils(inspection, school.class_4a, [school.pupils[0].pk], by=person),
        lambda: ask(finding, due_on=clock.today(), by=person),
        lambda: conclude(finding, verdict=Verdict.CORRECT, text="Đúng bài.", by=person),
    )


def test_only_who_leads_the_check_and_the_principal_act_on_it(school):
    """Every act by everybody."""
    for name, person in school.people.items():
        finding = noted(school, due=None, inspection=check(school, by=school.hoa))
        for act in acts_on(school, finding, person):
            if name in ("hoa", "bich"):
                act()
            else:
                with pytest.raises(PermissionDenied), transaction.atomic():
                    act()
        finding.refresh_from_db()
        assert (finding.state == FindingState.NOTED) == (name not in ("hoa", "bich"))


def test_a_vice_principal_does_not_conclude_the_principals_check(school, client):
    inspection = check(school, by=school.bich)
    finding = noted(school, inspection=inspection, by=school.bich)
    page = as_(client, school.hoa).get(reverse("approvals:finding", args=[finding.pk]))
    assert "Lời kết luận" not in text(page)
    with pytest.raises(PermissionDenied):
        conclude(finding, verdict=Verdict.CORRECT, text="Đúng bài.", by=again(school.hoa))


def test_only_the_teacher_answers_and_once(school):
    finding = noted(school)
    for name, person in school.people.items():
        if name != "lan":
            with pytest.raises(PermissionDenied), transaction.atomic():
                answer(finding, text="Tôi trả lời thay.", by=again(person))
    answer(finding, text="Em cộng nhầm.", by=again(school.lan))
    with pytest.raises(InspectionOutdated):
        answer(finding, text="Thêm lần nữa.", by=again(school.lan))
    ask(finding, due_on=clock.today() + DAY, text="Bài đâu?", by=again(school.hoa))
    answer(finding, text="Bài ở văn phòng.", by=again(school.lan))
    assert list(FindingEntry.objects.values_list("act", flat=True)) == ["ask", "answer", "ask", "answer"]


def test_a_fault_is_not_concluded_before_the_teacher_was_heard_or_the_day_has_passed(school):
    finding = noted(school)
    with pytest.raises(InspectionRefused, match="chưa giải trình"):
        conclude(finding, verdict=Verdict.VIOLATION, text="Vi phạm.", by=again(school.hoa))
    with clock.travelling(clock.now() + 5 * DAY):
        conclude(finding, verdict=Verdict.VIOLATION, text="Không giải trình.", by=again(school.hoa))


@pytest.mark.parametrize(("due", "why"), [(-1, "Hạn giải trình"), (90, "Hạn giải trình")])
def test_the_day_for_an_answer_is_near(school, due, why):
    with pytest.raises(InspectionRefused, match=why):
        noted(school, due=due)


def test_a_check_is_not_closed_before_its_findings_and_not_cancelled_with_any(school):
    finding = noted(school)
    inspection = finding.inspection
    for act in (InspectionAct.CLOSE, InspectionAct.CANCEL):
        with pytest.raises(InspectionRefused):
            end_inspection(inspection, act, text="Xong rồi.", by=again(school.hoa))
    empty = check(school)
    with pytest.raises(InspectionRefused, match="Chưa ghi"):
        end_inspection(empty, InspectionAct.CLOSE, text=" . ", by=again(school.hoa))
    end_inspection(empty, InspectionAct.CANCEL, text="Mở nhầm.", by=again(school.hoa))
    with pytest.raises(InspectionOutdated):
        noted(school, inspection=empty)


def test_a_teacher_sees_own_findings_alone(school, client):
    finding = noted(school)
    page = reverse("approvals:finding", args=[finding.pk])
    opened = {
        name: as_(client, person).get(page).status_code == 200 for name, person in school.people.items()
    }
    assert {name for name, is_open in opened.items() if is_open} == {"lan", "bich", "hoa"}
    listed = {
        name: WORDS in text(as_(client, person).get(reverse("approvals:inspections")))
        for name, person in school.people.items()
    }
    assert {name for name, is_listed in listed.items() if is_listed} == {"lan"}


# -- Decisions upon staff ----------------------------------------------------------------------------------


def test_the_principal_records_a_decision_about_a_finding_and_the_person_is_told_until_it_is_read(
    school, client
):
    finding = concluded(school, Verdict.VIOLATION)
    as_(client, school.bich)
    assert "Ghi quyết định xử lí" in text(client.get(reverse("approvals:finding", args=[finding.pk])))
    address = f"{reverse('approvals:staff_decision_new')}?finding={finding.pk}"
    assert "Nguyễn Thị Lan" in text(client.get(address))
    values = {
        "kind": "violation",
        "person": school.lan.pk,
        "content": "Nhập điểm sai so với bài.",
        "measure": "Nhắc nhở bằng văn bản",
        "number": "15/QĐ-THKĐ",
        "dated": clock.today().isoformat(),
    }
    assert client.post(address, values).status_code == 422  # asks for the password
    client.post(address, values | CONFIRMED)
    found = StaffDecision.objects.get()
    assert (found.person, found.decided_by, found.finding) == (school.lan, school.bich, finding)
    as_(client, school.lan)
    assert "Xử lí vi phạm: quyết định số 15/QĐ-THKĐ" in text(client.get("/"))
    page = text(client.get(reverse("approvals:staff_decision", args=[found.pk])))
    assert "Hoàng Ngọc Bích, số 15/QĐ-THKĐ" in page
    found.refresh_from_db()
    read_at = f"{timezone.localtime(found.read_at):%H:%M %d/%m/%Y}"
    assert f"Người được ghi đã đọc {read_at}" in page  # the look being made counts
    assert "Quyết định Xử lí vi phạm số 15/QĐ-THKĐ" in text(
        client.get(reverse("approvals:finding", args=[finding.pk]))
    )
    assert "15/QĐ-THKĐ" not in text(client.get("/"))
    found.refresh_from_db()
    assert found.read_at


def test_a_violation_is_let_rest_by_a_decision_with_a_name_and_a_reason(school, client):
    finding = concluded(school, Verdict.VIOLATION)
    as_(client, school.bich)
    waits = "Xem xét xử lí vi phạm"
    assert waits in text(client.get("/"))
    address = f"{reverse('approvals:staff_decision_new')}?finding={finding.pk}"
    values = {"kind": "no_action", "person": school.lan.pk, "content": "Lần đầu, đã sửa ngay trong ngày."}
    values |= {"dated": clock.today().isoformat(), **CONFIRMED}
    assert client.post(address, values | {"content": ""}).status_code == 422
    for_a_paper = text(client.post(address, values | {"kind": "violation"}))
    assert "Chưa có hình thức" in for_a_paper
    assert "Chưa có số quyết định" in for_a_paper
    assert client.post(address, values).status_code == 302
    found = StaffDecision.objects.get()
    assert (found.kind, found.measure, found.number, found.decided_by) == (
        *("no_action", "Không xử lí", ""),
        school.bich,
    )
    page = text(client.get(reverse("approvals:staff_decision", args=[found.pk])))
    assert "Lần đầu, đã sửa ngay trong ngày." in page
    assert f"{school.bich.full_name}, ngày {clock.today():%d/%m/%Y}" in page
    assert waits not in text(client.get("/"))
    assert "Vi phạm này đã ghi «Không xử lí» rồi." in text(client.post(address, values))
    as_(client, school.lan)
    assert "Không xử lí: quyết định của Hiệu trưởng" in text(client.get("/"))


def test_nobody_is_commended_for_a_violation_and_only_a_violation_is_let_rest(school, client):
    finding = concluded(school, Verdict.VIOLATION)
    as_(client, school.bich)
    form = client.get(f"{reverse('approvals:staff_decision_new')}?finding={finding.pk}").content.decode()
    assert 'value="commendation"' not in form
    with pytest.raises(InspectionRefused, match="không ghi khen thưởng từ đó"):
        decided(school, kind="commendation", finding=finding)
    with pytest.raises(InspectionRefused, match="chỉ ghi cho nội dung đã kết luận vi phạm"):
        decided(school, kind="no_action")
    with pytest.raises(IntegrityError, match="nobody is commended for it"), transaction.atomic():
        StaffDecision.objects.create(
            kind="commendation",
            finding=finding,
            person=school.lan,
            content="Tốt",
            measure="Giấy khen",
            number="16/QĐ-THKĐ",
            dated=clock.today(),
            decided_by=school.bich,
        )


def test_a_decision_is_seen_by_the_leaders_and_the_person_alone(school, client):
    found = decided(school)
    page = reverse("approvals:staff_decision", args=[found.pk])
    for name, person in school.people.items():
        sees = name in {"lan", "bich", "hoa"}
        assert may(again(person), Action.SEE_STAFF_DECISION, owner_id=found.person_id) == sees
        assert visible_decisions(again(person)).exists() == sees
        as_(client, person)
        assert (client.get(page).status_code == 200) == sees, name
        assert (found.number in text(client.get(reverse("approvals:staff_decisions")))) == sees, name


def test_nobody_but_the_principal_decides_and_never_on_themselves(school):
    with pytest.raises(PermissionDenied):
        decided(school, person=school.bich)
    for name in ("hoa", "tuan", "lan"):
        with pytest.raises(PermissionDenied):
            record_decision(
                Decision("commendation", school.minh, "Nhập đúng hạn.", "Giấy khen", "1/QĐ", clock.today()),
                by=again(school.people[name]),
            )
    with pytest.raises(InspectionRefused, match="chưa kết luận"):
        decided(school, finding=noted(school))
    with pytest.raises(InspectionRefused, match="tương lai"):
        decided(school, dated=clock.today() + DAY)
    decided(school)
    with pytest.raises(InspectionRefused, match="đã ghi cho người này"):
        decided(school)


def test_the_principal_is_told_of_a_violation_until_a_decision_is_recorded_about_it(school, client):
    finding = concluded(school, verdict=Verdict.VIOLATION)
    (task,) = read_tasks(again(school.bich)).inspections
    assert task.title == "Xem xét xử lí vi phạm: Toán lớp 4A"
    end_inspection(finding.inspection, InspectionAct.CLOSE, text="Có vi phạm.", by=again(school.hoa))
    assert read_tasks(again(school.bich)).inspections == (task,)
    assert not read_tasks(again(school.hoa)).inspections
    form = as_(client, school.bich).get(task.url).context["form"]
    proposed = [form[name].value() for name in ("kind", "content", "number")]
    assert proposed == ["violation", finding.text, "01/QĐ-THKĐ"]
    decided(school, kind="commendation", number="9/QĐ-THKĐ")
    assert read_tasks(again(school.bich)).inspections == (task,)  # is no decision upon the violation
    with clock.travelling(clock.now() + 61 * DAY):
        assert read_tasks(again(school.bich)).inspections == (task,)
    decision = decided(school, finding=Finding.objects.get(pk=finding.pk))
    assert not read_tasks(again(school.bich)).inspections
    revoke_decision(decision, why="Ghi nhầm.", by=again(school.bich))
    assert len(read_tasks(again(school.bich)).inspections) == 1


@pytest.mark.parametrize("number", ["abc", "xyz", "31", "0/QĐ", "31/TB-THKĐ"])
def test_a_decision_has_the_number_of_a_decision(school, number):
    with pytest.raises(InspectionRefused, match="số và kí hiệu"):
        decided(school, number=number)
    if number == "31/TB-THKĐ":
        assert decided(school, number=number, referred_to="UBND phường").number == number


def test_a_number_is_that_of_one_decision_of_the_calendar_year(school):
    the_board(school, number="12/QĐ-THKĐ")
    the_board(school, number="12/QĐ-THKĐ")
    assert next_decision_number(clock.today()) == "13/QĐ-THKĐ"
    with pytest.raises(InspectionRefused, match=r"đã dùng .* số tiếp theo 13/QĐ-THKĐ"):
        decided(school, number="12 / qđ-thkđ")
    merit = {"kind": StaffDecision.Kind.COMMENDATION, "number": "9/qđ-thkđ"}
    assert decided(school, **merit).number == "09/QĐ-THKĐ"
    other = decided(school, person=school.minh, **merit)  # one paper, two people
    with pytest.raises(InspectionRefused, match="đã dùng"):
        decided(school, person=school.minh, number="09/QĐ-THKĐ")
    with pytest.raises(DocumentRefused, match="đã dùng"):
        the_board(school, number="09/QĐ-THKĐ")
    assert not number_problem("09/QĐ-THKĐ", clock.today().replace(year=clock.today().year - 1))
    assert number_problem("09/QĐ-THKĐ", clock.today())
    revoke_decision(other, why="Ghi nhầm.", by=again(school.bich))
    with pytest.raises(InspectionRefused, match="đã dùng"):
        decided(school, person=school.minh, number="09/QĐ-THKĐ")


def test_a_mistaken_decision_is_revoked_with_its_reason_and_stays(school, client):
    found = decided(school)
    address = reverse("approvals:staff_decision_revoke", args=[found.pk])
    as_(client, school.bich)
    assert client.post(address, {"why": " ", **CONFIRMED}).status_code == 422
    shown = client.post(address, {"why": "Ghi nhầm người.", **CONFIRMED}, follow=True)
    assert "Ghi nhầm người." in text(shown)
    assert not read_tasks(again(school.lan)).inspections
    with pytest.raises(InspectionOutdated):
        revoke_decision(found, why="Lần nữa.", by=again(school.bich))


# -- The database refuses too ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["noted", "asked", "answered", "lost"])
def test_a_concluded_finding_never_moves_and_an_illegal_move_is_refused_by_the_database(school, state):
    for finding in (concluded(school), noted(school, due=None)):
        if (finding.state, state) in {("noted", "noted"), ("noted", "asked")}:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.filter(pk=finding.pk).update(state=state, verdict="", due_on=clock.today())


def test_what_was_noted_and_drawn_stays_as_it_was_in_the_database_too(school):
    finding = noted(school, inspection=check(school, drawn_per_class=2))
    decision = decided(school)
    other = check(school)
    attacks = [
        lambda: Finding.objects.update(value="9"),
        lambda: Finding.objects.update(text="Khác"),
        lambda: Finding.objects.update(responsible=school.minh),
        lambda: Finding.objects.all().delete(),
        lambda: Inspection.objects.update(seed="0" * 16),
        lambda: Inspection.objects.filter(pk=finding.inspection_id).update(
            state="closed", conclusion="x", closed_by=school.hoa, closed_at=clock.now()
        ),
        lambda: Inspection.objects.filter(pk=finding.inspection_id).update(
            state="cancelled", conclusion="x", closed_by=school.hoa, closed_at=clock.now()
        ),
        lambda: InspectedPupil.objects.all().delete(),
        lambda: InspectedClass.objects.update(roster=[1]),
        lambda: FindingEntry.objects.update(text="Khác"),
        lambda: Inspection.history.all().delete(),
        lambda: StaffDecision.objects.update(person=school.minh),
        lambda: StaffDecision.objects.filter(pk=decision.pk).delete(),
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    end_inspection(other, InspectionAct.CLOSE, text="Không có gì.", by=again(school.hoa))
    with pytest.raises(IntegrityError, match="has ended"), transaction.atomic():
        Finding.objects.create(
            inspection=other, number=9, school_class=school.class_4a, text="Muộn", noted_by=school.hoa
        )
    with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
        Inspection.objects.filter(pk=other.pk).update(
            state="open", conclusion="", closed_by=None, closed_at=None
        )
    tables = ["approvals_inspection", "approvals_finding", "approvals_inspectedpupil"]
    links = AuditEntry.objects.filter(table_name__in=tables)
    assert set(links.values_list("actor", flat=True)) == {"hoa"}


@pytest.mark.parametrize("many", [0, 12])
def test_the_pages_take_the_same_statements_for_few_and_for_many(
    school, client, django_assert_num_queries, many
):
    add_pupils(school.class_4a, many)
    inspection = check(school, classes=[school.class_4a, school.class_4b] if many else [school.class_4a])
    finding = noted(school, inspection=inspection)
    for _each in range(many):
        noted(school, inspection=inspection)
        check(school)
    as_(client, school.hoa)
    with django_assert_num_queries(6):
        client.get(reverse("approvals:inspections"))
    with django_assert_num_queries(8):
        client.get(reverse("approvals:inspection", args=[inspection.pk]))
    with django_assert_num_queries(13):
        client.get(reverse("approvals:inspection_sheet", args=[inspection.pk, school.class_4a.pk, "TOAN"]))
    with django_assert_num_queries(8):
        client.get(reverse("approvals:finding", args=[finding.pk]))
