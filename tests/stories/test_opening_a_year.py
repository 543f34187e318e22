"""Next year is prepared by the clerk on a phone, staffed by the vice-principal and opened by the principal."""

import re

from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.people import Person, confirm, log_in
from tests.stories.sheets import SECONDS


def wait_for_heading(person: Person, name: str) -> None:
    expect(person.page.get_by_role("heading", level=1, name=name)).to_be_visible(timeout=SECONDS)


def press(person: Person, name: str, *, exact: bool = False) -> None:
    person.page.get_by_role("button", name=name, exact=exact).click()


def test_a_year_is_prepared_left_taken_up_again_and_opened(chromium: Browser, application: Stack):
    number = application.fetch("SELECT max(year) FROM students_schoolyear")[0][0] + 1
    label = f"{number} - {number + 1}"

    clerk = log_in(chromium, application, "vanthu", width=390)
    clerk.go("/students/years/")
    clerk.page.get_by_role("link", name="Chuẩn bị năm học mới").click()
    press(clerk, "Lập năm học")
    wait_for_heading(clerk, f"Mở năm học {label}")
    clerk.page.get_by_role("link", name=re.compile("^Đặt môn học")).click()
    clerk.page.get_by_role("group", name="Môn tự chọn của khối 1").get_by_label("Ngoại ngữ 1").check()
    press(clerk, "Lưu môn học")
    expect(clerk.page.get_by_text("Đã đặt: khối")).to_be_visible(timeout=SECONDS)

    clerk.go("/students/years/")
    clerk.page.get_by_role("link", name="Việc còn thiếu").click()
    clerk.page.get_by_role("link", name=re.compile("^Lập lớp")).click()
    clerk.page.get_by_role("link", name="Lập lớp").click()
    clerk.page.get_by_label("Tên lớp").fill("1A1")
    press(clerk, "Lập lớp", exact=True)
    expect(clerk.page.get_by_text("Đã lập lớp 1A1.")).to_be_visible(timeout=SECONDS)
    clerk.go(f"/gradebook/years/{number}/opening/")
    expect(clerk.page.get_by_text("Còn 1 việc phải có trước khi mở: giáo viên chủ nhiệm.")).to_be_visible()

    leader = log_in(chromium, application, "phohieutruong")
    leader.go(f"/gradebook/years/{number}/opening/")
    leader.page.get_by_role("link", name=re.compile("^Phân công.*chủ nhiệm")).click()
    wait_for_heading(leader, "Phân công lớp 1A1")
    class_id = application.fetch("SELECT max(id) FROM students_schoolclass")[0][0]
    leader.go(f"/gradebook/assignments/{class_id}/homeroom/")
    leader.page.get_by_label("Giáo viên").select_option(index=1)
    press(leader, "Phân công")
    wait_for_heading(leader, "Phân công lớp 1A1")

    principal = log_in(chromium, application, "hieutruong")
    principal.go(f"/gradebook/years/{number}/opening/")
    principal.page.get_by_label("Đã xem các việc nên làm còn thiếu, vẫn mở năm học").check()
    confirm(principal.page, "Mở năm học")
    wait_for_heading(principal, f"Năm học {label}")
    expect(principal.page.get_by_text(f"Đã mở năm học {label}.")).to_be_visible()
    expect(principal.page.get_by_text("Mở năm học", exact=True)).to_be_visible()
    assert not [*clerk.complaints, *leader.complaints, *principal.complaints]
