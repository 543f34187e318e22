"""A list that leaves the system as an Excel file: headings, rows, and who took it when (rule R69).

`write_table` is for lists that only go out. A workbook that comes back (a mark sheet) is laid out by its own module,
with `write_value` from here.
"""

import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell as PlacedCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts import clock, permissions
from accounts.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "@"
LONGEST_SHEET_NAME = 31
HEADING_FONT = Font(bold=True)
HEADING_FILL = PatternFill("solid", fgColor="E7EDF3")
# What Excel may take for a formula when somebody edits the cell (R89). A mark of quotation keeps it text.
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS: dict[type, str] = {datetime.datetime: "dd/mm/yyyy hh:mm:ss", datetime.date: "dd/mm/yyyy"}

Value = str | int | datetime.date | datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name and its width in characters."""

    name: str
    width: int


def write_table(
    *,
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Value]],
    by: User,
    notes: Sequence[str] = (),
) -> bytes:
    """The workbook: title, who took it when, notes, headings, rows. Rows are written as they come, not gathered."""
    return write_tables([(title, headings, rows)], by=by, notes=notes)


def write_tables(
    sheets: Iterable[tuple[str, Sequence[Heading], Iterable[Sequence[Value]]]],
    *,
    by: User,
    notes: Sequence[str] = (),
) -> bytes:
    """The same with several sheets, each with its title, headings and rows."""
    book = Workbook(write_only=True)
    for title, headings, rows in sheets:
        page = book.create_sheet(title[:LONGEST_SHEET_NAME])
        above = [title, _taken(by), *notes]
        _set_up(page, headings, first_row=len(above) + 2)
        for line, text in enumerate(above):
            page.append([_styled(page, text, HEADING_FONT if line == 0 else None)])
        page.append([_heading(page, heading.name) for heading in headings])
        for row in rows:
            page.append(list(_cells(page, row)))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _taken(by: User) -> str:
    return (
        f"Người xuất: {by.full_name} ({permissions.post_label(by)}), lúc {clock.moment_label(clock.stamp())}"
    )


def _set_up(page: Worksheet, headings: Sequence[Heading], *, first_row: int) -> None:
    """Widths, headings that stay, landscape on one page's width. Before the first row, as write-only mode wants."""
    for number, heading in enumerate(headings, start=1):
        page.column_dimensions[get_column_letter(number)].width = heading.width
    page.freeze_panes = f"A{first_row}"
    page.print_title_rows = f"{first_row - 1}:{first_row - 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _styled(page: Worksheet, text: str, font: Font | None) -> WriteOnlyCell:
    cell = WriteOnlyCell(page)
    write_value(cell, text)
    if font:
        cell.font = font
    return cell


def _heading(page: Worksheet, name: str) -> WriteOnlyCell:
    cell = _styled(page, name, HEADING_FONT)
    cell.fill = HEADING_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    return cell


def _cells(page: Worksheet, row: Sequence[Value]) -> Iterator[WriteOnlyCell]:
    for value in row:
        cell = WriteOnlyCell(page)
        write_value(cell, value)
        yield cell


def write_value(cell: PlacedCell, value: Value) -> None:
    """Text is written as text whatever it looks like, so that nothing is ever calculated; nothing for nothing."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.number_format = TEXT
        cell.quotePrefix = value.startswith(_LIKE_FORMULA)
        return
    cell.value = (
        timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime.datetime) else value
    )
    if type(value) in _FORMATS:
        cell.number_format = _FORMATS[type(value)]
