"""The second factor: set up, used once per code, replaced by codes on paper, taken away (rule R62)."""

import os
import re
import subprocess
import sys
import time
from base64 import b32decode

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import AccessLogEntry
from tests.accounts.telephones import (
    STEP,
    code_now,
    code_of,
    give_code,
    give_password,
    give_second_factor,
    is_signed_in,
)
from tests.gradebook.school import CONFIRMED, PASSWORD

pytestmark = pytest.mark.django_db
SET_UP = "/accounts/second-factor/set-up/"
CODE_ON_PAPER = re.compile(r"(?!data-)\b[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}\b")


@pytest.fixture
def lan(school, client):
    client.force_login(school.lan)
    return school.lan


def key_on_page(page):
    """The secret as somebody types it into the app."""
    words = re.search(r'key-words">([A-Z2-7 ]+)<', page.content.decode())[1]
    return b32decode(words.replace(" ", "")).hex()


def set_up(client):
    """Through the page, as a person does; the answer with the codes."""
    key = key_on_page(client.get(SET_UP))
    return client.post(SET_UP, {"code": code_of(key), **CONFIRMED})


# -- Setting up


def test_a_teacher_sets_it_up_and_gets_ten_codes_for_paper(lan, client):
    codes = CODE_ON_PAPER.findall(set_up(client).content.decode())
    lan.refresh_from_db()
    assert lan.second_factor_since is not None
    assert len(set(codes)) == 10
    assert lan.history.first().history_change_reason == "Đặt xác thực hai lớp"
    assert AccessLogEntry.objects.latest("pk").kind == "second_factor"


def test_the_page_shows_the_secret_as_picture_and_in_groups_of_four(lan, client):
    page = client.get(SET_UP).content.decode()
    assert re.search(r"key-words\">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<", page)
    picture = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", page, re.DOTALL)[0]
    assert "style=" not in picture
    assert "data:" not in picture


def test_the_same_secret_stands_there_after_a_wrong_code(lan, client):
    key = key_on_page(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": "000000", **CONFIRMED})
    assert answer.status_code == 422
    assert "Mã chưa khớp" in answer.content.decode()
    assert key_on_page(answer) == key
    lan.refresh_from_db()
    assert lan.second_factor_since is None
    assert not TOTPDevice.objects.exists()


def test_the_codes_on_paper_cannot_be_read_again(lan, client):
    codes = CODE_ON_PAPER.findall(set_up(client).content.decode())
    kept = list(StaticToken.objects.values_list("token", flat=True))
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert not CODE_ON_PAPER.search(client.get("/accounts/me/").content.decode())


def test_a_new_telephone_takes_the_place_of_the_old_one(lan, client):
    give_second_factor(lan)
    old = TOTPDevice.objects.get().key
    set_up(client)
    assert TOTPDevice.objects.get().key != old


@pytest.mark.parametrize("name", ["bich", "hoa", "tuan"])
def test_the_office_is_led_through_it_before_anything_else(school, client, name):
    answer = give_password(client, name, next="/gradebook/orders/")
    assert answer.headers["Location"] == SET_UP
    assert not is_signed_in(client)
    answer = set_up(client)
    assert 'href="/gradebook/orders/"' in answer.content.decode()
    assert is_signed_in(client)


def test_teachers_are_not_asked_for_one(school, client):
    assert give_password(client, "lan").headers["Location"] == "/"


def test_a_password_too_short_to_stand_alone_leads_through_it_too(school, client):
    """So after the clerk has reset a lost telephone (rule R62: 14 characters, or 8 and a second factor)."""
    school.lan.set_password("tám kí tự")
    school.lan.save()
    answer = give_password(client, "lan", "tám kí tự")
    assert answer.headers["Location"] == SET_UP
    assert not is_signed_in(client)
    assert "mật khẩu của thầy cô ngắn" in client.get(SET_UP).content.decode()


def test_between_the_steps_nobody_replaces_the_factor_that_stands_in_the_way(school, client):
    give_second_factor(school.bich)
    give_password(client, "bich")
    assert client.get(SET_UP).headers["Location"] == reverse("accounts:login")
    assert client.post(SET_UP, {"code": "123456"}).status_code == 302
    assert not is_signed_in(client)


@pytest.mark.parametrize("password", [{}, {"confirm_password": "sai"}])
def test_who_finds_a_screen_open_binds_no_telephone_of_their_own(lan, client, password):
    """Not even in the minutes after the log-in, while its password holds for other acts."""
    key = key_on_page(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": code_of(key), **password})
    assert answer.status_code == 422
    assert "Gõ lại mật khẩu để xác nhận" in answer.content.decode()
    lan.refresh_from_db()
    assert lan.second_factor_since is None


def test_new_codes_and_doing_without_want_the_password_each_time(lan, client):
    give_second_factor(lan)
    codes, remove = reverse("accounts:second_factor_codes"), reverse("accounts:second_factor_remove")
    before = set(StaticToken.objects.values_list("token", flat=True))
    assert client.post(codes).status_code == 422
    assert client.post(remove).status_code == 422
    assert set(StaticToken.objects.values_list("token", flat=True)) == before
    assert client.post(codes, CONFIRMED).status_code == 200
    assert not before & set(StaticToken.objects.values_list("token", flat=True))
    assert client.post(codes).status_code == 422
    assert client.post(remove, {"password": PASSWORD}).status_code == 302
    lan.refresh_from_db()
    assert lan.second_factor_since is None


# -- The code


def test_a_code_is_taken_once(school):
    give_second_factor(school.lan)
    code = code_now(school.lan)
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, "lan")
        give_code(client, code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_the_code_of_the_set_up_does_not_log_in(lan, client):
    key = key_on_page(client.get(SET_UP))
    code = code_of(key)
    client.post(SET_UP, {"code": code, **CONFIRMED})
    another = Client()
    give_password(another, "lan")
    assert give_code(another, code).status_code == 422


@pytest.mark.parametrize(("ahead", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_early_or_late(school, ahead, is_taken):
    if time.time() % STEP > STEP - 1:
        time.sleep(1)  # the half minute must not end between the making of the code and its check
    give_second_factor(school.lan)
    assert second_factor.is_right_code(school.lan, code_now(school.lan, ahead=ahead)) is is_taken


def test_spaces_within_a_code_do_not_matter(school):
    give_second_factor(school.lan)
    code = code_now(school.lan)
    assert second_factor.is_right_code(school.lan, f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize("code", ["", "abcdef", "١٢٣٤٥٦", "1" * 12, "-1"])
def test_nonsense_is_a_wrong_code(school, client, code):
    give_second_factor(school.lan)
    give_password(client, "lan")
    assert give_code(client, code).status_code == 422


def test_a_wrong_code_is_refused_in_words_that_help_and_is_on_record(school, client):
    give_second_factor(school.lan)
    give_password(client, "lan")
    assert "Chờ ứng dụng hiện mã mới" in give_code(client, "000000").content.decode()
    entry = AccessLogEntry.objects.latest("pk")
    assert (entry.kind, entry.username, entry.detail) == ("sign_in_failed", "lan", "Sai mã của ứng dụng")


# -- The codes on paper


def test_a_code_on_paper_lets_in_once_and_is_gone(school):
    codes = give_second_factor(school.lan)
    answers = []
    for _ in range(2):
        client = Client()
        give_password(client, "lan")
        client.post(reverse("accounts:recovery_code"), {"code": codes[3].upper()})
        answers.append(is_signed_in(client))
    assert answers == [True, False]
    assert second_factor.codes_left(school.lan) == 9


def test_whoever_used_one_is_told_how_many_are_left(school, client):
    codes = give_second_factor(school.lan)
    give_password(client, "lan")
    client.post(reverse("accounts:recovery_code"), {"code": codes[0]})
    assert "còn 9 mã" in client.get("/").content.decode()


def test_new_codes_end_the_old_ones(lan, client):
    old = give_second_factor(lan)
    lan.refresh_from_db()
    client.force_login(lan)
    new = CODE_ON_PAPER.findall(client.post("/accounts/second-factor/codes/", CONFIRMED).content.decode())
    assert len(new) == 10
    assert not second_factor.is_right_recovery_code(lan, old[0])
    assert second_factor.is_right_recovery_code(lan, new[0])


def test_a_code_on_paper_of_somebody_else_is_a_wrong_code(school):
    give_second_factor(school.lan)
    minhs = give_second_factor(school.minh)
    assert not second_factor.is_right_recovery_code(school.lan, minhs[0])


# -- Without


def test_a_teacher_takes_it_away_with_the_password(lan, client):
    give_second_factor(lan)
    answer = client.post("/accounts/second-factor/remove/", {"password": PASSWORD})
    assert answer.status_code == 302
    lan.refresh_from_db()
    assert lan.second_factor_since is None
    assert not TOTPDevice.objects.exists()


def test_not_with_a_wrong_password(lan, client):
    give_second_factor(lan)
    assert client.post("/accounts/second-factor/remove/", {"password": "sai"}).status_code == 422
    assert TOTPDevice.objects.exists()


def test_not_while_the_password_is_too_short_to_stand_alone(lan, client):
    give_second_factor(lan)
    lan.set_password("tám kí tự")
    lan.save()
    client.force_login(lan)
    answer = client.post("/accounts/second-factor/remove/", {"password": "tám kí tự"})
    assert "quá ngắn để dùng một mình" in answer.content.decode()
    assert TOTPDevice.objects.exists()


def test_not_where_the_post_requires_it(school, client):
    give_second_factor(school.tuan)
    client.force_login(school.tuan)
    assert client.post("/accounts/second-factor/remove/", {"password": PASSWORD}).status_code == 403
    assert TOTPDevice.objects.exists()


# -- A lost telephone


@pytest.mark.parametrize(
    ("helper", "person"), [("tuan", "lan"), ("hoa", "bich"), ("bich", "hoa"), ("hoa", "tuan")]
)
def test_whoever_keeps_the_account_resets_it(school, helper, person):
    user, by = school.people[person], school.people[helper]
    give_second_factor(user)
    second_factor.reset_second_factor(user, by=by)
    user.refresh_from_db()
    row = user.history.first()
    assert user.second_factor_since is None
    assert (row.history_user, row.history_change_reason) == (by, "Đặt lại xác thực hai lớp")


@pytest.mark.parametrize(
    ("helper", "person"),
    [
        ("tuan", "tuan"),
        ("hoa", "hoa"),
        ("hoa", "lan"),
        ("bich", "tuan"),
        ("tuan", "bich"),
        ("tuan", "hoa"),
        ("lan", "minh"),
        ("son", "lan"),
    ],
)
def test_nobody_else_does_and_nobody_for_themselves(school, helper, person):
    give_second_factor(school.people[person])
    with pytest.raises(PermissionDenied):
        second_factor.reset_second_factor(school.people[person], by=school.people[helper])
    assert TOTPDevice.objects.exists()


def test_a_reset_ends_the_persons_sessions(school, client):
    give_second_factor(school.lan)
    give_password(client, "lan")
    give_code(client, code_now(school.lan))
    second_factor.reset_second_factor(school.lan, by=school.tuan)
    assert not is_signed_in(client)


# -- The demo


def test_the_demo_shows_a_code_that_is_taken(school, client, settings):
    settings.IS_DEMO = True
    give_second_factor(school.bich)
    give_password(client, "bich")
    shown = re.search(r"data-demo-code>(\d{6})<", client.get(reverse("accounts:code")).content.decode())[1]
    assert give_code(client, shown).status_code == 302


def test_outside_the_demo_no_page_shows_a_code(school, client, settings):
    settings.IS_DEMO = False
    give_second_factor(school.bich)
    give_password(client, "bich")
    page = client.get(reverse("accounts:code")).content.decode()
    assert "data-demo-code" not in page
    assert code_now(school.bich) not in page
    client.force_login(school.lan)
    assert "data-demo-code" not in client.get(SET_UP).content.decode()


def test_in_production_the_code_is_not_even_computed():
    """The very settings of production, in a process of their own."""
    asked = (
        "import django; django.setup();"
        "from accounts import second_factor; from accounts.models import User;"
        "print(repr(second_factor.demo_code(User(), second_factor.new_key())))"
    )
    environment = {**os.environ, "KIMDONG_HOSTS": "so.kimdong.example", "KIMDONG_DATA_KEY": "d" * 50}
    environment["DJANGO_SETTINGS_MODULE"] = "kimdong.settings"
    for mode, answer in (("production", r"''"), ("demo", r"'\d{6}'")):
        done = subprocess.run(
            [sys.executable, "-c", asked],
            env=environment | {"KIMDONG_MODE": mode},
            check=True,
            capture_output=True,
            text=True,
        )
        assert re.fullmatch(answer, done.stdout.strip())
