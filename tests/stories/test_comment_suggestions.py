"""Comments in the sheet: ready ones offered while one types and put in by key, and what looks odd pointed out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gradebook.comment_bank import shipped
from tests.gradebook.comment_vectors import CLASS, PLACES, REMARKS
from tests.stack import Stack
from tests.stories.screens import stands_on_every_screen
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room

TWINS = """
async ({ people, remarks, places }) => {
  const { ClassNames } = await import("/static/js/sheet/comment_checks.js");
  const { filled } = await import("/static/js/sheet/comment_places.js");
  const names = new ClassNames(people.map(([name]) => name));
  const genders = new Map(people);
  return [
    remarks.map(([fullName, text]) => names.remarks(text, { fullName, gender: genders.get(fullName) })),
    places.map(([text, fullName, gender]) => filled(text, { fullName, gender })),
  ];
}
"""


@pytest.fixture(scope="module")
def room(chromium: Browser, application: Stack) -> StaffRoom:
    return staff_room(chromium, application, blank_sheets(application), "gvcn.4e")


@pytest.fixture
def desk(room: StaffRoom) -> Iterator[Desk]:
    yield room.sit(room.next_sheet())
    room.leave()


def options(page: Page):
    return page.get_by_role("listbox", name="Nhận xét gợi ý").get_by_role("option")


def of(desk: Desk, level: str) -> list[str]:
    return [each.text for each in shipped() if (each.subject, each.level) == (desk.sheet.code, level)]


def test_a_comment_of_the_level_is_found_by_typing_and_put_in_by_key(desk: Desk):
    desk.enter(0, "attainment", "t")
    desk.enter(0, "comment", "Em d")
    expect(options(desk.page).first).to_be_visible(timeout=SECONDS)
    desk.is_in(0, "comment")
    desk.press("Escape")
    expect(options(desk.page)).to_have_count(0)
    desk.holds(0, "comment", "Em d")
    desk.press("Backspace")
    desk.page.keyboard.type("d")
    expect(options(desk.page).first).to_be_visible()
    desk.press("ArrowDown")
    field = desk.cell(0, "comment")
    chosen = desk.page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert field.get_attribute("aria-controls") == "comment-options"
    stands_on_every_screen(desk.page)
    desk.page.set_viewport_size({"width": 1280, "height": 850})
    desk.press("Enter")
    desk.is_in(0, "comment")
    expect(options(desk.page)).to_have_count(0)
    desk.save()
    assert desk.sheet.stored(0, "comment") in of(desk, "T")
    assert desk.page.locator(".comment-tools .figures").inner_text().endswith("/1000 kí tự")
    desk.press("Enter")
    desk.is_in(1, "comment")
    desk.press("Alt+ArrowDown")
    expect(options(desk.page)).to_have_count(30, timeout=SECONDS)
    desk.press("Escape")
    expect(options(desk.page)).to_have_count(0)
    desk.press("ArrowDown")
    desk.is_in(2, "comment")
    desk.press("Alt+ArrowDown")
    options(desk.page).nth(2).click()
    desk.is_in(2, "comment")
    desk.save()
    assert desk.sheet.stored(2, "comment")
    assert desk.complaints == []


def test_a_name_a_place_and_one_comment_for_everybody_are_pointed_out_and_saved_all_the_same(desk: Desk):
    other = desk.sheet.pupils[1][1]
    desk.enter(0, "comment", f"Em hay giúp bạn {other}.")
    remark = desk.note(0, "comment")
    expect(remark).to_contain_text("là tên bạn khác trong lớp", timeout=SECONDS)
    desk.enter(1, "comment", "{tên} chăm học.")
    desk.press("Enter")
    given = other.split()[-1]
    desk.holds(1, "comment", f"{given} chăm học.")
    count = len(desk.sheet.pupils)
    for row in range(2):
        desk.enter(row, "comment", "Em chăm học.")
    for row in range(2, count):
        desk.cell(row, "comment").fill("Em chăm học.")
    said = desk.page.locator("[data-alike]")
    expect(said).to_contain_text(f"{count} trên {count} em có cùng một nhận xét", timeout=SECONDS)
    expect(remark).to_have_count(0)
    desk.save()
    assert desk.sheet.stored(0, "comment") == "Em chăm học."
    desk.open(f"{desk.sheet.path}?read=1")
    expect(said).to_contain_text("em có cùng một nhận xét")


def test_the_browser_says_of_a_comment_what_the_server_says(room: StaffRoom, desk: Desk):
    found = desk.page.evaluate(
        TWINS,
        {
            "people": CLASS,
            "remarks": [each[:2] for each in REMARKS],
            "places": [each[:3] for each in PLACES],
        },
    )
    assert found == [[each[2] for each in REMARKS], [each[3] for each in PLACES]]
