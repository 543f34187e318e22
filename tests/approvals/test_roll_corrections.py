"""After the month: a roll is corrected by a request only, by three people, exactly as approved (PLAN IV.5; R72)."""

import datetime
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.history import Source
from approvals import corrections
from approvals.chosen_answers import Chosen
from approvals.contested_cells import with_standing
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.request_pages import get_request
from approvals.roll_corrections import propose_roll
from gradebook.models import TeachingAssignment
from gradebook.regulation import Period
from reports.correction_papers import correction_pdf, read_correction_paper
from reports.models import PrintJob
from reports.superseded import request_with_items, superseded_by
from students.attendance import Call, call_roll, standing_roll
from students.models import Absence, HomeroomAssignment, RollCall
from students.roll_page import field_of
from tests.approvals.papers import cleaned_picture
from tests.gradebook.school import CONFIRMED, make_school
from tests.reports.papers import pages_of
from tests.reports.test_superseded import as_if_printed
from tests.students.test_attendance import at, first_wednesday

pytestmark = pytest.mark.django_db

REASON = "Phụ huynh gửi giấy khám bệnh sau."


def the_school():
    """4A's roll of a Wednesday morning in November: the first pupil absent without leave."""
    school = make_school()
    with at(first_wednesday(school)):
        absent = {school.pupils[0].pk: "K"}
        call = Call(first_wednesday(school), "morning", absent, 0, uuid.uuid4())
        call_roll(school.class_4a, [call], by=school.lan, source=Source.PAGE)
    return school


@pytest.fixture
def december(school):
    with at(datetime.date(school.year.year, 12, 10)):
        yield


def propose(school, kind="P", *, by=None):
    wanted = Chosen({school.pupils[0].pk: kind})
    return propose_roll(school.class_4a, first_wednesday(school), "morning", wanted, by=by or school.lan)


def approved(school, kind="P"):
    request = propose(school, kind)
    corrections.attach(request, cleaned_picture("giấy khám.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    return corrections.decide(request, approve=True, note="", by=school.hoa)


def address(school):
    return reverse("approvals:propose_roll", args=[school.class_4a.pk, first_wednesday(school), "morning"])


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def kinds(school):
    return dict(standing_roll(school.class_4a, first_wednesday(school), "morning").absent)


def test_a_roll_of_last_year_is_corrected_by_who_led_the_class_to_its_end(school):
    for seats in (HomeroomAssignment, TeachingAssignment):
        seats.objects.update(ends_on=school.year.ends_on)
    with at(school.year.ends_on + datetime.timedelta(days=70)):
        lan = client_of(school.lan)
        roll = reverse("students:roll", args=[school.class_4a.pk, first_wednesday(school), "morning"])
        assert address(school) in lan.get(roll).content.decode()
        assert "Điểm danh hôm nay" not in text(
            lan.get(reverse("students:class_attendance", args=[school.class_4a.pk]))
        )
        assert lan.get(address(school)).status_code == 200
        assert lan.post(roll, {}).status_code == 403
        corrections.carry_out(approved(school), by=school.tuan)
        assert kinds(school) == {school.pupils[0].pk: "P"}
        with pytest.raises(PermissionDenied):
            propose(school, "K", by=school.thu)


def test_the_clerk_writes_exactly_what_was_approved_and_the_history_names_the_request(school, december):
    request = corrections.carry_out(approved(school), by=school.tuan)
    assert kinds(school) == {school.pupils[0].pk: "P"}
    last = Absence.objects.get(student=school.pupils[0]).history.latest("history_id")
    assert (last.kind, last.history_user, last.acting_role) == ("P", school.tuan, "Văn thư")
    assert last.history_change_reason == f"Phiếu {request.label}: {REASON}"
    assert RollCall.objects.get().changed_by == school.tuan


def test_a_pupil_noted_absent_by_mistake_is_present_again(school, december):
    corrections.carry_out(approved(school, ""), by=school.tuan)
    assert kinds(school) == {}


def test_while_the_month_is_open_the_teacher_corrects_the_roll_itself(school):
    with at(first_wednesday(school)), pytest.raises(CorrectionRefused, match="còn mở"):
        propose(school)


def test_only_the_homeroom_teacher_asks_for_a_correction_of_the_roll(school, december):
    for person in (school.minh, school.thu, school.hoa, school.tuan):
        with pytest.raises(PermissionDenied):
            propose(school, by=person)


def test_a_day_without_lessons_has_no_roll_to_correct(school, december):
    sunday = first_wednesday(school) + datetime.timedelta(days=4)
    with pytest.raises(CorrectionRefused, match="không học"):
        propose_roll(school.class_4a, sunday, "morning", Chosen({school.pupils[0].pk: "P"}), by=school.lan)


def test_a_request_that_changes_nothing_is_not_made(school, december):
    with pytest.raises(CorrectionRefused, match="Chưa có em nào khác"):
        propose(school, "K")
    assert not CorrectionRequest.objects.exists()


def test_of_two_requests_for_the_same_answer_the_second_is_not_approved(school, december):
    first = approved(school, "P")
    with pytest.raises(CorrectionRefused, match=f"Phiếu {first.label} sửa cùng ô"):
        approved(school, "")
    corrections.carry_out(first, by=school.tuan)
    second = CorrectionRequest.objects.get(state="filed")
    with pytest.raises(CorrectionOutdated, match="không còn như lúc lập phiếu"):
        corrections.decide(second, approve=True, note="", by=school.hoa)
    assert kinds(school) == {school.pupils[0].pk: "P"}


def test_a_session_that_was_never_called_is_called_by_the_request(school, december):
    thursday = first_wednesday(school) + datetime.timedelta(days=1)
    request = propose_roll(
        school.class_4a, thursday, "morning", Chosen({school.pupils[1].pk: "P"}), by=school.lan
    )
    corrections.attach(request, cleaned_picture("đơn.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    assert dict(standing_roll(school.class_4a, thursday, "morning").absent) == {school.pupils[1].pk: "P"}


def test_from_the_closed_roll_one_click_leads_to_the_form_and_from_there_to_the_draft(school, december):
    lan = client_of(school.lan)
    roll = lan.get(reverse("students:roll", args=[school.class_4a.pk, first_wednesday(school), "morning"]))
    assert address(school) in roll.content.decode()
    form = lan.get(address(school))
    assert "Lập phiếu đề nghị sửa" in text(form)
    fields = {f"a.{pupil.pk}": "" for pupil in school.pupils} | {f"a.{school.pupils[0].pk}": "P"}
    draft = lan.post(address(school), fields, follow=True)
    assert "K (vắng không phép)" in text(draft)
    assert "P (vắng có phép)" in text(draft)
    assert f"Điểm danh lớp 4A, buổi sáng ngày {first_wednesday(school):%d/%m/%Y}" in text(draft)


def test_what_was_chosen_stays_on_the_form_when_nothing_differs(school, december):
    answer = client_of(school.lan).post(address(school), {f"a.{school.pupils[0].pk}": "K"})
    assert answer.status_code == 422
    assert "Chưa có em nào khác" in text(answer)


def test_who_may_not_ask_is_not_offered_the_form(school, december):
    roll = client_of(school.hoa).get(
        reverse("students:roll", args=[school.class_4a.pk, first_wednesday(school), "morning"])
    )
    assert address(school) not in roll.content.decode()
    assert client_of(school.hoa).get(address(school)).status_code == 403


def test_the_request_stands_in_the_list_and_among_the_tasks_of_those_whose_move_it_is(school, december):
    request = approved(school)
    of_clerk = client_of(school.tuan)
    for page in (of_clerk.get("/"), of_clerk.get(reverse("approvals:requests"))):
        assert f"Phiếu {request.label}" in text(page)
        assert "Điểm danh" in text(page)
    done = of_clerk.post(reverse("approvals:request_act", args=[request.pk, "apply"]), CONFIRMED, follow=True)
    assert "Đã thực hiện phiếu" in text(done)
    assert kinds(school) == {school.pupils[0].pk: "P"}


# -- Several sessions of one pupil ---------------------------------------------------------------------------


def sessions_address(school):
    place = [school.class_4a.pk, first_wednesday(school), school.pupils[0].pk]
    return reverse("approvals:propose_sessions", args=place)


def test_several_sessions_of_a_pupil_go_into_one_request_and_are_written_together(school, december):
    wednesday = first_wednesday(school)
    thursday = wednesday + datetime.timedelta(days=1)
    lan = client_of(school.lan)
    assert sessions_address(school) in lan.get(address(school)).content.decode()
    form = text(lan.get(sessions_address(school)))
    assert f"buổi sáng ngày {wednesday:%d/%m/%Y}, đang ghi: K (" in form
    assert lan.post(sessions_address(school), {}).status_code == 422
    typed = {f"b.{wednesday}.morning": "P", f"b.{thursday}.morning": "P", f"b.{thursday}.afternoon": ""}
    assert lan.post(sessions_address(school), typed).status_code == 302
    request = CorrectionRequest.objects.get()
    assert [item.item for item in request.items.all()] == [f"{wednesday}.morning", f"{thursday}.morning"]
    shown = text(lan.get(reverse("approvals:request", args=[request.pk])))
    assert "Giấy xin phép nghỉ nộp sau" in shown
    assert "Nhận xét chưa đúng" not in shown
    assert f"các buổi từ {wednesday:%d/%m/%Y} đến {thursday:%d/%m/%Y}" in shown
    corrections.attach(request, cleaned_picture("đơn.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    done = corrections.carry_out(request, by=school.tuan)
    for day in (wednesday, thursday):
        assert dict(standing_roll(school.class_4a, day, "morning").absent) == {school.pupils[0].pk: "P"}
    assert done.effects == "Số ngày nghỉ trong sổ và học bạ tính lại theo điểm danh mới."


def test_a_request_on_a_roll_speaks_of_sessions_and_leave_and_of_no_test(school, december):
    wednesday, lan = first_wednesday(school), client_of(school.lan)
    lan.post(sessions_address(school), {f"b.{wednesday}.morning": "P"})
    request = CorrectionRequest.objects.get()
    page = reverse("approvals:request", args=[request.pk])
    shown = text(lan.get(page))
    assert f"buổi sáng ngày {wednesday:%d/%m/%Y}, năm học" in shown
    assert "các buổi" not in shown
    assert "Ảnh chụp đơn xin phép, giấy khám bệnh (JPEG, PNG) hoặc PDF" in shown
    assert "minh chứng đúng với việc học sinh có mặt, vắng mặt ở lớp" in shown
    unproven = lan.post(reverse("approvals:request_act", args=[request.pk, "file"]), {"reason": REASON})
    assert "Kèm ít nhất một minh chứng (ảnh chụp đơn xin phép, giấy khám bệnh hoặc PDF)" in text(unproven)
    assert "bài kiểm tra" not in shown + text(unproven)
    paper = read_correction_paper(school.lan, get_request(school.lan, request.pk))
    words = " ".join(" ".join(pages_of(correction_pdf(paper))).split())
    assert "đúng với việc học sinh có mặt, vắng mặt ở lớp" in words
    assert "bài làm" not in words


def test_both_sessions_of_one_day_are_named_by_the_day(school, december):
    day, lan = first_wednesday(school) + datetime.timedelta(days=1), client_of(school.lan)
    lan.post(sessions_address(school), {f"b.{day}.morning": "P", f"b.{day}.afternoon": "P"})
    request = CorrectionRequest.objects.get()
    shown = text(lan.get(reverse("approvals:request", args=[request.pk])))
    assert f"các buổi ngày {day:%d/%m/%Y}" in shown


def standing(*requests):
    """Of each whether it is outdated, and whether another has the same answer."""
    rows = with_standing(CorrectionRequest.objects.filter(pk__in=[each.pk for each in requests]))
    return [(row.is_outdated, row.is_contested) for row in rows.order_by("pk")]


def test_of_several_sessions_one_that_has_moved_on_stops_all(school, december):
    first = approved(school, "P")
    wednesday = first_wednesday(school)
    thursday = wednesday + datetime.timedelta(days=1)
    typed = {f"b.{wednesday}.morning": "", f"b.{thursday}.morning": "P"}
    client_of(school.lan).post(sessions_address(school), typed)
    second = CorrectionRequest.objects.latest("pk")
    corrections.attach(second, cleaned_picture("đơn.jpg"), by=school.lan)
    corrections.file_request(second, reason=REASON, by=school.lan)
    assert standing(first, second) == [(False, True), (False, True)]
    corrections.carry_out(first, by=school.tuan)
    assert standing(first, second) == [(False, False), (True, False)]
    with pytest.raises(CorrectionOutdated, match="không còn như lúc lập phiếu"):
        corrections.decide(second, approve=True, note="", by=school.hoa)
    shown = text(client_of(school.hoa).get(reverse("approvals:request", args=[second.pk])))
    assert "Nay trong sổ là «P (" in shown


def test_an_open_month_and_others_come_to_no_request_on_sessions(school):
    with at(first_wednesday(school)):
        assert "còn mở" in text(client_of(school.lan).get(sessions_address(school)))
        assert client_of(school.minh).get(sessions_address(school)).status_code == 403


def test_it_is_printed_in_the_same_form_and_the_printed_transcripts_are_named(school, december):
    with at(first_wednesday(school)):
        old = as_if_printed(school, PrintJob.Book.TRANSCRIPTS, Period.YEAR_END)
        as_if_printed(school, PrintJob.Book.CLASS_TABLE)
    request = corrections.carry_out(approved(school), by=school.tuan)
    assert [row.job for row in superseded_by([request_with_items(request.pk)])] == [old]
    paper = read_correction_paper(school.tuan, get_request(school.tuan, request.pk))
    words = " ".join(" ".join(pages_of(correction_pdf(paper))).split())
    day = first_wednesday(school)
    for part in (
        "PHIẾU ĐỀ NGHỊ SỬA ĐIỂM DANH",
        f"Thời điểm: buổi sáng ngày {day:%d/%m/%Y}",
        school.pupils[0].full_name,
        REASON,
        school.hoa.full_name,
    ):
        assert part in words


def test_a_roll_opened_before_a_correction_does_not_take_it_back(school, december):
    """The form shows K; meanwhile P is written by a request. Another pupil is chosen: the first stays as corrected."""
    client = client_of(school.lan)
    shown = client.get(address(school)).content.decode()
    form = dict(re.findall(r'name="(was\.[^"]+)" value="([^"]*)"', shown))
    assert "K" in form.values()
    form |= {name.removeprefix("was."): kind for name, kind in form.items()}
    corrections.carry_out(approved(school), by=school.tuan)
    second = f"{field_of(school.pupils[1].pk)}"
    assert client.post(address(school), form | {second: "P"}).status_code == 302
    assert list(CorrectionRequest.objects.latest("pk").items.values_list("student_id", "new_value")) == [
        (school.pupils[1].pk, "P")
    ]


def test_who_chooses_anew_over_a_roll_that_has_changed_is_told_and_keeps_the_choice(school, december):
    client = client_of(school.lan)
    first = field_of(school.pupils[0].pk)
    corrections.carry_out(approved(school), by=school.tuan)
    answer = client.post(address(school), {f"was.{first}": "K", first: ""})
    assert answer.status_code == 409
    assert f"Điểm danh đã đổi từ khi thầy cô mở trang ở: {school.pupils[0].full_name}" in text(answer)
    assert f'name="was.{first}" value="P"' in answer.content.decode()
    assert client.post(address(school), {f"was.{first}": "P", first: ""}).status_code == 302
