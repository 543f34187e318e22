"""A pupil exempt from a line, in a real browser: keys pass over, a block from Excel leaves the cells as they are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.sheets import PERIOD, Desk, blank_sheets, staff_room

TEACHER = "gvcn.1c"
EXEMPT = """
    INSERT INTO gradebook_arrangement
        (student_id, year_id, item, period, kind, adjusted, plan, decision_no, decision_on)
    SELECT %s, max(year), %s, %s, 'exempt', '', 'KHGDCN lập ngày 15/9', '21/QĐ-THKĐ', '2026-09-18'
    FROM students_schoolyear RETURNING id
"""


@pytest.fixture
def desk(chromium: Browser, application: Stack) -> Iterator[Desk]:
    """A blank sheet whose second pupil is exempt."""
    room = staff_room(chromium, application, blank_sheets(application), TEACHER)
    sheet = room.next_sheet()
    assert application.fetch(EXEMPT, sheet.pupils[1][0], sheet.code, PERIOD)
    made = room.sit(sheet)
    yield made
    room.leave()
    assert made.complaints == []


def test_a_block_pasted_over_an_exempt_pupil_leaves_the_word_and_says_why(desk: Desk):
    cell = desk.page.get_by_role("textbox", name=f"{desk.sheet.pupils[1][1]} Điểm KTĐK")
    expect(cell).to_have_value("Miễn")
    expect(cell).to_have_accessible_description(
        "Em được miễn theo Quyết định số 21/QĐ-THKĐ ngày 18/09/2026 của Hiệu trưởng. Không nhập kết quả."
    )
    desk.enter(0, "mark", "7")
    desk.press("Enter")
    expect(cell).to_be_focused()
    desk.press("Enter")
    desk.holds(2, "mark", "")
    desk.press("Shift+Enter", "Shift+Enter")
    desk.paste("8\n9\n10\n")
    desk.holds(0, "mark", "8")
    desk.holds(1, "mark", "Miễn")
    desk.holds(2, "mark", "10")
    expect(desk.status).to_contain_text("Đã dán 3 ô: 2 ô đã lưu, 1 ô không nhận kết quả, giữ như trước.")
    expect(desk.status).not_to_contain_text("gõ sai phím")
    expect(desk.page.get_by_role("button", name="Đến ô cần xem")).not_to_be_visible()
    expect(desk.page.locator("tr.note li").first).to_contain_text("được miễn theo Quyết định số 21/QĐ-THKĐ")
    cell.focus()
    desk.press("Enter")
    desk.save()
    assert [desk.sheet.stored(row, "mark") for row in range(3)] == [8, None, 10]
