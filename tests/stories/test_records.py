"""A homeroom teacher on a phone: picks a ward from the list, measures the class with Enter alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack import Stack
from tests.stories.people import log_in
from tests.stories.sheets import SECONDS

TEACHER = "gvcn.2c"


@pytest.fixture(scope="module")
def phone(chromium: Browser, application: Stack) -> Iterator[Page]:
    page = log_in(chromium, application, TEACHER, width=390).page
    yield page
    page.context.close()


@pytest.fixture
def records(phone: Page, application: Stack) -> Page:
    """The page of what the records of the teacher's class lack."""
    school_class = application.fetch("SELECT max(id) FROM students_schoolclass WHERE name = '2C'")[0][0]
    phone.goto(f"{application.address}/students/classes/{school_class}/records/")
    return phone


def test_the_whole_class_is_measured_by_enter_alone(records: Page):
    records.get_by_role("link", name="Ghi chiều cao, cân nặng").click()
    heights = records.get_by_label(re.compile("^Cao"))
    weights = records.get_by_label(re.compile("^Nặng"))
    for column, value in ((heights, "121"), (weights, "23,5")):
        column.first.click()
        for place in range(3):
            expect(column.nth(place)).to_be_focused()
            records.keyboard.press("Control+a")
            records.keyboard.type(value)
            records.keyboard.press("Enter")
    records.get_by_role("button", name="Lưu cả lớp").click()
    expect(records.locator("#messages")).to_contain_text("Đã lưu số đo của 3 học sinh", timeout=SECONDS)
    expect(weights.nth(2)).to_have_value("23,5")


def test_a_ward_is_picked_from_what_a_few_letters_suggest(records: Page):
    records.locator(".gaps .row-link").first.click()
    records.get_by_role("link", name="Sửa mục Nơi ở, liên hệ").click()
    field = records.get_by_label("Thường trú: xã (phường), tỉnh (thành phố)")
    field.fill("")
    field.press_sequentially("le chan")
    choice = records.get_by_label("Phường Lê Chân, Thành phố Hải Phòng")
    expect(choice).to_be_visible(timeout=SECONDS)
    choice.check()
    records.get_by_role("button", name="Lưu").click()
    expect(records.locator("#messages")).to_contain_text("Đã lưu mục «Nơi ở, liên hệ»", timeout=SECONDS)
    expect(records.get_by_role("main")).to_contain_text("Phường Lê Chân, Thành phố Hải Phòng")
