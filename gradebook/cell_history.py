"""The story of one cell: every value it ever had, with who, as what, when, why and under which paper.

From the history that the application writes, and from the audit chain what was written past it (no actor). An app above
tells with `also_from` what was done about the cell besides, without a change of it.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.clock import moment_label
from accounts.history import Source
from accounts.models import AuditEntry, User
from gradebook.models import SubjectResult, TraitResult
from gradebook.sheets import Field, SheetRef, value_and_version


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the cell; values are as shown ("" for not entered). Or an act about it, in words, under a paper."""

    old: str
    new: str
    who: str
    role: str
    at: str
    moment: datetime.datetime
    source: str
    why: str
    request_id: int | None
    window_id: int | None
    act: str = ""
    paper: str = ""


Teller = Callable[[User, SheetRef, int, str, str], Iterable[Step]]
_TELLERS: list[Teller] = []


def also_from(teller: Teller) -> None:
    """`teller` gives the acts about a cell that a person may read of, each with its moment."""
    if teller not in _TELLERS:
        _TELLERS.append(teller)


def read_cell_story(user: User, ref: SheetRef, student_id: int, item: str, field: str) -> tuple[Step, ...]:
    """The changes of one cell and the acts about it, newest first. Two statements, and those of the tellers."""
    changes = read_cell_history(ref, student_id, item, field)
    about = [step for teller in _TELLERS for step in teller(user, ref, student_id, item, field)]
    oldest_first = sorted([*reversed(changes), *about], key=lambda step: step.moment)
    return tuple(reversed(oldest_first))


def read_cell_history(ref: SheetRef, student_id: int, item: str, field: str) -> tuple[Step, ...]:
    """The changes of one cell, newest first. Two statements; what changed other fields only is left out."""
    written = [(row.history_date, _told(row, field), row) for row in _rows(ref, student_id, item)]
    past = [
        (at, _told(row, field) if row else "", None)
        for at, row in _past_the_application(ref, student_id, item)
    ]
    steps: list[Step] = []
    before = ""
    for at, value, row in sorted([*written, *past], key=lambda each: each[0]) if past else written:
        if value != before:
            steps.append(_step(before, value, row) if row is not None else _step_past(before, value, at))
        before = value
    return tuple(reversed(steps))


def _past_the_application(
    ref: SheetRef, student_id: int, item: str
) -> Iterator[tuple[datetime.datetime, SubjectResult | TraitResult | None]]:
    """What the row was after each write that had no actor; None after a deletion."""
    model: type[Any] = SubjectResult if ref.line is not None else TraitResult
    key = (
        {"line_id": ref.line.pk}
        if ref.line is not None
        else {"year_id": ref.school_class.year_id, "item": item}
    )
    wanted = {**key, "student_id": student_id, "period": ref.period.value}
    entries = AuditEntry.objects.of_pupil(student_id).filter(table_name=model._meta.db_table, actor="")  # noqa: SLF001
    for entry in entries.order_by("seq"):
        told = entry.new or entry.old or {}
        if all(told.get(name) == value for name, value in wanted.items()):
            yield entry.at, model(**entry.new) if entry.new else None


def _told(row, field: str) -> str:
    """The cell's text then; of a mark that was tested again both marks, and which one counts (rule R28)."""
    value, _version = value_and_version(row, field)
    repeat = row.repeat if field == Field.MARK else None
    if repeat is None:
        return value
    if repeat.is_official:
        return f"{value} (lấy điểm kiểm tra lại; lần đầu {row.first_mark})"
    return f"{value} (lấy điểm lần đầu; kiểm tra lại {repeat.mark})"


def _rows(ref: SheetRef, student_id: int, item: str):
    if ref.line is not None:
        rows = SubjectResult.history.filter(line_id=ref.line.pk)
    else:
        rows = TraitResult.history.filter(year_id=ref.school_class.year_id, item=item)
    return (
        rows.filter(student_id=student_id, period=ref.period.value)
        .select_related("history_user")
        .order_by("history_id")
    )


def _step(old: str, new: str, row) -> Step:
    return Step(
        old=old,
        new=new,
        who=str(row.history_user or "Hệ thống"),
        role=row.acting_role,
        at=moment_label(row.history_date),
        source=Source(row.source).label if row.source else "Ngoài ứng dụng",
        why=row.history_change_reason or getattr(row, "repeat_reason", ""),
        request_id=row.request_id,
        window_id=row.window_id,
        moment=row.history_date,
    )


def _step_past(old: str, new: str, at: datetime.datetime) -> Step:
    return Step(
        old=old,
        new=new,
        who="Không rõ",
        role="ghi thẳng vào cơ sở dữ liệu",
        at=moment_label(at),
        source="Ngoài ứng dụng",
        why="",
        request_id=None,
        window_id=None,
        moment=at,
    )
