"""Limits on costly pages: nobody honest meets them; who does is told until when, and loses nothing typed."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLogEntry, RateCount
from accounts.rate_limit import _count
from tests.at_once import at_once
from tests.gradebook.school import make_school

LOG = "/accounts/access-log/"


def pressed(user, act, times):
    """As if the person had done it that often in the span that began a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_ratecount VALUES (%s, clock_timestamp() - interval '1 minute', %s)",
            [f"{act}:{user.pk}", times],
        )


@pytest.mark.django_db
def test_the_last_allowed_time_goes_and_the_next_is_told_until_when(client):
    school = make_school()
    client.force_login(school.hoa)
    pressed(school.hoa, "access_log", 119)
    assert client.get(LOG).status_code == 200
    refused = client.get(LOG, {"person": "lan"})
    assert refused.status_code == 429
    assert 235 <= int(refused["Retry-After"]) <= 241
    page = refused.content.decode()
    assert "Làm tiếp được từ" in page
    assert 'href="/accounts/access-log/?person=lan"' in page
    client.get(LOG)
    assert list(AccessLogEntry.objects.values_list("kind", "detail")) == [
        ("limited", "Quá 120 lần trong 5 phút: tìm trong nhật kí truy cập")
    ]


@pytest.mark.django_db
def test_another_person_and_a_later_hour_are_free_again(client):
    school = make_school()
    pressed(school.hoa, "access_log", 500)
    client.force_login(school.bich)
    assert client.get(LOG).status_code == 200
    RateCount.objects.update(began_at="2026-01-01T00:00Z")
    client.force_login(school.hoa)
    assert client.get(LOG).status_code == 200
    assert RateCount.objects.get(subject=f"access_log:{school.hoa.pk}").times == 1


@pytest.mark.django_db
def test_a_form_that_comes_too_often_can_be_sent_again_as_it_was_typed(client):
    school = make_school()
    client.force_login(school.tuan)
    pressed(school.tuan, "print_ask", 300)
    typed = {"book": "hocba", "school_class": str(school.class_4a.pk), "period": "CN", "password": "bí mật"}
    page = client.post(reverse("reports:prints"), typed).content.decode()
    assert f'name="school_class" value="{school.class_4a.pk}"' in page
    assert 'name="book" value="hocba"' in page
    assert "bí mật" not in page
    assert "Gửi lại" in page


@pytest.mark.django_db
def test_counting_is_one_statement(client):
    school = make_school()
    client.force_login(school.hoa)
    with CaptureQueriesContext(connection) as captured:
        client.get(LOG)
    assert sum("accounts_ratecount" in each["sql"] for each in captured) == 1


@pytest.mark.usefixtures("committed")
def test_requests_at_the_same_moment_are_all_counted():
    at_once(*[lambda: _count("x:1", datetime.timedelta(minutes=5))] * 8)
    assert RateCount.objects.get(subject="x:1").times == 8
