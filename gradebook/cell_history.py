"""The story of one cell: every value it ever had, with who, as what, when, why and under which paper."""

from dataclasses import dataclass

from accounts.clock import moment_label
from accounts.history import Source
from gradebook.models import SubjectResult, TraitResult
from gradebook.sheets import Field, SheetRef, value_and_version


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the cell; values are as shown ("" for not entered)."""

    old: str
    new: str
    who: str
    role: str
    at: str
    source: str
    why: str
    request_id: int | None
    window_id: int | None


def read_cell_history(ref: SheetRef, student_id: int, item: str, field: str) -> tuple[Step, ...]:
    """The changes of one cell, newest first. One statement; rows that changed other fields only are left out."""
    rows = _rows(ref, student_id, item)
    steps: list[Step] = []
    before = ""
    for row in rows:
        value = _told(row, field)
        if value != before:
            steps.append(_step(before, value, row))
        before = value
    return tuple(reversed(steps))


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
    )
