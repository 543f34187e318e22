"""What a dry run showed, on its way to the second step: sealed in the page, for one person, thing and purpose.

Nothing of a file is kept on the server: it comes back unchanged or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core import signing

from accounts.models import User
from students.staff_files import StaffRow

# A working day: longer ago nobody remembers what the preview said.
MAX_AGE = 12 * 60 * 60


class PreviewLost(Exception):
    """What came back is not ours, of somebody or something else, or too old; the message is for the user."""

    def __init__(self) -> None:
        super().__init__(
            "Bản xem trước này không còn dùng được (quá nửa ngày, của sổ hay danh sách khác, hoặc đã bị sửa). Chưa ghi "
            "gì. Chọn lại tệp hoặc dán lại danh sách để xem trước lần nữa."
        )


def seal(told: Mapping[str, Any], *, purpose: str, whose: Sequence[int | str]) -> str:
    """What is told, as JSON, in text that nobody can alter; `whose` is whom and what it is good for."""
    return signing.dumps({"whose": list(whose), **told}, salt=f"gradebook.{purpose}", compress=True)


def unseal(text: str, *, purpose: str, whose: Sequence[int | str]) -> dict[str, Any]:
    """What `seal` was told. Raises PreviewLost unless it gave the text for the same, half a day ago at most."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=f"gradebook.{purpose}", max_age=MAX_AGE)
    except signing.BadSignature as problem:
        raise PreviewLost from problem
    if told.pop("whose") != list(whose):
        raise PreviewLost
    return told


# -- A staff list ------------------------------------------------------------------------------------------


def seal_staff(rows: Sequence[StaffRow], *, purpose: str, by: User, **more: Any) -> str:
    """The rows, and `more` that the second step needs."""
    return seal({**more, "rows": [asdict(row) for row in rows]}, purpose=purpose, whose=[by.pk])


def unseal_staff(text: str, *, purpose: str, by: User) -> tuple[list[StaffRow], dict[str, Any]]:
    """The rows and what went with them. Raises PreviewLost."""
    told = unseal(text, purpose=purpose, whose=[by.pk])
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
