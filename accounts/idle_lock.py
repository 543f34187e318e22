"""The screen locks itself: after 15 minutes without a sign of life, administrative pages after 5 (rule R62).

A lock ends nothing. Until the password is given the session gets no page; then everything goes on where it was.
The session remembers `seen_at` (seconds), `locked`, `admin_locked` and `began_at`; an ordinary page writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.clock import stamp
from accounts.kept_form import ask_password, is_page
from accounts.models import AccessLogEntry
from accounts.own_password import is_own_password
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.session_notes import change_session
from accounts.sessions import note_seen

WRITES_AFTER = 60  # seconds: a session is written at most so often, and so locks at most so much early
LOCKED_SENTENCE = "Màn hình đang khoá. Gõ mật khẩu để làm tiếp; nội dung đã gõ còn nguyên."

View = Callable[..., HttpResponseBase]
Marked = TypeVar("Marked", bound=View)


def administrative(view: Marked) -> Marked:
    """Marks a view whose page locks after the shorter time."""
    view.administrative = True  # type: ignore[attr-defined]
    return view


def reachable_when_locked(view: Marked) -> Marked:
    """Marks a view that answers behind the lock: unlocking, logging out, the health of the server. No other does."""
    view.reachable_when_locked = True  # type: ignore[attr-defined]
    return view


def keeps_awake(view: Marked) -> Marked:
    """Marks the view that is only asked because somebody is there: each time is written down."""
    view.keeps_awake = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True)
class Idleness:
    """What is locked at this request; `quiet_for` is the time in seconds since the last sign of life."""

    quiet_for: float
    is_locked: bool
    is_admin_locked: bool
    is_administrative: bool = False

    @property
    def is_shut(self) -> bool:
        """This very page."""
        return self.is_locked or (self.is_administrative and self.is_admin_locked)

    @property
    def limit(self) -> int:
        """After how many seconds this page locks."""
        return settings.IDLE_ADMIN_SECONDS if self.is_administrative else settings.IDLE_SECONDS


def idleness_of(session: SessionBase) -> Idleness:
    """A session that does not know when it was last seen is locked."""
    quiet_for = stamp().timestamp() - session.get("seen_at", 0)
    is_locked = bool(session.get("locked")) or quiet_for >= settings.IDLE_SECONDS
    is_admin_locked = (
        is_locked or bool(session.get("admin_locked")) or quiet_for >= settings.IDLE_ADMIN_SECONDS
    )
    return Idleness(quiet_for, is_locked, is_admin_locked)


def begin(*, request: HttpRequest, **_signal: object) -> None:
    """At each log-in, by Django's own signal: the one place that every way in passes.

    The password of the log-in itself confirms changes of accounts and powers for as long as any password does.
    """
    now = stamp().timestamp()
    for name in ("locked", "admin_locked", "wrong_passwords"):
        request.session.pop(name, None)
    request.session.update({"began_at": now, "seen_at": now, "confirmed_at": {"accounts": now}})


def lock(request: HttpRequest, *, administrative_only: bool = False) -> None:
    """From now on the password is wanted, for administrative pages or for all; confirmations given are void."""

    def change(session: SessionBase) -> None:
        session["admin_locked" if administrative_only else "locked"] = True
        session.pop("confirmed_at", None)

    change_session(request.session, change)


def unlock(request: HttpRequest) -> None:
    """After the right password: everything is open, on record."""

    def change(session: SessionBase) -> None:
        session.pop("locked", None)
        session.pop("admin_locked", None)
        session["seen_at"] = stamp().timestamp()

    change_session(request.session, change)
    log_access(request, AccessLogEntry.Kind.UNLOCKED)


def _stay_awake(request: SignedInRequest) -> None:
    """A sign of life. What has locked meanwhile stays locked."""
    is_admin_locked = request.idle.is_admin_locked

    def change(session: SessionBase) -> None:
        session["seen_at"] = stamp().timestamp()
        if is_admin_locked:
            session["admin_locked"] = True

    change_session(request.session, change)
    note_seen(request)


class IdleLockMiddleware:
    """Before every page of somebody signed in: is the session over, is the screen locked, was there a sign of life."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SignedInRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if stamp().timestamp() - request.session.get("began_at", 0) >= settings.SESSION_COOKIE_AGE:
                # However busy: Django's own end moves on with every write.
                logout(request)
            else:
                request.idle = idleness_of(request.session)
        return self.get_response(request)

    def process_view(
        self, request: SignedInRequest, view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        request.idle = replace(request.idle, is_administrative=hasattr(view, "administrative"))
        if hasattr(view, "reachable_when_locked"):
            return None
        if request.idle.is_shut:
            if not is_own_password(request):
                return _answer_locked(request, view)
            unlock(request)
            request.idle = replace(request.idle, quiet_for=0, is_locked=False, is_admin_locked=False)
        elif "X-Background" not in request.headers and (
            request.idle.quiet_for >= WRITES_AFTER or hasattr(view, "keeps_awake")
        ):
            _stay_awake(request)
            request.idle = replace(request.idle, quiet_for=0)
        return None


def _answer_locked(request: SignedInRequest, view: View) -> HttpResponse:
    if not is_page(request):
        return JsonResponse({"locked_session": True, "error": LOCKED_SENTENCE}, status=401)
    # What a page of the log-in is sent are passwords and codes: they are typed anew, never kept in a form.
    is_of_log_in = not getattr(view, "login_required", True)
    if is_of_log_in or request.method in ("GET", "HEAD"):
        return redirect(unlock_address(request.get_full_path()))
    return ask_password(
        request,
        heading="Màn hình đã khoá",
        about="Nội dung vừa gửi chưa được nhận, nhưng còn nguyên ở đây. Gõ mật khẩu thì được gửi đi như đã gõ.",
        submit="Mở khoá và gửi",
        status=401,
    )


def unlock_address(way_on: str) -> str:
    return f"{reverse('accounts:unlock')}?{urlencode({'next': way_on})}"
