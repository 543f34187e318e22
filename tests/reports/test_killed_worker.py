"""A real `manage.py work`, really killed or stopped by a cancel: the next one draws only the pages that are missing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from accounts import background
from reports.archives import ask_for_archive, is_there
from reports.models import DataArchive, PrintBatch, PrintJob
from reports.print_batches import ask_for_batch
from reports.print_control import cancel_batch, resume_batch
from reports.print_jobs import ask_for_book
from tests.gradebook.school import make_school
from tests.migrated_database import migrated_database
from tests.reports.school_books import fill

PUPILS = 80
"""So many that a worker is in the middle for a second or two."""
PUPILS_OF_4B = 3


def server() -> dict[str, str]:
    """How to reach the server of the tests, whichever database is meant."""
    known = connection.get_connection_params()
    return {key: known[key] for key in ("host", "user", "port", "password") if known.get(key)}


@pytest.fixture
def own_database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database for data that is really committed, which no flush could take away again: history is kept for
    ever. The connection points there meanwhile.
    """
    with django_db_blocker.unblock():
        connections.close_all()
        original = connection.settings_dict["NAME"]
        name = f"{original}_worker"
        with psycopg.connect(**server(), dbname="postgres", autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            migrated = migrated_database(os.environ["DATABASE_URL"])
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
            connection.settings_dict["NAME"] = name
            try:
                yield name
            finally:
                connections.close_all()
                connection.settings_dict["NAME"] = original
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Worker:
    """`manage.py work` as a process of its own."""

    def __init__(self, database: str, log: Path) -> None:
        query = "&".join(f"{key}={value}" for key, value in server().items())
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "work"],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    "DATABASE_URL": f"postgresql:///{database}?{query}",
                    "KIMDONG_MODE": "demo",
                    "KIMDONG_FILES": str(Path(settings.MEDIA_ROOT).parent),
                },
                stdout=out,
                stderr=out,
            )

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=15)


@pytest.fixture
def start_worker(own_database: str, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts workers; none outlives the test, however that ends."""
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(own_database, tmp_path / "worker.log"))
        return workers[-1]

    yield start
    for worker in workers:
        worker.process.kill()
        worker.process.wait()


def drawn_in(pages: Path) -> dict[Path, int]:
    """The pupils' books with what tells whether one was drawn again; bound books are kept beside them."""
    parts = [page for page in pages.glob("*.pdf") if not page.name.endswith(".book.pdf")]
    return {page: page.stat().st_ino for page in parts}


def wait_until(is_so: Callable[[], bool], *, seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_finishes_the_book(
    start_worker: Callable[[], Worker], settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "private"  # type: ignore[attr-defined]
    pages, log = tmp_path / "private" / "pages", tmp_path / "worker.log"
    school = make_school(pupils=PUPILS)
    fill(school.class_4a, school.pupils)
    job = ask_for_book(
        book=PrintJob.Book.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan
    )

    first = start_worker()
    wait_until(lambda: len(drawn_in(pages)) >= 3, seconds=60, log=log)
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    kept = drawn_in(pages)
    job.refresh_from_db()
    assert (job.state, job.file.name) == (PrintJob.State.RUNNING, "")
    assert 3 <= len(kept) < PUPILS

    second = start_worker()
    wait_until(
        lambda: PrintJob.objects.get(pk=job.pk).state == PrintJob.State.DONE,
        seconds=background.STALLED_AFTER_SECONDS + 60,
        log=log,
    )
    assert second.end(signal.SIGTERM) == 0
    job.refresh_from_db()
    assert (job.attempts, job.pupils_done, job.pages) == (2, PUPILS, 6 * PUPILS)
    assert {page: page.stat().st_ino for page in kept} == kept
    assert (tmp_path / "private" / "books" / f"{job.pk}.pdf").stat().st_size > 10_000


def test_a_batch_cancelled_in_the_middle_then_resumed_then_killed_is_bound_with_each_page_drawn_once(
    start_worker: Callable[[], Worker], settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "private"  # type: ignore[attr-defined]
    pages, log = tmp_path / "private" / "pages", tmp_path / "worker.log"
    school = make_school(pupils=PUPILS)
    batch = ask_for_batch(book="hocba", year=school.year, grade_level=4, period="CN", by=school.tuan)

    def drawn() -> dict[Path, int]:
        return drawn_in(pages)

    def states() -> list[str]:
        return [job.state for job in batch.jobs.order_by("school_class")]

    first = start_worker()
    wait_until(lambda: len(drawn()) >= 3, seconds=60, log=log)
    cancel_batch(batch, by=school.tuan)
    # A worker that is told to end does so when it has nothing in hand, or after ten seconds.
    assert first.end(signal.SIGTERM) == 0
    kept = drawn()
    assert states() == ["cancelled", "cancelled"]
    assert 3 <= len(kept) < PUPILS

    resume_batch(batch, by=school.tuan)
    second = start_worker()
    wait_until(lambda: len(drawn()) >= len(kept) + 2, seconds=60, log=log)
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    assert "running" in states()
    kept |= drawn()

    third = start_worker()
    wait_until(
        lambda: PrintBatch.objects.get(pk=batch.pk).state == PrintBatch.State.DONE,
        seconds=background.STALLED_AFTER_SECONDS + 90,
        log=log,
    )
    assert third.end(signal.SIGTERM) == 0
    batch.refresh_from_db()
    in_all = PUPILS + PUPILS_OF_4B
    assert (batch.pupils, batch.pages) == (in_all, 6 * in_all)
    assert {page: number for page, number in drawn().items() if page in kept} == kept
    assert len(drawn()) == in_all


def test_a_worker_packs_everything_and_tells_how_far_it_is_past_the_moment_that_it_reads(
    start_worker: Callable[[], Worker], settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "private"  # type: ignore[attr-defined]
    school = make_school(pupils=2)
    fill(school.class_4a, school.pupils)
    archive = ask_for_archive(by=school.bich)
    start_worker()
    seen = set()

    def is_done() -> bool:
        archive.refresh_from_db()
        seen.add(archive.progress)
        return archive.state == DataArchive.State.DONE

    wait_until(is_done, seconds=60, log=tmp_path / "worker.log")
    assert is_there(archive)
    assert archive.rows
    assert archive.progress == 1000
    assert len(seen) > 2
