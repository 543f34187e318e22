"""The screens about staff, accounts, powers and their supervision."""

from collections.abc import Callable

import pytest

from tests.stories.screens import TEACHER

PAGES = [
    ("hieutruong", "/accounts/training/"),
    ("hieutruong", "/accounts/powers/"),
    ("phohieutruong", "/accounts/access-log/"),
    ("phohieutruong", "/accounts/access-log/?person=kh%C3%B4ng+ai"),
    ("hieutruong", "/accounts/overview/"),
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
    ("phohieutruong", "/accounts/admin/"),
    ("phohieutruong", "/accounts/admin/log/"),
    (TEACHER, "/accounts/guides/"),
    (TEACHER, "/accounts/guides/homeroom/"),
]


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_the_page_stands_the_audit(audit: Callable[[str, str], None], username: str, address: str):
    audit(username, address)
