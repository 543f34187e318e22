"""The month of a class as an Excel file."""

from accounts.models import User
from accounts.tables import Heading, write_table
from students.attendance_month_page import MonthPage


def month_workbook(page: MonthPage, *, by: User) -> bytes:
    """Pupils by days, with the sums; what a letter means stands above."""
    headings = [
        Heading("TT", 5),
        Heading("Họ và tên", 28),
        *(Heading(f"{day.weekday} {day.day:%d}", 5) for day in page.days),
        Heading("P", 6),
        Heading("K", 6),
    ]
    rows = [[str(row.number), row.name, *row.cells, row.with_leave, row.without_leave] for row in page.rows]
    total = ["", "Cộng", *("" for _day in page.days), page.with_leave_label, page.without_leave_label]
    notes = [
        f"{page.state.word}. Số buổi chưa điểm danh: {page.sessions_not_called}",
        "P: có phép, K: không phép (cả ngày); Ps, Ks: buổi sáng; Pc, Kc: buổi chiều, tính nửa ngày",
    ]
    return write_table(
        title=f"Điểm danh lớp {page.school_class.name} {page.state.label}".replace("/", "-"),
        headings=headings,
        rows=[*rows, total],
        by=by,
        notes=notes,
    )
