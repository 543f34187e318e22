"""Somebody is called away in mid-sentence: the screen locks, and after the password the sentence goes on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import Stack
from tests.stories.people import log_in
from tests.stories.screens import stands_on_every_screen
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room

TEACHER = "gvcn.4e"


@pytest.fixture(scope="module")
def teacher_room(chromium: Browser, application: Stack) -> StaffRoom:
    return staff_room(chromium, application, blank_sheets(application), TEACHER)


@pytest.fixture
def desk(teacher_room: StaffRoom) -> Iterator[Desk]:
    """A desk whose clock can be put forward: the page's minutes pass at once, the server's do not."""
    found = teacher_room.sit(teacher_room.next_sheet())
    found.context.clock.install()
    found.page.reload()
    yield found
    teacher_room.leave()


def cover(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Màn hình đã khoá")


def unlock(page: Page, password: str = PASSWORD) -> None:
    cover(page).get_by_label("Mật khẩu").fill(password)
    cover(page).get_by_role("button", name="Mở khoá").click()


def test_what_was_typed_outlives_the_lock_and_is_saved(desk: Desk):
    page = desk.page
    other = desk.context.new_page()
    other.goto(desk.sheet.stack.address)
    desk.enter(0, "comment", "Em chăm học ")
    desk.is_saved()
    page.bring_to_front()
    page.context.clock.fast_forward("14:10")
    expect(page.locator("[data-idle-soon]")).to_be_visible(timeout=SECONDS)
    page.context.clock.fast_forward("01:00")
    expect(cover(page)).to_be_visible(timeout=SECONDS)
    expect(cover(other)).to_be_visible(timeout=SECONDS)
    expect(desk.cell(0, "comment")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover(page)).to_be_visible()
    # Not only covered: the server gives nothing away either.
    assert "/accounts/unlock/" in page.request.get(f"{desk.sheet.stack.address}{desk.sheet.path}").url

    unlock(page, "không phải mật khẩu")
    expect(page.get_by_role("alert")).to_contain_text("chưa đúng", timeout=SECONDS)
    stands_on_every_screen(page)
    unlock(page)
    expect(cover(page)).to_be_hidden(timeout=SECONDS)
    expect(cover(other)).to_be_hidden(timeout=SECONDS)
    desk.is_in(0, "comment")
    page.keyboard.type("và ngoan.")
    desk.save()
    assert desk.sheet.stored(0, "comment") == "Em chăm học và ngoan."
    assert desk.complaints == []


def test_typing_into_a_session_locked_elsewhere_loses_nothing(desk: Desk):
    """The server has locked it, the page does not know yet: the autosave finds out."""
    token = desk.page.locator("form[data-sheet] [name=csrfmiddlewaretoken]").input_value()
    locked = desk.page.request.post(
        f"{desk.sheet.stack.address}/accounts/lock/", form={"csrfmiddlewaretoken": token}, max_redirects=0
    )
    assert locked.status == 302
    desk.enter(0, "mark", "9")
    desk.press("Control+s")
    expect(cover(desk.page)).to_be_visible(timeout=SECONDS)
    assert desk.sheet.stored(0, "mark") is None
    unlock(desk.page)
    desk.is_saved()
    desk.holds(0, "mark", "9")
    assert desk.sheet.stored(0, "mark") == 9


def test_without_script_the_button_locks_and_a_form_waits_for_the_password(teacher_room: StaffRoom):
    desk = teacher_room.sit(teacher_room.next_sheet(), with_script=False)
    page = desk.page
    desk.cell(0, "comment").fill("Em đọc to, rõ ràng.")
    second = desk.context.new_page()
    second.goto(desk.sheet.stack.address)
    second.locator("details.account summary").click()
    second.get_by_role("button", name="Khoá màn hình").click()
    expect(second.get_by_role("heading", level=1, name="Màn hình đã khoá")).to_be_visible()
    page.get_by_role("button", name=re.compile("Lưu")).click()
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Mở khoá và gửi").click()
    expect(desk.cell(0, "comment")).to_have_value("Em đọc to, rõ ràng.")
    assert desk.sheet.stored(0, "comment") == "Em đọc to, rõ ràng."
    teacher_room.leave()


def test_the_pages_that_ask_for_the_password_stand_the_audit(chromium: Browser, application: Stack):
    clerk = log_in(chromium, application, "vanthu")
    page = clerk.page
    clerk.go("/reports/prints/")
    page.get_by_role("radio", name="Sổ THKQGD").check()
    page.get_by_label("In cho").select_option(label="4A")
    page.get_by_role("button", name="Đặt in").click()
    expect(page.get_by_role("heading", level=1, name="Gõ lại mật khẩu")).to_be_visible()
    stands_on_every_screen(page)
    page.set_viewport_size({"width": 1280, "height": 850})
    clerk.go("/")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Khoá màn hình").click()
    expect(cover(page)).to_be_visible()
    stands_on_every_screen(page)
    clerk.go("/")
    expect(page.get_by_role("heading", level=1, name="Màn hình đã khoá")).to_be_visible()
    stands_on_every_screen(page)
    page.context.close()
