"""A list that leaves the system as an Excel file: headings, rows, and who took it when (rule R69).

`write_table` is for lists that only go out, `write_book` for several lists in one workbook. A workbook that comes back
(a mark sheet) is laid out by its own module, with `write_value` from here.
"""

import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

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
HEADING_FONT = Font(bold=True)
HEADING_FILL = PatternFill("solid", fgColor="E7EDF3")
# What Excel may take for a formula when somebody edits the cell (R89). A mark of quotation keeps it text.
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS: dict[type, str] = {datetime.datetime: "dd/mm/yyyy hh:mm:ss", datetime.date: "dd/mm/yyyy"}

LONGEST_SHEET_NAME = 31
_NOT_IN_A_SHEET_NAME = str.maketrans("[]:*?/\\", "()-····")

Value = str | int | Decimal | datetime.date | datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name and its width in characters."""

    name: str
    width: int


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of a workbook. `above` stands over the headings, a line each; the first is the title.

    `is_plain`: only days and what may be taken for a formula have a format of their own. For tables of a hundred
    thousand rows that nobody edits: five times as fast.
    """

    name: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Value]]
    above: Sequence[str] = ()
    is_plain: bool = False


def sheet_name(text: str, taken: set[str], *, number: int = 1) -> str:
    """What Excel takes for the name of a sheet, each once in a workbook; `number` names one that has no other name.

    A long one goes without its last words; where a colon told the whole from its part a dash does.
    """
    text = text.replace(": ", " – ").translate(_NOT_IN_A_SHEET_NAME).strip("' ") or f"Bảng {number}"
    name = _shortened(text, LONGEST_SHEET_NAME)
    if name.lower() in taken:
        name = f"{_shortened(text, LONGEST_SHEET_NAME - 5)} ({number})"
    taken.add(name.lower())
    return name


def _shortened(title: str, longest: int) -> str:
    """Whole words, none of which only leads to the next: «Biến động sĩ số», not «Biến động sĩ số từ 01-08»."""
    if len(title) <= longest:
        return title
    words = (
        title[: longest + 1].rsplit(" ", 1)[0].split() if " " in title[: longest + 1] else [title[:longest]]
    )
    while len(words) > 1 and (words[-1].lower() in _LEADING or words[-1][:1].isdigit()):
        words.pop()
    name = " ".join(words)
    head, comma, _rest = name.rpartition(",")
    return (head if comma and len(head) > longest // 3 else name).rstrip("' ,:–-")


_LEADING = frozenset({"từ", "đến", "ngày", "và", "của", "theo", "trong", "năm", "học", "–", "-"})


def write_book(pages: Iterable[Page], target: IO[bytes]) -> None:
    """The workbook of these sheets, into an open file. Rows are written as they come, not gathered."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for number, each in enumerate(pages, start=1):
        _write_page(book.create_sheet(sheet_name(each.name, names, number=number)), each)
    book.save(target)


def _write_page(page: Worksheet, told: Page) -> None:
    _set_up(page, told.headings, first_row=len(told.above) + 2)
    for line, text in enumerate(told.above):
        page.append([_styled(page, text, HEADING_FONT if line == 0 else None)])
    page.append([_heading(page, heading.name) for heading in told.headings])
    cells = _plain_cells if told.is_plain else _cells
    for row in told.rows:
        page.append(list(cells(page, row)))


def write_table(
    *,
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Value]],
    by: User,
    notes: Sequence[str] = (),
) -> bytes:
    """The workbook: title, who took it when, notes, headings, rows. Rows are written as they come, not gathered."""
    output = io.BytesIO()
    write_book([Page(title, headings, rows, above=(title, taken_by(by), *notes))], output)
    return output.getvalue()


def taken_by(by: User) -> str:
    """Who took a file, as what, when: a line above its headings."""
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


def _plain_cells(page: Worksheet, row: Sequence[Value]) -> Iterator[Any]:
    for value in row:
        if value is None or value == "":
            yield None
        elif isinstance(value, int) or (isinstance(value, str) and _is_harmless(value)):
            yield value
        else:
            cell = WriteOnlyCell(page)
            write_value(cell, value)
            yield cell


def _is_harmless(text: str) -> bool:
    return text.isprintable() and not text.startswith(_LIKE_FORMULA)


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
