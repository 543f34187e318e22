"""From what a browser posts to `entry.Change`: the JSON of the script, and the plain form. Nothing is decided here.

Fields of the plain form, `<cell>` being `<pupil>.<item>.<field>`:

    c.<cell>             the text of the cell
    v                    versions of the rows as the page showed them, "<pupil>.<item>.<version>" each, without those
                         where nothing was stored
    v.<pupil>.<item>     the same for one row
    v.<cell>             the same for one cell that came back refused or in conflict, where it differs
    k.<cell>             the answer to a conflict: "theirs", or the version that the own value shall replace
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from gradebook.entry import Change
from gradebook.sheets import Cell, Row, Sheet

# A homeroom sheet of 50 pupils has 900 cells; twice that is no sheet of ours.
MAX_CELLS = 2000
THEIRS = "theirs"
_KEYS = {"student": int, "item": str, "field": str, "value": str, "version": int}


class BadChanges(Exception):
    """The request is not the script's: nothing can be read from it. The message is for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def changes_from_json(body: bytes) -> list[Change]:
    """The changes of `{"changes": [{"student", "item", "field", "value", "version"}, …]}`; raises BadChanges."""
    return [_change(cell, place) for place, cell in enumerate(_cells(body), start=1)]


def changes_of_periods(body: bytes, student_id: int) -> list[tuple[str, Change]]:
    """The same of one pupil, "period" in place of "student": (period, change) of each; raises BadChanges."""
    return [
        (cell["period"], _change({**cell, "student": student_id}, place))
        if isinstance(cell, dict) and isinstance(cell.get("period"), str)
        else _bad(place, "period")
        for place, cell in enumerate(_cells(body), start=1)
    ]


def _cells(body: bytes) -> list[Any]:
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError):
        raise BadChanges(
            "Nội dung gửi lên không đọc được (không phải JSON). Tải lại trang rồi thử lại."
        ) from None
    cells = posted.get("changes") if isinstance(posted, dict) else None
    if not isinstance(cells, list):
        raise BadChanges("Nội dung gửi lên thiếu danh sách «changes». Tải lại trang rồi thử lại.")
    if len(cells) > MAX_CELLS:
        raise BadChanges(
            f"Một lần lưu nhận nhiều nhất {MAX_CELLS} ô; lần này có {len(cells)} ô. Chia nhỏ ra."
        )
    return cells


def _bad(place: int, key: str) -> NoReturn:
    raise BadChanges(f"Ô thứ {place} gửi lên thiếu hoặc sai «{key}». Tải lại trang rồi thử lại.")


def _change(cell: Any, place: int) -> Change:
    if not isinstance(cell, dict):
        raise BadChanges(f"Ô thứ {place} gửi lên không đúng dạng. Tải lại trang rồi thử lại.")
    for key, kind in _KEYS.items():
        # bool is an int to Python, not to us.
        if not isinstance(cell.get(key), kind) or isinstance(cell.get(key), bool):
            _bad(place, key)
    return Change(cell["student"], cell["item"], cell["field"], cell["value"], cell["version"])


def cell_name(row: Row, cell: Cell) -> str:
    """What stands for a cell in the names of the form's fields."""
    return f"{row.student.pk}.{cell.column.item}.{cell.column.field.value}"


def typed_cells(sheet: Sheet, posted: Mapping[str, str]) -> dict[str, str]:
    """The posted text of each cell of the sheet, by its name; what the sheet does not have is left out."""
    names = (cell_name(row, cell) for row in sheet.rows for cell in row.entry_cells(sheet.ref))
    return {name: _plain(posted[f"c.{name}"]) for name in names if f"c.{name}" in posted}


def changes_from_form(sheet: Sheet, posted: Mapping[str, str]) -> list[Change]:
    """The cells of the plain form that hold something else than the database does."""
    typed = typed_cells(sheet, posted)
    versions = _versions(posted)
    return [
        _form_change(row, cell, typed[name], posted, versions)
        for row in sheet.rows
        for cell in row.entry_cells(sheet.ref)
        if (name := cell_name(row, cell)) in typed
        and typed[name] not in {cell.value, cell.word or cell.value}
        and posted.get(f"k.{name}") != THEIRS
    ]


def _form_change(
    row: Row, cell: Cell, text: str, posted: Mapping[str, str], versions: Mapping[str, str]
) -> Change:
    name = cell_name(row, cell)
    kept = _version(posted.get(f"k.{name}"))
    of_row = f"v.{row.student.pk}.{cell.column.item}"
    seen = _version(posted.get(f"v.{name}")) or _version(posted.get(of_row) or versions.get(of_row))
    return Change(
        row.student.pk,
        cell.column.item,
        cell.column.field.value,
        text,
        kept or seen,
        is_typed=bool(kept),
    )


def _versions(posted: Mapping[str, str]) -> dict[str, str]:
    """What `v` says of each row, by the name of the row's own field."""
    said = (each.rpartition(".") for each in posted.get("v", "").split())
    return {f"v.{row}": version for row, _dot, version in said}


def _version(text: str | None) -> int:
    """0, "nothing was stored", for what is not a version: then a stored value is a conflict, never overwritten."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _plain(text: str) -> str:
    """Browsers send line breaks as CR LF; a stored comment has LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
