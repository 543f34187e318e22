"""The screens about staff, accounts, powers and their supervision."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.stack import Stack
from tests.stories.screens import TEACHER, stands_on_every_screen
from tests.stories.sheets import SECONDS

PAGES = [
    ("hieutruong", "/accounts/training/"),
    ("hieutruong", "/accounts/powers/"),
    ("phohieutruong", "/accounts/access-log/"),
    ("phohieutruong", "/accounts/access-log/?person=kh%C3%B4ng+ai"),
    ("hieutruong", "/accounts/overview/"),
    ("phohieutruong", "/approvals/audit/?code=12-AAAA-BBBB-CCCC"),
    ("phohieutruong", "/approvals/audit/classes/{class_4e}/"),
    ("phohieutruong", "/approvals/audit/classes/{class_4e}/differences/"),
    ("phohieutruong", "/gradebook/staff/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/appoint/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/stand-in/"),
    ("phohieutruong", "/gradebook/assignments/?class={class_4e}"),
    ("phohieutruong", "/gradebook/assignments/upload/"),
    ("phohieutruong", "/gradebook/assignments/{class_4e}/homeroom/"),
    ("phohieutruong", "/gradebook/duties/homeroom/{homeroom}/hand-over/"),
    ("phohieutruong", "/gradebook/grants/"),
    ("phohieutruong", "/gradebook/grants/new/"),
    ("phohieutruong", "/gradebook/groups/"),
    ("vanthu", "/gradebook/staff/{teacher}/edit/"),
    ("vanthu", "/accounts/training/"),
    ("vanthu", "/accounts/training/people/{trained}/"),
    (TEACHER, "/accounts/me/"),
    (TEACHER, "/accounts/password/"),
    (TEACHER, "/accounts/sessions/"),
    (TEACHER, "/accounts/second-factor/set-up/"),
    ("vanthu", "/accounts/me/"),
    ("vanthu", "/accounts/people/"),
    ("vanthu", "/accounts/people/{teacher}/"),
    ("vanthu", "/accounts/people/{teacher}/slip/"),
    ("vanthu", "/accounts/people/{teacher}/reopen/"),
    ("vanthu", "/accounts/people/{teacher}/release/"),
    ("vanthu", "/accounts/people/{teacher}/second-factor/"),
    ("vanthu", "/gradebook/accounts/new/"),
    ("vanthu", "/gradebook/accounts/upload/"),
    ("vanthu", "/gradebook/accounts/{teacher}/close/"),
    ("vanthu", "/accounts/backups/"),
    ("vanthu", "/accounts/system/"),
    ("phohieutruong", "/accounts/admin/"),
    ("phohieutruong", "/accounts/admin/log/"),
    (TEACHER, "/accounts/guides/"),
    (TEACHER, "/accounts/guides/homeroom/"),
]


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_the_page_stands_the_audit(audit: Callable[[str, str], None], username: str, address: str):
    audit(username, address)


def test_the_page_that_asks_for_the_password_again(application: Stack, page_of: Callable[[str], Page]):
    page = page_of("phohieutruong")
    page.goto(f"{application.address}/accounts/access-log/excel/")
    expect(page.get_by_label("Mật khẩu của thầy cô")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)


def test_the_slips_to_print(application: Stack, page_of: Callable[[str], Page]):
    page = page_of("vanthu")
    someone = application.fetch("SELECT id FROM accounts_user WHERE username = 'gvbm.theduc.2'")[0][0]
    page.goto(f"{application.address}/accounts/people/{someone}/slip/")
    page.get_by_role("button", name="Làm phiếu").click()
    expect(page.locator(".slip-code").first).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)


def test_the_dry_run_of_a_list_of_assignments(application: Stack, page_of: Callable[[str], Page]):
    page = page_of("phohieutruong")
    upload = f"{application.address}/gradebook/assignments/upload/"
    page.goto(upload)
    present = page.locator("a[href$='/present/']").first.get_attribute("href")
    answer = page.request.get(f"{application.address}{present}")
    page.get_by_label("Căn cứ").fill("Quyết định phân công")
    page.locator("main [type=file]").set_input_files(
        {"name": "phan-cong.xlsx", "mimeType": answer.headers["content-type"], "buffer": answer.body()}
    )
    page.locator("main form:has([type=file]) [type=submit]").click()
    expect(page.locator("main table").first).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
