"""What stands around every answer: headers that keep browsers within bounds, and a bound on what is sent to us."""

import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseServerError
from django.template import loader
from django.views.defaults import bad_request as django_bad_request

from accounts.disks import is_full_disk
from accounts.sealed import SealBroken
from kimdong.request_log import asked

HEADERS = {
    # No page of ours asks for a device, and none may by a script slipped in.
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Nothing of ours may be drawn into a page of another site.
    "Cross-Origin-Resource-Policy": "same-origin",
}
SECONDS_TO_TRY_AGAIN = 15
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
"""A view that looks at POST alone would take any other for a look: no page here knows more."""
FORM = "multipart/form-data"
DRAIN_BYTES, DRAIN_SECONDS, CHUNK = 72 * 1024 * 1024, 20, 64 * 1024


class SafeAnswersMiddleware:
    """Adds HEADERS; refuses foreign methods, and a body over the limit before anything reads or stores it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._refusal(request) or self.get_response(request)
        for name, value in HEADERS.items():
            answer.setdefault(name, value)
        return answer

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return too_large(request) if _announced(request) > _limit(request) else None


def _announced(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def _limit(request: HttpRequest) -> int:
    has_files = (request.content_type or "").lower() == FORM
    return settings.UPLOAD_MAX_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def too_large(request: HttpRequest) -> HttpResponse:
    """413 in Vietnamese. The body is read to its end, within bounds, and thrown away: a browser that is still sending
    when the connection closes shows "connection reset" instead of the page."""
    _drain(request)
    text = loader.render_to_string("413.html", {"most": settings.UPLOAD_MAX_BYTES // (1024 * 1024)})
    return HttpResponse(text, status=413)


def _drain(request: HttpRequest) -> None:
    left, deadline = min(_announced(request), DRAIN_BYTES), time.monotonic() + DRAIN_SECONDS
    source = request.META.get("wsgi.input")
    while source is not None and left > 0 and time.monotonic() < deadline:
        try:
            chunk = source.read(min(CHUNK, left))
        except OSError:  # the browser has gone: nobody waits for the page
            return
        if not chunk:
            return
        left -= len(chunk)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400; but fields that are too much in a form within the limit are told as what they are."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return django_bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the code by which the log tells what happened.

    A database that is gone or too slow, a full disk, and a data key that does not open what the database holds are told
    as what passes without anything being done here: 503.
    """
    problem = sys.exception()
    is_full, is_sealed = is_full_disk(problem), isinstance(problem, SealBroken)
    if is_full or is_sealed or isinstance(problem, OperationalError | InterfaceError):
        headers = {"Retry-After": str(SECONDS_TO_TRY_AGAIN)}
        page = loader.render_to_string("503.html", {"is_full": is_full, "is_sealed": is_sealed})
        return HttpResponse(page, status=503, headers=headers)
    note = asked()
    return HttpResponseServerError(loader.render_to_string("500.html", {"code": note.code if note else ""}))
