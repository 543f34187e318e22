"""A second worker at the print of a class: it draws from the last pupil backwards until it meets the first one.

The worker that has the print asks for help when many pages are missing, another worker lives and nothing else waits.
The helper only fills the folder of kept pages; without it, or if it dies, the print comes out the same, later.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from accounts import background
from reports.models import PrintJob
from reports.print_attempts import SECONDS_BETWEEN_NOTES

TASK: Final = "help_print"
HELPS: Final = background.Kind(TASK, key="helped_print_id", locks=34)
WORTH_HELP: Final = 8
"""Missing pages (of pupils) from which on a helper, which reads the class once more, is of use."""


def ask_for_help(job: PrintJob, manuscript: Any) -> None:
    """Two statements where pages are missing, three where help is asked for."""
    from reports.kept_pages import is_kept  # noqa: PLC0415 - the worker's part: it loads the typesetter

    missing = sum(not is_kept(part) for part in manuscript.parts)
    if missing >= WORTH_HELP and _others_are_idle():
        HELPS.enqueue_once(job.pk)


def _others_are_idle() -> bool:
    since = Now() - background.stalled_after()
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).count()
    places = ProcrastinateJob.objects.aggregate(
        waiting=Count("pk", filter=Q(status="todo")), doing=Count("pk", filter=Q(status="doing"))
    )
    return alive > places["doing"] and not places["waiting"]


def help_print(print_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """How many pupils it has drawn. Raises InOtherHands where somebody helps already."""
    from reports import book_binding, kept_pages  # noqa: PLC0415 - as above

    with HELPS.alone_with(print_id):
        job = PrintJob.objects.select_related("school_class__year", "student", "correction").get(pk=print_id)
        if job.state != PrintJob.State.RUNNING:
            return 0
        drawn, looked_at = 0, time.monotonic()
        for part in reversed(book_binding.read_manuscript(job).parts):
            if time.monotonic() - looked_at >= SECONDS_BETWEEN_NOTES:
                looked_at = time.monotonic()
                if not PrintJob.objects.filter(pk=print_id, state=PrintJob.State.RUNNING).exists():
                    break
            if should_stop() or kept_pages.is_kept(part):
                break
            kept_pages.kept_page(part)
            drawn += 1
        return drawn


def resume_stalled() -> list[int]:
    """Gives the help that a dead worker gave back to the queue; where it is late, nothing is left to do."""
    with transaction.atomic():
        return HELPS.retry_stalled()
