"""Which request a line of the log belongs to: a code that the answer carries too (X-Request-ID).

The code is our own, never the visitor's. Imports neither models nor settings: gunicorn's logger reads it too.
"""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from django.http import HttpRequest, HttpResponse

from kimdong import request_counts

IN_ENVIRON: Final = "kimdong.asked"
LONGEST_PATH: Final = 300


@dataclass(slots=True)
class Asked:
    """A request as the log knows it: `path` without its query, `user` the account's number where somebody is in."""

    code: str
    path: str
    user: int | None = None


_current: ContextVar[Asked | None] = ContextVar("asked", default=None)


def asked() -> Asked | None:
    """The request that is being answered; None outside one, as in the worker."""
    return _current.get()


class RequestLogMiddleware:
    """Gives each request its code. The first of all, so that nothing is logged without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        note = Asked(secrets.token_hex(8), request.path[:LONGEST_PATH])
        request.META[IN_ENVIRON] = note  # gunicorn's environ: for its line about the whole request
        token, began = _current.set(note), perf_counter()
        try:
            answer = self.get_response(request)
        finally:
            _current.reset(token)
        request_counts.count(answer.status_code, perf_counter() - began)
        # What Django has read already: who asks must not cost the health of the server a statement.
        note.user = getattr(getattr(request, "_cached_user", None), "pk", None)
        answer["X-Request-ID"] = note.code
        return answer
