"""A mistake in last year's results: the year opened again, a request by who led the class then, the year closed again.

1A at the end of its year: cô Ngọc led it and taught Toán. In October the year is closed, its pupils sit in 2A.
"""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.history import Source, acting
from accounts.models import Post, Team, User
from accounts.permissions import acting_role, may_propose, may_see_sheet
from approvals.models import CorrectionRequest
from approvals.tasks import read_tasks
from approvals.year_closing import close_year, reopen_year
from gradebook.decisions import draft_decision, issue_decision
from gradebook.models import SubjectLine, SubjectResult, TeachingAssignment, TraitResult, YearOutcome
from gradebook.regulation import Period
from gradebook.year_end import read_class
from reports.decision_papers import read_decision_paper
from reports.models import PrintJob
from students.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear
from students.movements import Seat, enrol_many
from tests.approvals.papers import REASON, picture
from tests.gradebook.next_year import decide_on, prepare_after
from tests.gradebook.school import CONFIRMED, School, close_window, open_window, value_of
from tests.gradebook.year_end import confirm, ended_school, go_through, say
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    """In October after its year, which is closed; 1A's two pupils sit in 2A."""
    school = ended_school()
    open_window(school, Period.YEAR_END)
    confirm(school)
    go_through(school)
    close_window(school, Period.YEAR_END)
    year = school.year
    others = Enrolment.objects.filter(school_class__year=year).exclude(school_class=school.class_1a)
    decide_on(others, repeating=(), by=school.bich)
    following = prepare_after(year, by=school.tuan)
    with acting(school.tuan, role="Văn thư", source=Source.EXCEL):
        for seats in (Enrolment, HomeroomAssignment, TeachingAssignment):
            seats.objects.update(ends_on=year.ends_on)
        made = SchoolClass.objects.create(year=following, name="2A", grade_level=2)
        enrol_many([Seat(each, made) for each in school.pupils], year=following, by=school.tuan, why="Ghi")
    SchoolYear.objects.filter(pk=following.pk).update(state="open")
    with at(datetime.date(following.pk, 10, 7)):
        close_year(year, by=school.bich)
        school.year.refresh_from_db()
        yield school


def reopen(school: School) -> None:
    reopen_year(school.year, reason="Sửa điểm Toán", by=school.bich)
    school.class_1a.year.refresh_from_db()


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def sheet_url(school: School, code: str = "TOAN") -> str:
    return reverse("gradebook:sheet", args=[school.class_1a.pk, code, "CN"])


def propose(school: School, person: User, value: str = "7", *, pupil: int = 0):
    url = reverse("approvals:propose", args=[school.class_1a.pk, "TOAN", "CN"])
    return client_of(person).post(url, {f"c.{school.pupils[pupil].pk}.TOAN.mark": value})


def act(person: User, request: CorrectionRequest, name: str, **typed):
    url = reverse("approvals:request_act", args=[request.pk, name])
    answer = client_of(person).post(url, {**CONFIRMED, **typed})
    assert answer.status_code == 302, text(answer)
    request.refresh_from_db()


def step(person: User, school: School, name: str):
    url = reverse(f"gradebook:year_end_{name}", args=[school.class_1a.pk])
    answer = client_of(person).post(url, CONFIRMED)
    assert answer.status_code == 302, text(answer)


def year_end_tasks(person: User) -> list[str]:
    return [task.title for task in read_tasks(again(person)).year_end]


def close_again(school: School):
    return client_of(school.bich).post(reverse("approvals:year_close", args=[school.year.pk]), CONFIRMED)


def as_if_printed(school: School) -> PrintJob:
    now = datetime.datetime.combine(school.year.ends_on, datetime.time(), datetime.UTC)
    return PrintJob.objects.create(
        book=PrintJob.Book.CLASS_TABLE,
        school_class=school.class_1a,
        period=Period.YEAR_END,
        asked_by=school.tuan,
        state="done",
        started_at=now,
        finished_at=now,
        pupils_asked=2,
        pupils_done=2,
        pages=1,
        file="books/0.pdf",
    )


def test_a_mark_of_last_year_is_corrected_from_the_reopened_year_to_the_closed_one(school):
    pupil, label = school.pupils[0], school.year.label
    job = as_if_printed(school)
    ngoc, bich = client_of(school.ngoc), client_of(school.bich)
    bich.post(
        reverse("approvals:year_reopen", args=[school.year.pk]), {"reason": "Sửa điểm Toán", **CONFIRMED}
    )
    # The teacher finds the class from the list of requests, and the sheet from the class.
    listed = ngoc.get(reverse("approvals:requests"))
    class_url = reverse("students:class", args=[school.class_1a.pk])
    assert f"Lập phiếu cho năm học {label}" in text(listed)
    assert f'href="{class_url}"' in listed.content.decode()
    assert sheet_url(school) in ngoc.get(class_url).content.decode()
    assert "Đề nghị sửa điểm" in text(ngoc.get(sheet_url(school)))
    assert propose(school, school.ngoc).status_code == 302
    request = CorrectionRequest.objects.get()
    files = {"files": [SimpleUploadedFile("bài.jpg", picture(), content_type="image/jpeg")]}
    act(school.ngoc, request, "file", code="wrong_figure", reason=REASON, **files)
    assert (request.state, request.label, request.year_id) == ("filed", "01/2026-2027/PĐN", school.year.pk)
    assert f"{school.ngoc.full_name}, GVCN 1A, môn Toán" in text(
        client_of(school.hoa).get(reverse("approvals:request", args=[request.pk]))
    )
    act(school.hoa, request, "approve", note="Đúng bài.")
    assert request.state == "awaiting"
    act(school.bich, request, "consent", note="")
    act(school.tuan, request, "apply")
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    assert (request.state, value_of(sheet, pupil)) == ("applied", "7")
    assert "Hoàn thành tốt" in request.effects
    assert "lên lớp của em được mở lại" in request.effects
    assert not YearOutcome.objects.filter(student=pupil, school_class=school.class_1a).exists()
    superseded = text(client_of(school.tuan).get(reverse("reports:superseded", args=[request.pk])))
    assert f"bản in số {job.pk}" in superseded
    # Everything of the year must be decided on before it closes again.
    assert "chưa phê duyệt: 1A (1)" in text(close_again(school))
    assert year_end_tasks(school.ngoc) == [f"Xét lại kết quả năm học lớp 1A ({label})"]
    step(school.ngoc, school, "confirm")
    step(school.ngoc, school, "complete")
    assert year_end_tasks(school.hoa) == [f"Rà soát kết quả năm học lớp 1A ({label})"]
    step(school.hoa, school, "review")
    step(school.bich, school, "approve")
    outcome = YearOutcome.objects.get(student=pupil, school_class=school.class_1a)
    assert (outcome.result, outcome.is_promoted) == ("HTT", True)
    assert close_again(school).status_code == 302
    school.year.refresh_from_db()
    assert school.year.is_closed
    assert "Lập phiếu cho năm học" not in text(ngoc.get(reverse("approvals:requests")))


def test_in_a_closed_year_the_sheet_is_read_and_says_who_could_open_it_again(school):
    words = (
        f"Năm học {school.year.label} đã đóng: số liệu của năm học này chỉ còn để xem và in, không thay đổi được nữa. "
        "Thật cần sửa thì Hiệu trưởng mở lại năm học, có ghi lí do."
    )
    answer = propose(school, school.ngoc)
    assert answer.status_code == 409
    assert words in text(answer)
    shown = client_of(school.ngoc).get(sheet_url(school))
    assert words in text(shown)
    assert "?propose=1" not in shown.content.decode()
    of_pupil = reverse(
        "approvals:propose_pupil", args=[school.class_1a.pk, "TOAN", "CN", school.pupils[0].pk]
    )
    assert words in text(client_of(school.ngoc).get(of_pupil))
    assert not CorrectionRequest.objects.exists()


def test_after_the_year_its_teachers_read_their_class_and_write_nothing_in_it(school):
    reopen(school)
    ngoc, class_1a, pupil = client_of(school.ngoc), school.class_1a.pk, school.pupils[0].pk
    for page in (
        reverse("students:class", args=[class_1a]),
        reverse("gradebook:pupil_sheet", args=[class_1a, pupil]),
        reverse("students:class_attendance", args=[class_1a]),
        reverse("gradebook:year_end", args=[class_1a]),
        sheet_url(school, "NLPC"),
    ):
        assert ngoc.get(page).status_code == 200, page
    shown = ngoc.get(reverse("students:class", args=[class_1a])).content.decode()
    assert reverse("students:pupil", args=[pupil]) not in shown
    assert reverse("students:class_attendance", args=[class_1a]) in shown
    of_this_year = text(ngoc.get(reverse("students:attendance")))
    assert "Năm học này thầy cô không chủ nhiệm lớp nào" in of_this_year
    before = list(SubjectResult.objects.values_list("pk", "version"))
    assert ngoc.post(sheet_url(school), {f"c.{pupil}.TOAN.mark": "7"}).status_code == 403
    record = reverse("students:pupil_edit", args=[pupil, "person"])
    assert ngoc.get(record).status_code == 403
    assert ngoc.get(reverse("students:pupil", args=[pupil])).status_code == 403
    assert list(SubjectResult.objects.values_list("pk", "version")) == before


def test_who_gave_the_class_away_before_the_end_of_the_year_does_not_come_back_to_it(school):
    reopen(school)
    middle = school.year.second_term_starts_on
    day = datetime.timedelta(days=1)
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        for held in (HomeroomAssignment, TeachingAssignment):
            rows = held.objects.filter(school_class=school.class_1a, teacher=school.ngoc)
            for row in rows:
                rows.filter(pk=row.pk).update(ends_on=middle - day)
                row.pk, row.teacher, row.starts_on = None, school.minh, middle
                row.save(force_insert=True)
    line = school.lines[1, "TOAN"]
    for person, holds in ((school.ngoc, False), (school.minh, True)):
        for of_line in (line, None):
            assert may_see_sheet(again(person), school.class_1a, of_line) is holds
            assert may_propose(again(person), school.class_1a, of_line) is holds
    assert propose(school, school.ngoc).status_code == 403
    assert propose(school, school.minh).status_code == 302


def test_of_a_class_that_a_substitute_held_at_the_end_of_the_year_the_regular_teacher_proposes(school):
    reopen(school)
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        rows = TeachingAssignment.objects.filter(school_class=school.class_1a, line__code="TOAN")
        rows.update(teacher=school.minh, substitutes_for=school.ngoc)
    line = school.lines[1, "TOAN"]
    assert may_propose(again(school.ngoc), school.class_1a, line)
    assert not may_propose(again(school.minh), school.class_1a, line)
    assert not may_see_sheet(again(school.minh), school.class_1a, line)


def test_the_list_of_requests_takes_one_statement_more_for_the_years_before(
    school, django_assert_num_queries
):
    reopen(school)
    propose(school, school.ngoc)
    client = client_of(school.ngoc)
    with django_assert_num_queries(7):
        client.get(reverse("approvals:requests"))


def test_a_teacher_of_one_line_asks_for_that_line_alone(school):
    reopen(school)
    line = school.lines[4, "NN1"]
    thu = again(school.thu)
    assert may_propose(thu, school.class_4a, line)
    assert acting_role(thu, school.class_4a, line) == "GVBM Ngoại ngữ 1 4A"
    for other in (school.lines[4, "TOAN"], None):
        assert not may_propose(thu, school.class_4a, other)
        assert not may_see_sheet(thu, school.class_4a, other)
    # From there to the same line of the other classes of that year.
    shown = client_of(school.thu).get(reverse("gradebook:sheet", args=[school.class_4a.pk, "NN1", "CN"]))
    other = reverse("gradebook:sheet", args=[school.class_4b.pk, "NN1", "CN"])
    assert other in shown.content.decode()


def head_of(school: School, person: User, grade: int) -> None:
    team, _made = Team.objects.get_or_create(grade_level=grade, defaults={"name": f"Tổ {grade}"})
    Post.objects.create(holder=person, kind=Post.Kind.GRADE_HEAD, team=team, starts_on=school.year.starts_on)


def test_the_sheet_of_last_year_says_that_the_principal_has_to_agree(school):
    reopen(school)
    shown = text(client_of(school.ngoc).get(sheet_url(school)))
    assert (
        f"Phó Hiệu trưởng phê chuẩn, Hiệu trưởng đồng ý vì kết quả năm học {school.year.label} đã phê duyệt, rồi "
        "văn thư thực hiện."
    ) in shown
    asked = text(client_of(school.ngoc).get(f"{sheet_url(school)}?propose=1"))
    assert "phê chuẩn, Hiệu trưởng đồng ý và thực hiện" in asked


def test_of_who_has_left_the_school_the_head_of_the_grade_files_and_others_decide_and_carry_out(school):
    reopen(school)
    head_of(school, school.minh, 1)
    line = school.lines[1, "TOAN"]
    minh = client_of(school.minh)
    assert not may_propose(again(school.minh), school.class_1a, line)
    assert f"Cần sửa: {school.ngoc.full_name}, người giữ sổ đến hết năm học, lập phiếu đề nghị." in text(
        minh.get(sheet_url(school))
    )
    assert propose(school, school.minh).status_code == 403
    User.objects.filter(pk=school.ngoc.pk).update(is_active=False)
    assert may_propose(again(school.minh), school.class_1a, line)
    assert may_propose(again(school.minh), school.class_1a, None)
    assert acting_role(again(school.minh), school.class_1a, line) == "Tổ (khối) trưởng"
    told = (
        f"nay không lập phiếu được: cần sửa thì tổ (khối) trưởng khối 1 ({school.minh.full_name}) lập phiếu"
    )
    assert told in text(client_of(school.hoa).get(sheet_url(school)))
    class_url = reverse("students:class", args=[school.class_1a.pk])
    classes_url = f"{reverse('students:classes')}?year={school.year.pk}"  # thầy Minh led 4B that year
    assert f'href="{classes_url}"' in minh.get(reverse("approvals:requests")).content.decode()
    assert class_url in minh.get(classes_url).content.decode()
    assert sheet_url(school) in minh.get(class_url).content.decode()
    assert "Đề nghị sửa điểm" in text(minh.get(sheet_url(school)))
    assert propose(school, school.minh).status_code == 302
    request = CorrectionRequest.objects.get()
    files = {"files": [SimpleUploadedFile("bài.jpg", picture(), content_type="image/jpeg")]}
    act(school.minh, request, "file", code="wrong_figure", reason=REASON, **files)
    assert (request.state, request.proposer) == ("filed", school.minh)
    for refused in ("opine", "approve"):
        url = reverse("approvals:request_act", args=[request.pk, refused])
        assert client_of(school.minh).post(url, {"note": "Đúng.", **CONFIRMED}).status_code == 403
    act(school.hoa, request, "approve", note="Đúng bài.")
    for refused in ("consent", "apply"):
        url = reverse("approvals:request_act", args=[request.pk, refused])
        assert client_of(school.minh).post(url, CONFIRMED).status_code == 403
    act(school.bich, request, "consent", note="")
    act(school.tuan, request, "apply")
    assert request.state == "applied"


def test_the_head_files_nothing_of_another_grade_of_a_closed_year_or_where_the_teacher_is_there(school):
    User.objects.filter(pk=school.ngoc.pk).update(last_day=school.year.ends_on)
    head_of(school, school.minh, 1)
    head_of(school, school.dung, 2)
    line = school.lines[1, "TOAN"]
    assert not may_propose(again(school.minh), school.class_1a, line)  # closed
    reopen(school)
    assert may_propose(again(school.minh), school.class_1a, line)
    assert not may_propose(again(school.dung), school.class_1a, line)
    assert not may_propose(again(school.minh), school.class_4a, school.lines[4, "NN1"])
    User.objects.filter(pk=school.ngoc.pk).update(last_day=None)
    assert not may_propose(again(school.minh), school.class_1a, line)
    assert may_propose(again(school.ngoc), school.class_1a, line)


def test_where_there_is_no_head_the_sheet_says_who_appoints_one(school):
    reopen(school)
    User.objects.filter(pk=school.ngoc.pk).update(is_active=False)
    shown = text(client_of(school.hoa).get(sheet_url(school)))
    assert "khối 1 chưa có tổ (khối) trưởng: chưa ai lập phiếu đề nghị được" in shown
    assert "Hiệu trưởng, Phó Hiệu trưởng giao chức vụ tổ (khối) trưởng, rồi người ấy lập phiếu." in shown


def test_the_head_is_no_second_way_into_a_sheet_of_the_running_year(school):
    head_of(school, school.minh, 2)
    made = SchoolClass.objects.get(name="2A")
    line = SubjectLine.objects.filter(year=made.year, grade_level=2).first()
    assert not may_propose(again(school.minh), made, line)
    assert not may_propose(again(school.minh), made, None)


def test_who_keeps_the_administrator_account_now_proposes_nothing_of_the_class_led_last_year(school):
    reopen(school)
    Post.objects.create(holder=school.ngoc, kind=Post.Kind.CLERK, starts_on=clock.today())
    assert propose(school, again(school.ngoc)).status_code == 403
    assert "Lập phiếu cho năm học" not in text(client_of(school.ngoc).get(reverse("approvals:requests")))


def test_who_has_become_vice_principal_proposes_and_another_decides(school):
    reopen(school)
    Post.objects.create(holder=school.ngoc, kind=Post.Kind.VICE_PRINCIPAL, starts_on=school.year.ends_on)
    assert propose(school, again(school.ngoc)).status_code == 302
    request = CorrectionRequest.objects.get()
    files = {"files": [SimpleUploadedFile("bài.jpg", picture(), content_type="image/jpeg")]}
    act(school.ngoc, request, "file", code="other", reason=REASON, **files)
    url = reverse("approvals:request_act", args=[request.pk, "approve"])
    assert client_of(school.ngoc).post(url, CONFIRMED).status_code == 403
    act(school.hoa, request, "approve", note="")


def results_in_2a(school: School, pupil) -> None:
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        TraitResult.objects.create(
            student=pupil, year_id=school.year.pk + 1, period=Period.MID_TERM_1, item="patriotism", rating="T"
        )


def test_who_has_results_in_the_next_class_is_decided_on_anew_and_then_moved_by_the_decision(school):
    pupil = school.pupils[0]
    following = SchoolYear.objects.get(pk=school.year.pk + 1)
    lower = SchoolClass.objects.create(year=following, name="1A", grade_level=1)
    results_in_2a(school, pupil)
    reopen(school)
    first = draft_decision("results", school.year, school.class_1a, by=school.tuan)
    issue_decision(first, number="45/QĐ-THKĐ", dated=clock.today(), by=school.bich)
    propose(school, school.ngoc, "4")
    request = CorrectionRequest.objects.get()
    files = {"files": [SimpleUploadedFile("bài.jpg", picture(), content_type="image/jpeg")]}
    act(school.ngoc, request, "file", code="wrong_figure", reason=REASON, **files)
    shown = text(client_of(school.hoa).get(reverse("approvals:request", args=[request.pk])))
    assert "Em đã học và có kết quả ở lớp 2A" in shown
    assert "văn thư ghi biến động đổi lớp cho em theo quyết định đó" in shown
    act(school.hoa, request, "approve", note="Đúng bài.")
    act(school.bich, request, "consent", note="")
    act(school.tuan, request, "apply")
    assert "lên lớp của em được mở lại" in request.effects
    said = read_class(school.class_1a).row_of(pupil.pk).said
    stays = {"promotion": "stays", "promotion_note": "Chưa hoàn thành Toán"}
    say(school, pupil, seen=said.version, **stays)
    assert not go_through(school)[pupil.pk].is_promoted
    paper = read_decision_paper(draft_decision("results", school.year, school.class_1a, by=school.tuan))
    today = f"{clock.today():%d/%m/%Y}"
    assert paper.grounds_anew == (
        f"Phiếu đề nghị sửa số {request.label}, thực hiện ngày {today}",
        f"kết quả được phê duyệt lại ngày {today} của {pupil.full_name}",
    )
    title = f"Đổi lớp cho em {pupil.full_name}, đang học lớp 2A"
    assert year_end_tasks(school.tuan) == [title]
    tuan, move = client_of(school.tuan), reverse("students:movement_new", args=[pupil.pk, "changed_class"])
    assert f'href="{move}"' in tuan.get("/").content.decode()
    typed = {"day": f"{following.pk}-10-08", "to_class": lower.pk, "note": ""}
    assert "Xuống lớp phải theo quyết định" in text(tuan.post(move, typed))
    paper = {"decision_number": "15/QĐ-THKĐ", "decision_date": f"{following.pk}-10-07"}
    shown = tuan.post(move, typed | paper)
    assert "Kết quả đã nhập ở khối 2 giữ nguyên trong lịch sử của em" in text(shown)
    seen = re.search(r'name="previewed" value="(\w+)"', shown.content.decode())[1]
    assert tuan.post(move, typed | paper | {"previewed": seen, **CONFIRMED}).status_code == 302
    assert (
        Enrolment.objects.get(student=pupil, ended_by=None, school_class__year=following).school_class
        == lower
    )
    with at(datetime.date(following.pk, 10, 8)):
        assert year_end_tasks(school.tuan) == []


def test_a_year_with_a_result_that_is_computed_otherwise_now_is_not_closed(school):
    pupil = school.pupils[0]
    reopen(school)
    propose(school, school.ngoc, "4")
    request = CorrectionRequest.objects.get()
    files = {"files": [SimpleUploadedFile("bài.jpg", picture(), content_type="image/jpeg")]}
    act(school.ngoc, request, "file", code="wrong_figure", reason=REASON, **files)
    act(school.hoa, request, "approve", note="Đúng bài.")
    act(school.bich, request, "consent", note="")
    act(school.tuan, request, "apply")
    assert "Chưa mở lại được quyết định" in request.effects  # the seat in 2A can be taken back first
    told = f"kết quả tính lại khác kết quả đã phê duyệt, chờ xét lại: {pupil.full_name} (1A)"
    page = reverse("approvals:year_closing", args=[school.year.pk])
    assert told in text(client_of(school.bich).get(page))
    assert told in text(close_again(school))
    school.year.refresh_from_db()
    assert school.year.is_open
