"""The machine's own clock decides nothing: it may jump, and nobody is logged out, and no row gets another time."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts import clock
from accounts.models import AccessLogEntry
from tests.accounts.telephones import give_password, is_signed_in
from tests.gradebook.school import School

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


OFF = pytest.mark.parametrize("off", [DAY, -DAY], ids=["a day ahead", "a day back"])


def jump(monkeypatch: pytest.MonkeyPatch, off: datetime.timedelta) -> None:
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + off)


@OFF
def test_the_time_is_the_databases_also_between_two_questions(off, monkeypatch, django_assert_num_queries):
    jump(monkeypatch, off)
    told = clock.now()
    with django_assert_num_queries(0):
        shown = clock.stamp()
    assert datetime.timedelta(0) <= shown - told < datetime.timedelta(seconds=5)


def test_a_process_that_has_not_asked_yet_asks_once(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(clock, "_last_told", None)
    with django_assert_num_queries(1):
        first, second = clock.stamp(), clock.stamp()
    assert datetime.timedelta(0) <= second - first < datetime.timedelta(seconds=5)


@OFF
def test_a_log_in_where_the_clock_is_off_leaves_everybody_else_logged_in(off, school: School, monkeypatch):
    working, other = Client(), Client()
    give_password(working, school.lan.username)
    jump(monkeypatch, off)
    give_password(other, school.minh.username)
    assert (is_signed_in(working), is_signed_in(other)) == (True, True)
    apart = [abs(entry.at - clock.now()) for entry in AccessLogEntry.objects.all()]
    assert max(apart) < datetime.timedelta(minutes=5)
