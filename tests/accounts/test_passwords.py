"""What a password must be, for whom, and how one changes it (rule R62)."""

import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLogEntry, User
from accounts.words import folded
from tests.accounts.telephones import give_password, is_signed_in
from tests.gradebook.school import PASSWORD

NEW = "bốn chiếc ô màu tím"


def person(*, second_factor=False):
    return User(
        username="gvcn.4a",
        second_username="khoitruong4",
        staff_code="CB0123",
        full_name="Nguyễn Thị Thanh Hương",
        birth_date=datetime.date(1985, 3, 12),
        phone="0918 450 967",
        email="thanhhuong.nguyen@kimdong.example",
        second_factor_since=timezone.now() if second_factor else None,
    )


def refused(password, user=None):
    """The reasons, by code."""
    try:
        validate_password(password, user or person())
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "second_factor", "is_long_enough"),
    [
        ("mưa ngâu 13kt", False, False),
        ("mưa ngâu 14 kt", False, True),
        ("hồ cá 7", True, False),
        ("hồ cá 8k", True, True),
    ],
)
def test_fourteen_characters_alone_or_eight_with_a_second_factor(password, second_factor, is_long_enough):
    reasons = refused(password, person(second_factor=second_factor))
    assert ("password_too_short" not in reasons) is is_long_enough


@pytest.mark.parametrize(
    "password",
    [
        "bốn chiếc ô màu tím",
        "correct horse battery",
        "chè đậu đen 12 giờ",
        "Trời-mưa-rồi-lại-tạnh",
        "gq7#Lm2!pXv9zRt",
    ],
)
def test_good_passwords_pass(password):
    assert refused(password) == set()


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456789",
        "Mậtkhẩu2026@2027",
        "kimdong123456789",
        "12345678901234567",
        "qwertyuiopasdfghjkl",
        "1qaz2wsx1qaz2wsx",
        "aaaaaaaaaaaaaaaaaa",
        "anhyeuem01011990",
        "giaovien.vietnam.2026",
        "abcdefghijklmnopqrst",
    ],
)
def test_what_everybody_tries_first_is_refused(password):
    assert "password_predictable" in refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "nguyenthithanhhuong",
        "Nguyễn Thị Thanh Hương",
        "thanhhuong12031985",
        "huongnguyenthithanh",
        "gvcn.4a.khoitruong4",
        "CB0123 CB0123 CB0123",
        "0918450967.huong.85",
    ],
)
def test_ones_own_name_numbers_and_birthday_are_refused(password):
    assert "password_predictable" in refused(password)


def test_somebody_elses_name_is_not_known_to_be_one():
    assert refused("lê văn tám và các bạn") == set()


def test_the_first_twenty_thousand_are_refused():
    assert "password_too_common" in refused("trustno1", person(second_factor=True))


def test_every_reason_is_said_in_vietnamese_with_the_remedy():
    with pytest.raises(ValidationError) as caught:
        validate_password("123456", person())
    words = " ".join(caught.value.messages)
    assert "cần ít nhất 14" in words
    assert "Ghép vài từ không liên quan" in words
    assert "Xin chọn mật khẩu khác" in words
    assert "password" not in words


def test_letters_are_compared_without_diacritics():
    assert folded("Nguyễn Đức Ưởng") == "nguyen duc uong"


# -- The page


@pytest.fixture
def lan(school, client):
    give_password(client, "lan")
    return school.lan


def change(client, current=PASSWORD, new=NEW, again=None):
    return client.post("/accounts/password/", {"current": current, "new": new, "again": again or new})


def test_a_new_password_holds_from_now_on(lan, client):
    assert change(client).headers["Location"] == "/accounts/me/"
    assert is_signed_in(client)
    old, new = Client(), Client()
    give_password(old, "lan")
    give_password(new, "lan", NEW)
    assert (is_signed_in(old), is_signed_in(new)) == (False, True)


def test_a_change_is_on_record_without_the_password(lan, client):
    change(client)
    lan.refresh_from_db()
    row = lan.history.first()
    assert lan.password_changed_at is not None
    assert (row.history_change_reason, row.history_user, row.source) == ("Tự đổi mật khẩu", lan, "page")
    assert not hasattr(row, "password")
    assert AccessLogEntry.objects.latest("pk").kind == "password_changed"
    assert "đổi hôm nay" in client.get("/accounts/me/").content.decode()


def test_a_change_ends_all_other_sessions_and_renews_the_key_of_this_one(lan, client):
    other = Client()
    give_password(other, "lan")
    key = client.session.session_key
    answer = client.post("/accounts/password/", {"current": PASSWORD, "new": NEW, "again": NEW}, follow=True)
    assert "Đã kết thúc 1 phiên đăng nhập khác" in answer.content.decode()
    assert not is_signed_in(other)
    assert client.session.session_key != key
    assert "phiên này" in client.get("/accounts/sessions/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "sai rồi"}, "Mật khẩu hiện nay chưa đúng"),
        ({"new": "ngắn"}, "cần ít nhất 14"),
        ({"new": PASSWORD}, "trùng mật khẩu đang dùng"),
        ({"again": "một câu khác hẳn"}, "không giống nhau"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(lan, client, typed, words):
    answer = change(client, **typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


def test_guessing_the_old_password_runs_into_the_lock(lan, client):
    assert [change(client, "sai").status_code for _ in range(5)] == [422, 422, 422, 422, 429]
    assert change(client).status_code == 429
