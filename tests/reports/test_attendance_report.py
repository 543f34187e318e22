"""Chuyên cần of a day, its week, month and term, hand-counted; what was not called is not known (R71, R81)."""

import datetime
import uuid
from decimal import Decimal

import pytest

from reports import attendance_report
from reports.report_kind import Moment
from students.models import Absence, RollCall
from tests.gradebook.school import add_pupils

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday(school) -> datetime.date:
    """The first Monday of lessons."""
    first = school.year.lessons_start_on
    return first + datetime.timedelta(days=-first.weekday() % 7)


def call(school, day, session="morning", *, absent=(), share="0.5"):
    roll = RollCall.objects.create(
        school_class=school.class_4a,
        day=day,
        session=session,
        share=Decimal(share),
        token=uuid.uuid4(),
        called_by=school.lan,
        called_at=datetime.datetime.combine(day, datetime.time(8), datetime.UTC),
    )
    for pupil, kind in absent:
        Absence.objects.create(roll_call=roll, student=pupil, kind=kind)


def figures(school, day, table, row="grade 4") -> list:
    found = attendance_report.read(Moment(school.year, day=day)).table(table)
    return [found.figure(row, column.key) for column in attendance_report.COLUMNS]


def test_days_are_summed_over_the_day_the_week_and_the_term(school, monday):
    first, second = school.pupils[:2]
    call(school, monday, absent=[(first, "P"), (second, "K")])
    call(school, monday, "afternoon", absent=[(first, "P")])
    tuesday = monday + datetime.timedelta(days=1)
    call(school, tuesday, absent=[(second, "K"), (first, "")])
    half = Decimal("0.5")
    assert figures(school, monday, "day") == [2, 5, 1, half, Decimal("1.5"), Decimal("70.0")]
    assert figures(school, tuesday, "day") == [1, Decimal("2.5"), 0, half, half, Decimal("80.0")]
    assert figures(school, tuesday, "week") == [3, Decimal("7.5"), 1, 1, 2, Decimal("73.3")]
    assert figures(school, tuesday, "term", "school") == figures(school, tuesday, "week")


def test_what_was_not_called_is_missing_and_the_note_says_so(school, monday):
    assert figures(school, monday, "day") == [0, None, None, None, None, None]
    report = attendance_report.read(Moment(school.year, day=monday))
    assert f"Ngày {monday:%d/%m/%Y} chưa lớp nào điểm danh." in report.notes
    sunday = attendance_report.read(Moment(school.year, day=monday - datetime.timedelta(days=1)))
    assert "không có buổi học" in sunday.notes[0]


def test_who_had_left_by_then_does_not_count(school, monday):
    gone = school.pupils[0]
    gone.enrolments.update(ends_on=monday - datetime.timedelta(days=1))
    call(school, monday, absent=[(gone, "K")], share="1.0")
    assert figures(school, monday, "day") == [1, 4, 0, 0, 0, Decimal("100.0")]


@pytest.mark.parametrize("more", [0, 20])
def test_the_report_is_read_in_five_statements_for_few_and_many(
    school, monday, django_assert_num_queries, more
):
    add_pupils(school.class_4b, more)
    call(school, monday, absent=[(school.pupils[0], "P")])
    with django_assert_num_queries(5):
        attendance_report.read(Moment(school.year, day=monday))
