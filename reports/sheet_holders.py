"""Whose book a sheet is at a period: of who held the class or the line on the day it was locked (rules R6, R76).

A substitute's days and a handing over in mid-year follow from that: what was locked before them stays in the book of
who held the line then. While a sheet is not locked it is of who holds it today.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from accounts.models import User
from gradebook.class_lines import lines_brought, with_lines
from gradebook.models import TeachingAssignment
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM
from gradebook.sheets import SheetRef
from gradebook.windows import LockState, locks_of_sheets
from students.models import HomeroomAssignment, SchoolClass, SchoolYear

Duty = tuple[int, str]
"""Class id, and the line's code or HOMEROOM."""


@dataclass(frozen=True, slots=True)
class Held:
    """A sheet of the period, whose it is and how it is locked."""

    ref: SheetRef
    teacher: User
    lock: LockState

    @property
    def locked_at(self) -> datetime.datetime | None:
        return self.lock.closed_at if is_locked(self.lock) else None


def is_locked(lock: LockState) -> bool:
    """Not while it is open, nor before it was ever opened."""
    return lock.is_over and not lock.is_open


def sheets_held(
    year: SchoolYear, period: Period, *, teacher: User | None = None, classes: Collection[int] | None = None
) -> list[Held]:
    """The sheets of a period by class, in a class in the order of the books: all, or of a teacher, or of some classes.

    Five statements, whatever the number of classes.
    """
    which = Q(school_class__year=year)
    if teacher is not None:
        which &= Q(teacher=teacher)
    if classes is not None:
        which &= Q(school_class__in=classes)
    terms: dict[Duty, list[Any]] = defaultdict(list)
    for homeroom in HomeroomAssignment.objects.filter(which).select_related("teacher"):
        terms[homeroom.school_class_id, HOMEROOM].append(homeroom)
    for line in TeachingAssignment.objects.filter(which).select_related("teacher", "line"):
        terms[line.school_class_id, line.line.code].append(line)
    candidates = list(_candidates(year, period, terms))
    locks = locks_of_sheets(year.pk, period, [(ref, term.teacher_id) for ref, term in candidates])
    return [
        Held(ref, term.teacher, lock)
        for (ref, term), lock in zip(candidates, locks, strict=True)
        if _holds(term, _day(year, lock))
    ]


def _candidates(
    year: SchoolYear, period: Period, terms: dict[Duty, list[Any]]
) -> Iterator[tuple[SheetRef, Any]]:
    ids = {class_id for class_id, _code in terms}
    own = SchoolClass.objects.filter(pk__in=ids).order_by("grade_level", "name")
    for school_class in with_lines(own):
        school_class.year = year
        for line in (*lines_brought(school_class), None):
            ref = SheetRef(school_class, line, period)
            yield from ((ref, term) for term in terms.get((school_class.pk, ref.code), ()))


def _holds(term: Any, day: datetime.date) -> bool:
    return term.starts_on <= day and (term.ends_on is None or day <= term.ends_on)


def _day(year: SchoolYear, lock: LockState) -> datetime.date:
    if is_locked(lock) and lock.closed_at:
        return min(max(localdate(lock.closed_at), year.starts_on), year.ends_on)
    return year.day_for_roster()


def teachers_of(held: Iterable[Held]) -> list[User]:
    """Each once, in the order of names."""
    return sorted({each.teacher for each in held}, key=lambda teacher: (teacher.sort_key, teacher.pk))
