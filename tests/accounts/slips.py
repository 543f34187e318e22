"""Slips for tests: the clerk makes one, a visitor uses it."""

from django.test import Client
from django.urls import reverse

from accounts.activation import Slip, latest_slip, make_slips
from accounts.models import User

NEW_PASSWORD = "mật khẩu mới rất dài"


def slip_for(person: User, by: User) -> Slip:
    return make_slips([person], seen=latest_slip([person]), by=by)[0]


def use_slip(username: str, code: str, password: str = NEW_PASSWORD, client: Client | None = None):
    """What the page answers."""
    told = {"username": username, "code": code, "password": password, "again": password}
    return (client or Client()).post(reverse("accounts:activate"), told)
