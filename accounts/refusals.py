"""The access log's way in; and every refusal is logged, and says who could do what was refused (rule R29)."""

import contextlib
import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import permissions
from accounts.models import AccessLogEntry, User
from accounts.words import bare_words

FORGED = "Nội dung gửi đi không mang mã chống giả mạo của trang"
NO_SUCH_NAME = "tên không có thật"
WHO_HELPS = "Người có việc đó nêu ở trên; phân công, cấp quyền là việc của Phó Hiệu trưởng"


def client_address(request: HttpRequest) -> str | None:
    """The browser's address. Behind our proxy, which alone reaches us, it is the last that the proxy names.

    gunicorn leaves the proxy's own in REMOTE_ADDR: with that, one lock would shut the whole world out. Without a proxy
    the header is anybody's to write, and is not read.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    named = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    for address in (named.rpartition(",")[2].strip(), peer):
        with contextlib.suppress(ValueError):
            return str(ipaddress.ip_address(address))
    return None


def log_access(
    request: HttpRequest,
    kind: AccessLogEntry.Kind,
    *,
    detail: str = "",
    username: str = "",
    target: str = "",
    target_path: str = "",
) -> None:
    """Adds one line to the access log; never raises on odd input, long texts are cut.

    The address is kept without its query, in which names of pupils are searched; `target` says in words which thing
    it was, `target_path` where it is when that is not the address asked for.
    """
    user = request.user if request.user.is_authenticated else None
    entry = AccessLogEntry(
        kind=kind,
        user=user,
        username=_known_name(username) if username else getattr(user, "username", ""),
        post=permissions.post_label(user) if user else "",
        method=_cut(request.method or "", 8),
        path=_cut(request.path, 500),
        address=client_address(request),
        target=_cut(target, 200),
        target_path=_cut(target_path, 200),
        detail=_cut(detail, 500),
    )
    entry.words = " ".join(
        bare_words(f"{entry.target} {entry.detail} {entry.username} {entry.path} {entry.target_path}")
    )
    entry.save(force_insert=True)


def _known_name(typed: str) -> str:
    """The account's name; what is none is not kept: people type passwords into the wrong field."""
    try:
        return User.objects.get_by_natural_key(_cut(typed, 150)).username
    except User.DoesNotExist:
        return NO_SUCH_NAME


def _cut(text: str, length: int) -> str:
    return text[:length].replace("\x00", "")


class RefusalLogMiddleware:
    """Logs each refusal with who asked for what."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, PermissionDenied):
            log_access(request, AccessLogEntry.Kind.REFUSED, detail=str(exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 403 page: why, and who could do it (`accounts.permissions.Refused` names them from the table)."""
    refusal = {
        "title": "Không có quyền",
        "kind": "refused",
        "why": str(exception) or "Tài khoản này không được phân công hoặc chưa được cấp quyền cho việc đó.",
        "who": getattr(exception, "who", "") or WHO_HELPS,
    }
    return render(request, "403.html", {"refusal": refusal}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: logged, and told how to go on without losing what was typed."""
    log_access(request, AccessLogEntry.Kind.REFUSED, detail=FORGED)
    return render(request, "403_csrf.html", status=403)
