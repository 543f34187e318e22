"""When the books are open: orders, windows, and what a locked sheet says (PLAN IV.1; rules R49, R50)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import clock
from accounts.history import Source
from gradebook.entry import EntryRefusedError, save_results
from gradebook.models import EntryOrder, EntryWindow
from gradebook.orders import OrderRefused, check_order, issue_order, problems_of
from gradebook.regulation import Period
from gradebook.sheets import Field
from gradebook.windows import lock_state, lock_states
from tests.gradebook.school import change_of, close_window, enter, open_window, value_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def an_order(school, **values):
    """An unsigned order that opens GHKI for the whole school for a day from now."""
    now = clock.now()
    given = {
        "number": "01/TB-THKĐ",
        "dated": clock.today(),
        "kind": EntryOrder.Kind.OPEN,
        "year": school.year,
        "period": Period.MID_TERM_1,
        "text": "Mở nhập.",
        "opens_at": now,
        "closes_at": now + 24 * HOUR,
    }
    return EntryOrder(**{**given, **values})


def refused_fields(refusal):
    return [problem.field for problem in refusal.value.problems]


def is_open(school_class, period=Period.MID_TERM_1):
    return lock_state(school_class, period).is_open


def test_before_any_order_nothing_is_open_and_the_sheet_says_whose_turn_it_is(school):
    state = lock_state(school.class_4a, Period.MID_TERM_1)
    assert not state.is_open
    assert state.sentence == "Chưa mở. Hiệu trưởng chưa ban hành lệnh mở nhập Giữa học kì I."


def test_an_order_opens_its_period_and_no_other(school):
    issue_order(order=an_order(school), by=school.bich)
    assert [period for period, state in lock_states(school.class_4a).items() if state.is_open] == [
        Period.MID_TERM_1
    ]


def test_a_window_opens_and_closes_by_itself(school):
    now = clock.now()
    issue_order(order=an_order(school, opens_at=now + HOUR, closes_at=now + 3 * HOUR), by=school.bich)
    ref = school.sheet()
    for after, value, is_written in ((0, "1", False), (2, "2", True), (4, "3", False)):
        with clock.travelling(now + after * HOUR):
            report = enter(ref, school.pupils[0], Field.MARK, value, by=school.lan)
        assert (report.locked == "") == is_written
    assert value_of(ref, school.pupils[0]) == "2"


@pytest.mark.parametrize(("seconds", "expected"), [(-1, False), (0, True), (7199, True), (7200, False)])
def test_the_first_second_is_in_and_the_last_moment_is_out(school, seconds, expected):
    now = clock.now() + HOUR
    issue_order(order=an_order(school, opens_at=now, closes_at=now + 2 * HOUR), by=school.bich)
    with clock.travelling(now + datetime.timedelta(seconds=seconds)):
        assert is_open(school.class_4a) == expected


def test_a_locking_order_ends_the_window_now_and_the_sheet_names_it(school):
    open_window(school)
    order = close_window(school)
    state = lock_state(school.class_4a, Period.MID_TERM_1)
    assert not state.is_open
    assert f"theo văn bản số {order.number}" in state.sentence
    window = EntryWindow.objects.get()
    assert window.locked_by == order
    assert window.closes_at <= clock.now()


def test_a_locking_order_for_later_lets_the_window_run_until_then(school):
    open_window(school)
    later = clock.now() + HOUR
    lock = an_order(school, number="L", kind=EntryOrder.Kind.LOCK, opens_at=later, closes_at=None)
    issue_order(order=lock, by=school.bich)
    assert is_open(school.class_4a)
    with clock.travelling(later):
        assert not is_open(school.class_4a)


def test_a_locking_order_dated_back_locks_now_and_does_not_undo_what_was_entered(school):
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "7", by=school.lan)
    before = clock.now()
    lock = an_order(school, number="L", kind=EntryOrder.Kind.LOCK, opens_at=before - HOUR, closes_at=None)
    issue_order(order=lock, by=school.bich)
    assert EntryWindow.objects.get().closes_at >= before
    assert value_of(school.sheet(), school.pupils[0]) == "7"


def test_a_window_locked_before_it_opens_never_opens(school):
    now = clock.now()
    issue_order(order=an_order(school, opens_at=now + HOUR, closes_at=now + 3 * HOUR), by=school.bich)
    close_window(school)
    assert EntryWindow.objects.get().was_called_off
    with clock.travelling(now + 2 * HOUR):
        assert not is_open(school.class_4a)


def test_an_order_that_was_called_off_is_named_with_the_one_that_did_it_before_and_after_its_hour(school):
    now = clock.now()
    first = an_order(school, opens_at=now + HOUR, closes_at=now + 3 * HOUR)
    issue_order(order=first, by=school.bich)
    second = close_window(school)
    for hours in (0, 2, 4):
        with clock.travelling(clock.now() + hours * HOUR):
            state = lock_state(school.class_4a, Period.MID_TERM_1)
        assert not state.is_over
        assert state.sentence == (
            f"Chưa mở. Lệnh số {first.number} đã được bãi bỏ bằng lệnh số {second.number}. "
            "Chờ Hiệu trưởng ban hành lệnh mở mới."
        )


def test_what_was_open_or_will_be_is_said_rather_than_what_was_called_off(school):
    now = clock.now()
    issue_order(order=an_order(school, opens_at=now + HOUR, closes_at=now + 3 * HOUR), by=school.bich)
    close_window(school)
    issue_order(
        order=an_order(school, number="M", opens_at=now + HOUR, closes_at=now + 2 * HOUR), by=school.bich
    )
    assert "theo văn bản số M" in lock_state(school.class_4a, Period.MID_TERM_1).sentence
    assert "bãi bỏ" not in lock_state(school.class_4a, Period.MID_TERM_1).sentence
    with clock.travelling(now + 5 * HOUR):
        assert lock_state(school.class_4a, Period.MID_TERM_1).sentence.startswith("Đã khoá từ")


def test_an_order_for_a_grade_opens_the_classes_of_that_grade(school):
    issue_order(order=an_order(school, grade_level=4), by=school.bich)
    assert is_open(school.class_4a)
    assert is_open(school.class_4b)
    assert not is_open(school.class_1a)


def test_an_order_for_a_class_opens_that_class_alone(school):
    issue_order(order=an_order(school, school_class=school.class_4a), by=school.bich)
    assert is_open(school.class_4a)
    assert not is_open(school.class_4b)


def test_locking_a_class_ends_its_own_window_and_leaves_the_others(school):
    open_window(school, school_class=school.class_4a)
    open_window(school, school_class=school.class_4b)
    close_window(school, school_class=school.class_4a)
    assert not is_open(school.class_4a)
    assert is_open(school.class_4b)


def test_locking_the_school_ends_every_window_of_the_period(school):
    open_window(school, school_class=school.class_4a)
    open_window(school)
    open_window(school, Period.END_TERM_1)
    close_window(school)
    assert not is_open(school.class_4a)
    assert is_open(school.class_4a, Period.END_TERM_1)


def test_a_class_reopened_for_some_hours_is_open_while_the_school_is_locked(school):
    open_window(school)
    close_window(school)
    open_window(school, school_class=school.class_4a, hours=2)
    assert is_open(school.class_4a)
    assert not is_open(school.class_4b)


def test_locking_what_is_not_open_is_refused_with_the_remedy(school):
    open_window(school, school_class=school.class_4b)
    lock = an_order(
        school, number="L", kind=EntryOrder.Kind.LOCK, school_class=school.class_4a, closes_at=None
    )
    with pytest.raises(OrderRefused, match="Kiểm tra lại thời điểm đánh giá, phạm vi") as refusal:
        issue_order(order=lock, by=school.bich)
    assert refused_fields(refusal) == ["period"]
    assert not EntryOrder.objects.filter(number="L").exists()
    assert is_open(school.class_4b)


def test_a_number_is_used_once_a_year(school):
    issue_order(order=an_order(school), by=school.bich)
    with pytest.raises(OrderRefused, match="đã dùng") as refusal:
        issue_order(order=an_order(school, period=Period.END_TERM_1), by=school.bich)
    assert refused_fields(refusal) == ["number"]
    assert EntryWindow.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [(2, 1), (1, 1), (-3, -1)])
def test_a_window_that_ends_before_it_starts_or_is_over_already_is_refused(school, start, end):
    now = clock.now()
    order = an_order(school, opens_at=now + start * HOUR, closes_at=now + end * HOUR)
    with pytest.raises(OrderRefused) as refusal:
        issue_order(order=order, by=school.bich)
    assert set(refused_fields(refusal)) == {"closes_at"}
    assert not EntryOrder.objects.exists()


def test_everything_that_is_wrong_with_an_order_is_said_at_once(school):
    issue_order(order=an_order(school), by=school.bich)
    now = clock.now()
    order = an_order(
        school, opens_at=now - HOUR, closes_at=now - 2 * HOUR, dated=school.year.starts_on.replace(year=1900)
    )
    with pytest.raises(OrderRefused) as refusal:
        issue_order(order=order, by=school.bich)
    assert refused_fields(refusal) == ["number", "dated", "closes_at", "closes_at"]
    assert problems_of(order) == refusal.value.problems


def test_an_opening_order_without_an_end_is_refused(school):
    with pytest.raises(OrderRefused) as refusal:
        issue_order(order=an_order(school, closes_at=None), by=school.bich)
    assert refused_fields(refusal) == ["closes_at"]


@pytest.mark.parametrize(
    ("month", "day", "years_on", "is_inside"),
    [(6, 30, 0, False), (7, 1, 0, True), (8, 31, 1, True), (9, 1, 1, False)],
)
def test_an_order_belongs_to_its_school_year_with_the_summers_around_it(
    school, month, day, years_on, is_inside
):
    signed = datetime.date(school.year.year + years_on, month, day)
    outside = [
        each for each in problems_of(an_order(school, dated=signed)) if "ngoài năm học" in each.message
    ]
    assert (outside == []) == is_inside


@pytest.mark.parametrize("person", ["lan", "minh", "dung", "hoa", "tuan", "son"])
def test_only_the_principal_signs(school, person):
    with pytest.raises(PermissionDenied, match="Hiệu trưởng"):
        issue_order(order=an_order(school), by=school.people[person])
    assert not EntryOrder.objects.exists()


def test_the_order_remembers_who_signed_it_when_and_as_what(school):
    order = issue_order(order=an_order(school), by=school.bich)
    row = order.history.get()
    assert (row.history_user, row.acting_role) == (school.bich, "Hiệu trưởng")
    assert order.signed_by == school.bich


def test_looking_at_what_an_order_would_do_writes_nothing(school):
    window = open_window(school)
    lock = an_order(school, number="L", kind=EntryOrder.Kind.LOCK, closes_at=None)
    assert check_order(lock) == [window]
    assert check_order(an_order(school, number="M")) == []
    assert EntryOrder.objects.count() == 1
    assert is_open(school.class_4a)


def test_the_database_itself_refuses_an_order_with_two_scopes(school):
    with pytest.raises(IntegrityError, match="order_has_one_scope"), transaction.atomic():
        issue_order(order=an_order(school, grade_level=4, school_class=school.class_4a), by=school.bich)


def test_a_whole_write_after_the_lock_writes_nothing(school):
    open_window(school)
    ref = school.sheet()
    change = change_of(ref, school.pupils[0], Field.MARK, "9")
    close_window(school)
    with pytest.raises(EntryRefusedError):
        save_results(ref, [change], by=school.lan, source=Source.EXCEL, whole=True)
    assert value_of(ref, school.pupils[0]) == ""
