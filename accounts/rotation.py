"""The administrator's password is changed after every entry round and every 60 days (PLAN IV.2; rule R61).

The administrator account is that of whoever holds the clerk's post. When a change is due nobody gets in with it
until the vice-principal has changed it: the old password is void and the clerk sets a new one with a slip.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.models import PasswordRotation, Post, User
from accounts.session_notes import change_session

EVERY = datetime.timedelta(days=60)
ASKED_EVERY = 60  # seconds
ASKED_AT = "rotation_asked_at"

Cause = PasswordRotation.Cause


@dataclass(frozen=True, slots=True)
class Due:
    """Why the password must be changed, and since when."""

    cause: Cause
    since: datetime.datetime
    round: str = ""

    @property
    def words(self) -> str:
        moment = f"{localtime(self.since):%H:%M %d/%m/%Y}"
        if self.cause == Cause.ROUND:
            return f"đợt nhập {self.round} đã khoá lúc {moment}"
        return f"đã đủ 60 ngày từ lần đổi trước (hạn {moment})"


def clerks() -> list[User]:
    """Who holds the clerk's post today."""
    today = Post.objects.held_on(clock.today()).filter(kind=Post.Kind.CLERK)
    return list(User.objects.filter(pk__in=today.values("holder")))


def changed_at(holder: User) -> datetime.datetime:
    """The last change by the vice-principal; before the first one, since when the account is open."""
    last = PasswordRotation.objects.filter(holder=holder).aggregate(last=Max("at"))["last"]
    return last or holder.opened_at


def rotation_due(holder: User) -> Due | None:
    """The change that is due now, or None. Two statements, the database's clock."""
    changed = changed_at(holder)
    closed = import_string(settings.ENTRY_ROUND_CLOSED)()
    if closed is not None and closed[0] > changed:
        return Due(Cause.ROUND, *closed)
    if changed + EVERY <= clock.stamp():
        return Due(Cause.AGE, changed + EVERY)
    return None


def why_rotation(user: User) -> str:
    """Why the administrator account is shut until its password is changed; "" for everybody else."""
    if not permissions.has_post(user, Post.Kind.CLERK):
        return ""
    due = rotation_due(user)
    if due is None:
        return ""
    return (
        f"Mật khẩu quản trị phải đổi trước khi dùng tiếp: {due.words}. Phó Hiệu trưởng đổi ở trang "
        "«Tài khoản quản trị» rồi đưa phiếu kích hoạt."
    )


class RotationMiddleware:
    """Ends the clerk's session within a minute of the closing; for nobody else does it cost a statement."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not isinstance(request.user, User) or not permissions.has_post(request.user, Post.Kind.CLERK):
            return None
        now = clock.stamp().timestamp()
        asked_at = request.session.get(
            ASKED_AT, request.session["began_at"]
        )  # at log-in it has just been asked
        if now - asked_at < ASKED_EVERY:
            return None
        if why := why_rotation(request.user):
            logout(request)
            messages.warning(request, why)
            return redirect("accounts:login")
        change_session(request.session, lambda session: session.update({ASKED_AT: now}))
        return None
