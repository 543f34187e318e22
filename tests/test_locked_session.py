"""Behind a locked screen no address does anything but unlock, log out, and answer that the screen is locked (R62)."""
# ruff: noqa: F811 - the fixture `things` is that of test_access.py

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLogEntry
from tests.accounts.telephones import code_of
from tests.gradebook.school import CONFIRMED
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    the_school,
    things,
    things_of_module,
)

pytestmark = pytest.mark.django_db

UNLOCK = reverse("accounts:unlock")
# Unlocking, locking, logging out, and the health of the server, which tells nothing of anybody.
ANSWER = {"accounts:unlock", "accounts:lock", "accounts:logout", "healthz", "readyz", "metrics"}


def locked(user):
    client = Client()
    client.force_login(user)
    client.post(reverse("accounts:lock"))
    return client


def says_locked(answer):
    return answer.status_code == 401 or (answer.status_code == 302 and answer.url.startswith(UNLOCK))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["bich", "tuan", "lan"])
def test_every_address_but_a_few_answers_that_the_screen_is_locked(things, name, method):
    """test_access.py sees to it that PAGES has every address."""
    client = locked(things.school.people[name])
    before = AccessLogEntry.objects.count()
    open_ones = {
        page.name
        for page in PAGES
        if page.name not in ANSWER
        and not says_locked(getattr(client, method)(reverse(page.name, args=page.arguments(things))))
    }
    assert open_ones == set()
    assert AccessLogEntry.objects.count() == before


def test_a_locked_screen_shows_no_secret_and_takes_no_telephone(things):
    set_up = reverse("accounts:second_factor_set_up")
    client = Client()
    client.force_login(things.school.lan)
    client.get(set_up)
    key = client.session["second_factor_key"]
    client.post(reverse("accounts:lock"))
    assert client.get(set_up).url.startswith(UNLOCK)
    assert client.post(set_up, {"code": code_of(key)}).url.startswith(UNLOCK)
    things.school.lan.refresh_from_db()
    assert things.school.lan.second_factor_since is None
    assert client.post(f"{UNLOCK}?next={set_up}", CONFIRMED).url == set_up
    assert client.get(set_up).status_code == 200


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("accounts:login", {"username": "minh", "password": "mật khẩu của Minh"}),
        ("accounts:activate", {"username": "minh", "code": "x", "password": "mật khẩu của Minh"}),
    ],
)
def test_passwords_sent_to_a_locked_screen_stand_in_no_page(things, page, typed):
    answer = locked(things.school.lan).post(reverse(page), typed, follow=True)
    assert answer.status_code == 200
    assert "mật khẩu của Minh" not in answer.content.decode()
