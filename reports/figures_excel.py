"""A report as an Excel file: a sheet a table, with the head of several lines that its page and its paper have."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import HEADING_FILL, HEADING_FONT, sheet_name, write_value
from reports.figures import LEGEND, Column, Figure, Report, Row, Table, cell_words

TITLE_FONT = Font(bold=True, size=13)
FAULT_FONT = Font(bold=True, color="9C1C1C")
THIN = Side(style="thin", color="808080")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
SHARE_FORMAT = "0.0"
COUNT_FORMAT = "#,##0"
LINE_HEIGHT = 15
"""Of a line of text, in points."""
FIGURE_WIDTH = 9
WORDS_WIDTH = 28


def write_report(report: Report, *, above: Sequence[str]) -> bytes:
    """The workbook. `above`: lines below the title, of the school, who took it, how far the books were shut."""
    book = Workbook()
    book.remove(book.active)
    names: set[str] = set()
    for place, table in enumerate(report.tables):
        sheet = book.create_sheet(sheet_name(table.title, names, number=place + 1))
        _write_table(sheet, report, table, above, is_first=place == 0)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write_words(
    sheet: Worksheet, line: int, text: str, side: Sequence[tuple[str, int]], table: Table
) -> None:
    """Across the table and not beyond: a printed page is as wide as what is written on it."""
    cell = sheet.cell(line, 1)
    write_value(cell, text)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    width = sum(each for _name, each in side) + sum(_width_of(each) for each in table.columns)
    sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(side) + len(table.columns))
    lines = sum(_lines_of(each, width) for each in text.split("\n"))
    sheet.row_dimensions[line].height = LINE_HEIGHT * lines


def _write_table(
    sheet: Worksheet, report: Report, table: Table, above: Sequence[str], *, is_first: bool
) -> None:
    line = 0
    for text, font in _lines_above(report, table, above, is_first=is_first):
        line += 1
        cell = sheet.cell(line, 1)
        write_value(cell, text)
        cell.font = font or Font()
    first_head = line + 2
    first_row = first_head + table.depth
    side = _side_heads(table)
    write_head(sheet, table, side, first_head)
    line = first_row - 1
    for row in table.rows:
        line += 1
        write_row(sheet, table, row, line)
    for text in _lines_below(report, table, is_first=is_first):
        line += 2 if line < first_row + len(table.rows) else 1
        _write_words(sheet, line, text, side, table)
    _set_up(sheet, table, side, first_head, first_row)


def _lines_above(
    report: Report, table: Table, above: Sequence[str], *, is_first: bool
) -> Iterator[tuple[str, Font | None]]:
    yield report.title, TITLE_FONT
    if table.title != report.title:
        yield table.title, HEADING_FONT
    yield report.moment, None
    for text in above:
        yield text, None
    if is_first:
        for text in report.faults:
            yield f"Chưa khớp: {text}", FAULT_FONT


def _lines_below(report: Report, table: Table, *, is_first: bool) -> Iterator[str]:
    if table.lacks_figures:
        yield LEGEND
    if table.note:
        yield table.note
    if is_first:
        yield from report.notes
        for heading, text in report.remarks:
            yield f"{heading}: {text}"


def _width_of(column: Column) -> int:
    return WORDS_WIDTH if column.is_words else FIGURE_WIDTH


def _side_heads(table: Table) -> tuple[tuple[str, int], ...]:
    """What stands before the figures: name and width."""
    return (
        *((("TT", 7),) if table.has_numbers else ()),
        (table.row_head, 46),
        *((("Đơn vị tính", 10),) if table.has_units else ()),
        *((("Mã số", 8),) if table.has_codes else ()),
    )


def write_head(sheet: Worksheet, table: Table, side: Sequence[tuple[str, int]], first: int) -> None:
    """The head from line `first` on, merged as on the page."""
    for number, (name, _width) in enumerate(side, start=1):
        _head_cell(sheet, first, number, name, across=1, down=table.depth)
    free = {line: [True] * len(table.columns) for line in range(table.depth)}
    for line, heads in enumerate(table.head_rows):
        for head in heads:
            start = free[line].index(True)
            for below in range(line, line + head.down):
                free[below][start : start + head.across] = [False] * head.across
            _head_cell(
                sheet, first + line, len(side) + start + 1, head.text, across=head.across, down=head.down
            )
    for line, height in enumerate(_heights(table)):
        sheet.row_dimensions[first + line].height = height


def _heights(table: Table) -> list[float]:
    """Of the lines of the head, so that no text is cut: a merged cell makes no line higher by itself."""
    lines = [1] * table.depth
    for place, heads in enumerate(table.head_rows):
        for head in heads:
            wanted = _lines_of(head.text, FIGURE_WIDTH * head.across)
            own = range(place, place + head.down)
            lines[own[-1]] += max(0, wanted - sum(lines[each] for each in own))
    return [LINE_HEIGHT * each for each in lines]


def _lines_of(text: str, width: int) -> int:
    """How many lines a text wraps to, bold, word by word."""
    lines, room = 1, width - 1
    for word in text.split():
        if len(word) > room and room < width - 1:
            lines, room = lines + 1, width - 1
        room -= len(word) + 1
        while room < -1:
            lines, room = lines + 1, room + width - 1
    return lines


def _head_cell(sheet: Worksheet, line: int, column: int, text: str, *, across: int, down: int) -> None:
    for each in range(line, line + down):
        for place in range(column, column + across):
            sheet.cell(each, place).border = FRAME
            sheet.cell(each, place).fill = HEADING_FILL
    cell = sheet.cell(line, column)
    write_value(cell, text)
    cell.font, cell.alignment = HEADING_FONT, CENTRE
    if across > 1 or down > 1:
        sheet.merge_cells(
            start_row=line, start_column=column, end_row=line + down - 1, end_column=column + across - 1
        )


def write_row(sheet: Worksheet, table: Table, row: Row, line: int) -> None:
    side = (
        *((row.number,) if table.has_numbers else ()),
        row.label,
        *((row.unit,) if table.has_units else ()),
        *((row.code,) if table.has_codes else ()),
    )
    for number, text in enumerate(side, start=1):
        cell = sheet.cell(line, number)
        write_value(cell, int(text) if text.isdigit() and text == row.code else text)
        is_label = number == 1 + table.has_numbers
        cell.alignment = (
            Alignment(indent=row.level, wrap_text=True, vertical="center") if is_label else CENTRE
        )
        cell.font = HEADING_FONT if row.is_heading else Font()
        cell.border = FRAME
    for place, column in enumerate(table.columns):
        cell = sheet.cell(line, len(side) + place + 1)
        cell.border = FRAME
        if row.words:
            write_value(cell, row.words[place])
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        elif row.figures:
            _write_figure(cell, row, column, row.figures[place])


def _write_figure(cell: Cell, row: Row, column: Column, figure: Figure) -> None:
    """A number as a number; what is no number in the words of the page."""
    if figure is None or column.key in row.not_asked:
        write_value(cell, cell_words(row, column, figure))
    else:
        cell.value = figure
        cell.number_format = SHARE_FORMAT if isinstance(figure, Decimal) else COUNT_FORMAT
    cell.alignment = Alignment(horizontal="right", vertical="center")
    if row.is_heading:
        cell.font = HEADING_FONT


def _set_up(
    sheet: Worksheet, table: Table, side: Sequence[tuple[str, int]], first_head: int, first_row: int
) -> None:
    """Widths, head and labels that stay, printed on one page's width with the head on each."""
    for number, (_name, width) in enumerate(side, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number in range(len(side) + 1, len(side) + len(table.columns) + 1):
        column = table.columns[number - len(side) - 1]
        sheet.column_dimensions[get_column_letter(number)].width = _width_of(column)
    label = get_column_letter(2 + table.has_numbers)
    sheet.freeze_panes = f"{label}{first_row}"
    sheet.print_title_rows = f"{first_head}:{first_row - 1}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "Trang &P/&N"
