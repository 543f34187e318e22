"""The search box at work: suggestions by keyboard, Enter on a single pupil, a phone, and no script at all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack import Stack
from tests.stories.people import log_in
from tests.stories.sheets import SECONDS

TEACHER = "gvcn.4e"


@pytest.fixture(scope="module")
def pupil(application: Stack) -> tuple[int, str, str]:
    """A pupil of the teacher's class, who alone has this mã định danh."""
    return application.fetch(
        "SELECT s.id, s.full_name, s.moet_id FROM students_student s JOIN students_enrolment e ON e.student_id = s.id"
        " JOIN students_schoolclass c ON c.id = e.school_class_id"
        " WHERE c.name = '4E' AND now() >= e.starts_on AND s.moet_id IS NOT NULL ORDER BY c.year_id DESC, s.id LIMIT 1"
    )[0]


@pytest.fixture(scope="module")
def page(chromium: Browser, application: Stack) -> Iterator[Page]:
    found = log_in(chromium, application, TEACHER).page
    yield found
    found.context.close()


def test_from_any_page_the_keyboard_alone_finds_and_opens_a_pupil(page: Page, application: Stack, pupil):
    number, name, _ = pupil
    page.set_viewport_size({"width": 1280, "height": 850})
    page.goto(f"{application.address}/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Tìm học sinh")
    expect(box).to_be_focused(timeout=SECONDS)
    page.keyboard.type(name)
    option = page.get_by_role("option").filter(has_text=name).first
    expect(option).to_be_visible(timeout=SECONDS)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#{box.get_attribute('aria-activedescendant')}")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.type(" ")
    expect(option).to_be_visible(timeout=SECONDS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/students/pupils/{number}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_on_a_phone_the_glass_leads_to_the_page_and_enter_opens_the_only_pupil(
    page: Page, application: Stack, pupil
):
    number, _, moet_id = pupil
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{application.address}/")
    page.get_by_role("link", name="Tìm học sinh").click()
    page.get_by_role("combobox", name="Tìm học sinh").fill(moet_id)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/students/pupils/{number}/")


def test_without_script_the_form_leads_to_a_list(chromium: Browser, application: Stack, page: Page):
    context = chromium.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{application.address}/")
    box = plain.get_by_role("searchbox", name="Tìm học sinh")
    box.fill("nguyen")
    box.press("Enter")
    expect(plain.get_by_role("heading", level=1, name="Tìm học sinh")).to_be_visible(timeout=SECONDS)
    expect(plain.get_by_role("region", name="Học sinh tìm thấy").get_by_role("row").nth(1)).to_contain_text(
        "4"
    )
    context.close()
