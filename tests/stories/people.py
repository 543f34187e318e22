"""People of the demo school in the browser: each has a context, and so a session, of their own."""

import time
from dataclasses import dataclass

from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, expect

from kimdong.demo.accounts import PASSWORD, SECOND_FACTOR_NAMES
from tests.stack import Stack


@dataclass(slots=True)
class Person:
    """Somebody at a screen. `page` is the tab they look at."""

    username: str
    page: Page
    address: str
    complaints: list[str]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def menu(self, label: str) -> None:
        self.page.get_by_role("navigation", name="Chức năng").get_by_role("link", name=label).click()

    def second_tab(self, path: str) -> Page:
        """Another tab of the same session."""
        tab = self.page.context.new_page()
        tab.goto(f"{self.address}{path}")
        return tab


def give_code(page: Page, stack: Stack, username: str) -> None:
    """The second step of the log-in, with the code of the person's app."""
    page.get_by_label("Mã 6 số").fill(code_of(stack, username))
    page.get_by_role("button", name="Đăng nhập").click()


def code_of(stack: Stack, username: str) -> str:
    """What the app on the person's telephone shows as soon as it is a code not yet used."""
    key, last_used = stack.fetch(
        "SELECT device.key, device.last_t FROM otp_totp_totpdevice device JOIN accounts_user person"
        " ON person.id = device.user_id WHERE person.username = %s",
        username,
    )[0]
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time()
    while totp.t() < last_used:  # the code of the next half minute is taken already
        time.sleep(0.5)
        totp.time = time.time()
    totp.drift = max(0, last_used + 1 - totp.t())
    return f"{totp.token():06d}"


def confirm(page: Page, act: str, password: str = PASSWORD) -> None:
    """Types the password that a binding act asks for, and presses its button."""
    page.get_by_label("Mật khẩu của thầy cô").fill(password)
    page.get_by_role("button", name=act).click()


def log_in(browser: Browser, stack: Stack, username: str, *, width: int = 1280) -> Person:
    """Logs in by the form. What the browser's console complains of is kept in `complaints`."""
    context = browser.new_context(
        viewport={"width": width, "height": 850}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    page = context.new_page()
    person = Person(username, page, stack.address, [])
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    person.go("/accounts/login/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    if username in SECOND_FACTOR_NAMES:
        give_code(page, stack, username)
    expect(page.get_by_role("heading", level=1, name="Việc của tôi")).to_be_visible()
    return person
