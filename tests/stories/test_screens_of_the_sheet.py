"""The mark sheet in its states."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.screens import TEACHER, stands_on_every_screen
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room


@pytest.fixture(scope="module")
def teacher_room(chromium: Browser, application: Stack, places: dict[str, object]) -> StaffRoom:
    """`places` first: it looks for the one period that the demo has open."""
    return staff_room(chromium, application, blank_sheets(application), TEACHER)


@pytest.fixture
def desk(teacher_room: StaffRoom) -> Iterator[Desk]:
    yield teacher_room.sit(teacher_room.next_sheet())
    teacher_room.leave()


def test_a_sheet_with_refused_unsaved_and_doubtful_cells(desk: Desk):
    desk.enter(0, "mark", "11")
    desk.enter(1, "attainment", "x")
    desk.enter(2, "attainment", "h")
    desk.enter(2, "mark", "10")
    desk.press("Control+s")
    expect(desk.note(2, "mark")).to_be_visible(timeout=SECONDS)
    desk.context.set_offline(True)
    desk.enter(1, "comment", "Em tiến bộ.")
    stands_on_every_screen(desk.page)


def test_the_look_at_a_paste_the_reason_for_a_doubt_and_the_list_of_doubts(desk: Desk):
    desk.cell(0, "attainment").focus()
    desk.ask_to_paste("H\t10\nx\t8,5\n")
    expect(desk.page.get_by_role("dialog", name="Dán 4 ô")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(desk.page)
    desk.press("Enter")
    expect(desk.status).to_contain_text("2 ô đã lưu", timeout=SECONDS)
    desk.cell(0, "mark").focus()
    desk.press("F4")
    expect(desk.page.get_by_role("dialog", name="Lí do")).to_be_visible()
    stands_on_every_screen(desk.page)
    desk.page.close()
    later = desk.new_tab()
    later.open(f"{desk.sheet.path}doubts/")
    stands_on_every_screen(later.page)
    later.page.get_by_role("textbox", name="H mà điểm 10").fill("Em làm bài tốt hơn ngày thường.")
    later.page.get_by_role("button", name="Lưu lí do").click()
    expect(later.page.get_by_text("Em làm bài tốt hơn ngày thường.")).to_be_visible()
    stands_on_every_screen(later.page)


def test_a_sheet_in_conflict(desk: Desk):
    other = desk.new_tab()
    other.enter(0, "mark", "9")
    other.save()
    other.page.close()
    desk.enter(0, "mark", "7")
    desk.press("Control+s")
    expect(desk.page.get_by_role("button", name="Giữ của tôi")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(desk.page)


def test_the_story_of_a_cell_over_the_sheet_and_on_a_page_of_its_own(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    desk.press("F2")
    expect(desk.page.get_by_role("dialog")).to_contain_text("9", timeout=SECONDS)
    stands_on_every_screen(desk.page)
    desk.open(f"{desk.sheet.path}history/{desk.sheet.pupils[0][0]}/{desk.sheet.code}/mark/")
    stands_on_every_screen(desk.page)


def test_a_locked_sheet_and_its_way_to_a_request(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    desk.sheet.lock()
    desk.enter(0, "mark", "10")
    desk.press("Control+s")
    expect(desk.status).to_contain_text(re.compile("Đã khoá từ"), timeout=SECONDS)
    stands_on_every_screen(desk.page)
    later = desk.new_tab()
    expect(later.page.get_by_role("button", name="Đưa vào phiếu")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(later.page)
    later.open(f"{desk.sheet.path}?propose=1")
    stands_on_every_screen(later.page)


def test_a_refused_page_says_why_on_every_screen(desk: Desk):
    answer = desk.page.goto(f"{desk.sheet.stack.address}/gradebook/orders/new/")
    assert answer.status == 403
    stands_on_every_screen(desk.page)
