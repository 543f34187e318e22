"""`/metrics` for Prometheus: how the system does, in numbers read at the moment of asking; of nobody, no name.

Written by hand in Prometheus' text format (version 0.0.4), which is a line a number: a library would want its own
files per process for what the database knows already.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.background import has_live_worker
from accounts.backups import read_health
from accounts.disks import Room, room_of_files
from accounts.idle_lock import reachable_when_locked
from accounts.models import DiskReading
from accounts.queue_state import read_queue
from approvals.models import CorrectionRequest
from approvals.workflow import OPEN_STATES
from kimdong import request_counts

Samples = Iterable[tuple[Mapping[str, str], float]]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """`samples`: pairs of labels and value."""

    name: str
    about: str
    samples: Samples
    kind: str = "gauge"

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            told = ",".join(f'{name}="{word}"' for name, word in labels.items())
            yield f"{self.name}{{{told}}} {value}" if told else f"{self.name} {value}"


@login_not_required
@reachable_when_locked
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 unless KIMDONG_METRICS_TOKEN is set; 401 without that token."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        return HttpResponse("", status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    text = "".join(f"{line}\n" for metric in read_metrics() for line in metric.lines())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def read_metrics() -> Iterator[Metric]:
    """Eight statements."""
    yield Metric("kimdong_info", "The version that runs.", [({"version": settings.VERSION}, 1)])
    yield from _of_the_queue()
    yield from _of_backups()
    yield from _of_disks()
    yield from _of_the_database()
    yield from _of_requests()


def _of_the_queue() -> Iterator[Metric]:
    queue = read_queue()
    states = {"waiting": queue.waiting, "later": queue.later, "running": queue.running}
    yield Metric(
        "kimdong_queue_jobs",
        "Pieces of work in the background: due and waiting, for a later hour, under way.",
        [({"state": state}, number) for state, number in states.items()],
    )
    yield Metric("kimdong_queue_failed_jobs", "Pieces given up in the last 24 hours.", [({}, queue.failed)])
    waited = queue.oldest.total_seconds() if queue.oldest else 0
    yield Metric("kimdong_queue_oldest_seconds", "How long the oldest due piece has waited.", [({}, waited)])
    yield Metric(
        "kimdong_worker_alive", "1 where any worker gives a sign of life.", [({}, int(has_live_worker()))]
    )


def _of_backups() -> Iterator[Metric]:
    """Without a proven backup there is no age: alert on its absence, or on `kimdong_backup_healthy`."""
    health = read_health()
    yield Metric(
        "kimdong_backup_healthy",
        "1 where the newest backup is proven and young.",
        [({}, int(not health.is_red))],
    )
    if health.proven is None:
        return
    yield _age(
        "kimdong_backup_age_seconds", "Since the data of the newest proven backup.", health.proven.made_at
    )
    yield _age(
        "kimdong_backup_proof_age_seconds", "Since it was restored for trial.", health.proven.proven_at
    )


def _age(name: str, about: str, moment: datetime.datetime | None) -> Metric:
    samples: Samples = [] if moment is None else [({}, round((clock.stamp() - moment).total_seconds()))]
    return Metric(name, about, samples)


def _of_disks() -> Iterator[Metric]:
    """The backups' as the worker has read it."""
    rooms: dict[str, Room] = {
        row.place: Room(row.total, row.free or 0) for row in DiskReading.objects.all() if row.total
    }
    if files := room_of_files():
        rooms["files"] = files
    free = [({"place": place}, room.free) for place, room in rooms.items()]
    yield Metric("kimdong_disk_free_bytes", "What may still be written to the disk of a place.", free)
    total = [({"place": place}, room.total) for place, room in rooms.items()]
    yield Metric("kimdong_disk_total_bytes", "The size of the disk of a place.", total)


def _of_the_database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    yield Metric("kimdong_database_bytes", "The size of the school's database.", [({}, size)])
    requests = CorrectionRequest.objects.filter(state__in=OPEN_STATES).count()
    yield Metric("kimdong_open_correction_requests", "Correction requests under way.", [({}, requests)])
    signed_in = Session.objects.filter(expire_date__gt=Now())
    yield Metric("kimdong_sessions", "Sessions that have not ended.", [({}, signed_in.count())])


def _of_requests() -> Iterator[Metric]:
    totals = request_counts.totals()
    for name, about, place in (
        ("kimdong_requests_total", "Requests answered since the server started.", 0),
        ("kimdong_request_seconds_total", "Seconds spent on them.", 1),
    ):
        samples = [({"status": status}, total[place]) for status, total in totals.items()]
        yield Metric(name, about, samples, kind="counter")
