"""Logging in by name and password, each attempt on record (rule R60)."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from accounts import sign_in
from accounts.models import AccessLogEntry, User
from tests.accounts.telephones import code_now, give_code, give_password, give_second_factor, is_signed_in
from tests.gradebook.school import PASSWORD

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("typed", ["LAN", "Lan", "KhoiTruong1"])
def test_a_name_is_the_same_in_large_letters(school, typed):
    User.objects.filter(pk=school.lan.pk).update(second_username="khoitruong1")
    assert log_in(typed).headers["Location"] == "/"
    assert last_entry() == ("signed_in", "lan")


@pytest.mark.parametrize("typed", ["mùa thu hoa sữa đầu ngõ", "khong.co.ai"])
def test_what_is_typed_as_a_name_and_is_none_is_not_kept(school, typed):
    for _ in range(6):
        log_in(typed, "sai")
    assert set(AccessLogEntry.objects.values_list("username", flat=True)) == {"tên không có thật"}
    assert {entry.address for entry in AccessLogEntry.objects.all()} == {"127.0.0.1"}


def test_a_closed_account_does_not_get_in(school):
    school.lan.is_active = False
    school.lan.save()
    answer = log_in("lan")
    assert answer.status_code == 422
    assert "Tài khoản đã ngừng dùng" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_logging_in_never_leads_to_another_host(school, elsewhere):
    assert log_in("lan", next=elsewhere).headers["Location"] == "/"


def test_odd_names_do_not_break_the_log(school):
    answer = log_in("a\x00b" * 200)
    assert answer.status_code == 422
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


# -- Two steps


@pytest.fixture
def two_steps(school):
    """Cô Bích, who logs in with a second factor."""
    give_second_factor(school.bich)
    return school


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(two_steps, client):
    answer = give_password(client, "bich")
    assert answer.headers["Location"] == reverse("accounts:code")
    assert not is_signed_in(client)
    assert "_auth_user_id" not in client.session


def test_the_code_completes_the_log_in(two_steps, client):
    give_password(client, "bich")
    assert give_code(client, code_now(two_steps.bich)).headers["Location"] == "/"
    assert is_signed_in(client)
    assert last_entry() == ("signed_in", "bich")


def test_where_somebody_wanted_to_go_survives_both_steps(two_steps, client):
    give_password(client, "bich", next="/gradebook/orders/")
    answer = give_code(client, code_now(two_steps.bich))
    assert answer.headers["Location"] == "/gradebook/orders/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_no_step_leads_to_another_host(two_steps, client, elsewhere):
    give_password(client, "bich", next=elsewhere)
    answer = client.post(
        f"{reverse('accounts:code')}?next={elsewhere}", {"code": code_now(two_steps.bich), "next": elsewhere}
    )
    assert answer.headers["Location"] == "/"


def test_where_to_go_is_asked_again_at_the_end(two_steps, client):
    """Even an address that got into the session some other way leads nowhere else."""
    give_password(client, "bich")
    session = client.session
    session[sign_in.PENDING] |= {"next": "https://evil.example/"}
    session.save()
    assert give_code(client, code_now(two_steps.bich)).headers["Location"] == "/"


def test_the_key_of_the_session_changes_at_each_step(two_steps, client):
    """A key that somebody planted before is worth nothing after."""
    session = client.session
    session["planted"] = True
    session.save()
    keys = [session.session_key]
    give_password(client, "bich")
    keys.append(client.session.session_key)
    give_code(client, code_now(two_steps.bich))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_a_forged_person_in_the_request_changes_nothing(two_steps, client):
    give_second_factor(two_steps.tuan)
    give_password(client, "bich")
    tuans = {"code": code_now(two_steps.tuan), "user": two_steps.tuan.pk, "signing_in": two_steps.tuan.pk}
    assert client.post(reverse("accounts:code"), tuans).status_code == 422
    assert not is_signed_in(client)


def test_the_second_step_without_the_first_leads_to_the_first(two_steps, client):
    for page in ("accounts:code", "accounts:recovery_code", "accounts:second_factor_set_up"):
        answer = client.post(reverse(page), {"code": code_now(two_steps.bich)})
        assert answer.headers["Location"].startswith(reverse("accounts:login"))


def test_the_first_step_counts_for_ten_minutes(two_steps, client):
    give_password(client, "bich")
    session = client.session
    session[sign_in.PENDING] |= {"until": session[sign_in.PENDING]["until"] - sign_in.PENDING_SECONDS - 1}
    session.save()
    assert give_code(client, code_now(two_steps.bich)).headers["Location"] == reverse("accounts:login")
    assert not is_signed_in(client)


def test_the_first_step_counts_no_more_when_the_password_was_changed_meanwhile(two_steps, client):
    give_password(client, "bich")
    two_steps.bich.set_password("một mật khẩu khác hẳn")
    two_steps.bich.save()
    give_code(client, code_now(two_steps.bich))
    assert not is_signed_in(client)


def test_an_account_closed_between_the_steps_does_not_get_in(two_steps, client):
    give_second_factor(two_steps.hoa)
    give_password(client, "hoa")
    two_steps.hoa.is_active = False
    two_steps.hoa.save()
    give_code(client, code_now(two_steps.hoa))
    assert not is_signed_in(client)


def test_a_right_guess_that_overtakes_the_lock_does_not_get_in(school, client):
    """Many guesses at the same moment are all checked before the fifth wrong one has locked the account."""
    request = client.get(reverse("accounts:login")).wsgi_request
    for _ in range(5):
        log_in("lan", "sai mật khẩu")
    sign_in.complete_sign_in(request, school.lan)
    assert not request.user.is_authenticated


def test_every_step_wants_the_token_of_its_form(two_steps):
    client = Client(enforce_csrf_checks=True)
    for page in (
        "accounts:login",
        "accounts:code",
        "accounts:recovery_code",
        "accounts:second_factor_set_up",
    ):
        assert client.post(reverse(page), {"username": "bich", "password": PASSWORD}).status_code == 403


def test_pages_of_the_log_in_are_kept_by_nobody(two_steps, client):
    give_password(client, "bich")
    assert "no-store" in client.get(reverse("accounts:code")).headers["Cache-Control"]


def test_a_log_in_notes_its_moment_without_a_row_of_history(school):
    before = school.lan.history.count()
    log_in("lan")
    school.lan.refresh_from_db()
    assert school.lan.last_login is not None
    assert school.lan.history.count() == before


def test_a_second_log_in_of_the_same_browser_ends_the_first(school, client):
    give_password(client, "lan")
    request_of_activation = client.get("/").wsgi_request
    sign_in.continue_sign_in(request_of_activation, school.minh)
    row = school.lan.signed_in_sessions.get()
    assert (row.ended_how, row.ended_by) == ("replaced", school.lan)
