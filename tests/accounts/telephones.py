"""A telephone with an authenticator app: gives a person a second factor, and shows the codes."""

import time

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import User
from tests.gradebook.school import PASSWORD

STEP = 30


def code_of(key: str, *, ahead: int = 0) -> str:
    """What the app shows, or would show `ahead` half minutes from now."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + ahead * STEP
    return f"{totp.token():06d}"


def give_second_factor(user: User) -> list[str]:
    """Sets one up as the page does; returns the recovery codes. The code of now is still good afterwards."""
    key = second_factor.new_key()
    codes = second_factor.set_up(user, key=key, code=code_of(key))
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return codes


def code_now(user: User, *, ahead: int = 0) -> str:
    return code_of(TOTPDevice.objects.get(user=user).key, ahead=ahead)


def give_password(client: Client, username: str, password: str = PASSWORD, **more: str):
    """The first step."""
    return client.post(reverse("accounts:login"), {"username": username, "password": password, **more})


def give_code(client: Client, code: str):
    """The second step."""
    return client.post(reverse("accounts:code"), {"code": code})


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200
