"""The screens of daily work: tasks, orders, requests, questions, books."""

from collections.abc import Callable

import pytest

from tests.stories.screens import TEACHER

ALL_PROCESSES = True
PAGES = [
    ("hieutruong", "/"),
    ("hieutruong", "/gradebook/orders/"),
    ("hieutruong", "/gradebook/orders/new/"),
    ("hieutruong", "/gradebook/orders/new/?kind=extend"),
    ("hieutruong", "/gradebook/orders/{order}/"),
    ("hieutruong", "/gradebook/calendar/?grade=4"),
    ("khoitruong4", "/gradebook/team-reminders/"),
    ("hieutruong", "/gradebook/progress/"),
    ("hieutruong", "/gradebook/progress/?by=mon"),
    ("vanthu", "/gradebook/progress/?by=giao-vien"),
    (TEACHER, "/gradebook/progress/missing/"),
    ("khoitruong4", "/gradebook/progress/readiness/"),
    ("hieutruong", "/reports/statistics/muc-dat-duoc/?period=GHKI"),
    ("phohieutruong", "/reports/statistics/muc-dat-duoc/?period=GHKI&by=lop&item=TOAN"),
    ("khoitruong4", "/reports/statistics/diem-ktdk/?period=GHKI"),
    ("vanthu", "/reports/statistics/pham-chat-nang-luc/?period=GHKI&group=nu"),
    ("hieutruong", "/reports/statistics/ket-qua-nam/?year={last_year}"),
    ("hieutruong", "/reports/statistics/chuyen-can/?by=lop"),
    ("hieutruong", "/reports/statistics/muc-dat-duoc/compare/?period=GHKI&with={last_year}-GHKI"),
    ("hieutruong", "/reports/statistics/muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=c&group=tat-ca"),
    ("phohieutruong", "/approvals/signatures/?state=all"),
    (TEACHER, "/approvals/signatures/?period=GHKI"),
    (TEACHER, "/approvals/signatures/{class_4e}/TOAN/GHKI/"),
    ("hieutruong", "/approvals/inquiries/"),
    ("hieutruong", "/approvals/announcements/{announcement}/"),
    ("vanthu", "/approvals/documents/{board}/"),
    ("vanthu", "/approvals/documents/{board}/new/"),
    ("phohieutruong", "/"),
    ("phohieutruong", "/approvals/inspections/new/"),
    ("phohieutruong", "/approvals/inspections/{inspection}/"),
    ("phohieutruong", "/approvals/inspections/{inspection}/sheets/{class_4e}/TOAN/"),
    (TEACHER, "/approvals/inspections/findings/{asked}/"),
    ("hieutruong", "/approvals/reconciliations/{round}/report/"),
    (TEACHER, "/approvals/reconciliations/replies/{reply}/"),
    ("phohieutruong", "/approvals/requests/"),
    ("phohieutruong", "/approvals/requests/{filed}/"),
    ("phohieutruong", "/approvals/requests/{refused}/"),
    ("phohieutruong", "/approvals/requests/{returned}/"),
    ("vanthu", "/"),
    ("vanthu", "/approvals/requests/{approved}/"),
    ("vanthu", "/approvals/requests/{applied}/"),
    ("vanthu", "/approvals/requests/register/"),
    ("vanthu", "/reports/requests/{applied}/prints/"),
    ("vanthu", "/reports/prints/"),
    ("vanthu", "/approvals/inquiries/?who=waiting"),
    ("vanthu", "/approvals/inquiries/{at_clerk}/"),
    ("vanthu", "/gradebook/sheets/{last_year_4e}/TOAN/CN/"),
    ("hieutruong", "/gradebook/outcomes/"),
    ("hieutruong", "/gradebook/outcomes/{last_year_4e}/"),
    ("hieutruong", "/gradebook/outcomes/lists/khen-thuong/?year={last_year}"),
    ("hieutruong", "/gradebook/decisions/?year={last_year}"),
    ("hieutruong", "/gradebook/decisions/{decision}/"),
    (TEACHER, "/gradebook/outcomes/{class_4e}/"),
    (TEACHER, "/gradebook/outcomes/{class_4e}/pupils/{pupil_4e}/"),
    (TEACHER, "/"),
    (TEACHER, "/approvals/requests/{draft}/"),
    (TEACHER, "/approvals/inquiries/new/?page=/gradebook/orders/"),
    (TEACHER, "/approvals/inquiries/{answered}/"),
    (TEACHER, "/gradebook/comments/"),
    (TEACHER, "/gradebook/comments/upload/"),
    ("phohieutruong", "/gradebook/comments/?subject=quality"),
    ("phohieutruong", "/gradebook/comments/new/?whose=school"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/{period}/"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/{period}/?read=1"),
    (TEACHER, "/gradebook/sheets/{class_4e}/NLPC/{period}/"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/CN/repeat/{pupil_4e}/"),
    (TEACHER, "/gradebook/sheets/"),
]


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_the_page_stands_the_audit(audit: Callable[[str, str], None], username: str, address: str):
    audit(username, address)
