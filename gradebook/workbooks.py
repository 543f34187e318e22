"""Excel ↔ sheet: the file of one mark sheet, and what such a file, ours or another system's, wants written (R86–R89).

Reading decides nothing about values: it finds the pupil and the cell, and `gradebook.entry` judges. An empty cell
says nothing.
"""

import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import HEADING_FILL, HEADING_FONT, TEXT, write_value
from gradebook.regulation import Attainment, Rating, folded, line_by_code, line_by_name
from gradebook.sheets import BROUGHT, HOMEROOM_CODE, Column, Field, Row, Sheet, SheetRef
from gradebook.workbook_columns import (
    KEY_HEADING,
    PERIOD_HEADING,
    WHO,
    RowKey,
    file_columns,
    heading_of,
    synonyms_for,
)
from gradebook.workbook_rows import ReadSheet, RowReader
from gradebook.year_rules import rules_of
from students.header_search import Header, find_header
from students.workbooks import Table, WorkbookRefused, open_workbook

__all__ = ["ReadSheet", "read_sheet", "write_sheet"]

EXEMPT_FILL = PatternFill("solid", fgColor="E7E6E6")
BROUGHT_FONT = Font(italic=True)
HOMEROOM_TITLE = "Phẩm chất và năng lực"

# ── Writing ───────────────────────────────────────────────────────────────────────────────────────────

_IDENTITY = {"STT": 5, "Lớp": 7, "Mã học sinh": 14, "Họ và tên": 28, "Ngày sinh": 12}
_WIDTHS = {Field.ATTAINMENT: 10, Field.MARK: 9, Field.RATING: 10, Field.COMMENT: 60}


def write_sheet(sheet: Sheet) -> bytes:
    """The sheet as an .xlsx: a row a pupil with what is stored, and hidden at the right the key of the row."""
    book = Workbook()
    page: Worksheet = book.active
    page.title = _title_of(sheet.ref)
    headings = [
        *_IDENTITY,
        *(heading_of(column) for column in sheet.columns),
        PERIOD_HEADING,
        KEY_HEADING,
    ]
    for column, heading in enumerate(headings, start=1):
        write_value(page.cell(1, column), heading)
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(_values(sheet.ref, row), start=1):
            write_value(page.cell(number, column), value)
    _dress(page, sheet, headings)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _title_of(ref: SheetRef) -> str:
    return line_by_code(ref.code).short_name if ref.line else HOMEROOM_TITLE


def _values(ref: SheetRef, row: Row) -> Iterator[str | int]:
    student = row.student
    yield row.number
    yield ref.school_class.name
    yield student.moet_id or student.school_code or ""
    yield student.full_name
    yield student.birth_label
    for cell in row.cells:
        is_mark = cell.column.field == Field.MARK and cell.value
        yield int(cell.value) if is_mark else cell.value or cell.word
    yield ref.period.label
    yield str(RowKey(ref.school_class.pk, ref.code, ref.period, student.pk, row.versions))


def _dress(page: Worksheet, sheet: Sheet, headings: Sequence[str]) -> None:
    """Widths, a heading that stays, lists of the allowed levels."""
    last = len(sheet.rows) + 1
    first_value = len(_IDENTITY) + 1
    for column, width in enumerate(_IDENTITY.values(), start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for column, each in enumerate(sheet.columns, start=first_value):
        _dress_column(page, sheet.ref, each, column, last)
    _remark_cells(page, sheet, first_value)
    page.column_dimensions[get_column_letter(len(headings) - 1)].width = 18
    page.column_dimensions[get_column_letter(len(headings))].hidden = True
    for cell in page[1]:
        cell.font = HEADING_FONT
        cell.fill = HEADING_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    page.freeze_panes = page.cell(2, first_value)
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _dress_column(page: Worksheet, ref: SheetRef, column: Column, number: int, last: int) -> None:
    letter = get_column_letter(number)
    page.column_dimensions[letter].width = _WIDTHS[column.field]
    is_comment = column.field == Field.COMMENT
    for row in range(2, last + 1):
        cell = page.cell(row, number)
        if column.field != Field.MARK:
            cell.number_format = TEXT
        cell.alignment = Alignment(
            wrap_text=is_comment, vertical="top", horizontal=None if is_comment else "center"
        )
    check = None if is_comment else _check_of(ref, column)
    if check is not None and last > 1:
        page.add_data_validation(check)
        check.add(f"{letter}2:{letter}{last}")


def _remark_cells(page: Worksheet, sheet: Sheet, first_value: int) -> None:
    """Exempt cells are grey, those of a former school slanted; a remark says why, to who sees and who hears."""
    for number, row in enumerate(sheet.rows, start=2):
        for column, each in enumerate(row.cells, start=first_value):
            cell = page.cell(number, column)
            if each.word and not each.value:
                cell.fill, cell.comment = EXEMPT_FILL, Comment(each.why, "Kim Đồng")
            elif each.is_brought:
                cell.font, cell.comment = BROUGHT_FONT, Comment(BROUGHT, "Kim Đồng")
            elif each.repeat:
                told = (
                    f"Điểm lần đầu {each.first_mark}, kiểm tra lại {each.repeat.mark}: {each.repeat.reason}"
                )
                cell.comment = Comment(told, "Kim Đồng")


def _check_of(ref: SheetRef, column: Column) -> DataValidation:
    """What Excel itself refuses; the same is asked again on upload."""
    if column.field == Field.MARK:
        rules = rules_of(ref.school_class.year)
        low, high = rules.mark_floor, rules.mark_ceiling
        check = DataValidation(type="whole", operator="between", formula1=str(low), formula2=str(high))
        check.error = f"Điểm KTĐK là số nguyên từ {low} đến {high}."
    else:
        levels = Attainment if column.field == Field.ATTAINMENT else Rating
        check = DataValidation(type="list", formula1=f'"{",".join(levels)}"')
        check.error = "Chỉ ghi " + ", ".join(f"{level} ({level.label})" for level in levels) + "."
    check.errorTitle, check.showErrorMessage, check.allow_blank = "Giá trị không hợp lệ", True, True
    return check


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────


def read_sheet(data: bytes, name: str, ref: SheetRef, rows: Sequence[Row]) -> ReadSheet:
    """What an uploaded workbook wants written in this sheet; `rows` are the sheet's own, as stored now.

    Raises WorkbookRefused for a file that cannot be read, or that has no table for this sheet; what is wrong with
    single rows and cells comes back as problems. No statement.
    """
    tables = [table for table in open_workbook(data, name) if not table.hidden]
    table, header = _table_of(ref, tables)
    return RowReader(ref, rows, table, header).read()


def _table_of(ref: SheetRef, tables: Sequence[Table]) -> tuple[Table, Header]:
    """The table with this sheet's columns; of several, the one whose name says the line (domain 6)."""
    synonyms = synonyms_for(ref)
    columns = file_columns(ref)
    required = tuple(frozenset((who, column.key)) for who in WHO for column in columns)
    own = [table for table in tables if _code_of(table.sheet_name) in (None, ref.code)]
    found = [(table, header) for table in own if (header := find_header(table, synonyms, required))]
    named = [each for each in found if _code_of(each[0].sheet_name)]
    candidates = named or found
    if len(candidates) > 1:
        names = ", ".join(f"«{table.sheet_name}»" for table, _header in candidates)
        raise WorkbookRefused(
            f"Tệp có nhiều trang có bảng kết quả: {names}. Chỉ giữ lại trang của sổ này, hoặc đặt tên trang là "
            f"«{_title_of(ref)}», rồi tải lên lại."
        )
    if not candidates:
        raise WorkbookRefused(_no_table(ref, tables, own))
    table, header = candidates[0]
    _check_columns(columns, table, header)
    return table, header


def _code_of(sheet_name: str) -> str | None:
    """The sheet that the name of a page speaks of, None for "Sheet1"."""
    if folded(sheet_name) in (folded(HOMEROOM_TITLE), "nang luc pham chat", "nlpc", "nl pc"):
        return HOMEROOM_CODE
    line = line_by_name(sheet_name)
    return line.code if line else None


def _no_table(ref: SheetRef, tables: Sequence[Table], own: Sequence[Table]) -> str:
    if tables and not own:
        names = ", ".join(f"«{table.sheet_name}»" for table in tables)
        return f"Tệp là của {names}, còn đây là sổ {ref.title}. Chọn đúng tệp, hoặc mở đúng sổ rồi nạp."
    columns = ", ".join(f"«{heading_of(column)}»" for column in ref.columns())
    return (
        "Không thấy dòng tiêu đề có «Mã học sinh» hoặc «Họ và tên» cùng ít nhất một cột của sổ này "
        f"({columns}). Bấm «Tải Excel» để lấy tệp đúng mẫu, điền vào đó rồi tải lên lại."
    )


def _check_columns(columns: Sequence[Column], table: Table, header: Header) -> None:
    """Two columns for one cell would be a choice made in silence."""
    for column in columns:
        found = header.columns.get(column.key, ())
        if len(found) > 1:
            names = " và ".join(f"{each.letter} «{each.heading}»" for each in found)
            raise WorkbookRefused(
                f"Trang «{table.sheet_name}»: cột {names} cùng là «{heading_of(column)}». Chỉ giữ lại một cột "
                "rồi tải lên lại."
            )
