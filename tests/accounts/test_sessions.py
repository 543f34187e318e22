"""Where one is signed in: seen, shown on both sides when twice, ended at once (PLAN IV; rule R60)."""

import datetime

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import clock, idle_lock, sessions
from accounts.devices import device_words
from accounts.models import AccessLogEntry, SignedInSession
from tests.accounts.telephones import give_password, is_signed_in

pytestmark = pytest.mark.django_db
LIST = "/accounts/sessions/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
)


def sign_in(username, agent=EDGE, address="10.0.0.1"):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    give_password(client, username)
    return client


def text(client, path="/"):
    return client.get(path).content.decode()


def row_of(client):
    return SignedInSession.objects.get(pk=client.session[sessions.OWN_ROW])


def minutes_pass(client):
    """As if this session had last been seen a while ago."""
    session = client.session
    session["seen_at"] -= idle_lock.WRITES_AFTER
    session.save()


# -- On record


def test_a_log_in_is_listed_with_device_address_and_time(school):
    client = sign_in("lan", IPHONE)
    page = text(client, LIST)
    assert "Safari trên iPhone" in page
    assert "địa chỉ 10.0.0.1" in page
    assert "phiên này" in page


def test_the_key_of_a_session_is_not_kept(school):
    client = sign_in("lan")
    assert row_of(client).key_hash != client.session.session_key
    assert row_of(client).key_hash == sessions.hash_of(client.session.session_key)


def test_a_log_out_ends_it_on_record(school):
    client = sign_in("lan")
    row = row_of(client)
    client.post("/accounts/logout/")
    row.refresh_from_db()
    assert (row.ended_how, row.ended_by) == ("signed_out", school.lan)


def test_a_session_whose_time_ran_out_is_listed_as_ended(school):
    old = sign_in("lan")
    row = row_of(old)
    Session.objects.filter(session_key=old.session.session_key).delete()
    text(sign_in("lan"), LIST)
    row.refresh_from_db()
    assert (row.ended_how, row.ended_at) == ("expired", row.last_seen_at)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge trên Windows"),
        (IPHONE, "Safari trên iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome trên Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Firefox/133.0", "Firefox trên máy Mac"),
        (
            "Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/128.0 Chrome/122.0 Safari/537.36",
            "Cốc Cốc trên Windows",
        ),
        ("curl/8.5", "Trình duyệt khác"),
        ("", "Trình duyệt khác"),
    ],
)
def test_a_browser_is_named_in_words_that_its_owner_recognises(agent, words):
    assert device_words(agent) == words


# -- Seen


def test_it_is_noted_once_a_minute_that_a_session_is_in_use(school):
    client = sign_in("lan")
    first = row_of(client).last_seen_at
    text(client)
    assert row_of(client).last_seen_at == first
    minutes_pass(client)
    text(client)
    assert row_of(client).last_seen_at > first


def test_the_note_takes_one_statement_beside_the_sessions_own(school, django_assert_num_queries):
    client = sign_in("lan")
    text(client, "/accounts/powers/")
    with django_assert_num_queries(3):
        text(client, "/accounts/powers/")
    minutes_pass(client)
    with django_assert_num_queries(3 + 1 + 2):  # the session's row is held and written
        text(client, "/accounts/powers/")
    with django_assert_num_queries(3):
        text(client, "/accounts/powers/")


# -- Twice at once


def test_the_new_session_is_told_of_the_old_one(school):
    sign_in("lan", IPHONE, "10.0.0.7")
    page = text(sign_in("lan"))
    assert "Tài khoản này còn đang mở ở nơi khác: Safari trên iPhone, địa chỉ 10.0.0.7" in page


def test_several_open_sessions_make_one_notice_that_says_when_the_last_was_seen(school):
    sign_in("lan", IPHONE, "10.0.0.7")
    sign_in("lan", EDGE, "10.0.0.8")
    page = text(sign_in("lan"))
    assert page.count("còn đang mở ở nơi khác") == 1
    assert "địa chỉ 10.0.0.8" in page
    assert ", và 1 phiên khác. Nếu không phải" in page


def test_a_session_not_seen_for_twelve_hours_is_not_warned_of(school):
    old = sign_in("lan", IPHONE)
    SignedInSession.objects.filter(pk=row_of(old).pk).update(
        last_seen_at=clock.stamp() - datetime.timedelta(hours=12)
    )
    assert "đang mở ở nơi khác" not in text(sign_in("lan"))
    assert not AccessLogEntry.objects.filter(kind="second_session").exists()


def test_the_old_session_is_told_of_the_new_one_until_it_has_looked(school):
    old = sign_in("lan", IPHONE)
    assert "vừa được đăng nhập ở nơi khác" not in text(old)
    sign_in("lan", EDGE, "10.0.0.9")
    for _ in range(2):
        assert "vừa được đăng nhập ở nơi khác: Edge trên Windows, địa chỉ 10.0.0.9" in text(old)
    text(old, LIST)
    assert "vừa được đăng nhập ở nơi khác" not in text(old)


def test_the_notice_costs_no_statement(school, django_assert_num_queries):
    old = sign_in("lan", IPHONE)
    sign_in("lan")
    text(old, "/accounts/powers/")
    with django_assert_num_queries(3):
        assert "vừa được đăng nhập" in text(old, "/accounts/powers/")


def test_it_is_on_record(school):
    sign_in("lan", IPHONE, "10.0.0.7")
    sign_in("lan")
    entry = AccessLogEntry.objects.get(kind="second_session")
    assert entry.user == school.lan
    assert "Safari trên iPhone, địa chỉ 10.0.0.7" in entry.detail


def test_a_single_session_is_told_nothing(school):
    sign_in("minh")
    assert "nơi khác" not in text(sign_in("lan"))
    assert not AccessLogEntry.objects.filter(kind="second_session").exists()


# -- Ended


def test_ending_another_session_takes_effect_on_its_next_request(school):
    old, new = sign_in("lan", IPHONE), sign_in("lan")
    new.post(f"{LIST}{row_of(old).pk}/end/")
    assert not is_signed_in(old)
    assert is_signed_in(new)
    row = SignedInSession.objects.get(device="Safari trên iPhone")
    assert (row.ended_how, row.ended_by) == ("by_self", school.lan)
    assert AccessLogEntry.objects.latest("pk").kind == "session_ended"


def test_ending_all_others_leaves_this_one(school):
    others = [sign_in("lan"), sign_in("lan", IPHONE), sign_in("minh")]
    this = sign_in("lan")
    this.post(f"{LIST}end-others/")
    assert [is_signed_in(client) for client in [*others, this]] == [False, False, True, True]


def test_nobody_ends_a_session_of_somebody_else(school):
    minhs, lans = sign_in("minh"), sign_in("lan")
    assert lans.post(f"{LIST}{row_of(minhs).pk}/end/").status_code == 403
    assert is_signed_in(minhs)


def test_this_session_is_not_ended_here(school):
    client = sign_in("lan")
    client.post(f"{LIST}{row_of(client).pk}/end/")
    assert is_signed_in(client)


def test_ending_takes_a_form_not_a_link(school):
    client = sign_in("lan")
    assert client.get(f"{LIST}{row_of(client).pk}/end/").status_code == 405
    assert client.get(f"{LIST}end-others/").status_code == 405


def test_the_office_ends_all_sessions_of_a_person(school):
    clients = [sign_in("lan"), sign_in("lan", IPHONE)]
    assert sessions.end_sessions(school.lan, by=school.tuan) == 2
    assert not any(is_signed_in(client) for client in clients)
    assert "nhà trường kết thúc (" in text(sign_in("lan"), LIST)


def test_a_request_under_way_does_not_bring_an_ended_session_back(school):
    client = sign_in("lan")
    store = client.session
    store["seen_at"] = 0
    sessions.end_sessions(school.lan, by=school.tuan)
    with pytest.raises(UpdateError):
        store.save()
    assert not is_signed_in(client)


# -- The page costs the same with many sessions


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_takes_the_same_statements_for_few_and_many(school, count, django_assert_num_queries):
    clients = [sign_in("lan") for _ in range(count)]
    text(clients[-1], LIST)
    with django_assert_num_queries(6):
        text(clients[-1], LIST)


def test_the_account_page_shows_who_i_am_and_where_to_change_it(school):
    page = text(sign_in("lan"), "/accounts/me/")
    assert school.lan.staff_code in page
    assert "chỉ mở ở đây" in page
    assert "Bật xác thực hai lớp" in page
    assert 'href="/accounts/password/"' in page
    assert 'href="/accounts/me/"' in text(sign_in("lan"))
