"""What became of a save, for the script of the sheets: JSON of each touched cell."""

from typing import Any

from gradebook.entry import Change, SaveReport


def save_answer(report: SaveReport, *, by_id: int, period: str = "") -> dict[str, list[dict[str, Any]]]:
    """`next`: the version follows the one the page sent, so its row's other cells are as the page shows them.

    `own`: the value in the way was written by the very person, in another tab. With a `period` a cell is named by
    that, on the page of one pupil, else by its pupil.
    """
    return {
        "saved": [
            {
                **_place(saved.change, period),
                "value": saved.value,
                "version": saved.version,
                "warnings": saved.warnings,
                "next": saved.is_next,
            }
            for saved in report.saved
        ],
        "refused": [
            {**_place(refused.change, period), "value": refused.change.value, "message": refused.message}
            for refused in report.refused
        ],
        "conflicts": [
            {
                **_place(conflict.change, period),
                "mine": conflict.change.value,
                "value": conflict.value,
                "version": conflict.version,
                "by": conflict.by,
                "at": conflict.at,
                "own": conflict.by_id == by_id,
            }
            for conflict in report.conflicts
        ],
    }


def _place(change: Change, period: str) -> dict[str, Any]:
    where: dict[str, Any] = {"period": period} if period else {"student": change.student_id}
    return {**where, "item": change.item, "field": change.field}
