"""A correction contradicts an approved result: all read it, and the principal decides anew (R55)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.history import Source, acting
from accounts.models import User
from approvals import corrections
from approvals.tasks import read_tasks
from gradebook.models import YearOutcome
from gradebook.outcomes import against_deciding, reopen_outcome
from gradebook.own_sheets import open_until
from gradebook.regulation import Period
from gradebook.year_end import read_class
from gradebook.year_end_rules import State
from gradebook.year_end_steps import YearEndRefused, send_back
from students.models import Enrolment, SchoolClass
from students.movements import Seat, enrol_many
from tests.gradebook.next_year import prepare_after
from tests.gradebook.school import CONFIRMED, change_of, enter, open_window
from tests.gradebook.test_year_end_pages import at, text
from tests.gradebook.year_end import (
    approve,
    complete,
    confirm,
    ended_school,
    go_through,
    put,
    review,
    say,
)

pytestmark = pytest.mark.django_db
SAYS = "Kết quả tính lại khác kết quả đã phê duyệt"


def the_school():
    """1A is approved; then the first pupil's mark in Toán goes from 10 to 7, and nothing has re-opened the decision."""
    school = ended_school()
    open_window(school, Period.YEAR_END)
    confirm(school)
    go_through(school)
    put(school, school.pupils[0], "TOAN", mark=7)
    return school


def reopen(school, reason="Theo phiếu sửa điểm Toán", *, by=None):
    reopen_outcome(school.class_1a, school.pupils[0], reason=reason, by=by or school.bich)


def waits_for(person):
    return [task.title for task in read_tasks(User.objects.get(pk=person.pk)).year_end]


def test_everybody_concerned_reads_it(school, client):
    for who in ("ngoc", "hoa", "bich"):
        client.force_login(school.people[who])
        page = text(client.get(at("year_end", school)))
        assert SAYS in page
        assert "Đã phê duyệt: Hoàn thành xuất sắc; tính lại: Hoàn thành tốt." in page
    listed = text(client.get(reverse("gradebook:year_end_list", args=["len-lop"])))
    assert f"Đã phê duyệt. {SAYS}" in listed


def test_the_request_says_that_it_touches_an_approved_result(school, client):
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    request = corrections.propose(sheet, [change_of(sheet, school.pupils[1], "mark", "9")], by=school.ngoc)
    client.force_login(school.ngoc)
    page = text(client.get(reverse("approvals:request", args=[request.pk])))
    assert f"Kết quả năm học của {school.pupils[1].full_name} đã được Hiệu trưởng phê duyệt" in page


def test_reopened_the_pupil_takes_all_steps_again_and_the_old_decision_stays_on_record(school, client):
    pupil = school.pupils[0]
    client.force_login(school.bich)
    address = at("year_end_reopen", school, pupil.pk)
    assert client.post(address, {"reopen_reason": "..", **CONFIRMED}).status_code == 422
    assert client.post(address, {"reopen_reason": "Theo phiếu sửa điểm", **CONFIRMED}).status_code == 302
    assert not YearOutcome.objects.filter(student=pupil).exists()
    assert waits_for(school.ngoc) == ["Xét lại kết quả năm học lớp 1A"]
    assert f"đang xét lại: {pupil.full_name}" in text(client.get(at("year_end", school)))
    assert "đã được mở lại" in against_deciding(pupil, school.class_1a)
    with pytest.raises(YearEndRefused, match="Chưa xác nhận kết quả"):
        complete(school)
    confirm(school)
    made = go_through(school)
    assert (list(made), made[pupil.pk].result, made[pupil.pk].award) == ([pupil.pk], "HTT", "")
    page = text(client.get(at("year_end", school)))
    assert SAYS not in page
    assert "Hoàn thành xuất sắc, Học sinh Xuất sắc, được lên lớp" in page
    assert "Theo phiếu sửa điểm" in page
    assert "Lần 1: Giáo viên chủ nhiệm hoàn thành" in page
    assert waits_for(school.bich) == []


def test_a_class_with_a_reopened_decision_is_counted_apart_from_those_that_are_approved(
    school, client, django_assert_num_queries
):
    client.force_login(school.bich)
    address = reverse("gradebook:year_ends")
    assert "Lớp 1A Đã phê duyệt Lớp" in text(client.get(address))
    reopen(school)
    page = text(client.get(address))
    assert "Lớp 1A Đã phê duyệt 1/2 em" in page
    assert "Đã phê duyệt chưa đủ số em: 1 · Đã phê duyệt: 0" in page
    with django_assert_num_queries(17):
        client.get(address)
    confirm(school)
    complete(school)
    page = text(client.get(address))
    assert "Lớp 1A Đã phê duyệt 1/2 em · Chờ Phó Hiệu trưởng rà soát" in page
    assert "Chờ Phó Hiệu trưởng rà soát: 1 · Chờ Hiệu trưởng phê duyệt: 0 · Đã phê duyệt: 0" in page


def test_only_the_principal_reopens_for_a_reason_and_only_what_was_decided(school):
    for who in ("ngoc", "hoa", "tuan"):
        with pytest.raises(PermissionDenied):
            reopen(school, by=school.people[who])
    with pytest.raises(YearEndRefused, match="Ghi lí do mở lại"):
        reopen(school, " . ")
    reopen(school)
    with pytest.raises(YearEndRefused, match="không có kết quả nào đã phê duyệt"):
        reopen(school)


def test_while_the_class_is_with_somebody_else_nothing_is_reopened(school):
    reopen(school)
    confirm(school)
    complete(school)
    with pytest.raises(YearEndRefused, match="chờ Phó Hiệu trưởng"):
        reopen_outcome(school.class_1a, school.pupils[1], reason="Xem lại", by=school.bich)


def seat_next_year(school, name):
    following = prepare_after(school.year, by=school.tuan)
    with acting(school.tuan, role="Văn thư", source=Source.EXCEL):
        Enrolment.objects.update(ends_on=school.year.ends_on)
        made = SchoolClass.objects.create(year=following, name=name, grade_level=int(name[0]))
        enrol_many([Seat(school.pupils[0], made)], year=following, by=school.tuan, why="Danh sách")


@pytest.mark.parametrize(("mark", "seat"), [(4, "2A"), (7, "1A")])
def test_who_sits_in_a_class_of_the_next_year_to_which_the_new_result_does_not_lead_leaves_it_first(
    school, mark, seat
):
    put(school, school.pupils[0], "TOAN", mark=mark)
    seat_next_year(school, seat)
    with pytest.raises(YearEndRefused, match=rf"đã vào lớp {seat}.*huỷ biến động"):
        reopen(school)
    assert YearOutcome.objects.filter(student=school.pupils[0]).exists()


@pytest.mark.parametrize(("seat", "is_refused"), [("2A", True), ("1A", False)])
def test_reopened_who_sits_in_a_higher_grade_is_not_approved_as_repeating(school, seat, is_refused):
    pupil = school.pupils[0]
    reopen(school)
    put(school, pupil, "TOAN", mark=4)
    seat_next_year(school, seat)
    said = read_class(school.class_1a).row_of(pupil.pk).said
    say(school, pupil, seen=said.version, promotion="stays", promotion_note="Chưa hoàn thành Toán")
    complete(school)
    review(school)
    if is_refused:
        with pytest.raises(YearEndRefused, match="đã vào lớp 2A năm học"):
            approve(school)
        assert not YearOutcome.objects.filter(student=pupil).exists()
    else:
        assert not approve(school)[pupil.pk].is_promoted


def test_sent_back_with_pupils_decided_on_their_marks_stay_shut(school, client):
    reopen(school)
    confirm(school)
    complete(school)
    client.force_login(school.bich)
    assert (
        "Đã phê duyệt 1/2 em · Chờ Phó Hiệu trưởng rà soát"
        in client.get(at("year_end", school)).content.decode()
    )
    send_back(school.class_1a, reason="Xem lại nhận xét", by=school.hoa)
    assert read_class(school.class_1a).state is State.OPEN
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    assert "phê duyệt" in enter(sheet, school.pupils[1], "mark", "9", by=school.ngoc).locked
    assert open_until([sheet], by=school.ngoc) == {}


def test_a_correction_that_leaves_the_result_contradicts_nothing(school):
    reopen(school)
    confirm(school)
    go_through(school)
    put(school, school.pupils[0], "TOAN", mark=8)
    assert read_class(school.class_1a).contradicted == ()
