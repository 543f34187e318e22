"""Who stands behind a figure of the movement report: those who sat in a class on a day, or who came and went (R13)."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from reports.pupils_counted import DISABLED, MINORITY, MINORITY_GIRLS, SECRET_COLUMNS, why_counted
from reports.report_kind import CellKey, PupilLine
from students.head_counts import INSIDE, Composition, opening_before
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student
from students.movement_rules import Kind

FIRST, INWARD, OUTWARD = "first", "inward", "outward"
_OF_WHOM: Final[Mapping[str, Callable[[Composition], int]]] = {
    FIRST: lambda one: one.pupils,
    "pupils": lambda one: one.pupils,
    "girls": lambda one: one.girls,
    MINORITY: lambda one: one.minority,
    MINORITY_GIRLS: lambda one: one.minority_girls,
    DISABLED: lambda one: one.disabled,
}


def tells_secrets(cell: CellKey) -> bool:
    return cell.column in SECRET_COLUMNS


def pupils_between(
    year: SchoolYear, first: datetime.date, last: datetime.date, cell: CellKey
) -> tuple[PupilLine, ...]:
    """Those whom the figure counts between the two days, by class and by name. Two statements; () of a row unknown."""
    classes = _classes_of(year, cell.row)
    opening = opening_before(year, min(first, last))
    if cell.column in _OF_WHOM:
        counts = _OF_WHOM[cell.column]
        seats = _seats(classes, opening if cell.column == FIRST else last)
        return tuple(_sitting(seat, cell.column) for seat in seats if counts(_composition(seat.student)))
    ids = set(classes.values_list("pk", flat=True))
    moves = Movement.objects.in_force().filter(_meant(cell.column, ids), year=year)
    rows = moves.filter(day__gt=opening, day__lte=last).select_related("student", "from_class", "to_class")
    return tuple(sorted((_moved(each, ids) for each in rows), key=lambda line: line.class_name))


def _classes_of(year: SchoolYear, row: str) -> QuerySet[SchoolClass]:
    """By the key of a row: «class 4A», «grade 4», «school»."""
    kind, _space, which = row.partition(" ")
    if kind == "class":
        return SchoolClass.objects.filter(year=year, name=which)
    if kind == "grade" and which.isdecimal():
        return SchoolClass.objects.filter(year=year, grade_level=int(which))
    return SchoolClass.objects.filter(year=year) if row == "school" else SchoolClass.objects.none()


def _seats(classes: QuerySet[SchoolClass], day: datetime.date) -> QuerySet[Any]:
    seats = Enrolment.objects.filter(school_class__in=classes).held_on(day)
    in_order = seats.select_related("school_class", "student")
    return in_order.order_by(
        "school_class__grade_level", "school_class__name", "student__sort_key", "student_id"
    )


def _composition(student: Student) -> Composition:
    return Composition.of_one(student.gender, student.ethnic_code, student.disability_code)


def _meant(column: str, ids: set[int]) -> Q:
    """A change between two of the classes themselves is none for them together."""
    comes, goes = Q(to_class__in=ids), Q(from_class__in=ids)
    inside = Q(kind__in=INSIDE)
    if column == INWARD:
        return inside & comes & ~goes
    if column == OUTWARD:
        return inside & goes & ~comes
    return Q(kind=column) & (comes | goes)


def _sitting(seat: Enrolment, column: str) -> PupilLine:
    student = seat.student
    return PupilLine(
        student.pk,
        seat.school_class.name,
        student.full_name,
        student.birth_label,
        why_counted(student, column),
    )


def _moved(move: Movement, ids: set[int]) -> PupilLine:
    source, target = move.from_class, move.to_class
    own = target if target is not None and target.pk in ids else source
    if source and target and move.kind in INSIDE:
        way = f" từ {source.name} sang {target.name}"
    else:
        way = ""
    return PupilLine(
        move.student.pk,
        own.name if own else "",
        move.student.full_name,
        move.student.birth_label,
        f"{Kind(move.kind).label}{way}, ngày {move.day:%d/%m/%Y}",
    )
