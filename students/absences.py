"""Days absent, with leave and without: the one source of what books, pages and exports say of them (rule R73).

A day counts where its roll was called here and the pupil sat in that class that day. Half days are summed as they are:
the form of the học bạ takes 0,5.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.dates import Days
from students.models import Absence, Enrolment, RollCall, SchoolClass, YearProfile

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Absences:
    """Days absent of one pupil; None: not known."""

    with_leave: Decimal | None = NONE
    without_leave: Decimal | None = NONE

    def __add__(self, other: "Absences") -> "Absences":
        return Absences(
            _together(self.with_leave, other.with_leave), _together(self.without_leave, other.without_leave)
        )


def _together(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None and other is None else (one or NONE) + (other or NONE)


def days_label(days: Decimal | None) -> str:
    """As the school writes it: "3", "0,5"; "" for what is not known."""
    return "" if days is None else f"{days.normalize():f}".replace(".", ",")


def seat_that_day(school_class: SchoolClass | OuterRef) -> QuerySet[Enrolment]:
    """Inside a query of absences: the pupil's seat in the class on the day of the roll."""
    return Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("roll_call__day")),
        student=OuterRef("student"),
        school_class=school_class,
        starts_on__lte=OuterRef("roll_call__day"),
    )


def counted() -> QuerySet[Absence]:
    """The absences that count: not taken back, of pupils who sat in the class that day."""
    seat = seat_that_day(OuterRef("roll_call__school_class"))
    return Absence.objects.filter(Exists(seat)).exclude(kind=Absence.Kind.TAKEN_BACK)


def _sum_of(kind: str, within: Q = Q()) -> Sum:  # noqa: B008 - an empty Q is never changed
    return Sum("roll_call__share", filter=Q(within, kind=kind), default=NONE)


def absences_within(
    student_ids: Collection[int], spans: Mapping[Any, Days], *, of_class: SchoolClass | None = None
) -> dict[tuple[int, Any], Absences]:
    """Days absent by (pupil, span): months, terms, entry periods; of one class's rolls, or of all the pupil sat in.

    One statement; pupils without any are left out.
    """
    sums: dict[str, Sum] = {}
    for number, days in enumerate(spans.values()):
        within = Q(roll_call__day__gte=days.first)
        if days.last is not None:
            within &= Q(roll_call__day__lte=days.last)
        sums[f"leave_{number}"] = _sum_of(Absence.Kind.WITH_LEAVE, within)
        sums[f"other_{number}"] = _sum_of(Absence.Kind.WITHOUT_LEAVE, within)
    # mypy cannot know the columns that are named here.
    absences = counted().filter(student__in=student_ids)
    if of_class is not None:
        absences = absences.filter(roll_call__school_class=of_class)
    # mypy cannot know the columns that are named here.
    rows: Iterable[Mapping[str, Any]] = absences.values("student_id").annotate(**sums)
    return {
        (row["student_id"], key): Absences(row[f"leave_{number}"], row[f"other_{number}"])
        for row in rows
        for number, key in enumerate(spans)
    }


def absence_totals(student_ids: Collection[int], *, until: int) -> dict[tuple[int, int], Absences]:
    """Days absent of each school year up to `until`, by (pupil, year): called here, and brought along.

    A pupil whose roll was never called in a year, and who brought nothing along, is not in the answer: that is not
    known, which differs from no day absent (rule R81). Three statements, whatever the number of pupils.
    """
    year = F("roll_call__school_class__year_id")
    recorded = (
        counted()
        .filter(student__in=student_ids, roll_call__school_class__year__lte=until)
        .values("student_id", of_year=year)
        .annotate(leave=_sum_of(Absence.Kind.WITH_LEAVE), other=_sum_of(Absence.Kind.WITHOUT_LEAVE))
    )
    found = dict.fromkeys(_called(student_ids, until), Absences())
    for row in recorded:
        found[row["student_id"], row["of_year"]] = Absences(row["leave"], row["other"])
    for key, brought in _brought(student_ids, until).items():
        found[key] = found.get(key, Absences(None, None)) + brought
    return found


def _called(student_ids: Collection[int], until: int) -> QuerySet[Any, tuple[int, int]]:
    """(pupil, year) where the roll of the pupil's class was called at least once while the pupil sat there."""
    rolls = RollCall.objects.filter(
        school_class=OuterRef("school_class"),
        day__gte=OuterRef("starts_on"),
        day__lte=Coalesce(OuterRef("ends_on"), Value(datetime.date.max)),
    )
    seats = Enrolment.objects.filter(Exists(rolls), student__in=student_ids, school_class__year__lte=until)
    return seats.values_list("student_id", "school_class__year_id").order_by()


def _brought(student_ids: Collection[int], until: int) -> dict[tuple[int, int], Absences]:
    profiles = YearProfile.objects.filter(student__in=student_ids, year__lte=until).exclude(
        absent_with_leave=None, absent_without_leave=None
    )
    return {
        (row.student_id, row.year_id): Absences(row.absent_with_leave, row.absent_without_leave)
        for row in profiles
    }
