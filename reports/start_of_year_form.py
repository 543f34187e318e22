"""Biểu 02-TH-ĐN in its own workbook: the form as published, its parts on classes and pupils filled in."""

import io
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import write_value
from reports.figures import Report
from reports.report_kind import Moment
from reports.start_of_year import CLASSES, PUPILS, form_rows

FORM = Path(__file__).parent / "data" / "bieu-02-th-dn.xlsx"
FIRST_FIGURE = 5
"""The column in which the figures begin, in both sheets."""
WIDTH = 110


def fill(moment: Moment, report: Report) -> bytes:
    """The workbook. What is missing stays empty, and a last sheet says what is and why."""
    book = load_workbook(FORM)
    for part in (CLASSES, PUPILS):
        table = report.table(part)
        for form_row in form_rows(part):
            row = table.row(form_row.key)
            for place, (column, figure) in enumerate(table.cells(row)):
                if figure is not None and column.key not in row.not_asked:
                    book[form_row.sheet].cell(form_row.line, FIRST_FIGURE + place).value = figure
    head = book["I"]
    write_value(head["D1"], f"- Đơn vị báo cáo: {moment.year.school_name}")
    write_value(head["D2"], f"{moment.year.ward}, {moment.year.province}")
    write_value(head["B3"], f"(có đến ngày {moment.last_day:%d/%m/%Y})")
    _write_notes(book.create_sheet("Ghi chú"), report)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write_notes(sheet: Worksheet, report: Report) -> None:
    lines = (
        "Điền từ hệ thống cơ sở dữ liệu của trường: phần II (Lớp), III (Học sinh). Ô để trống: chưa có số liệu.",
        *(f"Chưa khớp: {fault}" for fault in report.faults),
        *report.notes,
    )
    for number, text in enumerate(lines, start=1):
        write_value(sheet.cell(number, 1), text)
    sheet.column_dimensions["A"].width = WIDTH
