"""The one way in for every movement and every seat: acts of the clerk (PLAN IV.3; rules R10–R14).

Seats (`Enrolment`) follow from movements: each names the one that began it and, where it did not simply end with its
year, the one that ended it. Lists come in through `enrol_many`, which takes the same few statements for any length.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Max

from accounts import clock, permissions
from accounts.history import record_bulk
from accounts.models import User
from accounts.powers import Action
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student
from students.movement_rules import (
    FROM_ANOTHER_SCHOOL,
    STATUS_ON_ARRIVAL_IN_SUMMER,
    Kind,
    Season,
    entry_code_of,
    status_code,
)

WHO_RECORDS = "Biến động sĩ số do văn thư ghi nhận."


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil and the class in which a list puts them from the year's first day.

    `from_elsewhere`: the list says that the pupil came from another school in the summer.
    """

    student: Student
    school_class: SchoolClass
    from_elsewhere: bool = False


def enrol_many(seats: Sequence[Seat], *, year: SchoolYear, by: User, why: str) -> list[Movement]:
    """Admits pupils to classes of the year from its first day to its last, newcomers behind those seated (rule R92).

    Within the caller's act, which holds the year's lock (`lock_year`). Six statements, whatever the number. Raises
    PermissionDenied; a pupil who has a seat in these days already is for the caller to refuse, and the database does.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, WHO_RECORDS)
    if not seats:
        return []
    last_grades = _last_grades(seats, year)
    movements = [_admission(seat, year, by, last_grades.get(seat.student.pk)) for seat in seats]
    record_bulk(Movement.objects.bulk_create(movements), changed=False, why=why)
    positions = _next_positions(seats, year)
    enrolments = [
        Enrolment(
            student=movement.student,
            school_class=movement.to_class,
            position=positions[movement.student_id],
            starts_on=movement.day,
            ends_on=year.ends_on,
            began_by=movement,
        )
        for movement in movements
    ]
    record_bulk(Enrolment.objects.bulk_create(enrolments), changed=False, why=why)
    return movements


def lock_year(year: SchoolYear) -> SchoolYear:
    """Movements of one year come one after the other: each is judged on what the one before has written."""
    return SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)


def _admission(seat: Seat, year: SchoolYear, by: User, last_grade: int | None) -> Movement:
    ordinary = entry_code_of(seat.school_class.grade_level, last_grade)
    return Movement(
        kind=Kind.ADMITTED,
        student=seat.student,
        year=year,
        day=year.starts_on,
        to_class=seat.school_class,
        entry_code=FROM_ANOTHER_SCHOOL if seat.from_elsewhere else ordinary,
        status_code=STATUS_ON_ARRIVAL_IN_SUMMER
        if seat.from_elsewhere
        else status_code(Kind.ADMITTED, Season.TERM_1),
        recorded_at=clock.stamp(),
        recorded_by=by,
    )


def _last_grades(seats: Iterable[Seat], year: SchoolYear) -> dict[int, int]:
    """Pupil id → grade of the last class before the year."""
    before = Enrolment.objects.filter(
        student_id__in=[seat.student.pk for seat in seats], school_class__year_id__lt=year.pk
    )
    rows = before.order_by("student_id", "-starts_on").distinct("student_id")
    return dict(rows.values_list("student_id", "school_class__grade_level"))


def _next_positions(seats: Iterable[Seat], year: SchoolYear) -> dict[int, int]:
    """Pupil id → place behind those who have one, in the Vietnamese order of names among the new."""
    taken = year.classes.annotate(last=Max("enrolments__position")).values_list("pk", "last")
    lasts = {pk: last or 0 for pk, last in taken}
    new: dict[int, list[Student]] = defaultdict(list)
    for seat in seats:
        new[seat.school_class.pk].append(seat.student)
    return {
        student.pk: lasts[class_id] + place
        for class_id, students in new.items()
        for place, student in enumerate(sorted(students, key=attrgetter("sort_key")), start=1)
    }
