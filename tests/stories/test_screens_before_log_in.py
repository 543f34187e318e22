"""The screens before the log-in is complete."""

from playwright.sync_api import Browser, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import Stack
from tests.stories.screens import faults, stands_on_every_screen
from tests.stories.sheets import SECONDS


def test_the_audit_finds_what_is_wrong(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    page.evaluate(
        """() => {
            document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="data:,"><input name="x">');
            document.querySelector('h1').id = 'id_username';
        }"""
    )
    assert {each.split(":")[0] for each in faults(page)} >= {"image-alt", "label"}
    page.close()


def test_the_log_in_page_also_when_it_refuses(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    stands_on_every_screen(page)
    page.get_by_label("Tên đăng nhập").fill("vanthu")
    page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


def test_the_pages_of_the_second_step(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    page.get_by_label("Tên đăng nhập").fill("phohieutruong")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mã 6 số").fill("000000")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.get_by_role("link", name="mã dự phòng").click()
    expect(page.get_by_label("Mã dự phòng")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


def test_the_page_of_a_lock(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    for _ in range(5):
        page.get_by_label("Tên đăng nhập").fill("khong.co.ai")
        page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
        page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Tạm khoá đăng nhập")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


def test_the_page_of_a_slip_in_hand(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/activate/")
    stands_on_every_screen(page)
    page.close()
