"""When there are lessons (rules R2, R71): terms, holidays, make-up days, sessions, weeks as the school counts them."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from students.calendar import (
    Session,
    YearCalendar,
    is_school_day,
    national_holidays,
    ordinary_week,
    school_days,
    sessions_of,
)
from students.models import CalendarEntry, SchoolClass, SchoolYear, WeekPattern, YearIsClosed

pytestmark = pytest.mark.django_db

MORNING, AFTERNOON = Session.MORNING, Session.AFTERNOON
BOTH = (MORNING, AFTERNOON)


def day(text: str) -> datetime.date:
    """ "07/09/2026" as a date."""
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone


def unsaved_year() -> SchoolYear:
    return SchoolYear(
        year=2026,
        starts_on=day("01/08/2026"),
        lessons_start_on=day("07/09/2026"),
        first_term_ends_on=day("10/01/2027"),
        second_term_starts_on=day("11/01/2027"),
        lessons_end_on=day("21/05/2027"),
        ends_on=day("31/07/2027"),
        school_name="Trường Tiểu học Kim Đồng",
    )


@pytest.fixture
def year(db) -> SchoolYear:
    made = unsaved_year()
    made.save()
    return made


@pytest.fixture
def class_4a(year) -> SchoolClass:
    return SchoolClass.objects.create(year=year, name="4A", grade_level=4)


def add(year: SchoolYear, kind: str, first: str, last: str | None = None, **more) -> CalendarEntry:
    return CalendarEntry.objects.create(
        year=year,
        kind=kind,
        name="Nghỉ bão" if kind == "off" else "Học bù",
        starts_on=day(first),
        ends_on=day(last or first),
        **more,
    )


def test_an_ordinary_week_has_both_sessions_from_monday_to_friday(class_4a):
    assert sessions_of(class_4a, day("07/09/2026")) == BOTH
    assert sessions_of(class_4a, day("11/09/2026")) == BOTH
    assert sessions_of(class_4a, day("12/09/2026")) == ()
    assert [each.label for each in BOTH] == ["sáng", "chiều"]


@pytest.mark.parametrize("outside", ["04/09/2026", "24/05/2027", "02/08/2027", "31/07/2026"])
def test_outside_the_terms_there_is_no_school_day(class_4a, outside):
    assert not is_school_day(class_4a, day(outside))


def test_a_year_whose_terms_are_not_fixed_has_no_school_day(class_4a):
    SchoolYear.objects.update(lessons_start_on=None, second_term_starts_on=None, lessons_end_on=None)
    year = SchoolYear.objects.get()
    assert school_days(year, year.starts_on, year.ends_on) == []
    assert YearCalendar.of(year).weeks() == ()


def test_public_holidays_come_with_the_product(year):
    holidays = {each.starts_on: each.name for each in national_holidays(year)}
    assert holidays[day("24/11/2026")] == "Ngày Văn hóa Việt Nam"
    assert holidays[day("02/09/2026")] == "Quốc khánh"
    assert min(holidays) >= year.starts_on
    assert max(holidays) <= year.ends_on


def test_on_a_holiday_nobody_has_lessons(year, class_4a):
    CalendarEntry.objects.bulk_create(national_holidays(year))
    assert school_days(year, day("23/11/2026"), day("27/11/2026")) == [
        day("23/11/2026"),
        day("25/11/2026"),
        day("26/11/2026"),
        day("27/11/2026"),
    ]
    assert sessions_of(class_4a, day("24/11/2026")) == ()


def test_an_afternoon_off_leaves_the_morning(year, class_4a):
    add(year, "off", "23/09/2026", session=AFTERNOON)
    assert sessions_of(class_4a, day("23/09/2026")) == (MORNING,)
    assert is_school_day(class_4a, day("23/09/2026"))


def test_a_day_made_up_on_a_saturday_follows_the_timetable_of_its_weekday(year, class_4a):
    WeekPattern.objects.create(
        year=year,
        school_class=class_4a,
        starts_on=year.starts_on,
        mornings=[1, 2, 3, 4, 5],
        afternoons=[1, 2, 4],
    )
    add(year, "off", "21/09/2026", "23/09/2026")
    add(year, "make_up", "26/09/2026", taught_as=1)
    add(year, "make_up", "03/10/2026", taught_as=3)
    assert sessions_of(class_4a, day("21/09/2026")) == ()
    assert sessions_of(class_4a, day("26/09/2026")) == BOTH
    assert sessions_of(class_4a, day("03/10/2026")) == (MORNING,)


def test_a_class_with_its_own_week_follows_it_from_its_first_day_on(year, class_4a):
    other = SchoolClass.objects.create(year=year, name="4B", grade_level=4)
    WeekPattern.objects.create(
        year=year, starts_on=year.starts_on, mornings=[1, 2, 3, 4, 5], afternoons=[1, 2, 3, 4]
    )
    WeekPattern.objects.create(
        year=year, school_class=class_4a, starts_on=day("02/11/2026"), mornings=[], afternoons=[1, 2, 3, 4, 5]
    )
    calendar = YearCalendar.of(year)
    friday_before, friday_after = day("30/10/2026"), day("06/11/2026")
    assert calendar.sessions_of(friday_before, class_4a) == (MORNING,)
    assert calendar.sessions_of(friday_after, class_4a) == (AFTERNOON,)
    assert calendar.sessions_of(friday_after, other) == (MORNING,)


def test_weeks_are_counted_by_lessons_and_not_over_tet(year):
    CalendarEntry.objects.bulk_create(national_holidays(year))
    add(year, "off", "01/02/2027", "14/02/2027")
    calendar = YearCalendar.of(year)
    first, *_, last = calendar.weeks()
    assert (first.number, first.term, first.first) == (1, 1, day("07/09/2026"))
    assert (last.number, last.term, last.first) == (35, 2, day("17/05/2027"))
    assert [week.first for week in calendar.weeks() if week.number is None] == [
        day("01/02/2027"),
        day("08/02/2027"),
    ]
    assert calendar.weeks_taught() == (18, 17)
    week = calendar.week_of(day("25/11/2026"))
    assert week is not None
    assert week.number == 12


def test_a_calendar_answers_for_a_whole_year_after_two_queries(year, class_4a, django_assert_num_queries):
    with django_assert_num_queries(2):
        calendar = YearCalendar.of(year)
        calendar.school_days(year.starts_on, year.ends_on, class_4a)
        calendar.weeks()


@given(
    off=st.lists(st.integers(0, 364), max_size=8),
    made_up=st.lists(st.tuples(st.integers(0, 364), st.integers(1, 7)), max_size=4),
    mornings=st.sets(st.integers(1, 7)),
    afternoons=st.sets(st.integers(1, 7)),
)
def test_whatever_the_calendar_a_school_day_has_a_session_and_lies_in_one_numbered_week(
    off, made_up, mornings, afternoons
):
    year = unsaved_year()
    entries = [_entry(year, number, "off") for number in off]
    entries += [_entry(year, number, "make_up", weekday) for number, weekday in made_up]
    pattern = ordinary_week(year)
    pattern.mornings, pattern.afternoons = sorted(mornings), sorted(afternoons)
    calendar = YearCalendar(year, tuple(entries), (pattern,))
    numbered = [week for week in calendar.weeks() if week.number]
    assert [week.number for week in numbered] == list(range(1, len(numbered) + 1))
    made_up_days = {each.starts_on for each in entries if each.kind == "make_up"}
    for school_day in calendar.school_days(year.starts_on, year.ends_on):
        assert calendar.sessions_of(school_day)
        if school_day not in made_up_days:
            assert calendar.term_containing(school_day)
            assert not calendar.off_on(school_day)
            assert len([week for week in numbered if week.first <= school_day <= week.last]) == 1


def _entry(year: SchoolYear, number: int, kind: str, weekday: int | None = None) -> CalendarEntry:
    on = year.starts_on + datetime.timedelta(days=number)
    return CalendarEntry(year=year, kind=kind, name="x", starts_on=on, ends_on=on, taught_as=weekday)


# -- The database's own guards -----------------------------------------------------------------------------


def _refused(write) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_the_database_refuses_a_calendar_that_cannot_be(year, class_4a):
    _refused(lambda: add(year, "off", "23/09/2026", "22/09/2026"))
    _refused(lambda: add(year, "off", "23/09/2026", taught_as=1))
    _refused(lambda: add(year, "make_up", "26/09/2026"))
    _refused(lambda: add(year, "make_up", "26/09/2026", "27/09/2026", taught_as=1))
    _refused(lambda: WeekPattern.objects.create(year=year, starts_on=year.starts_on))
    _refused(lambda: WeekPattern.objects.create(year=year, starts_on=year.starts_on, mornings=[8]))
    _refused(lambda: SchoolYear.objects.update(lessons_end_on=None))
    _refused(lambda: SchoolYear.objects.update(second_term_starts_on=day("01/01/2027")))
    _refused(lambda: SchoolClass.objects.update(combined_with=[1, 2, 3]))


def test_what_belongs_to_a_closed_year_stays_as_it_is_whatever_the_path(year, class_4a):
    off = add(year, "off", "23/09/2026")
    SchoolYear.objects.update(state="open")
    SchoolYear.objects.update(state="closed")
    _refused(lambda: add(year, "off", "24/09/2026"))
    _refused(lambda: CalendarEntry.objects.filter(pk=off.pk).update(name="khác"))
    _refused(lambda: CalendarEntry.objects.filter(pk=off.pk).delete())
    _refused(lambda: SchoolClass.objects.update(name="4Z"))
    _refused(lambda: SchoolClass.objects.create(year=year, name="4C", grade_level=4))
    _refused(lambda: SchoolYear.objects.update(school_name="khác"))
    with pytest.raises(YearIsClosed, match="2026 - 2027 đã đóng"):
        SchoolYear.objects.get().require_not_closed()


def test_a_year_goes_from_prepared_to_open_to_closed_and_by_no_other_way(year):
    _refused(lambda: SchoolYear.objects.update(state="closed"))
    SchoolYear.objects.update(state="open")
    _refused(lambda: SchoolYear.objects.update(state="preparing"))
    SchoolYear.objects.update(state="closed")
    _refused(lambda: SchoolYear.objects.all().delete())
    SchoolYear.objects.update(state="open")
    assert SchoolYear.objects.get().is_open


def test_a_year_that_is_still_being_prepared_is_not_the_current_one(year):
    assert SchoolYear.objects.current() is None
    SchoolYear.objects.update(state="open")
    assert SchoolYear.objects.current() == year
