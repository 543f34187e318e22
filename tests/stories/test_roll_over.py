"""In summer the clerk makes next year's class lists: proposes, drags, moves by keyboard, applies, undoes."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.stack import Stack
from tests.stories.people import confirm, log_in
from tests.stories.screens import stands_on_every_screen
from tests.stories.sheets import SECONDS

ALL = "SELECT count(*) FROM students_enrolment e JOIN students_schoolclass c ON c.id = e.school_class_id"


def class_list(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^Lớp {name}"))


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """By hand: Locator.drag_to scrolls to the middle of a long list while the button is down, and takes another."""
    start, end = what.bounding_box(), onto.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 15, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + 10, steps=5)
    page.mouse.up()


def test_next_years_lists_are_proposed_changed_by_mouse_and_keyboard_applied_and_undone(
    chromium: Browser, application: Stack
):
    code = "from tests.gradebook.next_year import end_the_demo_year as end; print(end().pk)"
    year = int(application.manage("shell", "-c", code).split()[-1])
    clerk = log_in(chromium, application, "vanthu")
    page = clerk.page
    clerk.go("/gradebook/roll-over/")
    page.get_by_role("button", name="Lập 30 lớp theo đề xuất").click()
    page.get_by_role("button", name=re.compile(r"^Xếp \d+ em theo đề xuất")).click()
    expect(page.get_by_text("Sẵn sàng")).to_be_visible(timeout=SECONDS)
    page.get_by_role("link", name="Danh sách khối 2").click()
    page.wait_for_load_state()

    # The mouse: the first of 2A is dragged to 2B.
    first = class_list(page, "2A").get_by_role("checkbox").first
    dragged = first.locator("xpath=..").locator(".place-name").inner_text()
    drag(page, class_list(page, "2A").locator(".place").first, class_list(page, "2B").locator(".place").first)
    expect(page.get_by_text("Đã chuyển 1 em sang «Lớp 2B».").first).to_be_attached(timeout=SECONDS)
    expect(class_list(page, "2B").get_by_role("checkbox", name=dragged)).to_be_visible()
    # The keyboard: ticked with the space bar, sent by the button; the focus stays with the pupil.
    moved = class_list(page, "2C").get_by_role("checkbox").first
    value = moved.get_attribute("value").split(":")[0]
    moved.press("Space")
    page.get_by_label("Chuyển em đã chọn sang").select_option(label="Lớp 2D")
    page.get_by_role("button", name=re.compile("^Chuyển")).press("Enter")
    expect(class_list(page, "2D").locator(f"[value^='{value}:']")).to_be_focused(timeout=SECONDS)
    stands_on_every_screen(page)

    page.set_viewport_size({"width": 1280, "height": 850})
    clerk.go(f"/gradebook/roll-over/{year}/apply/")
    stands_on_every_screen(page)
    confirm(page, "Ghi danh sách lớp")
    expect(page.get_by_role("heading", name="Các lần ghi danh sách lớp")).to_be_visible(timeout=SECONDS)
    seated = application.fetch(f"{ALL} WHERE c.year_id = %s", year)[0][0]
    left = application.fetch(
        f"{ALL} WHERE c.year_id = %s AND c.grade_level < 5 AND e.ended_by_id IS NULL", year - 1
    )
    assert seated == left[0][0]

    page.get_by_role("link", name="Hoàn tác").click()
    page.get_by_label("Lí do hoàn tác").fill("Xếp nhầm lớp 2B")
    stands_on_every_screen(page)
    confirm(page, "Hoàn tác danh sách lớp")
    expect(page.get_by_text("Đã hoàn tác. Bản xếp lớp còn nguyên")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    assert application.fetch(f"{ALL} WHERE c.year_id = %s", year)[0][0] == 0
    assert not clerk.complaints
