"""The worker: `manage.py work`. One book at a time; for more at once, run more of these.

Drawing keeps one core busy and Python draws one page at a time a process, so a second task in the same
process would only wait. SIGTERM or SIGINT: the book at hand gets a few seconds, then goes back to the queue.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from accounts import background, backups, clock
from reports import (
    archives,
    kept_pages,
    pdf,
    print_batches,
    print_help,
    print_jobs,
    pupil_files,
    worker_memory,
)
from students import roster_runs

logger = logging.getLogger(__name__)
POLL_SECONDS: Final = 2.0
"""New books are announced; ones to be tried again are found by looking."""
SECONDS_TO_FINISH: Final = 10.0


class Command(BaseCommand):
    help = "In sổ và học bạ ở nền cho đến khi nhận SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Work until told to stop. Raises CommandError when the worker ends by itself (database gone)."""
        clock.now()  # the queue asks for the time where no statement may be run
        kept_pages.forget_unused()
        archives.forget_old()
        # The queue gets connections of its own (asynchronous); tasks go on using Django's pool.
        queue = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
        if settings.BACKUPS is None and settings.MODE == "production":
            logger.warning(backups.NOT_SET)
        self.stdout.write("Máy in nền đã chạy.")
        if not asyncio.run(_work_until_told(app.with_connector(queue))):
            raise CommandError(
                "Máy in nền tự dừng: mất kết nối với cơ sở dữ liệu. Xem các dòng nhật kí phía trên."
            )
        self.stdout.write("Máy in nền đã dừng.")


async def _work_until_told(worker_app: App) -> bool:
    """False when the work ended without being told to."""
    told = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    async with worker_app.open_async():
        worker = worker_app.run_worker_async(
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=background.HEARTBEAT_SECONDS,
            stalled_worker_timeout=background.STALLED_AFTER_SECONDS,
            shutdown_graceful_timeout=SECONDS_TO_FINISH,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
        tasks = [asyncio.create_task(work) for work in (worker, _look_after_the_dead())]
        ready = asyncio.create_task(_get_ready(told.is_set))
        order = asyncio.create_task(told.wait())
        await asyncio.wait([*tasks, order], return_when=asyncio.FIRST_COMPLETED)
        for task in (*tasks, ready, order):
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end
    return told.is_set()


async def _get_ready(should_stop: Callable[[], bool]) -> None:
    """What the first book would wait for; it is drawn all the same where this fails."""
    try:
        await sync_to_async(_learn, thread_sensitive=False)(should_stop)
    except Exception:
        logger.exception("the forms could not be learned beforehand")


def _learn(should_stop: Callable[[], bool]) -> None:
    pdf.learn_forms(should_stop=should_stop)
    worker_memory.settle()


async def _look_after_the_dead() -> None:
    while True:
        await sync_to_async(_resume_stalled, thread_sensitive=False)()
        await asyncio.sleep(POLL_SECONDS)


def _resume_stalled() -> None:
    try:
        print_jobs.resume_stalled()
        print_batches.resume_stalled()
        pupil_files.resume_stalled()
        print_help.resume_stalled()
        roster_runs.resume_stalled()
        archives.resume_stalled()
        backups.resume_stalled()
    finally:
        connections.close_all()
