"""The queue of the work in the background, in numbers: for the page of the system's state and for measurements."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.db import connection

HOURS_LOOKED_BACK: Final = 24
_READ: Final = """
SELECT count(*) FILTER (WHERE status = 'todo' AND is_due),
       count(*) FILTER (WHERE status = 'todo' AND NOT is_due),
       count(*) FILTER (WHERE status = 'doing'),
       count(*) FILTER (WHERE status = 'failed'
           AND EXISTS (SELECT FROM procrastinate_events e
                       WHERE e.job_id = job.id AND e.type = 'failed' AND e.at > now() - make_interval(hours => %s))),
       now() - min(coalesce(scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = job.id)))
           FILTER (WHERE status = 'todo' AND is_due)
FROM (SELECT *, coalesce(scheduled_at <= now(), true) AS is_due FROM procrastinate_jobs
      WHERE status IN ('todo', 'doing', 'failed')) job
"""


@dataclass(frozen=True, slots=True)
class QueueState:
    """Pieces of work: due and waiting, waiting for their hour, under way, given up within a day; and how long the
    oldest that is due has waited (None: none waits)."""

    waiting: int
    later: int
    running: int
    failed: int
    oldest: datetime.timedelta | None


def read_queue() -> QueueState:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [HOURS_LOOKED_BACK])
        return QueueState(*cursor.fetchone())
