"""Open a workbook that somebody sends us: either plain rows, or a refusal in Vietnamese that says what to do.

Everything is checked before the parser of openpyxl sees it (students/workbook_safety.py): a bomb of
0.5 MB takes openpyxl past 1 GB. Read in a worker where you can: the largest file allowed takes seconds.
"""

import datetime
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from students.file_kinds import WorkbookRefused
from students.names import clean
from students.workbook_safety import (
    BROKEN,
    BROKEN_FILE,
    MAX_SHEETS,
    MergedRange,
    SheetFacts,
    checked_package,
)

__all__ = ["Cell", "MergedRange", "Row", "Table", "WorkbookRefused", "open_workbook"]

Cell = (
    str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None
)
"""What stands in a cell; text is as typed (not cleaned), an error of Excel is text such as "#REF!"."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it. `number` is what Excel shows at the left; values[0] is column A."""

    number: int
    values: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet. Blank rows are left out and rows end at their last value; merged areas keep their value top left.

    `merged` lists the merged areas, for whoever fills headings forward. `uncalculated` holds (row,
    column) of formulas whose value Excel has not stored: such a cell reads as empty, and is not.
    `epoch_1904`: bare day numbers count from 1904, as in files of old Macs.
    """

    sheet_name: str
    rows: tuple[Row, ...]
    merged: tuple[MergedRange, ...]
    uncalculated: tuple[tuple[int, int], ...]
    epoch_1904: bool
    hidden: bool


def open_workbook(data: bytes, name: str) -> list[Table]:
    """Return the sheets of the .xlsx in `data`; `name` is the file's name, used in messages only.

    Raises WorkbookRefused, with a message for the user, for anything else: too large, not a workbook,
    encrypted, .xls, macros, a bomb, a DTD, broken, or without a single value. Nothing else escapes.
    Strict OOXML is read. Formulas give their stored value. Hidden sheets are read too (`hidden`).
    """
    package, facts = checked_package(data, clean(name))
    try:
        # openpyxl warns about styles and validations it drops, which is of no use to the clerk.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tables = _tables(package, facts)
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused(BROKEN_FILE) from error
    if not any(table.rows for table in tables):
        raise WorkbookRefused("Tệp không có dữ liệu: mọi trang đều trống. Hãy kiểm tra lại tệp rồi tải lên.")
    return tables


def _tables(package: bytes, facts: dict[str, SheetFacts]) -> list[Table]:
    workbook = openpyxl.load_workbook(io.BytesIO(package), read_only=True, data_only=True, keep_links=False)
    try:
        if len(workbook.worksheets) > MAX_SHEETS:
            raise WorkbookRefused(
                f"Tệp có {len(workbook.worksheets)} trang, nhiều nhất được {MAX_SHEETS}. Hãy tách thành nhiều tệp."
            )
        epoch_1904 = workbook.epoch == CALENDAR_MAC_1904
        return [_table(sheet, facts, epoch_1904=epoch_1904) for sheet in workbook.worksheets]
    finally:
        workbook.close()


def _table(sheet: ReadOnlyWorksheet, facts: dict[str, SheetFacts], *, epoch_1904: bool) -> Table:
    # openpyxl keeps it private, but the part's name is the only link from a sheet to its XML.
    part: str = sheet._worksheet_path  # noqa: SLF001
    found = facts.get(part.lstrip("/"), SheetFacts())
    return Table(
        sheet_name=clean(sheet.title),
        rows=tuple(_rows(sheet, found)),
        merged=tuple(found.merged),
        uncalculated=tuple(found.uncalculated),
        epoch_1904=epoch_1904,
        hidden=sheet.sheet_state != "visible",
    )


def _rows(sheet: ReadOnlyWorksheet, found: SheetFacts) -> Iterator[Row]:
    if not found.last_row:
        return
    # The bounds come from our own scan: a wrong <dimension> would make openpyxl cut columns off.
    cells_by_row = sheet.iter_rows(max_row=found.last_row, max_col=found.last_column, values_only=True)
    for number, cells in enumerate(cells_by_row, start=1):
        values = _without_blank_end(cells)
        if values:
            yield Row(number, values)


def _without_blank_end(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    width = len(cells)
    while width and (cells[width - 1] is None or cells[width - 1] == ""):
        width -= 1
    return cells[:width]


def column_letter(column: int) -> str:
    """Return "A" for 1, "AB" for 28: the name of a column as Excel shows it."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
