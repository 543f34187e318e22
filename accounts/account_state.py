"""Whether an account can be used today, and in words why not (rules R60, R61). Computed: no job has to run."""

import datetime
from enum import StrEnum

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.account_keepers import account_keepers
from accounts.held_powers import with_powers
from accounts.models import Post, User
from accounts.rotation import why_rotation

UNUSED_AFTER = datetime.timedelta(days=45)


class State(StrEnum):
    """The state of an account as the lists show it."""

    NOT_ACTIVATED = "not_activated"
    IN_USE = "in_use"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _LOOKS[self][0]

    @property
    def kind(self) -> str:
        return _LOOKS[self][1]

    @property
    def icon(self) -> str:
        return _LOOKS[self][2]


_LOOKS = {
    State.NOT_ACTIVATED: ("Chưa kích hoạt", "waiting", "hourglass-split"),
    State.IN_USE: ("Đang dùng", "ok", "check-circle"),
    State.SUSPENDED: ("Tạm ngưng 45 ngày", "warning", "clock"),
    State.LOCKED: ("Bị khoá tạm", "locked", "lock"),
    State.CLOSED: ("Đã đóng", "neutral", "x-circle"),
}


def is_closed(user: User) -> bool:
    """Over since the day after its last; no statement, so that every request can ask."""
    return not user.is_active or (user.last_day is not None and user.last_day < clock.today())


def last_used_at(user: User) -> datetime.datetime:
    """The last log-in, or since when it has waited for one."""
    return max(user.last_login or user.opened_at, user.opened_at)


def is_unused(user: User) -> bool:
    return last_used_at(user) + UNUSED_AFTER <= clock.stamp()


def is_activated(user: User) -> bool:
    return not user.password.startswith(UNUSABLE_PASSWORD_PREFIX)


def state_of(user: User, *, is_principal: bool, is_locked: bool = False) -> State:
    """The gravest state that holds. The principal's account is not suspended: somebody must be able to reopen."""
    if is_closed(user):
        return State.CLOSED
    if is_unused(user) and not is_principal:
        return State.SUSPENDED
    if not is_activated(user):
        return State.NOT_ACTIVATED
    return State.LOCKED if is_locked else State.IN_USE


def why_shut(user: User) -> str:
    """Why nobody gets in with this account now; "" if it can be used. For someone who knows its password."""
    if is_closed(user):
        if user.last_day is None:
            return "Tài khoản đã ngừng dùng. Liên hệ văn thư của trường."
        since = user.last_day + datetime.timedelta(days=1)
        return f"Tài khoản đã đóng từ ngày {since:%d/%m/%Y}. Cần dùng lại thì gặp {keeper_label(user)}."
    if is_unused(user) and not permissions.has_post(user, Post.Kind.PRINCIPAL):
        return (
            f"Tài khoản tạm ngưng vì đã 45 ngày không đăng nhập (từ {localtime(last_used_at(user)):%d/%m/%Y}). "
            f"Gặp {keeper_label(user)} để mở lại."
        )
    return why_rotation(user)


def keeper_label(user: User) -> str:
    """Who looks after the account, as a sentence names them."""
    keeper = account_keepers([user])[user.pk]
    return "văn thư" if keeper == Post.Kind.CLERK else str(keeper.label)


class AccountBackend(ModelBackend):
    """Tells a right password from a wrong one even when the account is shut, so that its owner can be told why."""

    def user_can_authenticate(self, _user: object) -> bool:
        return True

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; a closed account has none, from the day after its last."""
        user = with_powers(user_id)
        return user if user is not None and not is_closed(user) else None
