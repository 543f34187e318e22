"""The session ends altogether while somebody types: the same person finds the words again, nobody else does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import Stack
from tests.stories.people import Person, log_in
from tests.stories.sheets import SECONDS

FORM = "/approvals/inquiries/new/"
TYPED = "Sổ lớp 2C không mở được"


@pytest.fixture
def teacher(chromium: Browser, application: Stack) -> Iterator[Person]:
    person = log_in(chromium, application, "gvcn.2c", width=390)
    yield person
    assert not person.complaints
    person.page.context.close()


def subject(page: Page):
    return page.locator("main form[method=post] textarea").first


def session_ends(person: Person) -> None:
    cookies = person.page.context.cookies()
    person.page.context.clear_cookies(
        name=next(each["name"] for each in cookies if "session" in each["name"])
    )


def sign_in_again(page: Page, username: str = "gvcn.2c") -> None:
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible(timeout=SECONDS)
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def kept(page: Page) -> int:
    return page.evaluate(
        "Object.keys(sessionStorage).filter((key) => key.startsWith('kim-dong.form.')).length"
    )


def test_what_was_sent_to_an_ended_session_is_filled_in_again_and_can_be_discarded(teacher: Person):
    page = teacher.page
    teacher.go(FORM)
    subject(page).fill(TYPED)
    session_ends(teacher)
    page.get_by_role("button", name="Gửi").click()
    sign_in_again(page)
    expect(subject(page)).to_have_value(TYPED, timeout=SECONDS)
    expect(page.locator("#messages")).to_contain_text("được điền lại")
    page.get_by_role("button", name="Bỏ nội dung này").click()
    expect(subject(page)).to_have_value("")
    assert kept(page) == 0


def test_nobody_else_gets_it(teacher: Person):
    page = teacher.page
    teacher.go(FORM)
    subject(page).fill(TYPED)
    session_ends(teacher)
    page.get_by_role("button", name="Gửi").click()
    sign_in_again(page, "gvcn.4e")
    expect(page.get_by_role("button", name="Gửi")).to_be_visible(timeout=SECONDS)
    expect(subject(page)).to_have_value("")
    assert kept(page) == 0


def test_an_open_session_and_a_log_out_leave_nothing_behind(teacher: Person):
    page = teacher.page
    teacher.go(FORM)
    subject(page).fill(TYPED)
    assert kept(page) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    teacher.go("/")
    assert kept(page) == 0
    teacher.go(FORM)
    subject(page).fill(TYPED)
    page.locator("details.account summary").click()
    page.locator("#sign-out").get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible(timeout=SECONDS)
    assert kept(page) == 0
