"""At most five failures, then a lock that grows, per account and per address (rule R62; docs/decisions/0007)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import lockout
from accounts.lockout import OF_ADDRESS
from accounts.models import AccessLogEntry, SignInFailures
from accounts.refusals import client_address
from tests.accounts.telephones import code_now, give_code, give_password, give_second_factor, is_signed_in
from tests.gradebook.school import PASSWORD

pytestmark = pytest.mark.django_db
HOME, ELSEWHERE = "10.0.0.1", "10.0.0.2"
WRONG = "sai mật khẩu rồi"


def attempt(username, password=WRONG, *, address=HOME):
    return give_password(Client(REMOTE_ADDR=address), username, password)


def fail(username, times, *, address=HOME):
    return [attempt(username, address=address).status_code for _ in range(times)]


def minutes_left(user):
    until = lockout.locked_until(user)
    return round((until - timezone.now()).total_seconds() / 60) if until else 0


def time_passes(delta):
    """All counters lie that much further back."""
    for row in SignInFailures.objects.all():
        row.since -= delta
        row.locked_until = row.locked_until and row.locked_until - delta
        row.save()


# -- The account


def test_the_fifth_failure_locks_the_account(school):
    assert fail("lan", 5) == [422, 422, 422, 422, 429]
    assert attempt("lan", PASSWORD).status_code == 429


def test_the_page_says_until_when_and_who_helps(school):
    fail("lan", 4)
    answer = attempt("lan")
    page = answer.content.decode()
    until = timezone.localtime(lockout.locked_until(school.lan))
    assert f"{until:%H:%M %d/%m/%Y}" in page
    assert "Văn thư mở khoá được ngay cho giáo viên, nhân viên; Phó Hiệu trưởng cho văn thư" in page
    assert 290 <= int(answer.headers["Retry-After"]) <= 300


def test_the_lock_is_on_record(school):
    fail("lan", 5)
    kinds = list(AccessLogEntry.objects.values_list("kind", "username"))
    assert kinds.count(("sign_in_failed", "lan")) == 5
    assert kinds.count(("locked_out", "lan")) == 1


def test_a_lock_ends_by_itself(school):
    fail("lan", 5)
    time_passes(datetime.timedelta(minutes=5, seconds=1))
    assert attempt("lan", PASSWORD).status_code == 302


def test_each_lock_is_longer_than_the_one_before(school):
    lengths = []
    for _ in range(6):
        fail("lan", 5)
        lengths.append(minutes_left(school.lan))
        time_passes(datetime.timedelta(hours=24, seconds=1))
    assert lengths == [5, 15, 60, 240, 1440, 1440]


def test_a_success_forgets_failures_and_growth(school):
    fail("lan", 5)
    time_passes(datetime.timedelta(minutes=6))
    fail("lan", 4)
    attempt("lan", PASSWORD)
    fail("lan", 5)
    assert minutes_left(school.lan) == 5


def test_attempts_during_a_lock_do_not_lengthen_it(school):
    fail("lan", 5)
    before = lockout.locked_until(school.lan)
    fail("lan", 10)
    assert lockout.locked_until(school.lan) == before


def test_the_lock_of_one_account_leaves_others_at_the_same_address_alone(school):
    fail("lan", 5)
    assert attempt("minh", PASSWORD).status_code == 302


def test_the_lock_of_an_account_holds_from_every_address(school):
    fail("lan", 3)
    fail("lan", 2, address=ELSEWHERE)
    assert attempt("lan", PASSWORD, address="10.0.0.3").status_code == 429


def test_both_names_of_an_account_share_its_counter(school):
    school.lan.second_username = "khoitruong4"
    school.lan.save()
    fail("lan", 3)
    assert fail("khoitruong4", 2) == [422, 429]


def test_an_unknown_name_is_locked_just_so(school):
    """Otherwise the lock would tell which names exist."""
    assert fail("khong.co.ai", 5) == [422, 422, 422, 422, 429]
    assert not SignInFailures.objects.filter(key__contains="khong.co.ai").exists()


def test_the_counter_of_an_unknown_name_goes_a_day_after_its_lock(school):
    fail("khong.co.ai", 5)
    fail("lan", 5)
    time_passes(datetime.timedelta(hours=23))
    attempt("ten.khac")
    names = SignInFailures.objects.filter(key__startswith="name:")
    assert names.count() == 2
    time_passes(datetime.timedelta(hours=2))
    attempt("ten.thu.ba")
    assert names.count() == 2
    assert SignInFailures.objects.filter(key=f"account:{school.lan.pk}").exists()


# -- The second factor


def test_wrong_codes_count_with_wrong_passwords(school):
    give_second_factor(school.lan)
    fail("lan", 2)
    client = Client()
    give_password(client, "lan")
    assert [give_code(client, "000000").status_code for _ in range(3)] == [422, 422, 429]
    assert give_password(client, "lan").status_code == 429


def test_a_lock_takes_the_first_step_back(school):
    give_second_factor(school.lan)
    client = Client()
    give_password(client, "lan")
    for _ in range(5):
        give_code(client, "000000")
    SignInFailures.objects.all().delete()
    give_code(client, code_now(school.lan))
    assert not is_signed_in(client)


def test_a_right_code_during_a_lock_is_not_even_tried(school):
    give_second_factor(school.lan)
    client = Client()
    give_password(client, "lan")
    fail("lan", 5)
    assert give_code(client, code_now(school.lan)).status_code == 429
    assert not is_signed_in(client)


def test_wrong_codes_on_paper_count_too(school):
    give_second_factor(school.lan)
    client = Client()
    give_password(client, "lan")
    page = reverse("accounts:recovery_code")
    assert [client.post(page, {"code": "aaaa-aaaa-aaaa"}).status_code for _ in range(5)][-1] == 429


def test_the_right_password_before_a_wrong_code_forgets_nothing(school):
    give_second_factor(school.lan)
    for _ in range(4):
        client = Client()
        give_password(client, "lan")
        give_code(client, "000000")
    give_password(client, "lan")
    assert give_code(client, "000000").status_code == 429


# -- The address


def test_an_address_is_locked_only_by_many_failures(school):
    for number in range(OF_ADDRESS.failures - 1):
        assert attempt(f"ten.thu.{number}").status_code == 422
    assert attempt("ten.cuoi").status_code == 429
    assert "địa chỉ mạng này" in attempt("lan", PASSWORD).content.decode().lower()
    assert attempt("lan", PASSWORD, address=ELSEWHERE).status_code == 302


def test_an_hour_without_many_failures_begins_the_address_anew(school):
    for number in range(OF_ADDRESS.failures - 1):
        attempt(f"ten.thu.{number}")
    time_passes(datetime.timedelta(hours=1, seconds=1))
    assert attempt("ten.cuoi").status_code == 422


def test_a_log_in_does_not_clear_the_way_for_attempts_on_others(school):
    attempt("ten.thu")
    attempt("lan", PASSWORD)
    assert SignInFailures.objects.get(key=f"address:{HOME}").failures == 1


# -- Release


# The keeper of each account, as for its password.
KEEPERS = {"lan": "tuan", "dung": "tuan", "son": "tuan", "tuan": "hoa", "bich": "hoa", "hoa": "bich"}


@pytest.mark.parametrize("person", KEEPERS)
def test_the_keeper_of_an_account_releases_its_lock(school, person):
    fail(person, 5)
    concerned, helper = school.people[person], school.people[KEEPERS[person]]
    assert lockout.release_lock(concerned, by=helper)
    assert lockout.locked_until(concerned) is None
    entry = AccessLogEntry.objects.get(kind="lock_released")
    assert (entry.user, entry.detail) == (helper, f"Mở khoá cho {concerned} ({person})")


def test_the_act_and_the_page_let_the_same_people_in(school):
    for person, keeper in KEEPERS.items():
        for name, helper in school.people.items():
            client = Client()
            client.force_login(helper)
            page = client.get(reverse("accounts:release", args=[school.people[person].pk])).status_code
            assert (page == 200) is (name == keeper), (name, person)


@pytest.mark.parametrize(
    ("helper", "person"),
    [("minh", "lan"), ("dung", "lan"), ("son", "lan"), ("hoa", "lan"), ("tuan", "hoa"), ("tuan", "tuan")],
)
def test_nobody_else_does_and_nobody_their_own(school, helper, person):
    fail(person, 5)
    with pytest.raises(PermissionDenied):
        lockout.release_lock(school.people[person], by=school.people[helper])
    assert lockout.locked_until(school.people[person])


def test_the_server_keeps_a_way_out_for_when_nobody_gets_in(school, capsys):
    fail("lan", 5)
    call_command("axes_reset_username", "lan")
    assert attempt("lan", PASSWORD).status_code == 302


# -- Address and cost


@pytest.mark.parametrize(
    ("behind_proxy", "header", "address"),
    [
        (False, "1.2.3.4", HOME),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "nonsense\x00", HOME),
        (True, "", HOME),
    ],
)
def test_the_address_is_the_browsers_behind_our_proxy_and_never_what_a_browser_claims(
    settings, behind_proxy, header, address
):
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header}, REMOTE_ADDR=HOME)
    assert client_address(request) == address


def test_the_guards_of_the_log_in_cost_a_page_no_statement(school, client, django_assert_num_queries):
    """Session, person and what the page itself needs: nothing of axes, otp or the list of sessions."""
    client.force_login(school.lan)
    client.get("/accounts/powers/")
    with django_assert_num_queries(3):
        client.get("/accounts/powers/")
    another = Client()
    give_second_factor(school.lan)
    give_password(another, "lan")
    give_code(another, code_now(school.lan))
    another.get("/accounts/powers/")
    with django_assert_num_queries(3):
        another.get("/accounts/powers/")
