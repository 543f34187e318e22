"""Absences on the roll of a class that the pupil, as a later movement says, had left by then: they count nowhere.

The pupil's teacher of now is told of them, for the roll of the right class says that the pupil was there.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef

from accounts.any_of import AnyOf
from students.absences import seat_that_day
from students.attendance_months import last_day_of
from students.calendar import Session
from students.models import Absence, Enrolment, SchoolClass

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Stranded:
    """What the rolls of another class say of one pupil; `sessions` in words."""

    name: str
    class_name: str
    sessions: str


def stranded_in(school_class: SchoolClass, month: datetime.date) -> list[Stranded]:
    """Of pupils of this class, days of this month on which its own roll does not have them absent. One statement."""
    said_here = Absence.objects.filter(
        roll_call__school_class=school_class,
        roll_call__day=OuterRef("roll_call__day"),
        roll_call__session=OuterRef("roll_call__session"),
        student=OuterRef("student"),
    ).exclude(kind=Absence.Kind.TAKEN_BACK)
    # Told the pupils, PostgreSQL goes by them, and not through everybody's absences of the month.
    pupils = Enrolment.objects.filter(school_class=school_class).order_by().values("student_id")
    absences = (
        Absence.objects.filter(AnyOf(F("student_id"), ArraySubquery(pupils)))
        .filter(Exists(seat_that_day(school_class)), ~Exists(said_here))
        .filter(roll_call__day__range=(month, last_day_of(month)))
        .exclude(roll_call__school_class=school_class)
        .exclude(kind=Absence.Kind.TAKEN_BACK)
        .select_related("student", "roll_call__school_class")
        .order_by(
            "student__sort_key", "roll_call__school_class__name", "roll_call__day", "-roll_call__session"
        )
    )
    found: dict[tuple[int, str], list[Absence]] = {}
    for each in absences:
        found.setdefault((each.student_id, each.roll_call.school_class.name), []).append(each)
    return [
        Stranded(rows[0].student.full_name, class_name, sessions_in_words(rows))
        for (_pupil, class_name), rows in found.items()
    ]


def sessions_in_words(absences: Sequence[Absence]) -> str:
    """«sáng 28/10 (P), chiều 28/10 (P)», the first of many; the absences come with their roll."""
    words = [
        f"{Session(each.roll_call.session).label} {each.roll_call.day:%d/%m} ({each.kind})"
        for each in absences[:MOST_NAMED]
    ]
    more = len(absences) - MOST_NAMED
    return ", ".join(words) + (f" và {more} buổi nữa" if more > 0 else "")
