"""Sheet → Excel: the file of one mark sheet, or of several, a page each, to be filled in and uploaded (R86–R89)."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import HEADING_FILL, HEADING_FONT, TEXT, write_value
from gradebook.regulation import Attainment, Rating, line_by_code
from gradebook.sheets import BROUGHT, Column, Field, Row, Sheet, SheetRef
from gradebook.workbook_columns import (
    ID_HEADING,
    KEY_HEADING,
    PERIOD_HEADING,
    REPEAT_KEYS,
    REPEAT_REASON,
    RowKey,
    heading_of,
    made_up_heading,
)
from gradebook.workbook_words import HOMEROOM_TITLE
from gradebook.year_rules import rules_of

EXEMPT_FILL = PatternFill("solid", fgColor="E7E6E6")
BROUGHT_FONT = Font(italic=True)
_LONGEST_TITLE = 31
_IDENTITY = {"STT": 5, "Lớp": 7, ID_HEADING: 14, "Họ và tên": 28, "Ngày sinh": 12}
_WIDTHS = {Field.ATTAINMENT: 10, Field.MARK: 9, Field.RATING: 10, Field.COMMENT: 60}


def write_sheet(sheet: Sheet) -> bytes:
    """The sheet as an .xlsx: a row a pupil with what is stored, and hidden at the right the key of the row."""
    return _saved([(title_of(sheet.ref), sheet)])


def write_sheets(sheets: Iterable[Sheet]) -> bytes:
    """Several sheets as one .xlsx, a page each, named as teachers call it: «4A Toán GHKI»."""
    return _saved([(_page_title(sheet.ref), sheet) for sheet in sheets])


def _saved(pages: Iterable[tuple[str, Sheet]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, sheet in pages:
        _write_page(book.create_sheet(title), sheet)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write_page(page: Worksheet, sheet: Sheet) -> None:
    headings = [
        *_IDENTITY,
        *(heading_of(column) for column in sheet.columns),
        *(made_up_heading(key) for key in _repeat_keys(sheet.ref)),
        PERIOD_HEADING,
        KEY_HEADING,
    ]
    for column, heading in enumerate(headings, start=1):
        write_value(page.cell(1, column), heading)
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(_values(sheet.ref, row), start=1):
            write_value(page.cell(number, column), value)
    _dress(page, sheet, headings)


def title_of(ref: SheetRef) -> str:
    """What a page with this sheet alone is called."""
    return line_by_code(ref.code).short_name if ref.line else HOMEROOM_TITLE


def _page_title(ref: SheetRef) -> str:
    """Excel takes 31 characters; the code where the name does not fit."""
    name = f"{ref.school_class.name} {title_of(ref)} {ref.period}"
    short = f"{ref.school_class.name} {ref.code} {ref.period}"
    return re.sub(r"[\\/*?:\[\]]", "-", name if len(name) <= _LONGEST_TITLE else short)


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
    if ref.takes_repeat:
        yield from _repeat_values(row)
    yield ref.period.label
    yield str(RowKey(ref.school_class.pk, ref.code, ref.period, student.pk, row.versions))


def _repeat_keys(ref: SheetRef) -> tuple[str, ...]:
    return REPEAT_KEYS if ref.takes_repeat else ()


def _repeat_values(row: Row) -> tuple[str | int, ...]:
    """The second test, which one counts, and why (R28)."""
    repeat = next((cell.repeat for cell in row.cells if cell.repeat), None)
    return (repeat.mark, 2 if repeat.is_official else 1, repeat.reason) if repeat else ("", "", "")


def _dress(page: Worksheet, sheet: Sheet, headings: Sequence[str]) -> None:
    """Widths, a heading that stays, lists of the allowed levels."""
    last = len(sheet.rows) + 1
    first_value = len(_IDENTITY) + 1
    for column, width in enumerate(_IDENTITY.values(), start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for column, each in enumerate(sheet.columns, start=first_value):
        _dress_column(page, sheet.ref, each, column, last)
    for column, key in enumerate(_repeat_keys(sheet.ref), start=first_value + len(sheet.columns)):
        page.column_dimensions[get_column_letter(column)].width = 40 if key == REPEAT_REASON else 9
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
