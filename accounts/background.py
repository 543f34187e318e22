"""Work in the background: what every kind of it asks of the queue (procrastinate), whatever it makes.

A piece of work is a row of its own kind (a print, a list to be taken in), and its place in the queue names it by
`key`, an argument of the task. A worker holds an advisory lock on the piece while it works, so two never do one. The
heartbeats say who is alive; what a dead worker held goes back to the queue.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from accounts import clock

HEARTBEAT_SECONDS: Final = 2.0
"""How often a worker says that it lives."""
STALLED_AFTER_SECONDS: Final = 7.0
"""Silence after which a worker counts as dead and another takes its work over. A slow one loses nothing by it:
its lock keeps the other away."""

WORKERS_LOCKS: Final = (28, 29, 32, 33, 34, 35, 36)
"""First keys of the locks that only workers hold, see `Kind`."""
_HELD: Final = (
    "FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ANY(%s)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class InOtherHands(Exception):
    """Another worker has this piece of work."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its task, the argument that names the piece, and the first key of its advisory locks.

    Keys in use: 27 gradebook.windows, 28 prints, 29 pupil lists, 31 temporary codes (students.records), 32
    batches of prints, 33 the files of their pupils, 34 help with a print, 35 archives of everything, 36
    backups; workers hold those in `WORKERS_LOCKS`.
    """

    task: str
    key: str
    locks: int

    def enqueue(self, pk: int) -> None:
        """Django's own connection carries the queue's insert, so it falls under the transaction that is open."""
        name = f"{self.key}-{pk}"
        task = app.configure_task(self.task, allow_unknown=False, lock=name, queueing_lock=name)
        task.defer(**{self.key: pk})

    def enqueue_once(self, pk: int) -> bool:
        """False when another worker was quicker."""
        try:
            with transaction.atomic():
                self.enqueue(pk)
        except AlreadyEnqueued:
            return False
        return True

    def hurry(self, pk: int) -> None:
        """What waits to be tried again need not wait. One statement; nothing where it is under way already."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = NULL"
                " WHERE task_name = %s AND queueing_lock = %s AND status = 'todo'",
                [self.task, f"{self.key}-{pk}"],
            )

    @contextmanager
    def alone_with(self, pk: int) -> Iterator[None]:
        """Keeps the piece to this connection; the server lets go of it when the process dies. Raises InOtherHands."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [self.locks, pk])
            if not cursor.fetchone()[0]:
                raise InOtherHands(f"{self.key} {pk} is in another worker's hands.")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [self.locks, pk])

    def retry_stalled(self) -> list[int]:
        """Gives what dead workers held back to the queue; two at once do not take the same row. Returns the pieces.

        Inside the caller's transaction.
        """
        stalled = self._queued(status="doing").filter(
            Q(worker=None) | Q(worker__last_heartbeat__lt=Now() - stalled_after())
        )
        resumed = []
        for row in stalled.select_for_update(of=("self",), skip_locked=True):
            app.job_manager.retry_job_by_id(row.pk, retry_at=clock.stamp())
            resumed.append(row.args[self.key])
        return resumed

    def in_queue(self, *statuses: str, **conditions: Any) -> Exists:
        """Whether the piece (the outer query's row) stands in the queue in one of these states."""
        key = Cast(KeyTextTransform(self.key, "args"), BigIntegerField())
        places = self._queued(status__in=statuses, **conditions).annotate(piece=key)
        return Exists(places.filter(piece=OuterRef("pk")))

    def in_live_hands(self) -> ExpressionWrapper:
        """Whether a worker that is alive has the piece (the outer query's row) now.

        Its heart may stand still while it has one long call to do, such as writing a book of the whole school; but it
        holds its lock.
        """
        since = Now() - stalled_after()
        held = RawSQL(f"SELECT objid::bigint {_HELD}", [[self.locks]])  # noqa: S611 - our own words
        is_alive = Q(self.in_queue("doing", worker__last_heartbeat__gte=since)) | Q(pk__in=held)
        return ExpressionWrapper(is_alive, output_field=BooleanField())

    def _queued(self, **conditions: Any) -> QuerySet[ProcrastinateJob]:
        return ProcrastinateJob.objects.filter(task_name=self.task, **conditions)


def stalled_after() -> timedelta:
    return timedelta(seconds=STALLED_AFTER_SECONDS)


def has_live_worker() -> bool:
    """Whether any worker has given a sign of life of late, or holds a piece of work. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"  # noqa: S608 - our own words
            f" WHERE last_heartbeat >= now() - make_interval(secs => %s)) OR EXISTS (SELECT {_HELD})",
            [STALLED_AFTER_SECONDS, list(WORKERS_LOCKS)],
        )
        return bool(cursor.fetchone()[0])
