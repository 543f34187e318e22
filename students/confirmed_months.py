"""What pages tell of a month that was confirmed: each confirmation, and what has changed since (rules R13, R72)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime

from students.absences import days_label
from students.attendance_months import MonthState
from students.models import AttendanceMonth, Movement


@dataclass(frozen=True, slots=True)
class Change:
    """A movement that gave the month of a class other pupils after it was confirmed."""

    pk: int
    name: str
    what: str
    who: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One confirmation as it was given."""

    who: str
    at: datetime.datetime
    with_leave: str
    without_leave: str
    not_called: int


def read_changes(states: Iterable[MonthState]) -> dict[tuple[int, datetime.date], tuple[Change, ...]]:
    """By class id and month, for those that have changed. One statement, none where nothing has."""
    changed = [each for each in states if each.has_changed]
    ids = {pk for each in changed for pk in each.changes}
    rows = Movement.objects.select_related("student", "recorded_by", "cancelled_by")
    movements = rows.in_bulk(ids) if ids else {}
    return {
        (each.confirmation.school_class_id, each.month): tuple(
            told(movements[pk], each.confirmation.school_class_id) for pk in each.changes
        )
        for each in changed
        if each.confirmation
    }


def told(movement: Movement, class_id: int) -> Change:
    kind, day = movement.get_kind_display(), f"{movement.day:%d/%m/%Y}"
    way = "rời lớp" if movement.from_class_id == class_id else "vào lớp"
    is_cancelled = movement.is_cancelled
    who, at = (
        (movement.cancelled_by, movement.cancelled_at)
        if is_cancelled
        else (movement.recorded_by, movement.recorded_at)
    )
    return Change(
        pk=movement.pk,
        name=movement.student.full_name,
        what=f"huỷ «{kind}» từ ngày {day}, trước đó ghi là {way}"
        if is_cancelled
        else f"{kind}, {way} từ ngày {day}",
        who=who.full_name if who else "Hệ thống",
        at=localtime(at),
    )


def records_of(confirmed: AttendanceMonth | None) -> tuple[Record, ...]:
    """Every confirmation of the month, the first one first. One statement, none for a month without."""
    if confirmed is None:
        return ()
    rows: Any = AttendanceMonth.history.filter(id=confirmed.pk)
    return tuple(
        _record(row)
        for row in rows.select_related("confirmed_by", "confirmed_again_by").order_by("history_id")
    )


def _record(row: Any) -> Record:
    return Record(
        who=(row.confirmed_again_by or row.confirmed_by).full_name,
        at=localtime(row.confirmed_again_at or row.confirmed_at),
        with_leave=days_label(row.with_leave),
        without_leave=days_label(row.without_leave),
        not_called=row.not_called,
    )
