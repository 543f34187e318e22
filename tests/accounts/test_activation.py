"""A slip opens an account once, for whoever holds it, and nobody else (rule R60)."""

import datetime
import math

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts import activation, clock
from accounts.activation import SlipsRefused, latest_slip, make_slips
from accounts.models import AccessLogEntry, ActivationSlip, AdminAction, User
from tests.accounts.slips import NEW_PASSWORD, slip_for, use_slip
from tests.gradebook.school import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(username, password):
    return Client().post(reverse("accounts:login"), {"username": username, "password": password})


def test_the_code_is_long_random_and_typed_alike_with_any_vietnamese_keyboard(school):
    assert activation.CODE_LENGTH * math.log2(len(activation.ALPHABET)) >= 60
    assert not set("AEIOUYDW0125680LI") & set(activation.ALPHABET)
    codes = {slip_for(school.lan, school.tuan).code for _each in range(5)}
    assert len(codes) == 5


def test_only_the_hash_of_the_code_is_kept(school):
    slip = slip_for(school.lan, school.tuan)
    kept = ActivationSlip.objects.values().get(user=school.lan)
    assert not any(
        slip.code in str(value) or slip.code.replace("-", "") in str(value) for value in kept.values()
    )


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " ")])
def test_the_code_sets_the_password_and_leads_in(school, typed):
    client = Client()
    answer = use_slip("lan", typed(slip_for(school.lan, school.tuan).code), client=client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").context["user"] == school.lan
    assert log_in("lan", NEW_PASSWORD).status_code == 302


def test_each_slip_stands_in_the_accounts_own_log(school):
    User.objects.filter(pk=school.lan.pk).update(password=make_password(None))
    slip_for(school.lan, school.tuan)
    row = school.lan.history.latest()
    assert (row.history_change_reason, row.history_user) == ("Làm phiếu kích hoạt", school.tuan)


def test_a_slip_is_used_once(school):
    code = slip_for(school.lan, school.tuan).code
    assert use_slip("lan", code).status_code == 302
    assert use_slip("lan", code, "một mật khẩu khác hẳn").status_code == 422
    assert log_in("lan", NEW_PASSWORD).status_code == 302


def test_a_new_slip_makes_the_old_one_void(school):
    old, new = (slip_for(school.lan, school.tuan).code for _each in range(2))
    assert use_slip("lan", old).status_code == 422
    assert use_slip("lan", new).status_code == 302


def test_a_slip_is_good_for_fourteen_days(school):
    code = slip_for(school.lan, school.tuan).code
    with clock.travelling(clock.now() + datetime.timedelta(days=14, minutes=1)):
        assert use_slip("lan", code).status_code == 422
    with clock.travelling(clock.now() + datetime.timedelta(days=13)):
        assert use_slip("lan", code).status_code == 302


def test_five_wrong_codes_make_it_void(school):
    code = slip_for(school.lan, school.tuan).code
    for _each in range(4):
        assert use_slip("lan", "BCFG-HJKM-NPQR-STVX").status_code == 422
    use_slip("lan", "")
    assert ActivationSlip.objects.get(user=school.lan).voided_at is None
    use_slip("lan", "BCFG-HJKM-NPQR-STVX")
    assert use_slip("lan", code).status_code == 422


def test_a_stranger_learns_nothing_from_the_answers(school):
    slip_for(school.lan, school.tuan)
    said = {
        tuple(use_slip(name, "BCFG-HJKM-NPQR-STVX").context["form"].non_field_errors())
        for name in ("lan", "minh", "khong.co.ai")
    }
    assert len(said) == 1
    assert AccessLogEntry.objects.filter(kind="sign_in_failed", detail="mã kích hoạt").count() == 3


@pytest.mark.parametrize("weak", ["ngắn quá", "1qaz2wsx3edc4rfv"])
def test_a_weak_password_is_refused_and_the_slip_stays_good(school, weak):
    code = slip_for(school.lan, school.tuan).code
    answer = use_slip("lan", code, weak)
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert use_slip("lan", code).status_code == 302


def test_two_different_passwords_are_told_before_the_code_is_tried(school):
    slip_for(school.lan, school.tuan)
    told = {"username": "lan", "code": "sai", "password": NEW_PASSWORD, "again": "khác"}
    answer = Client().post(reverse("accounts:activate"), told)
    assert "Hai lần gõ chưa giống nhau" in answer.content.decode()
    assert ActivationSlip.objects.get(user=school.lan).wrong_tries == 0


def test_a_reset_voids_password_and_sessions_at_once_and_is_told_at_the_next_log_in(school):
    client = Client()
    client.force_login(school.lan)
    code = slip_for(school.lan, school.tuan).code
    assert client.get("/").status_code == 302
    assert log_in("lan", PASSWORD).status_code == 422
    page = use_slip("lan", code)
    shown = Client()
    shown.cookies = page.client.cookies
    assert "đã được Bùi Anh Tuấn đặt lại lúc" in shown.get("/").content.decode()


def test_the_answer_that_makes_the_slip_is_the_only_one_that_shows_the_code(school):
    client = Client()
    client.force_login(school.tuan)
    address = reverse("accounts:new_slip", args=[school.lan.pk])
    answer = client.post(address, {"seen": 0})
    code = answer.context["slips"][0].code
    assert code in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    for page in (address, reverse("accounts:person", args=[school.lan.pk]), reverse("accounts:people")):
        assert code not in client.get(page).content.decode()
    assert NEW_PASSWORD not in answer.content.decode()
    assert client.post(address, {"seen": 0}).status_code == 409, "a replayed form makes no second code"


RESETS = {
    "lan": {"tuan"},
    "dung": {"tuan"},
    "son": {"tuan"},
    "hoa": {"bich"},
    "bich": {"hoa"},
    "tuan": set(),
}


@pytest.mark.parametrize(("subject", "allowed"), RESETS.items())
def test_who_may_reset_whom(school, subject, allowed):
    """The clerk's own password is changed on the page of the administrator account, where it is recorded."""
    done = set()
    for name, actor in school.people.items():
        person = User.objects.get(username=subject)
        try:
            make_slips([person], seen=latest_slip([person]), by=actor)
        except (PermissionDenied, SlipsRefused):
            continue
        done.add(name)
    assert done == allowed


def test_a_list_with_one_person_out_of_reach_makes_no_slip_at_all(school):
    with pytest.raises(PermissionDenied):
        make_slips([school.lan, school.bich], seen=0, by=school.tuan)
    assert not ActivationSlip.objects.exists()


def test_every_slip_of_the_clerk_is_listed_for_the_vice_principal(school):
    slip_for(school.lan, school.tuan)
    act = AdminAction.objects.get()
    assert (act.user, act.thing) == (school.tuan, f"account:{school.lan.pk}")
    assert "Nguyễn Thị Lan (lan)" in act.words


def test_the_password_that_a_slip_made_void_does_not_come_again(school):
    slip = slip_for(school.lan, school.tuan)
    answer = use_slip("lan", slip.code, PASSWORD)
    assert answer.status_code == 422
    assert "trùng với mật khẩu cũ" in answer.content.decode()
    assert log_in("lan", PASSWORD).status_code != 302
    assert use_slip("lan", slip.code).status_code == 302
