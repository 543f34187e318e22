"""Costly pages have a limit no honest clerk meets; who passes it is told until when (PLAN III.1).

The web processes share nothing but PostgreSQL, so the counts stand there: one upsert a request, one row for each act
and person, used again for ever. django-ratelimit would need a shared cache, one more server for a school to run.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.clock import moment_label
from accounts.models import AccessLogEntry
from accounts.refusals import client_address, log_access

_COUNT = """
INSERT INTO accounts_ratecount AS kept (subject, began_at, times) VALUES (%(subject)s, clock_timestamp(), 1)
ON CONFLICT (subject) DO UPDATE SET
    times = CASE WHEN kept.began_at <= clock_timestamp() - %(span)s::interval THEN 1 ELSE kept.times + 1 END,
    began_at = CASE WHEN kept.began_at <= clock_timestamp() - %(span)s::interval THEN clock_timestamp()
        ELSE kept.began_at END
RETURNING times, began_at + %(span)s::interval,
    ceil(extract(epoch FROM began_at + %(span)s::interval - clock_timestamp()))::int
"""

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in `minutes` by one person; `what` (Vietnamese) there was too much of."""

    act: str
    times: int
    minutes: int
    what: str

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """Counts this time; the page 429 for one too many.

        For a view that finds out itself whether it has come to what costs; else `limited`.
        """
        span = datetime.timedelta(minutes=self.minutes)
        taken, until, seconds = _count(f"{self.act}:{_who(request)}", span)
        if taken <= self.times:
            return None
        if taken == self.times + 1:  # once a span: a flood of requests is no flood of lines
            log_access(
                request,
                AccessLogEntry.Kind.LIMITED,
                detail=f"Quá {self.times} lần trong {self.minutes} phút: {self.what}",
            )
        return _too_often(request, self.what, until, seconds)


def limited(
    act: str, *, times: int, minutes: int, what: str, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[View], View]:
    """For views: a limit on requests by these methods."""
    limit = Limit(act, times, minutes, what)

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = limit.refusal(request) if request.method in methods else None
            return refusal or view(request, *args, **kwargs)

        return counted

    return wrap


def _who(request: HttpRequest) -> str:
    """The account; of a visitor the address."""
    return str(request.user.pk) if request.user.is_authenticated else str(client_address(request))


def _count(subject: str, span: datetime.timedelta) -> tuple[int, datetime.datetime, int]:
    """(how often in this span, its end, seconds until then), this time counted."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"subject": subject, "span": f"{span.total_seconds()} seconds"})
        return cursor.fetchone()


def _too_often(request: HttpRequest, what: str, until: datetime.datetime, seconds: int) -> HttpResponse:
    """429: until when, and what was typed ready to be sent again; a file has to be chosen again."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    context = {
        "what": what,
        "until": moment_label(until),
        "typed": typed,
        "had_files": bool(request.FILES),
        "again": request.get_full_path(),
    }
    answer = render(request, "429.html", context, status=429)
    answer["Retry-After"] = str(max(1, seconds))
    return answer
