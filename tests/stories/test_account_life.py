"""The clerk makes an account and prints its slip; the person sets the password in another browser (rule R60)."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.people import log_in
from tests.stories.sheets import SECONDS

PICTURES = Path(os.environ.get("KIMDONG_PICTURES", tempfile.gettempdir()))
NEW_PASSWORD = "mùa thu hoa sữa đầu ngõ"


def test_from_the_form_to_the_first_page_of_a_new_colleague(application: Stack, chromium: Browser):
    clerk = log_in(chromium, application, "vanthu")
    page = clerk.page
    clerk.go("/accounts/people/")
    page.get_by_role("link", name="Thêm tài khoản").click()
    page.get_by_label("Mã cán bộ").fill("CB0999")
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Hồng Hạnh")
    page.get_by_role("button", name="Tạo tài khoản").click()
    expect(page.get_by_text("Chưa kích hoạt").first).to_be_visible(timeout=SECONDS)
    page.get_by_role("link", name="Làm phiếu kích hoạt").click()
    page.get_by_role("button", name="Làm phiếu").click()
    expect(page.locator(".slip-code")).to_have_count(2, timeout=SECONDS)
    username, code = page.locator(".slip-code").all_inner_texts()
    assert username == "hanh.nth"
    page.emulate_media(media="print")
    page.screenshot(path=PICTURES / "slip.png")
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    page.emulate_media(media="screen")

    context = chromium.new_context(viewport={"width": 390, "height": 850}, locale="vi-VN")
    newcomer = context.new_page()
    newcomer.goto(f"{application.address}/accounts/login/")
    newcomer.get_by_role("link", name="Có phiếu kích hoạt").click()
    newcomer.get_by_label("Tên đăng nhập").fill(username)
    newcomer.get_by_label("Mã kích hoạt").fill(code.lower())
    newcomer.get_by_label("Mật khẩu mới", exact=True).fill(NEW_PASSWORD)
    newcomer.get_by_label("Gõ lại mật khẩu mới").fill(NEW_PASSWORD)
    newcomer.get_by_role("button", name="Đặt mật khẩu và đăng nhập").click()
    expect(newcomer.get_by_role("heading", level=1, name="Việc của tôi")).to_be_visible()
    context.close()

    clerk.go("/accounts/people/?search=hanh.nth")
    expect(page.get_by_role("row", name="Nguyễn Thị Hồng Hạnh")).to_contain_text("Đang dùng")
    assert clerk.complaints == []
    page.context.close()
