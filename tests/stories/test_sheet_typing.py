"""Typing into a mark sheet in a real browser: keys, Vietnamese input methods, blocks from Excel, saving by itself."""

import datetime
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Route, expect

from tests.stack import Stack
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room

TEACHER = "gvcn.1b"
LEVELS = "T (Hoàn thành tốt), H (Hoàn thành) hoặc C (Chưa hoàn thành)"
BLOCK = (
    'T\t10\t"Em học ""rất"" chắc,\nchăm phát biểu."\r\n'
    "Hoàn thành\t6\tEm có tiến bộ.\r\n"
    "x\t8,5\tEm cần đọc kĩ đề.\r\n"
)


@pytest.fixture(scope="module")
def room(chromium: Browser, application: Stack) -> StaffRoom:
    return staff_room(chromium, application, blank_sheets(application), TEACHER)


@pytest.fixture
def desk(room: StaffRoom) -> Iterator[Desk]:
    """The teacher at a blank sheet that no other test uses."""
    made = room.sit(room.next_sheet())
    yield made
    room.leave()
    assert made.complaints == []


def telex(desk: Desk) -> CDPSession:
    """An input method at work, as the system drives it: what it composes is underlined until it is committed."""
    return desk.context.new_cdp_session(desk.page)


def compose(keyboard: CDPSession, *texts: str) -> None:
    for text in texts:
        keyboard.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )


def commit(keyboard: CDPSession, text: str) -> None:
    keyboard.send("Input.insertText", {"text": text})


def drag(desk: Desk, source: Locator, target: Locator) -> None:
    """By the beginning of what is marked there."""
    mouse = desk.page.mouse
    for step, place in enumerate(filter(None, (source.bounding_box(), target.bounding_box()))):
        mouse.move(place["x"] + 20, place["y"] + place["height"] / 2, steps=4)
        mouse.up() if step else mouse.down()


def test_the_way_to_what_is_missing_ends_in_the_very_cell(desk: Desk):
    desk.open(f"{desk.sheet.path}?cell={desk.sheet.name(20, 'comment')}#s21")
    desk.is_in(20, "comment")
    expect(desk.cell(20, "comment")).to_be_in_viewport()


# -- Levels and marks


@pytest.mark.parametrize(("key", "level"), [("t", "T"), ("H", "H"), ("c", "C")])
def test_one_key_is_a_level_in_either_case(desk: Desk, key: str, level: str):
    desk.enter(0, "attainment", key)
    desk.holds(0, "attainment", level)
    desk.save()
    assert desk.sheet.stored(0, "attainment") == level


def test_another_key_replaces_the_level_without_deleting_first(desk: Desk):
    desk.enter(0, "attainment", "t")
    desk.press("Enter", "Shift+Enter")
    desk.page.keyboard.type("c")
    desk.holds(0, "attainment", "C")


def test_a_wrong_key_changes_nothing_and_says_which_keys_there_are(desk: Desk):
    desk.enter(0, "attainment", "t", "x")
    desk.holds(0, "attainment", "T")
    expect(desk.note(0, "attainment")).to_contain_text(f"“tx” không dùng được ở đây: gõ {LEVELS}.")
    desk.press("ArrowDown")
    expect(desk.note(0, "attainment")).to_have_count(0)
    desk.is_saved()
    assert desk.sheet.stored(0, "attainment") == "T"


def test_the_key_d_is_the_rating_dat_on_the_homeroom_sheet(desk: Desk):
    desk.open(desk.sheet.homeroom_path)
    first = desk.page.locator("tbody input[name^='c.']").first.get_attribute("name")
    column = first.split(".", 2)[2]
    desk.enter(0, column, "d")
    desk.holds(0, column, "Đ")
    desk.press("Enter")
    desk.enter(1, column, "h")
    expect(desk.note(1, column)).to_contain_text("gõ T (Tốt), Đ (Đạt, gõ D cũng được) hoặc C (Cần cố gắng).")
    desk.holds(1, column, "")
    desk.press("Enter")
    desk.is_saved()
    assert (desk.sheet.stored(0, column), desk.sheet.stored(1, column)) == ("Đ", None)


@pytest.mark.parametrize(("mark", "fault"), [("11", "nằm ngoài thang điểm"), ("8,5", "là số thập phân")])
def test_a_mark_that_cannot_be_stays_in_its_cell_with_the_reason_while_the_others_are_saved(
    desk: Desk, mark: str, fault: str
):
    desk.enter(0, "mark", mark)
    why = re.compile(f"Điểm KTĐK “{mark}” {fault}: .*hãy ghi số nguyên từ 0 đến 10.")
    expect(desk.note(0, "mark")).to_have_text(why)
    expect(desk.cell(0, "mark")).to_have_attribute("aria-invalid", "true")
    expect(desk.cell(0, "mark")).to_have_accessible_description(why)
    desk.press("Enter")
    desk.is_in(1, "mark")
    desk.enter(1, "mark", "7")
    desk.press("Control+s")
    expect(desk.status).to_contain_text("Chưa lưu được: 1 ô bị từ chối.", timeout=SECONDS)
    desk.holds(0, "mark", mark)
    assert (desk.sheet.stored(0, "mark"), desk.sheet.stored(1, "mark")) == (None, 7)
    desk.enter(0, "mark", "10")
    expect(desk.note(0, "mark")).to_have_count(0)
    desk.save()
    assert desk.sheet.stored(0, "mark") == 10


def test_a_cell_is_selected_on_arrival_so_that_typing_replaces_its_mark(desk: Desk):
    desk.enter(0, "mark", "8")
    desk.press("Enter", "Shift+Enter")
    desk.page.keyboard.type("10")
    desk.holds(0, "mark", "10")
    desk.press("Tab", "ArrowLeft")
    desk.page.keyboard.type("9")
    desk.holds(0, "mark", "9")


# -- Moving about


def test_enter_and_arrows_move_by_pupil_and_by_column(desk: Desk):
    desk.cell(0, "attainment").focus()
    for key, row, column in (
        ("Enter", 1, "attainment"),
        ("ArrowDown", 2, "attainment"),
        ("ArrowRight", 2, "mark"),
        ("ArrowUp", 1, "mark"),
        ("Shift+Enter", 0, "mark"),
        ("ArrowUp", 0, "mark"),
        ("Tab", 0, "comment"),
        ("Tab", 1, "attainment"),
        ("Shift+Tab", 0, "comment"),
        ("ArrowLeft", 0, "mark"),
        ("Shift+Enter", 0, "mark"),
    ):
        desk.press(key)
        desk.is_in(row, column)


def test_home_and_end_go_to_the_ends_of_the_row_and_with_ctrl_of_the_class(desk: Desk):
    last = len(desk.sheet.pupils) - 1
    desk.cell(3, "mark").focus()
    for key, row, column in (
        ("Home", 3, "attainment"),
        ("End", 3, "comment"),
        ("Control+End", last, "comment"),
        ("Control+Home", 0, "comment"),
        ("Home", 0, "attainment"),
        ("Control+End", last, "attainment"),
        ("Enter", last, "attainment"),
    ):
        desk.press(key)
        desk.is_in(row, column)


def test_inside_a_comment_the_arrows_move_in_the_text_until_its_end(desk: Desk):
    desk.enter(0, "comment", "Em hoc tot")
    desk.press("ArrowLeft", "ArrowLeft")
    desk.is_in(0, "comment")
    desk.page.keyboard.type("ố")
    desk.holds(0, "comment", "Em hoc tốot")
    desk.press("Home")
    desk.is_in(0, "comment")
    desk.press("ArrowLeft")
    desk.is_in(0, "mark")


def test_alt_enter_breaks_the_line_of_a_comment(desk: Desk):
    desk.enter(0, "comment", "Em tiến bộ.")
    desk.press("Alt+Enter")
    desk.page.keyboard.type("Cần đọc to hơn.")
    desk.save()
    assert desk.sheet.stored(0, "comment") == "Em tiến bộ.\nCần đọc to hơn."


def test_escape_brings_the_saved_value_back(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    desk.enter(0, "mark", "12")
    expect(desk.note(0, "mark")).to_be_visible()
    desk.press("Escape")
    desk.holds(0, "mark", "9")
    desk.is_in(0, "mark")
    expect(desk.note(0, "mark")).to_have_count(0)
    desk.is_saved()


# -- Input methods


def test_while_a_word_is_composed_nothing_moves_and_nothing_is_sent(desk: Desk):
    desk.page.clock.install()
    desk.open()
    desk.cell(0, "comment").focus()
    keyboard = telex(desk)
    compose(keyboard, "t", "ti", "tie", "tiê", "tiến")
    desk.page.clock.run_for(5_000)
    desk.press("ArrowDown", "Control+s")
    desk.page.clock.run_for(5_000)
    desk.is_in(0, "comment")
    assert desk.posts == []
    commit(keyboard, "tiến")
    desk.holds(0, "comment", "tiến")
    desk.page.clock.run_for(2_000)
    desk.is_saved()
    assert desk.sheet.stored(0, "comment") == "tiến"


def test_a_level_and_the_letter_d_with_its_bar_come_out_of_an_input_method(desk: Desk):
    keyboard = telex(desk)
    desk.cell(0, "attainment").focus()
    compose(keyboard, "h")
    commit(keyboard, "h")
    desk.holds(0, "attainment", "H")
    desk.save()
    desk.open(desk.sheet.homeroom_path)
    first = desk.page.locator("tbody input[name^='c.']").first
    first.focus()
    compose(keyboard, "d", "đ")
    commit(keyboard, "đ")
    expect(first).to_have_value("Đ")
    desk.save()


def test_a_typing_program_that_takes_letters_back_instead_of_composing_works_in_one_letter_cells(desk: Desk):
    """UniKey and EVKey on Windows answer the second D of Telex with Backspace and đ."""
    desk.open(desk.sheet.homeroom_path)
    first = desk.page.locator("tbody input[name^='c.']").first
    first.focus()
    desk.press("d", "Backspace")
    desk.page.keyboard.insert_text("đ")
    expect(first).to_have_value("Đ")
    desk.save()


# -- Blocks from Excel


def test_a_block_from_excel_fills_cells_to_the_right_and_down(desk: Desk):
    desk.cell(1, "attainment").focus()
    desk.paste(BLOCK)
    desk.holds(1, "attainment", "T")
    desk.holds(1, "mark", "10")
    desk.holds(1, "comment", 'Em học "rất" chắc,\nchăm phát biểu.')
    desk.holds(2, "attainment", "H")
    desk.holds(2, "mark", "6")
    desk.holds(3, "comment", "Em cần đọc kĩ đề.")
    expect(desk.note(3, "attainment")).to_contain_text("“x” không hợp lệ")
    expect(desk.note(3, "mark")).to_contain_text("“8,5” là số thập phân")
    expect(desk.status).to_contain_text("Chưa lưu được: 2 ô bị từ chối.", timeout=SECONDS)
    expect(desk.status).to_contain_text("Đã dán 9 ô: 7 ô đã lưu, 2 ô chưa lưu được, bấm F8 để đến.")
    assert desk.sheet.stored(1, "comment") == 'Em học "rất" chắc,\nchăm phát biểu.'
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, 2, 3, 4)] == [None, 10, 6, None, None]


def test_what_falls_off_the_sheet_is_counted(desk: Desk):
    last = len(desk.sheet.pupils) - 1
    desk.cell(last, "mark").focus()
    desk.paste("7\tEm tiến bộ.\tthừa\n8\tthừa\tthừa\n")
    expect(desk.status).to_contain_text("Đã dán 2 ô: 2 ô đã lưu; 4 ô ngoài bảng bị bỏ.", timeout=SECONDS)
    desk.holds(last, "mark", "7")


def test_the_paste_is_undone_with_one_button_in_the_sheet_and_in_the_books(desk: Desk):
    desk.enter(1, "mark", "4")
    desk.enter(2, "comment", "Em cần cố gắng.")
    desk.save()
    desk.cell(1, "attainment").focus()
    desk.paste("T\t10\tEm giỏi.\nT\t9\tEm chăm.\n")
    desk.holds(2, "comment", "Em chăm.")
    expect(desk.status).to_contain_text("Đã lưu hết", timeout=SECONDS)
    assert desk.sheet.stored(1, "mark") == 10
    desk.page.get_by_role("button", name="Hoàn tác dán").click()
    desk.is_in(1, "attainment")
    for row, column, before in (
        (1, "attainment", ""),
        (1, "mark", "4"),
        (1, "comment", ""),
        (2, "mark", ""),
        (2, "comment", "Em cần cố gắng."),
    ):
        desk.holds(row, column, before)
    expect(desk.status).to_contain_text("Đã lưu hết", timeout=SECONDS)
    expect(desk.status).to_contain_text("Đã trả lại 6 ô như trước khi dán.")
    assert (desk.sheet.stored(1, "mark"), desk.sheet.stored(2, "mark")) == (4, None)
    assert desk.sheet.stored(2, "comment") == "Em cần cố gắng."


def test_a_paste_is_looked_at_first_with_what_is_new_changed_refused_and_in_conflict(desk: Desk):
    desk.enter(0, "mark", "7")
    desk.save()
    other = desk.new_tab()
    other.enter(1, "mark", "6")
    other.save()
    other.page.close()
    desk.cell(0, "mark").focus()
    desk.ask_to_paste("8\n9\n8,5\n10\n")
    look = desk.page.get_by_role("dialog", name="Dán 4 ô")
    expect(look).to_contain_text(
        "1 ô mới, 1 ô thay giá trị cũ, 1 ô bị từ chối, 1 ô xung đột.", timeout=SECONDS
    )
    expect(look.get_by_role("row").nth(1)).to_contain_text("7 → 8 thay")
    expect(look.get_by_role("listitem").nth(0)).to_contain_text("Chính thầy cô đã ghi «6» lúc")
    expect(look.get_by_role("listitem").nth(1)).to_contain_text("“8,5” là số thập phân")
    desk.press("Escape")
    expect(look).to_have_count(0)
    desk.is_in(0, "mark")
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, 2, 3)] == [7, 6, None, None]
    desk.ask_to_paste("8\n9\n8,5\n10\n")
    expect(look).to_be_visible(timeout=SECONDS)
    desk.press("Enter")
    expect(desk.note(1, "mark")).to_contain_text("Chọn một", timeout=SECONDS)
    expect(desk.note(2, "mark")).to_contain_text("“8,5” là số thập phân")
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, 2, 3)] == [8, 6, None, 10]


# -- Several cells, undo and redo


def test_a_selection_is_filled_down_copied_for_excel_cleared_and_all_of_it_undone_and_redone(desk: Desk):
    last = len(desk.sheet.pupils) - 1
    desk.enter(0, "attainment", "t")
    desk.enter(0, "mark", "9")
    desk.cell(0, "attainment").focus()
    desk.press("Shift+ArrowRight", "Shift+ArrowRight", "Control+Shift+ArrowDown", "Control+d")
    for row in (1, last):
        desk.holds(row, "attainment", "T")
        desk.holds(row, "mark", "9")
    expect(desk.status).to_contain_text(f"Đã điền xuống {2 * last} ô.")
    desk.is_in(0, "attainment")
    desk.press("Control+c")
    assert desk.clipboard().splitlines() == ["T\t9\t"] * (last + 1)
    desk.press("Delete")
    desk.holds(last, "mark", "")
    desk.press("Control+z")
    desk.holds(last, "mark", "9")
    desk.press("Control+z")
    desk.holds(0, "mark", "9")
    desk.holds(1, "mark", "")
    desk.press("Control+z")
    desk.holds(0, "mark", "")
    desk.is_in(0, "mark")
    desk.press("Control+y", "Control+y")
    desk.holds(0, "mark", "9")
    desk.holds(last, "attainment", "T")
    expect(desk.status).to_contain_text("Đã lưu hết", timeout=SECONDS)
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, last)] == [9, 9, 9]
    expect(desk.page.locator("[data-remarks]")).to_contain_text(
        "Cả lớp cùng một giá trị: Mức đạt được T, Điểm KTĐK 9."
    )


def test_shift_and_a_click_select_and_one_pasted_value_fills_the_selection(desk: Desk):
    desk.cell(0, "mark").click()
    desk.is_in(0, "mark")
    desk.cell(2, "mark").click(modifiers=["Shift"])
    expect(desk.page.locator("td.is-picked")).to_have_count(3, timeout=SECONDS)
    desk.ask_to_paste("8")
    desk.page.get_by_role("button", name="Dán vào sổ").click()
    expect(desk.status).to_contain_text("Đã dán 3 ô: 3 ô đã lưu.", timeout=SECONDS)
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, 2, 3)] == [8, 8, 8, None]


def test_who_is_quicker_than_the_script_stays_in_the_cell_and_selects_from_there(desk: Desk):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/js/sheet.*js", hold)
    desk.page.goto(f"{desk.sheet.stack.address}{desk.sheet.path}", wait_until="commit")
    desk.cell(1, "mark").click()
    for route in held:
        route.continue_()
    desk.page.wait_for_load_state()
    desk.is_in(1, "mark")
    desk.cell(2, "mark").click(modifiers=["Shift"])
    expect(desk.page.locator("td.is-picked")).to_have_count(2, timeout=SECONDS)
    assert held


def test_dragging_moves_the_text_of_comments_and_no_mark_or_level(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.enter(0, "comment", "Em chăm.")
    for row, column, target in ((0, "mark", "mark"), (0, "comment", "mark"), (0, "comment", "comment")):
        desk.cell(row, column).focus()
        desk.press("Control+a")
        drag(desk, desk.cell(row, column), desk.cell(1, target))
    desk.save()
    assert [desk.sheet.stored(row, "mark") for row in (0, 1)] == [9, None]
    assert [desk.sheet.stored(row, "comment") for row in (0, 1)] == ["", "Em chăm."]


# -- Saving by itself


def test_what_is_typed_goes_out_within_two_seconds_without_a_further_key(desk: Desk):
    desk.page.clock.install()
    desk.open()
    desk.page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(minutes=1))  # noqa: DTZ005
    desk.enter(0, "attainment", "t")
    desk.enter(0, "comment", "Em tính nhanh.")
    expect(desk.status).to_have_text("Chưa lưu 2 ô")
    assert desk.posts == []
    desk.page.clock.run_for(2_000)
    desk.is_saved()
    assert (desk.sheet.stored(0, "attainment"), desk.sheet.stored(0, "comment")) == ("T", "Em tính nhanh.")


def test_a_comment_typed_without_a_pause_is_saved_every_two_seconds_and_nothing_moves(desk: Desk):
    desk.page.clock.install()
    desk.open()
    desk.page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(minutes=1))  # noqa: DTZ005
    desk.enter(0, "comment", "Em hát\u200b hay.")  # kept without what no paper can print
    desk.press("ArrowLeft")
    for letter in " và":
        desk.page.keyboard.type(letter)
        desk.page.clock.run_for(600)
    expect(desk.status).to_contain_text("Đã lưu hết", timeout=SECONDS)
    desk.page.keyboard.type(" múa dẻo")
    desk.page.clock.run_for(1_600)
    desk.holds(0, "comment", "Em hát\u200b hay và múa dẻo.")
    desk.is_saved()
    assert desk.sheet.stored(0, "comment") == "Em hát hay và múa dẻo."
    expect(desk.page.locator("[data-state=conflict]")).to_have_count(0)
    assert desk.sheet.stored(0, "version") == 2


def test_leaving_the_row_sends_it_at_once(desk: Desk):
    desk.page.clock.install()
    desk.open()
    desk.page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(minutes=1))  # noqa: DTZ005
    desk.enter(0, "mark", "9")
    desk.press("Enter")
    desk.is_saved()
    assert desk.sheet.stored(0, "mark") == 9


def test_what_was_saved_is_there_after_a_reload_and_counted(desk: Desk):
    desk.enter(0, "attainment", "h")
    desk.enter(0, "mark", "6")
    desk.enter(1, "comment", "Em mạnh dạn hơn.")
    desk.save()
    cells = 3 * len(desk.sheet.pupils)
    expect(desk.page.locator("[data-progress]")).to_have_text(f"Đã nhập 3/{cells} ô")
    desk.page.reload()
    desk.holds(0, "attainment", "H")
    desk.holds(0, "mark", "6")
    desk.holds(1, "comment", "Em mạnh dạn hơn.")
    expect(desk.page.locator("[data-progress]")).to_have_text(f"Đã nhập 3/{cells} ô")


def test_a_level_and_mark_that_seldom_go_together_are_pointed_out_saved_and_answered_with_a_reason(
    desk: Desk,
):
    desk.enter(0, "attainment", "h")
    desk.enter(0, "mark", "10")
    desk.save()
    expect(desk.note(0, "mark")).to_contain_text("thường đi với điểm từ 5 đến 6")
    expect(desk.cell(0, "mark")).to_have_accessible_description(re.compile("H mà điểm 10"))
    expect(desk.note(0, "mark")).to_be_visible()
    desk.press("Enter")
    expect(desk.note(0, "mark")).not_to_be_visible()
    expect(desk.page.locator("td[data-state='warning']")).to_have_count(1)
    assert desk.sheet.stored(0, "mark") == 10
    desk.press("ArrowUp", "F4")
    asked = desk.page.get_by_role("dialog", name="Lí do")
    asked.get_by_label("H mà điểm 10").fill("Em làm bài kiểm tra tốt hơn ngày thường.")
    asked.get_by_role("button", name="Lưu lí do").click()
    desk.is_in(0, "mark")
    said = re.compile(r"H mà điểm 10.*Lí do: Em làm bài kiểm tra tốt hơn ngày thường\. \(.+, \d\d:\d\d")
    expect(desk.cell(0, "mark")).to_have_accessible_description(said)
    expect(desk.page.locator("td[data-state='warning']")).to_have_count(0)
    desk.page.reload()
    expect(desk.cell(0, "mark")).to_have_accessible_description(said)


def test_f2_shows_the_story_of_the_cell_and_escape_leads_back_to_it(desk: Desk):
    desk.enter(0, "mark", "8")
    desk.save()
    desk.enter(0, "mark", "9")
    desk.save()
    desk.press("F2")
    story = desk.page.get_by_role("dialog", name="Lịch sử của ô")
    expect(story.locator("li")).to_have_count(2)
    expect(story.locator("li").first).to_contain_text("8 → 9")
    expect(story.locator("li").first).to_contain_text("GVCN")
    desk.press("Escape")
    expect(story).not_to_be_visible()
    desk.is_in(0, "mark")
