"""Nothing typed is lost, nothing overwritten in silence: colleagues, network, closed tabs, sessions, the lock."""

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from kimdong.demo.accounts import PASSWORD, SECOND_FACTOR_NAMES
from tests.stack import Stack
from tests.stories.people import give_code
from tests.stories.sheets import PERIOD, SECONDS, Desk, MarkSheet, StaffRoom, blank_sheets, staff_room

ALL_PROCESSES = True

TEACHER, SUBSTITUTE = "gvcn.1b", "gvcn.1c"


@pytest.fixture(scope="module")
def sheets(application: Stack) -> Iterator[MarkSheet]:
    return blank_sheets(application)


@pytest.fixture(scope="module")
def teacher_room(chromium: Browser, application: Stack, sheets: Iterator[MarkSheet]) -> StaffRoom:
    return staff_room(chromium, application, sheets, TEACHER)


@pytest.fixture(scope="module")
def substitute_room(chromium: Browser, application: Stack, sheets: Iterator[MarkSheet]) -> StaffRoom:
    return staff_room(chromium, application, sheets, SUBSTITUTE)


@pytest.fixture
def room(teacher_room: StaffRoom) -> Iterator[StaffRoom]:
    yield teacher_room
    teacher_room.leave()


@pytest.fixture
def desk(room: StaffRoom) -> Iterator[Desk]:
    """The teacher at a blank sheet that no other test uses."""
    made = room.sit(room.next_sheet())
    yield made
    assert made.complaints == []


@pytest.fixture
def substitute(desk: Desk, substitute_room: StaffRoom, application: Stack) -> Iterator[Desk]:
    """A colleague who teaches the line for a while and has saved; then the teacher is back at the open page."""
    desk.enter(0, "mark", "6")
    desk.save()
    desk.sheet.hand_over(SUBSTITUTE)
    yield substitute_room.sit(desk.sheet)
    substitute_room.leave()


def full_name(desk: Desk, username: str) -> str:
    return desk.sheet.stack.fetch("SELECT full_name FROM accounts_user WHERE username = %s", username)[0][0]


# -- Two people


def two_in_one_cell(desk: Desk, substitute: Desk) -> None:
    """The colleague has written 9; the teacher, whose page still shows 6, types 7."""
    substitute.enter(0, "mark", "9")
    substitute.save()
    desk.sheet.hand_over(TEACHER)
    desk.enter(0, "mark", "7")
    desk.press("Control+s")
    note = desk.note(0, "mark")
    name = re.escape(full_name(desk, SUBSTITUTE))
    expect(note).to_contain_text(
        re.compile(rf"{name} đã ghi «9» lúc \d\d:\d\d:\d\d .*; của thầy cô là «7»"), timeout=SECONDS
    )
    expect(desk.status).to_contain_text("1 ô xung đột, hãy chọn giá trị")
    desk.holds(0, "mark", "7")
    assert desk.sheet.stored(0, "mark") == 9


def test_two_people_in_one_cell_ones_own_value_is_kept_by_keyboard(desk: Desk, substitute: Desk):
    two_in_one_cell(desk, substitute)
    desk.press("Tab", "Tab")
    expect(desk.page.get_by_role("button", name="Giữ của tôi")).to_be_focused()
    desk.press("Enter")
    desk.is_in(0, "mark")
    desk.is_saved()
    desk.holds(0, "mark", "7")
    assert desk.sheet.stored(0, "mark") == 7


def test_two_people_in_one_cell_the_others_value_is_taken_by_keyboard(desk: Desk, substitute: Desk):
    two_in_one_cell(desk, substitute)
    desk.press("Tab", "Tab", "Tab")
    expect(desk.page.get_by_role("button", name="Lấy giá trị kia")).to_be_focused()
    desk.press("Enter")
    desk.holds(0, "mark", "9")
    expect(desk.note(0, "mark")).to_have_count(0)
    expect(desk.page.locator("form[data-unsaved]")).to_have_count(0)
    assert desk.sheet.stored(0, "mark") == 9


def test_two_people_in_different_cells_of_one_row_both_keep_theirs(desk: Desk, substitute: Desk):
    substitute.enter(0, "comment", "Em tính nhanh.")
    substitute.save()
    desk.sheet.hand_over(TEACHER)
    desk.enter(0, "mark", "7")
    desk.save()
    assert (desk.sheet.stored(0, "mark"), desk.sheet.stored(0, "comment")) == (7, "Em tính nhanh.")


def test_who_no_longer_teaches_the_line_is_told_so_and_keeps_what_was_typed(desk: Desk, substitute: Desk):
    desk.enter(0, "mark", "7")
    desk.press("Control+s")
    expect(desk.status).to_contain_text("Chỉ giáo viên được phân công mới nhập được sổ", timeout=SECONDS)
    desk.holds(0, "mark", "7")
    assert desk.sheet.stored(0, "mark") == 6


# -- Network and tab


def test_a_change_taken_back_while_it_is_on_its_way_is_unsaved_until_the_old_value_stands_again(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    held: list[Route] = []
    desk.page.route("**/gradebook/sheets/**", lambda route: held.append(route))  # noqa: PLW0108
    desk.enter(0, "mark", "8")
    desk.press("Control+s")
    expect(desk.status).to_have_text(re.compile("^Đang lưu 1 ô"))
    desk.enter(0, "mark", "9")
    expect(desk.status).to_have_text(re.compile("^Đang lưu 1 ô"))
    expect(desk.page.locator("form[data-unsaved]")).to_have_count(1)
    held[0].continue_()
    desk.page.unroute("**/gradebook/sheets/**")
    desk.is_saved()
    assert desk.sheet.stored(0, "mark") == 9


def test_without_network_typing_goes_on_and_it_is_saved_when_the_network_is_back(desk: Desk):
    desk.context.set_offline(True)
    desk.enter(0, "comment", "Em tiến bộ.")
    desk.press("Control+s")
    expect(desk.status).to_contain_text("Không nối được với máy chủ", timeout=SECONDS)
    expect(desk.status).to_contain_text("Chưa lưu 1 ô.")
    desk.enter(1, "mark", "8")
    desk.press("Enter")
    expect(desk.status).to_contain_text("Chưa lưu 2 ô.", timeout=SECONDS)
    assert desk.sheet.stored(0, "comment") is None
    desk.context.set_offline(False)
    desk.is_saved()
    assert (desk.sheet.stored(0, "comment"), desk.sheet.stored(1, "mark")) == ("Em tiến bộ.", 8)


def test_what_a_closed_tab_had_not_saved_is_offered_again(desk: Desk):
    desk.context.set_offline(True)
    desk.enter(0, "comment", "Em tiến bộ.")
    desk.enter(1, "mark", "8")
    expect(desk.status).to_contain_text("Chưa lưu 2 ô")
    desk.page.close(run_before_unload=False)
    desk.context.set_offline(False)
    later = desk.new_tab()
    expect(later.page.get_by_text(re.compile(r"Có 2 ô chưa lưu từ \d\d:\d\d"))).to_be_visible(timeout=SECONDS)
    later.holds(0, "comment", "")
    later.page.get_by_role("button", name="Khôi phục").click()
    later.holds(0, "comment", "Em tiến bộ.")
    later.is_saved()
    assert (later.sheet.stored(0, "comment"), later.sheet.stored(1, "mark")) == ("Em tiến bộ.", 8)
    later.page.reload()
    later.holds(1, "mark", "8")
    expect(later.page.get_by_role("button", name="Khôi phục")).to_have_count(0)


def test_what_was_offered_and_thrown_away_does_not_come_back(desk: Desk):
    desk.context.set_offline(True)
    desk.enter(1, "mark", "8")
    desk.page.close(run_before_unload=False)
    desk.context.set_offline(False)
    later = desk.new_tab()
    later.page.get_by_role("button", name="Bỏ đi").click()
    later.page.reload()
    later.holds(1, "mark", "")
    expect(later.page.get_by_role("button", name="Khôi phục")).to_have_count(0)
    assert later.sheet.stored(1, "mark") is None


def test_leaving_the_page_with_a_value_that_cannot_be_saved_asks_first(desk: Desk):
    desk.enter(0, "mark", "11")
    with desk.page.expect_event("dialog") as asked:
        desk.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    desk.holds(0, "mark", "11")


# -- The session


def log_in_again(desk: Desk, username: str) -> None:
    """By the link beside the status, in the tab that it opens."""
    with desk.context.expect_page() as opened:
        desk.page.get_by_role("link", name="Đăng nhập ở thẻ mới").click()
    tab = opened.value
    tab.get_by_label("Tên đăng nhập").fill(username)
    tab.get_by_label("Mật khẩu").fill(PASSWORD)
    tab.get_by_role("button", name="Đăng nhập").click()
    if username in SECOND_FACTOR_NAMES:
        give_code(tab, desk.sheet.stack, username)
    expect(tab.locator("main h1")).to_be_visible(timeout=SECONDS)
    tab.close()


def session_ends_while_typing(desk: Desk) -> None:
    desk.context.clear_cookies()
    desk.enter(0, "comment", "Em tiến bộ.")
    desk.press("Control+s")
    expect(desk.status).to_have_text(
        "Phiên đăng nhập đã hết. Giá trị đã gõ còn nguyên. Chưa lưu 1 ô.", timeout=SECONDS
    )
    desk.holds(0, "comment", "Em tiến bộ.")


def test_when_the_session_ends_the_page_says_so_and_saves_after_a_new_log_in(desk: Desk):
    session_ends_while_typing(desk)
    log_in_again(desk, TEACHER)
    desk.page.get_by_role("button", name="Lưu").click()
    desk.is_saved()
    expect(desk.page.get_by_role("link", name="Đăng nhập ở thẻ mới")).not_to_be_visible()
    assert desk.sheet.stored(0, "comment") == "Em tiến bộ."


def test_after_a_log_in_as_somebody_else_nothing_is_saved_in_the_wrong_name(desk: Desk):
    session_ends_while_typing(desk)
    log_in_again(desk, "vanthu")
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.status).to_contain_text("đang đăng nhập bằng tài khoản khác nên không lưu", timeout=SECONDS)
    desk.holds(0, "comment", "Em tiến bộ.")
    assert desk.sheet.stored(0, "comment") is None


# -- The lock


def test_the_lock_while_typing_keeps_what_is_typed_and_turns_it_into_a_request(desk: Desk):
    desk.enter(0, "mark", "6")
    desk.save()
    desk.sheet.lock()
    desk.enter(0, "mark", "9")
    desk.press("Enter")
    expect(desk.status).to_contain_text(
        re.compile(r"Đã khoá từ .* 1 ô vừa gõ chưa được ghi vào sổ"), timeout=SECONDS
    )
    desk.enter(1, "mark", "8")
    desk.press("Enter")
    expect(desk.status).to_contain_text("2 ô vừa gõ chưa được ghi vào sổ")
    expect(desk.page.locator("[data-closes]")).to_contain_text("Đã khoá")
    desk.holds(0, "mark", "9")
    assert desk.sheet.stored(0, "mark") == 6
    desk.page.get_by_role("button", name="Lập phiếu đề nghị sửa từ các giá trị đã gõ").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(
        "Phiếu đề nghị sửa (nháp)", timeout=SECONDS
    )
    row = desk.page.get_by_role("row").filter(has_text=desk.sheet.pupils[0][1])
    expect(row).to_contain_text("6")
    expect(row).to_contain_text("9")
    assert desk.sheet.stored(0, "mark") == 6


def test_what_a_closed_tab_had_not_saved_before_the_lock_can_go_into_a_request(desk: Desk):
    desk.context.set_offline(True)
    desk.enter(0, "mark", "9")
    desk.page.close(run_before_unload=False)
    desk.sheet.lock()
    desk.context.set_offline(False)
    later = desk.new_tab()
    expect(later.page.get_by_text("Có 1 ô chưa lưu")).to_contain_text("Sổ đã khoá", timeout=SECONDS)
    later.page.get_by_role("button", name="Đưa vào phiếu").click()
    later.holds(0, "mark", "9")
    expect(later.page.get_by_role("button", name="Khôi phục")).to_have_count(0)
    later.page.get_by_role("button", name="Lập phiếu đề nghị sửa").click()
    expect(later.page.get_by_role("heading", level=1)).to_contain_text(
        "Phiếu đề nghị sửa (nháp)", timeout=SECONDS
    )
    assert later.sheet.stored(0, "mark") is None
    picture = io.BytesIO()
    Image.new("RGB", (64, 40)).save(picture, "JPEG")
    later.page.get_by_label("Loại sai sót").select_option(label="Bỏ sót, chưa ghi")
    later.page.get_by_label("Lí do", exact=True).fill("Gõ khi sổ đã khoá.")
    later.page.get_by_label("Thêm minh chứng").set_input_files(
        {"name": "bai.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    later.page.get_by_role("button", name="Gửi phiếu").click()
    expect(later.page.get_by_text("Đã gửi, chờ phê chuẩn").first).to_be_visible(timeout=SECONDS)
    later.open()
    expect(later.page.get_by_role("link", name="Đề nghị sửa điểm")).to_be_visible()
    expect(later.page.get_by_role("button", name="Đưa vào phiếu")).to_have_count(0)


def test_the_page_of_one_pupil_is_a_sheet_too_nothing_typed_in_it_is_lost(desk: Desk):
    code, (pupil, _name) = desk.sheet.code, desk.sheet.pupils[0]
    path = f"/gradebook/sheets/{desk.sheet.class_id}/pupils/{pupil}/"

    def field(page: Page, name: str) -> Locator:
        return page.locator(f"[name='c.{PERIOD}.{code}.{name}']")

    desk.open(path)
    field(desk.page, "attainment").focus()
    desk.press("h", "ArrowRight")
    expect(field(desk.page, "attainment")).to_have_value("H")
    expect(field(desk.page, "mark")).to_be_focused()
    desk.is_saved()
    desk.context.set_offline(True)
    desk.press("8", "ArrowRight")
    desk.page.keyboard.type("Em tiến bộ.")
    expect(desk.status).to_contain_text("Không nối được với máy chủ", timeout=SECONDS)
    desk.page.close(run_before_unload=False)
    desk.context.set_offline(False)
    later = Desk(desk.sheet, desk.context.new_page())
    later.open(path)
    later.page.get_by_role("button", name="Khôi phục").click()
    later.is_saved()
    assert [later.sheet.stored(0, name) for name in ("attainment", "mark", "comment")] == [
        "H",
        8,
        "Em tiến bộ.",
    ]
    desk.sheet.lock()
    field(later.page, "mark").focus()
    later.press("9", "Control+s")
    later.page.get_by_role("link", name="Đề nghị sửa ở sổ của lớp").click()
    later.page.get_by_role("button", name="Khôi phục").click()
    later.holds(0, "mark", "9")
    assert later.complaints == []


def test_the_last_hour_is_counted_down_by_the_servers_clock(room: StaffRoom):
    sheet = room.next_sheet()
    sheet.close_in(minutes=20)
    desk = room.sit(sheet)
    desk.page.clock.install(time="2020-01-01T00:00:00Z")  # this computer's clock is wrong by years
    desk.open()
    left = desk.page.locator("[data-countdown]")
    expect(left).to_have_text(re.compile(r"còn (20:00|19:\d\d)"))
    desk.page.clock.fast_forward("05:00")
    expect(left).to_have_text(re.compile(r"còn 14:\d\d"))
    expect(desk.status).not_to_contain_text("phút")
    spoken = desk.page.locator("[data-status] > .visually-hidden", has_text="phút")
    # Some seconds past the tenth minute: in its last second it is still «10 phút», the tick may come late.
    desk.page.clock.fast_forward("05:05")
    expect(desk.status).to_contain_text("Còn 9 phút là khoá sổ.")
    expect(spoken).to_have_text("Còn 9 phút là khoá sổ.")
    desk.page.clock.run_for(6_000)
    desk.page.clock.fast_forward("01:00")
    expect(desk.status).to_contain_text("Còn 8 phút là khoá sổ.")
    expect(spoken).to_have_count(0)


def test_a_sheet_that_is_open_for_days_counts_nothing_down(desk: Desk):
    expect(desk.page.locator("[data-closes]")).to_contain_text("Mở đến")
    expect(desk.page.locator("[data-countdown]")).to_have_text("")


# -- Without script


def test_without_script_a_sheet_is_a_plain_form(room: StaffRoom):
    desk = room.sit(room.next_sheet(), with_script=False)
    desk.cell(0, "attainment").fill("T")
    desk.cell(0, "mark").fill("10")
    desk.cell(1, "comment").fill("Em tiến bộ.\nCần đọc to hơn.")
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.page.get_by_text("Đã lưu 3 ô.")).to_be_visible()
    desk.open()
    desk.holds(0, "attainment", "T")
    desk.holds(0, "mark", "10")
    desk.holds(1, "comment", "Em tiến bộ.\nCần đọc to hơn.")
    assert desk.sheet.stored(1, "comment") == "Em tiến bộ.\nCần đọc to hơn."


def test_without_script_a_bad_value_comes_back_beside_its_cell_and_the_rest_is_saved(room: StaffRoom):
    desk = room.sit(room.next_sheet(), with_script=False)
    desk.cell(0, "mark").fill("8,5")
    desk.cell(0, "comment").fill("Em tiến bộ.")
    desk.cell(1, "attainment").fill("x")
    desk.cell(2, "mark").fill("7")
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Chưa lưu được 2 ô không hợp lệ")
    expect(desk.page.get_by_text("Đã lưu 2 ô.")).to_be_visible()
    desk.holds(0, "mark", "8,5")
    expect(desk.cell(0, "mark")).to_have_attribute("aria-invalid", "true")
    expect(desk.cell(0, "mark")).to_have_accessible_description(re.compile("số nguyên từ 0 đến 10"))
    desk.holds(1, "attainment", "x")
    expect(desk.note(1, "attainment")).to_contain_text("Mức đạt được")
    desk.holds(0, "comment", "Em tiến bộ.")
    assert [desk.sheet.stored(row, "mark") for row in (0, 1, 2)] == [None, None, 7]
    desk.cell(0, "mark").fill("9")
    desk.cell(1, "attainment").fill("h")
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.page.get_by_text("Đã lưu 2 ô.")).to_be_visible()
    assert (desk.sheet.stored(0, "mark"), desk.sheet.stored(1, "attainment")) == (9, "H")


def test_without_script_two_people_in_one_cell_choose_by_a_button_beside_it(
    room: StaffRoom, substitute_room: StaffRoom
):
    sheet = room.next_sheet()
    desk = room.sit(sheet, with_script=False)
    sheet.hand_over(SUBSTITUTE)
    colleague = substitute_room.sit(sheet)
    colleague.enter(0, "mark", "9")
    colleague.save()
    substitute_room.leave()
    sheet.hand_over(TEACHER)
    desk.cell(0, "mark").fill("7")
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.note(0, "mark")).to_contain_text(f"{full_name(desk, SUBSTITUTE)} đã ghi «9»")
    desk.holds(0, "mark", "7")
    assert sheet.stored(0, "mark") == 9
    desk.page.get_by_role("radio", name="Giữ của tôi").check()
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.page.get_by_text("Đã lưu 1 ô.")).to_be_visible()
    assert sheet.stored(0, "mark") == 7


def test_without_script_the_lock_keeps_the_typed_values_for_a_request(room: StaffRoom):
    desk = room.sit(room.next_sheet(), with_script=False)
    desk.cell(0, "mark").fill("9")
    desk.sheet.lock()
    desk.page.get_by_role("button", name="Lưu").click()
    expect(desk.page.get_by_text("Giá trị đã gõ còn nguyên bên dưới")).to_be_visible()
    desk.holds(0, "mark", "9")
    desk.page.get_by_role("button", name="Lập phiếu đề nghị sửa từ các giá trị đã gõ").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Phiếu đề nghị sửa (nháp)")
    assert desk.sheet.stored(0, "mark") is None
