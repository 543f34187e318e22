"""After the principal has approved a class's results a correction needs her consent; it says what follows (R55)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals import consent, corrections
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.tasks import read_tasks
from approvals.workflow import State
from gradebook.decisions import draft_decision, issue_decision
from gradebook.models import YearOutcome
from gradebook.outcomes import reopen_outcome
from gradebook.regulation import Period
from gradebook.sheets import Field
from gradebook.year_end import read_class
from students import movements
from students.models import Enrolment, Movement, SchoolClass
from students.movements import Seat, enrol_many
from tests.approvals.papers import approve_class, approved, awaiting, cleaned_picture, with_entries
from tests.gradebook.next_year import prepare_after
from tests.gradebook.school import CONFIRMED, change_of, open_window, value_of
from tests.gradebook.year_end import confirm, go_through, with_its_year_ended

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(school):
    """1A is approved: its first pupil has 10 in everything and the title, the second 8."""
    with_its_year_ended(school)
    open_window(school, Period.YEAR_END)
    confirm(school)
    go_through(school)
    return school


@pytest.fixture
def locked(school):
    """Toán GHKI of 4A, locked."""
    return with_entries(school)


def about(school, value, *, pupil=0, field=Field.MARK):
    """Cô Ngọc's request on the year-end mark of a pupil, approved by cô Hoa."""
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    change = change_of(sheet, school.pupils[pupil], field, value)
    request = corrections.propose(sheet, [change], by=school.ngoc)
    corrections.attach(request, cleaned_picture(), by=school.ngoc)
    corrections.file_request(request, reason="Cộng nhầm điểm.", by=school.ngoc)
    return corrections.decide(request, approve=True, note="Đúng bài.", by=school.hoa)


def page(client, person, request):
    client.force_login(person)
    return client.get(reverse("approvals:request", args=[request.pk])).content.decode()


def tasks_of(person):
    return read_tasks(User.objects.get(pk=person.pk))


def test_consented_to_and_carried_out_the_decision_is_reopened_and_the_page_says_what_follows(ended, client):
    pupil = ended.pupils[0]
    request = about(ended, "7")
    assert request.state == State.AWAITING
    with pytest.raises(CorrectionOutdated, match="Chờ Hiệu trưởng đồng ý"):
        corrections.carry_out(request, by=ended.tuan)
    shown = page(client, ended.bich, request)
    assert f"{pupil.full_name}: kết quả năm học từ «Hoàn thành xuất sắc» thành «Hoàn thành tốt»" in shown
    assert "danh hiệu Học sinh Xuất sắc và việc lên lớp sẽ phải xét lại" in shown
    assert [task.to_do for task in tasks_of(ended.bich).requests] == [
        "Đồng ý hoặc không, vì kết quả của lớp đã phê duyệt"
    ]
    act = reverse("approvals:request_act", args=[request.pk, "consent"])
    assert client.post(act, {"note": "Sửa theo bài.", **CONFIRMED}).status_code == 302
    done = corrections.carry_out(request, by=ended.tuan)
    assert not YearOutcome.objects.filter(student=pupil).exists()
    assert "được mở lại" in done.effects
    assert "Hoàn thành xuất sắc" in done.effects
    told = page(client, ended.ngoc, request)
    assert "Kéo theo từ phiếu này" in told
    assert "Sửa theo bài." in told
    assert [task.title for task in tasks_of(ended.ngoc).year_end] == ["Xét lại kết quả năm học lớp 1A"]
    row = read_class(ended.class_1a).row_of(pupil.pk)
    assert "mở lại ngày" in row.earlier[0]
    assert "Phiếu 01/2026-2027/PĐN, Hiệu trưởng" in row.earlier[0]


def test_the_preview_and_what_follows_name_the_issued_decisions_that_have_the_pupil(ended, client):
    draft = draft_decision("awards", ended.year, ended.class_1a, by=ended.tuan)
    issue_decision(draft, number="45/QĐ-THKĐ", dated=clock.today(), by=ended.bich)
    named = (
        "Em có trong Quyết định số 45/QĐ-THKĐ (Khen thưởng học sinh): duyệt lại khác thì Hiệu trưởng ban hành quyết "
        "định sửa đổi, thay thế."
    )
    assert named not in page(client, ended.bich, about(ended, "9", pupil=1))
    request = about(ended, "7")
    assert named in page(client, ended.bich, request)
    consent.answer(request, consents=True, note="", by=ended.bich)
    assert named in corrections.carry_out(request, by=ended.tuan).effects


def test_a_result_that_stays_the_same_stays_decided(ended):
    request = consent.answer(about(ended, "9", pupil=1), consents=True, note="", by=ended.bich)
    done = corrections.carry_out(request, by=ended.tuan)
    assert done.effects == "1 em: tính lại, kết quả năm học, khen thưởng, lên lớp không đổi."
    assert YearOutcome.objects.count() == 2


def seat_in_2a(ended):
    following = prepare_after(ended.year, by=ended.tuan)
    with acting(ended.tuan, role="Văn thư", source=Source.EXCEL):
        Enrolment.objects.update(ends_on=ended.year.ends_on)
        made = SchoolClass.objects.create(year=following, name="2A", grade_level=2)
        enrol_many([Seat(ended.pupils[0], made)], year=following, by=ended.tuan, why="Danh sách")


def test_a_decision_on_a_pupil_who_goes_up_anyway_is_reopened_though_the_pupil_sits_in_the_next_class(ended):
    request = consent.answer(about(ended, "7"), consents=True, note="", by=ended.bich)
    seat_in_2a(ended)
    done = corrections.carry_out(request, by=ended.tuan)
    assert "lên lớp của em được mở lại" in done.effects
    confirm(ended)
    assert go_through(ended)[ended.pupils[0].pk].is_promoted


def titles_of(person):
    return [task.title for task in tasks_of(person).year_end]


def test_before_anybody_answers_the_preview_says_that_the_clerk_takes_the_seat_of_next_year_back_first(
    ended, client
):
    request = about(ended, "4")
    told = "nên chưa mở lại ngay được: thực hiện phiếu xong, văn thư gỡ chỗ ở lớp ấy trước"
    assert told not in page(client, ended.bich, request)
    seat_in_2a(ended)
    shown = page(client, ended.bich, request)
    assert "Em đã vào lớp 2A năm học" in shown
    assert told in shown
    consent.answer(request, consents=True, note="", by=ended.bich)
    assert told in page(client, ended.tuan, request)


def test_of_a_pupil_who_goes_up_anyway_the_preview_has_nothing_to_take_back(ended, client):
    request = about(ended, "7")
    seat_in_2a(ended)
    assert "chưa mở lại ngay được" not in page(client, ended.bich, request)


def test_a_decision_by_which_the_pupil_sits_in_the_next_class_is_first_the_clerks_then_the_principals_then_the_teachers(
    ended, client
):
    pupil = ended.pupils[0]
    request = consent.answer(about(ended, "4"), consents=True, note="", by=ended.bich)
    seat_in_2a(ended)
    done = corrections.carry_out(request, by=ended.tuan)
    assert "Chưa mở lại được quyết định" in done.effects
    assert "đã vào lớp 2A" in done.effects
    assert YearOutcome.objects.filter(student=pupil).exists()
    again = "Kết quả tính lại khác kết quả đã phê duyệt: lớp 1A"
    assert titles_of(ended.bich) == [again]
    assert "chờ văn thư gỡ chỗ ở lớp 2A" in tasks_of(ended.bich).year_end[0].detail
    assert titles_of(ended.ngoc) == []
    (task,) = tasks_of(ended.tuan).year_end
    seat = Movement.objects.get(student=pupil, to_class__name="2A")
    assert task.title.startswith(f"Gỡ chỗ của em {pupil.full_name} ở lớp 2A")
    assert task.url == reverse("students:movement", args=[seat.pk])
    client.force_login(ended.tuan)
    assert "Huỷ biến động" in client.get(task.url).content.decode()
    movements.cancel(seat, reason="Kết quả lớp 1 xét lại", by=ended.tuan)
    assert titles_of(ended.tuan) == []
    assert tasks_of(ended.bich).year_end[0].detail == f"{pupil.full_name}: xem và mở lại quyết định"
    reopen_outcome(ended.class_1a, pupil, reason="Điểm đã sửa", by=ended.bich)
    assert titles_of(ended.bich) == []
    assert titles_of(ended.ngoc) == ["Xét lại kết quả năm học lớp 1A"]


def test_the_principal_refuses_for_a_reason_that_the_teacher_reads(locked):
    request = awaiting(locked)
    with pytest.raises(CorrectionRefused, match="lí do không đồng ý"):
        consent.answer(request, consents=False, note=" ", by=locked.bich)
    assert consent.answer(request, consents=False, note="Sổ đã in.", by=locked.bich).state == State.REFUSED
    assert [task.note for task in tasks_of(locked.lan).requests] == ["Sổ đã in."]
    assert value_of(locked.sheet(), locked.pupils[0]) == "7"


def test_results_approved_after_the_vice_principals_word_stop_the_clerk_who_asks_the_principal(
    locked, client
):
    request = approved(locked)
    approve_class(locked)
    with pytest.raises(CorrectionOutdated, match="Chuyển phiếu để Hiệu trưởng đồng ý"):
        corrections.carry_out(request, by=locked.tuan)
    with (
        pytest.raises(IntegrityError, match="needs the consent"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(
            "UPDATE approvals_correctionrequest"
            " SET state = 'applied', applied_by_id = %s, applied_at = now() WHERE id = %s",
            [locked.tuan.pk, request.pk],
        )
    shown = page(client, locked.tuan, request)
    assert "Chuyển để Hiệu trưởng đồng ý" in shown
    act = reverse("approvals:request_act", args=[request.pk, "ask-consent"])
    assert client.post(act).status_code == 302
    request = consent.answer(request, consents=True, note="", by=locked.bich)
    corrections.carry_out(request, by=locked.tuan)
    assert value_of(locked.sheet(), locked.pupils[0]) == "9"
