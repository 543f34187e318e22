"""Who gave a person which duty, when and why, and who took it: what the history tables keep of posts and assignments.

A duty that was handed on the day it began, or taken back, has no row of its own any more; its history has (PLAN IV.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.clock import moment_label
from accounts.dates import Days
from accounts.models import Post, User
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment

MOST = 60
KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Post, ("team",)),
    (HomeroomAssignment, ("school_class",)),
    (TeachingAssignment, ("school_class", "line")),
)
"""What can be held, each with what its label reads."""
_WORDS = {"+": "Giao", "~": "Đổi thời gian", "-": "Bỏ"}


@dataclass(frozen=True, slots=True)
class DutyChange:
    """One change in words: "Giao", "Chủ nhiệm lớp 4A", "từ 01/08/2026 đến 31/07/2027"."""

    moment: str
    word: str
    label: str
    days: str
    by: str
    reason: str


def read_duty_history(person: User) -> list[DutyChange]:
    """The latest changes of what the person holds and held, newest first. Three statements."""
    rows = [row for kind, related in KINDS for row in _rows(kind, related, person)]
    rows.sort(key=lambda found: (found[1].history_date, found[1].history_id), reverse=True)
    return [_change(kind, row) for kind, row in rows[:MOST]]


def _rows(kind: Any, related: tuple[str, ...], person: User) -> Iterator[tuple[Any, Any]]:
    kept = kind.history.filter(**{kind.PERSON: person}).select_related(
        "history_user", "substitutes_for", *related
    )
    return ((kind, row) for row in kept.order_by("-history_date", "-history_id")[:MOST])


def _change(kind: Any, row: Any) -> DutyChange:
    # The label is a property of the live row; a row of history has the same fields.
    label = kind.duty_label.fget(row)
    if row.substitutes_for:
        label = f"{label} (làm thay {row.substitutes_for.full_name})"
    return DutyChange(
        moment_label(row.history_date),
        _WORDS[row.history_type],
        label,
        Days(row.starts_on, row.ends_on).label,
        row.history_user.full_name if row.history_user else "Hệ thống",
        row.history_change_reason or "",
    )
