"""The head count of any day adds up for each class, grade and the school, whatever has been recorded (rule R13)."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from students import movements
from students.head_counts import COUNT_HEADINGS, count_heads
from students.models import Enrolment, Movement, SchoolClass, Student
from students.movement_plans import Draft
from students.movement_rules import Kind
from students.movements import MovementRefused
from tests.gradebook.school import School, add_pupils, make_school
from tests.hypothesis_profile import BESIDE_FIXTURES
from tests.pupils import rewrite

DAY = datetime.timedelta(days=1)
DATA = {
    "entry_code": "2",
    "leave_reason": "01",
    "destination_code": "02",
    "other_school": "Trường Tiểu học Hoa Sen",
    "other_province": "Thành phố Hà Nội",
    "decision_number": "15/QĐ",
    "decision_date": datetime.date(2026, 8, 1),
}
NEEDED = {
    Kind.ADMITTED: ("entry_code",),
    Kind.TRANSFERRED_IN: ("other_school", "other_province", "decision_number", "decision_date"),
    Kind.RETURNED: ("decision_number", "decision_date"),
    Kind.CHANGED_CLASS: (),
    Kind.SKIPPED_GRADE: ("decision_number", "decision_date"),
    Kind.TRANSFERRED_OUT: (
        *("destination_code", "other_school", "other_province"),
        *("decision_number", "decision_date"),
    ),
    Kind.LEFT: ("leave_reason",),
    Kind.MISSING: (),
    Kind.DIED: (),
}


def the_school() -> School:
    made = make_school(pupils=3)
    SchoolClass.objects.create(year=made.year, name="5A", grade_level=5)
    return made


def try_one(school: School, kind: Kind, student: Student, to_class: SchoolClass, on: datetime.date) -> None:
    """Records it where nothing speaks against it."""
    facts = {field: DATA[field] for field in NEEDED[kind]}
    draft = Draft(kind, student, on, to_class if kind.begins else None, **facts)
    try:
        movements.record(draft, by=school.tuan)
    except MovementRefused:
        return


def try_to_cancel(school: School, student: Student) -> None:
    found = Movement.objects.in_force().filter(student=student).newest_first().first()
    if found:
        movements.cancel(found, reason="Ghi nhầm", by=school.tuan)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*Kind, Kind.CHANGED_CLASS, Kind.RETURNED, None]),
        st.integers(0, 5),
        st.integers(0, 3),
        st.integers(0, 60),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=BESIDE_FIXTURES)
@given(steps=STEPS, since=st.integers(0, 60), until=st.integers(0, 70))
def test_the_identity_holds_after_any_sequence_of_acts(school, steps, since, until):
    classes = list(school.year.classes.order_by("name"))
    with transaction.atomic():
        outsiders = [Student.objects.create(full_name=name, sort_key=name, search_key=name) for name in "ABC"]
        students = [*school.pupils, *outsiders]
        for kind, who, where, number in steps:
            on = school.year.starts_on + number * DAY
            if kind is None:
                try_to_cancel(school, students[who])
            else:
                try_one(school, kind, students[who], classes[where], on)
        first, last = sorted((since, until))
        check(school, school.year.starts_on + first * DAY, school.year.starts_on + last * DAY)
        transaction.set_rollback(True)


def check(school: School, since: datetime.date, day: datetime.date) -> None:
    counted = count_heads(school.year, day, since=since)
    lines = [*(line for grade in counted.grades for line in (*grade.classes, grade.total)), counted.total]
    assert [line.label for line in lines if not line.adds_up] == []
    seated = Enrolment.objects.filter(school_class__year=school.year)
    assert counted.total.now.pupils == seated.held_on(day).values("student").distinct().count()
    assert (counted.total.inward, counted.total.outward) == (0, 0)
    for seat in seated.select_related("began_by", "ended_by"):
        assert seat.began_by.day == seat.starts_on
        assert seat.ended_by is None or seat.ended_by.day == seat.ends_on + DAY
        assert not seat.began_by.is_cancelled


def test_each_line_says_how_its_number_came_about(school):
    five = SchoolClass.objects.get(name="5A")
    pupil, other, third = school.pupils
    on = school.year.starts_on + 40 * DAY
    try_one(school, Kind.CHANGED_CLASS, pupil, school.class_4b, on)
    try_one(school, Kind.SKIPPED_GRADE, other, five, on)
    try_one(school, Kind.LEFT, third, school.class_4a, on)
    counted = count_heads(school.year, on)
    of = {line.label: line for grade in counted.grades for line in (*grade.classes, grade.total)}
    assert (of["4A"].first, of["4A"].outward, of["4A"].going, of["4A"].now.pupils) == (3, 2, 1, 0)
    assert (of["4B"].inward, of["4B"].now.pupils) == (1, 4)
    assert (of["Khối 4"].first, of["Khối 4"].outward, of["Khối 4"].now.pupils) == (6, 1, 4)
    assert (of["Khối 5"].inward, of["Khối 5"].now.pupils) == (1, 1)
    assert (counted.total.first, counted.total.going, counted.total.now.pupils) == (8, 1, 7)
    before = count_heads(school.year, on - DAY)
    assert before.total.now.pupils == 8


def test_a_missing_pupil_is_counted_apart_from_those_who_left(school):
    on = school.year.starts_on + 40 * DAY
    try_one(school, Kind.MISSING, school.pupils[0], school.class_4a, on)
    counted = count_heads(school.year, on)
    assert (counted.total.moved[Kind.MISSING], counted.total.moved[Kind.LEFT]) == (1, 0)
    assert len(next(counted.rows())) == len(COUNT_HEADINGS)


def test_a_months_table_holds_the_movements_of_its_first_day(school):
    first_of_month = school.year.starts_on + 40 * DAY
    try_one(school, Kind.LEFT, school.pupils[2], school.class_4a, first_of_month)
    counted = count_heads(school.year, first_of_month + 20 * DAY, since=first_of_month)
    assert (counted.total.first, counted.total.going, counted.total.now.pupils) == (8, 1, 7)
    assert counted.opening == first_of_month - DAY


def test_girls_minorities_and_disabilities_are_counted_apart(school):
    rewrite(Student.objects.filter(pk=school.pupils[0].pk), ethnic_code="03", gender="female")
    rewrite(Student.objects.filter(pk=school.pupils[1].pk), ethnic_code="01", disability_code="02")
    now = count_heads(school.year, school.year.day_for_roster()).grades[1].classes[0].now
    assert (now.pupils, now.minority, now.minority_girls, now.disabled) == (3, 1, 1, 1)


@pytest.mark.parametrize("more", [0, 30])
def test_counting_takes_four_statements_for_any_school(school, more):
    for number in range(more // 10):
        add_pupils(SchoolClass.objects.create(year=school.year, name=f"2{number}", grade_level=2), 3)
    with CaptureQueriesContext(connection) as captured:
        count_heads(school.year, school.year.day_for_roster())
    assert len(captured) == 4
