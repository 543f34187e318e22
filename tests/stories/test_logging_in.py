"""A teacher sets up the second factor and logs in by it, by paper, and in two places; the office is led through."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import Stack
from tests.stories.people import give_code, log_in
from tests.stories.sheets import SECONDS

TEACHER = "gvcn.5c"


@dataclass(slots=True)
class Place:
    """A browser somewhere, with nobody logged in at first."""

    stack: Stack
    page: Page

    def give_password(self, username: str, path: str = "/") -> None:
        self.page.goto(f"{self.stack.address}{path}")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()

    def shows(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible(timeout=SECONDS)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.stack.address}{path}")


@pytest.fixture
def places(chromium: Browser, application: Stack) -> Iterator[list[Place]]:
    contexts = [chromium.new_context(locale="vi-VN") for _ in range(3)]
    yield [Place(application, context.new_page()) for context in contexts]
    for context in contexts:
        context.close()


def set_up(place: Place) -> list[str]:
    """Through the page, with the code that the demo shows instead of a telephone; the codes for paper."""
    code = place.page.locator("[data-demo-code]").inner_text()
    password = place.page.get_by_label("Mật khẩu của thầy cô")
    if password.count():
        password.fill(PASSWORD)
    place.page.get_by_label("Mã 6 số").fill(code)
    place.page.get_by_role("button", name="Xác nhận").click()
    place.shows("Mã dự phòng của")
    expect(place.page.get_by_role("button", name="In trang này")).to_be_visible()
    return place.page.locator(".recovery-codes code").all_inner_texts()


def test_a_teachers_second_factor_from_set_up_to_the_last_session(places: list[Place], application: Stack):
    school, home, _library = places
    school.give_password(TEACHER)
    school.page.get_by_text("Chờ tôi").wait_for()
    school.page.locator("details.account summary").click()
    school.page.get_by_role("link", name="Tài khoản của tôi").click()
    school.page.get_by_role("link", name="Bật xác thực hai lớp").click()
    codes = set_up(school)
    assert len(codes) == 10
    school.page.get_by_role("link", name="Tôi đã cất các mã").click()
    school.shows("Tài khoản của tôi")
    expect(school.page.get_by_text("còn 10 trên 10 mã")).to_be_visible()

    home.give_password(TEACHER, "/students/classes/")
    home.shows("Xác thực lớp thứ hai")
    home.page.get_by_label("Mã 6 số").fill("000000")
    home.page.get_by_role("button", name="Đăng nhập").click()
    expect(home.page.get_by_role("alert")).to_contain_text("Mã chưa đúng hoặc đã dùng rồi")
    home.page.get_by_role("link", name="Dùng mã dự phòng trên giấy").click()
    home.page.get_by_label("Mã dự phòng").fill(codes[0])
    home.page.get_by_role("button", name="Đăng nhập").click()
    home.shows("Lớp và học sinh")  # where they wanted to go, kept over both steps
    expect(home.page.locator("#messages")).to_contain_text("còn 9 mã")
    expect(home.page.locator("#messages")).to_contain_text("còn đang mở ở nơi khác")

    school.go("/")
    notice = school.page.get_by_role("link", name=re.compile("vừa được đăng nhập ở nơi khác"))
    notice.click()
    school.shows("Phiên đăng nhập của tôi")
    school.page.get_by_role("button", name="Kết thúc phiên này").click()
    expect(school.page.locator("#messages")).to_contain_text("Đã kết thúc 1 phiên")
    home.page.reload()
    expect(home.page.get_by_label("Mật khẩu")).to_be_visible(timeout=SECONDS)
    school.go("/")
    school.shows("Việc của tôi")


def test_the_code_of_the_app_lets_in(places: list[Place], application: Stack):
    """What the app shows is taken, and a second time it is not; where somebody wanted to go is kept over both steps."""
    place, again, _ = places
    place.give_password("hieutruong", "/gradebook/orders/")
    shown = place.page.locator("[data-demo-code]").inner_text()
    give_code(place.page, application, "hieutruong")
    place.shows("Lệnh mở, khoá sổ")
    again.give_password("hieutruong")
    again.page.get_by_label("Mã 6 số").fill(shown)
    again.page.get_by_role("button", name="Đăng nhập").click()
    expect(again.page.get_by_role("alert")).to_contain_text("đã dùng rồi")


def test_whoever_must_have_one_and_has_none_is_led_through_first(places: list[Place], application: Stack):
    application.fetch(
        "WITH gone AS (DELETE FROM otp_totp_totpdevice WHERE user_id ="
        " (SELECT id FROM accounts_user WHERE username = 'vanthu') RETURNING user_id)"
        " UPDATE accounts_user SET second_factor_since = NULL WHERE id IN (SELECT user_id FROM gone) RETURNING id"
    )
    place = places[0]
    place.give_password("vanthu", "/reports/prints/")
    place.shows("Đặt xác thực hai lớp")
    place.go("/reports/prints/")
    expect(place.page.get_by_label("Mật khẩu")).to_be_visible()
    place.give_password("vanthu", "/reports/prints/")
    set_up(place)
    place.page.get_by_role("link", name="Tôi đã cất các mã").click()
    place.shows("In sổ")


def test_a_password_changed_in_the_browser(chromium: Browser, application: Stack):
    person = log_in(chromium, application, "gvcn.5d")
    person.go("/accounts/password/")
    person.page.get_by_label("Mật khẩu hiện nay").fill(PASSWORD)
    person.page.get_by_label("Mật khẩu mới", exact=True).fill("bốn chiếc ô màu tím")
    person.page.get_by_label("Gõ lại mật khẩu mới").fill("bốn chiếc ô màu tím")
    person.page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(person.page.locator("#messages")).to_contain_text("Đã đổi mật khẩu")
    person.page.context.close()
