"""The password asked again before binding acts: approving, locking, applying, bulk exports, accounts (rule R62)."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.clock import stamp
from accounts.kept_form import ask_password, own_address
from accounts.models import AccessLogEntry
from accounts.own_password import is_own_password
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.session_notes import change_session

LASTS = 300  # seconds
HEADING = "Gõ lại mật khẩu để xác nhận"


class Lasting(StrEnum):
    """Kinds of act for which one password holds for five minutes: ten accounts made in a row are one piece of work."""

    EXPORTS = "exports"
    ACCOUNTS = "accounts"


class PasswordWantedError(Exception):
    """The act waits for the password; ConfirmationMiddleware makes a page of it that keeps what was typed."""

    def __init__(self, about: str, lasting: Lasting | None) -> None:
        super().__init__(about)
        self.about = about
        self.lasting = lasting


def require_password(request: SignedInRequest, about: str, *, lasting: Lasting | None = None) -> None:
    """Goes on only with the person's own password; call it after WHO and before the act.

    `about` says in Vietnamese, as a sentence, what is about to happen. On record both ways.
    """
    is_right = is_own_password(request)
    if is_right is None and lasting and _is_fresh(request, lasting):
        return
    if not is_right:
        raise PasswordWantedError(about, lasting)
    _confirm(request, about, lasting)


def password_asked(
    about: str, *, of: Action, why: str = "", lasting: Lasting | None = None
) -> Callable[[Any], Any]:
    """Decorator of a view: a POST needs the password of somebody with the power `of`; others are refused unasked.

    `why` is said to those, as by `permissions.require`.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                permissions.require(request.user, of, why)
                require_password(request, about, lasting=lasting)
            return view(request, *args, **kwargs)

        return asked

    return decorate


def _is_fresh(request: HttpRequest, lasting: Lasting) -> bool:
    given_at = request.session.get("confirmed_at", {}).get(lasting.value, 0)
    return 0 <= stamp().timestamp() - given_at < LASTS


def _confirm(request: HttpRequest, about: str, lasting: Lasting | None) -> None:
    if lasting:

        def remember(session: SessionBase) -> None:
            session["confirmed_at"] = {**session.get("confirmed_at", {}), lasting.value: stamp().timestamp()}

        change_session(request.session, remember)
    log_access(request, AccessLogEntry.Kind.PASSWORD_CONFIRMED, detail=about)


class ConfirmationMiddleware:
    """Turns the wish for a password into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PasswordWantedError):
            return None
        if request.method != "POST":
            return _ask_before_looking(request, exception)
        return ask_password(
            request,
            heading=HEADING,
            about=exception.about,
            submit="Xác nhận",
            status=422,
            way_back=own_address(request, request.headers.get("Referer")),
        )


def _ask_before_looking(request: HttpRequest, wanted: PasswordWantedError) -> HttpResponse:
    """For a download: the password goes to `confirm`, which leads back to the same address."""
    context = {
        "heading": HEADING,
        "about": wanted.about,
        "lasting": wanted.lasting,
        "next": request.get_full_path(),
        "way_back": own_address(request, request.headers.get("Referer")),
    }
    return render(request, "accounts/confirm.html", context, status=422)


@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """The password for a download, given on the page in its place; right or wrong, that address answers."""
    way_on = own_address(request, request.POST.get("next"))
    kind = request.POST.get("lasting", "")
    if is_own_password(request) and kind in set(Lasting):
        _confirm(request, way_on, Lasting(kind))
    elif not request.user.is_authenticated:
        return redirect_to_login(way_on)
    else:
        messages.error(request, "Mật khẩu chưa đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi gõ lại.")
    return redirect(way_on)
