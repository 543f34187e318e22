"""The screens about years, classes, pupils, their movements and days."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import Stack
from tests.stories.screens import TEACHER

PAGES = [
    ("vanthu", "/students/classes/"),
    ("vanthu", "/students/classes/{class_4e}/"),
    ("vanthu", "/students/search/?q=nguyen"),
    ("vanthu", "/students/records/"),
    ("vanthu", "/students/pupils/{pupil_4e}/"),
    ("vanthu", "/students/pupils/{pupil_4e}/ids/"),
    ("vanthu", "/gradebook/pupils/{pupil_4e}/arrangements/"),
    ("vanthu", "/gradebook/pupils/{pupil_4e}/old-years/"),
    ("vanthu", "/gradebook/pupils/{pupil_4e}/old-years/2021/3/"),
    ("vanthu", "/gradebook/old-years/upload/"),
    (TEACHER, "/gradebook/pupils/{pupil_4e}/old-years/"),
    ("vanthu", "/students/classes/{class_4e}/edit/"),
    ("vanthu", "/students/classes/{class_4e}/delete/"),
    ("vanthu", "/students/classes/{class_4e}/week/"),
    ("vanthu", "/students/years/"),
    ("vanthu", "/students/years/new/"),
    ("vanthu", "/students/years/{year}/"),
    ("vanthu", "/students/years/{year}/edit/"),
    ("vanthu", "/students/years/{year}/days/new/"),
    ("vanthu", "/students/days/{holiday}/remove/"),
    ("vanthu", "/students/years/{year}/week/"),
    ("vanthu", "/students/years/{year}/classes/new/"),
    ("vanthu", "/gradebook/years/{year}/opening/"),
    ("vanthu", "/gradebook/years/{year}/class-lines/"),
    ("hieutruong", "/approvals/years/{year}/closing/"),
    ("vanthu", "/gradebook/years/{year}/lines/"),
    ("vanthu", "/gradebook/years/{year}/warnings/"),
    ("vanthu", "/gradebook/roll-over/"),
    ("phohieutruong", "/gradebook/handovers/"),
    (TEACHER, "/gradebook/handovers/{class_4e}/"),
    (TEACHER, "/gradebook/handovers/{class_4e}/receive/"),
    ("vanthu", "/gradebook/roll-over/{year}/"),
    ("vanthu", "/gradebook/roll-over/{year}/grades/2/"),
    ("vanthu", "/gradebook/roll-over/{year}/grades/2/list/"),
    ("hieutruong", "/gradebook/roll-over/{year}/decisions/{pupil_4e}/"),
    (TEACHER, "/students/years/{year}/"),
    ("phohieutruong", "/students/attendance/"),
    ("phohieutruong", "/students/attendance/late/"),
    (TEACHER, "/students/classes/{class_4e}/roll/"),
    (TEACHER, "/students/classes/{class_4e}/attendance/"),
    (TEACHER, "/gradebook/classes/{class_4e}/absences/"),
    (TEACHER, "/students/classes/{class_4e}/attendance/{month}/"),
    ("vanthu", "/students/import/"),
    ("vanthu", "/students/movements/"),
    ("vanthu", "/students/newcomers/transferred_in/"),
    ("vanthu", "/students/movements/{movement}/"),
    ("vanthu", "/students/head-counts/"),
    ("vanthu", "/students/pupils/{pupil_4e}/movements/"),
    ("vanthu", "/students/pupils/{pupil_4e}/movements/transferred_out/"),
    (TEACHER, "/students/classes/{class_4e}/"),
    (TEACHER, "/students/pupils/{pupil_4e}/"),
    (TEACHER, "/gradebook/sheets/{class_4e}/pupils/{pupil_4e}/"),
    ("phohieutruong", "/gradebook/sheets/{class_4e}/pupils/{pupil_4e}/"),
    (TEACHER, "/gradebook/sheets/{class_4e}/pupils/{pupil_4e}/past/?at={month}-01T00:00"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/{period}/past/?at={month}-01T00:00"),
    (TEACHER, "/students/pupils/{pupil_4e}/person/"),
    (TEACHER, "/students/pupils/{pupil_4e}/address/"),
    (TEACHER, "/students/pupils/{pupil_4e}/year/"),
    (TEACHER, "/students/classes/{class_4e}/records/"),
    (TEACHER, "/students/classes/{class_4e}/measures/"),
]


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_the_page_stands_the_audit(audit: Callable[[str, str], None], username: str, address: str):
    audit(username, address)


def test_a_handover_is_not_signed_over_what_was_just_typed(
    page_of: Callable[[str], Page], application: Stack, places: dict[str, object]
):
    page = page_of(TEACHER)
    page.goto(application.address + "/gradebook/handovers/{class_4e}/".format(**places))
    page.get_by_label("Nét nổi bật").first.fill("Hay giúp bạn")
    page.get_by_label("Mật khẩu của thầy cô").fill(PASSWORD)
    page.get_by_role("button", name="Kí bàn giao lớp").click()
    expect(page.get_by_text("Có chữ vừa gõ chưa lưu")).to_be_focused()
    assert page.get_by_label("Nét nổi bật").first.input_value() == "Hay giúp bạn"
    page.get_by_role("button", name="Lưu, chưa kí").click()
    expect(page.get_by_text("Đã lưu bản bàn giao")).to_be_visible()
