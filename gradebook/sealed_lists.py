"""A staff list on its way from the dry run to the second step: sealed in the page, for one person and purpose."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core import signing

from accounts.models import User
from students.staff_files import StaffRow

# A working day, as for mark files.
MAX_AGE = 12 * 60 * 60


class ListLost(Exception):
    """The sealed list is not ours, of somebody else, or too old; the message is for the user."""

    def __init__(self) -> None:
        super().__init__(
            "Bản xem trước này không còn dùng được. Chưa ghi gì; chọn lại tệp để xem trước lần nữa."
        )


def seal(rows: Sequence[StaffRow], *, purpose: str, by: User, **more: Any) -> str:
    """The rows, and `more` that the second step needs, as text that nobody can alter."""
    told = {**more, "by": by.pk, "rows": [asdict(row) for row in rows]}
    return signing.dumps(told, salt=f"gradebook.{purpose}", compress=True)


def unseal(text: str, *, purpose: str, by: User) -> tuple[list[StaffRow], dict[str, Any]]:
    """The rows and what went with them. Raises ListLost unless `seal` gave this text for the same person."""
    try:
        told = signing.loads(text, salt=f"gradebook.{purpose}", max_age=MAX_AGE)
    except signing.BadSignature as problem:
        raise ListLost from problem
    if told.pop("by") != by.pk:
        raise ListLost
    return [_row(row) for row in told.pop("rows")], told


def _row(told: dict[str, Any]) -> StaffRow:
    """JSON knows no tuples."""
    places = {name: (letter, heading) for name, (letter, heading) in told["places"].items()}
    return StaffRow(
        **{
            **told,
            "subjects": tuple(told["subjects"]),
            "classes": tuple(told["classes"]),
            "places": places,
        }
    )
