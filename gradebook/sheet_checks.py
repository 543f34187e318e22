"""What is to be pointed out about a whole sheet: one value for everybody, what is still empty shortly before the lock.

Pure, and never a refusal: a class may well have one value.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from gradebook.sheets import Column, Field

SOON = datetime.timedelta(days=3)
# Four of four is chance, thirty-five of thirty-five is a filled-down column.
FEWEST = 5
NAMED = 5


@dataclass(frozen=True, slots=True)
class Pupil:
    """A row as its values, in the order of the columns; None where nothing is expected (exempt)."""

    name: str
    values: tuple[str | None, ...]


def remarks_on(
    columns: Sequence[Column], pupils: Sequence[Pupil], left: datetime.timedelta | None
) -> tuple[str, ...]:
    """Sentences; `left` is the time until the lock, None where nothing is open."""
    found = [_one_value(columns, pupils)]
    if left is not None and left <= SOON:
        found += _still_empty(columns, pupils)
    return tuple(sentence for sentence in found if sentence)


def _one_value(columns: Sequence[Column], pupils: Sequence[Pupil]) -> str:
    """Comments are left out: that everybody has the same one is said beside the comments."""
    alike = []
    for place, column in enumerate(columns):
        values = [value for pupil in pupils if (value := pupil.values[place]) is not None]
        if column.field != Field.COMMENT and len(values) >= FEWEST and len(set(values)) == 1 and values[0]:
            alike.append(f"{column.label} {values[0]}")
    return f"Cả lớp cùng một giá trị: {', '.join(alike)}. Hãy xem lại." if alike else ""


def _still_empty(columns: Sequence[Column], pupils: Sequence[Pupil]) -> list[str]:
    if not pupils:
        return []
    if not any(value for pupil in pupils for value in pupil.values):
        return ["Sắp khoá sổ mà sổ chưa nhập ô nào."]
    heads = [
        column.label
        for place, column in enumerate(columns)
        if _is_blank([pupil.values[place] for pupil in pupils])
    ]
    names = [pupil.name for pupil in pupils if _is_blank(pupil.values)]
    found = []
    if heads:
        found.append(f"Sắp khoá sổ mà cả cột còn trống: {', '.join(heads)}.")
    if names:
        more = f" và {len(names) - NAMED} em nữa" if len(names) > NAMED else ""
        found.append(f"Sắp khoá sổ mà cả hàng còn trống: {', '.join(names[:NAMED])}{more}.")
    return found


def _is_blank(values: Sequence[str | None]) -> bool:
    """Something is expected, and nothing of it is there."""
    return "" in values and not any(values)
