"""The numbers in the menu, on every page: asked for in the background, seldom, and of nobody else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.open_rolls import open_rolls
from tests.stack import Stack
from tests.stories.people import Person, log_in

TEACHER = "gvcn.4e"
SECONDS = 10_000
ELSEWHERE = "/accounts/powers/"
COUNTS = "**/tasks/counts/"


@pytest.fixture
def teacher(chromium: Browser, application: Stack) -> Iterator[Person]:
    found = log_in(chromium, application, TEACHER)
    yield found
    assert found.complaints == []
    found.page.context.close()


def numbers(page: Page) -> dict[str, str]:
    """What the menu counts, by its lines."""
    lines = page.locator("#menu a:has(.count)").all()
    return {line.locator("> span").first.inner_text(): line.locator(".count").inner_text() for line in lines}


def bell(page: Page) -> str:
    return page.locator("[data-waiting] .count").inner_text()


def shows(person: Person, expected: dict[str, str], total: str) -> None:
    """A page that is not the start page comes to the same numbers."""
    expect(person.page.locator("[data-waiting] .count")).to_have_text(total)
    assert numbers(person.page) == expected


def test_every_page_counts_what_the_start_page_does_and_asks_once_a_minute_but_not_after_a_save(
    teacher: Person,
):
    page = teacher.page
    page.context.clock.install()
    asked: list[Request] = []
    page.on("request", lambda each: asked.append(each) if each.url.endswith("/tasks/counts/") else None)
    whole, total = numbers(page), bell(page)
    assert whole["Việc của tôi"] == total
    assert "Hồ sơ học sinh" in whole  # other stories may have called the roll
    for _each in range(2):
        teacher.go(ELSEWHERE)
        shows(teacher, whole, total)
    assert asked == []  # the start page had counted them

    page.context.clock.fast_forward("01:01")
    with page.expect_response(COUNTS):
        teacher.go(ELSEWHERE)
    shows(teacher, whole, total)
    assert asked[0].headers["x-background"] == "1"
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("#messages")).to_be_empty()
    teacher.go(ELSEWHERE)
    shows(teacher, whole, total)
    assert len(asked) == 1

    teacher.go("/approvals/inquiries/new/")
    page.get_by_label("Nội dung").fill("Máy in ở phòng hội đồng kẹt giấy.")
    page.locator("main").get_by_role("button", name="Gửi").click()
    expect(page.locator("#messages")).not_to_be_empty()
    shows(teacher, whole, total)  # counted by the page after the act
    assert len(asked) == 1


def test_the_page_after_an_act_has_the_right_numbers_before_any_script_runs(teacher: Person):
    page = teacher.page
    whole, total = numbers(page), bell(page)
    page.evaluate("document.cookie = 'kim-dong-tasks=anew; path=/'")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(page.url.rstrip("/") + ELSEWHERE)
    shows(teacher, whole, total)
    teacher.complaints.clear()  # of the scripts that did not come


def test_after_a_save_by_script_and_after_a_log_out_what_was_counted_before_is_forgotten(
    teacher: Person, application: Stack
):
    page = teacher.page
    teacher.go(open_rolls(application, TEACHER)[0])
    assert is_kept(page)
    page.get_by_role("button", name="Lưu điểm danh").click()
    expect(page.locator("[data-status]")).to_contain_text("vắng", timeout=SECONDS)
    assert not is_kept(page)
    teacher.go(ELSEWHERE)
    expect(page.locator("[data-waiting] .count")).not_to_be_empty()
    assert is_kept(page)
    page.locator("details[data-menu] summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    assert not is_kept(page)


def is_kept(page: Page) -> bool:
    return page.evaluate("document.cookie.includes('kim-dong-tasks=%7B')")
