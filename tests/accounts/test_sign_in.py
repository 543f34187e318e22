"""Logging in by name and password, each attempt on record (rule R60)."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLogEntry
from tests.gradebook.school import PASSWORD, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make_school()


def log_in(username, password=PASSWORD, **more):
    return Client().post(reverse("accounts:login"), {"username": username, "password": password, **more})


def last_entry():
    entry = AccessLogEntry.objects.latest("pk")
    return (entry.kind, entry.username)


def test_a_right_password_leads_to_what_waits_for_the_person(school):
    assert log_in("lan").headers["Location"] == "/"
    assert last_entry() == ("signed_in", "lan")


def test_a_wrong_password_is_refused_in_words_that_help_and_is_on_record(school):
    answer = log_in("lan", "sai mật khẩu rồi đấy")
    assert "Kiểm tra bộ gõ tiếng Việt" in answer.content.decode()
    assert last_entry() == ("sign_in_failed", "lan")


def test_an_unknown_name_gets_the_same_words(school):
    known, unknown = log_in("lan", "sai"), log_in("khong.co.ai", "sai")
    message = "Tên đăng nhập hoặc mật khẩu chưa đúng"
    assert message in known.content.decode()
    assert message in unknown.content.decode()


def test_a_person_with_two_duties_logs_in_by_either_name_to_one_account(school):
    school.dung.second_username = "khoitruong4"
    school.dung.save()
    client = Client()
    client.post(reverse("accounts:login"), {"username": "khoitruong4", "password": PASSWORD})
    assert client.get("/").context["user"] == school.dung
    assert last_entry() == ("signed_in", "dung")


def test_a_closed_account_does_not_get_in(school):
    school.lan.is_active = False
    school.lan.save()
    assert log_in("lan").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_logging_in_never_leads_to_another_host(school, elsewhere):
    assert log_in("lan", next=elsewhere).headers["Location"] == "/"


def test_odd_names_do_not_break_the_log(school):
    answer = log_in("a\x00b" * 200)
    assert answer.status_code == 200
    assert AccessLogEntry.objects.latest("pk").kind == "sign_in_failed"


def test_logging_out_takes_a_form_not_a_link(school):
    client = Client()
    client.force_login(school.lan)
    assert client.get(reverse("accounts:logout")).status_code == 405
    client.post(reverse("accounts:logout"))
    assert client.get("/").status_code == 302


def test_passwords_are_kept_by_argon2(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert make_password("một mật khẩu").startswith("argon2$argon2id$")


def test_every_page_carries_the_strict_policy(school):
    client = Client()
    client.force_login(school.lan)
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
