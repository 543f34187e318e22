"""Levels typed letter by letter, refused keys that stay said, Escape taken back, and a comment on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room

TEACHER = "gvcn.2c"
PHONE = 390
# A school has one round open, the stories open a window a sheet: each has its line above the page.
FURTHER_BANNERS = """() => {
    const lines = [...document.querySelectorAll("[aria-label='Thông báo của trường'] li")].slice(1);
    return Math.ceil(lines.reduce((sum, line) => sum + line.offsetHeight, 0));
}"""
IS_ALL_MARKED = """() => {
    const { selectionStart, selectionEnd, value } = document.activeElement;
    return value && selectionEnd - selectionStart === value.length;
}"""
PUPILS_IN_VIEW = """() => {
    const box = (name) => document.querySelector(name).getBoundingClientRect();
    const [top, bottom] = [box("thead").bottom, Math.min(box(".sheet-scroll").bottom, box(".sheet-status").top)];
    const isSeen = ({ top: from, bottom: to }) => from >= top - 1 && to <= bottom + 1;
    return [...document.querySelectorAll("tbody tr")].filter((row) => isSeen(row.getBoundingClientRect())).length;
}"""


@pytest.fixture(scope="module")
def room(chromium: Browser, application: Stack) -> StaffRoom:
    return staff_room(chromium, application, blank_sheets(application), TEACHER)


@pytest.fixture
def desk(room: StaffRoom) -> Iterator[Desk]:
    made = room.sit(room.next_sheet())
    yield made
    room.leave()
    assert made.complaints == []


def first_rating(desk: Desk) -> str:
    """The first column of the homeroom sheet, which is opened."""
    desk.open(desk.sheet.homeroom_path)
    name = desk.page.locator("tbody input[name^='c.']").first.get_attribute("name")
    return name.split(".", 2)[2]


# -- Abbreviations


def test_abbreviations_typed_key_by_key_come_out_as_the_level_they_stand_for(desk: Desk):
    typed = {"T": "T", "ht": "H", "HTT": "T", "CHT": "C", "CH": "C", "TT": "T", "H": "H", "c": "C"}
    for row, letters in enumerate(typed):
        desk.cell(row, "attainment").focus()
        for letter in letters:
            desk.press(letter)
        desk.holds(row, "attainment", typed[letters])
    desk.save()
    assert [desk.sheet.stored(row, "attainment") for row in range(len(typed))] == list(typed.values())


def test_going_down_the_column_each_cell_begins_anew(desk: Desk):
    desk.cell(0, "attainment").focus()
    for key in ("h", "Enter", "t", "ArrowDown", "c", "Enter", "h", "t", "Enter"):
        desk.press(key)
    desk.is_saved()
    assert [desk.sheet.stored(row, "attainment") for row in range(4)] == ["H", "T", "C", "H"]


@pytest.mark.parametrize("letters", ["tc", "hc", "hx", "chtt"])
def test_letters_that_are_no_level_keep_the_one_before_and_later_letters_do_not_slip_in(
    desk: Desk, letters: str
):
    desk.enter(0, "attainment", letters[0])
    before = desk.cell(0, "attainment").input_value()
    desk.page.keyboard.type(letters[1:])
    desk.page.keyboard.type("x")
    desk.holds(0, "attainment", before)
    expect(desk.note(0, "attainment")).to_contain_text(f"“{letters}x” không dùng được")
    desk.press("Backspace")
    desk.page.keyboard.type("t")
    desk.holds(0, "attainment", "T")
    expect(desk.note(0, "attainment")).to_have_count(0)
    desk.save()
    assert desk.sheet.stored(0, "attainment") == "T"


def test_ratings_take_dat_with_and_without_its_bar_and_refuse_words_of_the_other_scale(desk: Desk):
    column = first_rating(desk)
    for row, (letters, level) in enumerate([("dd", "Đ"), ("đ", "Đ"), ("ccg", "C"), ("ht", ""), ("cđ", "C")]):
        desk.cell(row, column).focus()
        for letter in letters:
            desk.page.keyboard.insert_text(letter)
        desk.holds(row, column, level)
    expect(desk.note(3, column)).to_contain_text("“ht” không dùng được ở đây")
    expect(desk.note(4, column)).to_contain_text("“cđ” không dùng được ở đây")
    desk.press("Control+s")
    expect(desk.status).to_contain_text("Đã lưu hết lúc", timeout=SECONDS)
    assert [desk.sheet.stored(row, column) for row in range(5)] == ["Đ", "Đ", "C", None, "C"]


# -- A refused key stays said


def test_a_refused_key_in_an_empty_cell_stays_said_after_enter_until_the_cell_is_mended(desk: Desk):
    desk.cell(0, "attainment").focus()
    desk.press("x")
    expect(desk.status).to_contain_text("“x” không dùng được ở đây")
    expect(desk.status).to_contain_text("“x” không dùng được ở đây: gõ T")
    desk.press("Enter")
    expect(desk.note(0, "attainment")).to_contain_text("“x” không dùng được ở đây")
    expect(desk.cell(0, "attainment")).to_have_attribute("aria-invalid", "true")
    desk.press("t", "Enter")
    expect(desk.status).to_contain_text("1 ô gõ sai phím", timeout=SECONDS)
    desk.press("F8")
    desk.is_in(0, "attainment")
    desk.press("h")
    expect(desk.note(0, "attainment")).to_have_count(0)
    desk.save()
    assert [desk.sheet.stored(row, "attainment") for row in (0, 1)] == ["H", "T"]


def test_clearing_the_cell_on_purpose_takes_the_words_away(desk: Desk):
    desk.cell(0, "attainment").focus()
    desk.press("x")
    desk.cell(1, "mark").focus()
    expect(desk.note(0, "attainment")).to_contain_text("“x”")
    desk.cell(0, "attainment").focus()
    desk.press("Delete")
    expect(desk.note(0, "attainment")).to_have_count(0)
    desk.press("t", "x", "Delete")
    expect(desk.note(0, "attainment")).to_have_count(0)
    desk.holds(0, "attainment", "")


# -- Escape, paste, caret


@pytest.mark.parametrize("way", ["Control+z", "button"])
def test_what_escape_took_from_a_comment_can_be_had_again(desk: Desk, way: str):
    desk.context.set_offline(True)
    desk.enter(0, "comment", "Em đọc to, rõ ràng.")
    desk.press("Escape")
    desk.holds(0, "comment", "")
    expect(desk.status).to_contain_text("Ctrl+Z hoặc «Hoàn tác»")
    if way == "button":
        desk.page.get_by_role("button", name="Hoàn tác").click()
    else:
        desk.press(way)
    desk.holds(0, "comment", "Em đọc to, rõ ràng.")
    desk.is_in(0, "comment")
    desk.context.set_offline(False)
    desk.is_saved()
    assert desk.sheet.stored(0, "comment") == "Em đọc to, rõ ràng."


def test_after_a_paste_f8_and_the_button_go_from_bad_cell_to_bad_cell(desk: Desk):
    desk.cell(0, "mark").focus()
    desk.paste("9\n11\n8\n8,5\n")
    expect(desk.status).to_contain_text("Đã dán 4 ô: 2 ô đã lưu, 2 ô chưa lưu được", timeout=SECONDS)
    desk.press("F8")
    desk.is_in(1, "mark")
    desk.page.get_by_role("button", name="Đến ô cần xem").click()
    desk.is_in(3, "mark")
    desk.press("F8")
    desk.is_in(1, "mark")


def test_tab_into_a_filled_comment_goes_on_at_its_end(desk: Desk):
    desk.enter(0, "comment", "Em ngoan")
    desk.save()
    desk.page.reload()
    desk.cell(0, "mark").focus()
    desk.press("Tab")
    desk.page.keyboard.type(", chăm.")
    desk.holds(0, "comment", "Em ngoan, chăm.")


# -- What is in view


def test_on_opening_a_half_filled_sheet_heading_and_lock_stay_in_view(desk: Desk):
    desk.cell(0, "attainment").focus()
    desk.paste("T\t9\tEm ngoan.\n" * (len(desk.sheet.pupils) - 2))
    desk.is_saved()
    desk.page.set_viewport_size({"width": 1366, "height": 700})
    desk.page.reload()
    desk.is_in(len(desk.sheet.pupils) - 2, "attainment")
    assert desk.page.evaluate("scrollY") == 0
    expect(desk.page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(desk.page.locator("[data-closes]")).to_be_in_viewport()
    expect(desk.cell(len(desk.sheet.pupils) - 2, "attainment")).to_be_in_viewport()


def test_on_a_schools_laptop_six_pupils_stand_under_the_folded_notices_and_delete_works_at_once(desk: Desk):
    rating = first_rating(desk)
    desk.cell(0, rating).focus()
    desk.paste("T\n" * len(desk.sheet.pupils))
    desk.is_saved()
    desk.open(desk.sheet.homeroom_path)
    height = 640 + desk.page.evaluate(FURTHER_BANNERS)
    desk.page.set_viewport_size({"width": 1366, "height": height})
    desk.open(f"{desk.sheet.homeroom_path}?cell={desk.sheet.name(0, rating)}")
    desk.is_in(0, rating)
    notices = desk.page.locator("[data-notices]")
    expect(notices.locator("summary")).to_contain_text("Điều cần xem lại (1) Cả lớp cùng một giá trị")
    expect(notices.locator("[data-remarks]")).not_to_be_visible()
    assert desk.page.evaluate(PUPILS_IN_VIEW) >= 6
    desk.cell(0, rating).click()
    desk.page.wait_for_function(IS_ALL_MARKED)  # faster than any hand, the key would come before the mark
    desk.press("Delete")
    desk.holds(0, rating, "")
    desk.is_saved()
    expect(notices).not_to_be_visible()


def test_on_a_phone_one_pupil_fills_the_screen_and_the_next_is_one_touch_away(room: StaffRoom):
    desk = room.sit(room.next_sheet(), width=PHONE)
    expect(desk.cell(0, "comment")).to_be_visible()
    expect(desk.cell(1, "comment")).not_to_be_visible()
    desk.cell(0, "comment").click()
    desk.page.keyboard.type("Em đọc trôi chảy, hiểu nội dung bài và biết vận dụng vào thực tế. " * 3)
    field = desk.cell(0, "comment").bounding_box()
    assert field["width"] >= 0.85 * PHONE
    desk.page.get_by_role("button", name="Em sau").click()
    desk.is_in(1, "comment")
    expect(desk.cell(0, "comment")).not_to_be_visible()
    expect(desk.page.get_by_text(f"2/{len(desk.sheet.pupils)} · {desk.sheet.pupils[1][1]}")).to_be_visible()
    desk.is_saved()
    assert desk.sheet.stored(0, "comment").startswith("Em đọc trôi chảy")
    desk.enter(1, "mark", "9")
    desk.press("Enter")
    desk.is_in(2, "mark")
    expect(desk.page.locator("html")).to_have_js_property("scrollWidth", PHONE)
    desk.page.get_by_role("button", name="Cả bảng").click()
    expect(desk.cell(0, "mark")).to_be_visible()
    room.leave()


def test_on_a_phone_in_the_whole_table_a_comment_has_the_whole_width_below_the_name(room: StaffRoom):
    desk = room.sit(room.next_sheet(), width=PHONE)
    desk.page.get_by_role("button", name="Cả bảng").click()
    desk.cell(3, "comment").click()
    desk.page.keyboard.type("Em đọc trôi chảy, hiểu nội dung bài và biết vận dụng vào thực tế. " * 3)
    desk.page.wait_for_timeout(300)
    field = desk.cell(3, "comment").bounding_box()
    name = desk.page.get_by_role("rowheader", name=desk.sheet.pupils[3][1]).bounding_box()
    assert field["x"] >= 0
    assert field["x"] + field["width"] <= PHONE
    assert field["width"] >= 0.85 * PHONE
    assert name["x"] >= 0
    assert field["y"] >= name["y"] + 36
    expect(desk.page.locator("html")).to_have_js_property("scrollWidth", PHONE)
    desk.save()
    room.leave()


# -- The lock and one's own other tab


def test_when_the_lock_falls_signs_and_words_change_together(desk: Desk):
    desk.sheet.lock()
    desk.enter(0, "mark", "9")
    desk.press("Control+s")
    state, tab = desk.page.locator("[data-closes]"), desk.page.locator("[data-periods] [aria-current]")
    expect(state).to_contain_text("Đã khoá", timeout=SECONDS)
    expect(tab).to_contain_text("khoá")
    for place in (state, tab):
        expect(place.locator("use")).to_have_attribute("href", re.compile("#lock$"))


def test_a_value_written_in_ones_own_other_tab_is_named_as_such(desk: Desk):
    other = desk.new_tab()
    other.enter(0, "mark", "9")
    other.save()
    desk.enter(0, "mark", "7")
    desk.press("Control+s")
    expect(desk.note(0, "mark")).to_contain_text("Chính thầy cô đã ghi «9» ở thẻ khác lúc", timeout=SECONDS)
    expect(desk.note(0, "mark")).to_contain_text("ở đây là «7». Chọn một:")
