"""The password asked again of somebody already signed in: checked once a request, counted, on record (rule R62)."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import AccessLogEntry
from accounts.refusals import log_access
from accounts.session_notes import change_session

FIELD = "confirm_password"
MOST_WRONG = 5
ENDED = f"Gõ sai mật khẩu {MOST_WRONG} lần nên phiên làm việc đã kết thúc. Xin đăng nhập lại."


def is_own_password(request: HttpRequest) -> bool | None:
    """Whether the password that came with this request is the person's own; None if none came.

    The fifth wrong one in a row ends the session: afterwards `request.user` is nobody.
    """
    if not hasattr(request, "_own_password"):
        request._own_password = _check(request)  # type: ignore[attr-defined]  # noqa: SLF001 - a cache on the request
    return request._own_password  # type: ignore[attr-defined]  # noqa: SLF001


def is_theirs(request: HttpRequest, typed: str) -> bool:
    """Whether this is the password of the person signed in.

    By way of authenticate(), so that whatever guards the log-in (lock-out, closed account) guards this too.
    """
    found = authenticate(request, username=request.user.get_username(), password=typed)
    return found is not None and found.pk == request.user.pk


def _check(request: HttpRequest) -> bool | None:
    typed = _take(request)
    if not typed:
        return None
    if not is_theirs(request, typed):
        # Somebody who guesses elsewhere can lock the account; that must not end the session of the person who is in.
        if hasattr(request, "sign_in_failure_counts"):
            _count_wrong(request)
        return False
    # In a session that came in by both steps the right password is what a log-in is: failures before it are forgotten.
    AxesProxyHandler.user_logged_in(sender=__name__, request=request, user=request.user)
    if request.session.get("wrong_passwords"):
        change_session(request.session, lambda session: session.pop("wrong_passwords", None))
    return True


def _take(request: HttpRequest) -> str:
    """Takes the password out of what was posted: no form, page or report of an error gets to see it."""
    if FIELD not in request.POST:
        return ""
    posted = request.POST.copy()
    typed = posted.pop(FIELD)[-1]
    posted._mutable = False  # noqa: SLF001 - as the request's own data is
    request.POST = posted  # type: ignore[assignment]
    return str(typed)


def _count_wrong(request: HttpRequest) -> None:
    def add_one(session: SessionBase) -> None:
        session["wrong_passwords"] = session.get("wrong_passwords", 0) + 1

    change_session(request.session, add_one)
    count = request.session.get("wrong_passwords", MOST_WRONG)
    log_access(request, AccessLogEntry.Kind.PASSWORD_WRONG, detail=f"Lần {count} trong phiên này")
    if count >= MOST_WRONG:
        logout(request)
        messages.error(request, ENDED)
