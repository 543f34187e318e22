"""People of the demo school in the browser: each has a context, and so a session, of their own."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from kimdong.demo.accounts import PASSWORD
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


def confirm(page: Page, act: str) -> None:
    """Types the password that a binding act asks for, and presses its button."""
    page.get_by_label("Mật khẩu của thầy cô").fill(PASSWORD)
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
    expect(page.get_by_role("heading", level=1, name="Việc của tôi")).to_be_visible()
    return person
