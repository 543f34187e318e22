"""Seats that are not taken back any more: results were entered since (rule R55; `students.entered_since`).

What a decision changed afterwards asks of such a pupil is a movement of a later day, with the decision as its paper.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from accounts.clock import today
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student


def rooted(seats: Collection[Movement]) -> set[int]:
    """Ids of the pupils of whom results of the year were written from the day of their admission on. Two statements, if
    any."""
    days = {seat.student_id: seat.day for seat in seats}
    found: set[int] = set()
    if not days:
        return found
    years = {seat.year_id for seat in seats}
    for said in (
        SubjectResult.objects.filter(line__year__in=years).exclude(attainment="", mark=None, comment=""),
        TraitResult.objects.filter(year__in=years).exclude(rating="", comment=""),
    ):
        history: Any = said.model.history
        rows = history.filter(
            id__in=said.filter(student__in=days).values("pk"), history_date__date__gte=min(days.values())
        )
        for pupil, moment in rows.values_list("student_id", "history_date__date").distinct():
            if moment >= days[pupil]:
                found.add(pupil)
    return found


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A pupil who sits today in a class to which the decision on the year before does not lead; `grade` is the one it
    leads to."""

    student: Student
    seat: SchoolClass
    old_class: str
    is_promoted: bool
    grade: int


def misplaced_pupils() -> Iterator[Misplaced]:
    """Of the running year, by class. One statement."""
    grade, year = OuterRef("school_class__grade_level"), OuterRef("school_class__year")
    decided = YearOutcome.objects.filter(student=OuterRef("student"), school_class__year=year - 1)
    against = decided.filter(
        Q(is_promoted=False, school_class__grade_level__lt=grade)
        | Q(is_promoted=True, school_class__grade_level__gte=grade)
    )
    seats: Any = Enrolment.objects.held_on(today()).exclude(school_class__year__state=SchoolYear.State.CLOSED)
    found = seats.annotate(
        old=Subquery(against.values("school_class__name")[:1]),
        old_grade=Subquery(against.values("school_class__grade_level")[:1]),
        is_promoted=Subquery(against.values("is_promoted")[:1]),
    ).filter(old__isnull=False)
    for seat in found.select_related("student", "school_class__year").order_by(
        "school_class__name", "position"
    ):
        yield Misplaced(
            seat.student, seat.school_class, seat.old, seat.is_promoted, seat.old_grade + seat.is_promoted
        )
