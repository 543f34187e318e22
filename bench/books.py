"""The books through a real worker process: seconds, megabytes, peak memory, for one class and for the whole school.

`python -m bench.books ask BOOK PERIOD CLASS_ID,…` asks inside Django (as the clerk) and prints the job ids.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

import django
import psutil

from tests.stack import ROOT, Stack

PATIENCE = 1800  # seconds


def print_books(stack: Stack, book: str, period: str, class_ids: Sequence[int]) -> dict[str, object]:
    """Asks for one book a class and waits for the last; time from asking to done, memory of the worker's tree."""
    begin = time.perf_counter()
    jobs = _ask(stack, book, period, class_ids)
    peak = 0
    while not _finished(stack, jobs):
        peak = max(peak, _memory(stack))
        if time.perf_counter() - begin > PATIENCE:
            raise RuntimeError("the books did not get done")
        time.sleep(0.1)
    seconds = time.perf_counter() - begin
    pages, pupils = stack.fetch(
        "SELECT sum(pages), sum(pupils_done) FROM reports_printjob WHERE id = ANY(%s) AND state = 'done'",
        jobs,
    )[0]
    size = sum(
        (stack.files / "private" / name).stat().st_size
        for (name,) in stack.fetch("SELECT file FROM reports_printjob WHERE id = ANY(%s)", jobs)
    )
    return {
        "seconds": round(seconds, 1),
        "megabytes": round(size / 1e6, 2),
        "peak_mib": peak // 2**20,
        "pages": pages,
        "pupils": pupils,
    }


def _ask(stack: Stack, book: str, period: str, class_ids: Sequence[int]) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.books", "ask", book, period, ",".join(map(str, class_ids))],
        cwd=ROOT,
        env=stack.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def _finished(stack: Stack, jobs: list[int]) -> bool:
    rows = stack.fetch("SELECT state, failure FROM reports_printjob WHERE id = ANY(%s)", jobs)
    failed = [failure for state, failure in rows if state == "failed"]
    if failed:
        raise RuntimeError(failed[0])
    return all(state == "done" for state, _failure in rows)


def _memory(stack: Stack) -> int:
    """Resident bytes of the biggest worker process."""
    workers = [process.pid for name, process in stack.processes.items() if name.startswith("worker")]
    return max(psutil.Process(pid).memory_info().rss for pid in workers)


def ask(book: str, period: str, class_ids: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from accounts.models import User  # noqa: PLC0415 - after setup
    from reports.print_jobs import ask_for_book  # noqa: PLC0415 - after setup
    from students.models import SchoolClass  # noqa: PLC0415 - after setup

    clerk = User.objects.get(username="vanthu")
    jobs = [
        ask_for_book(book=book, school_class=SchoolClass.objects.get(pk=class_id), period=period, by=clerk).pk
        for class_id in class_ids.split(",")
    ]
    print(json.dumps(jobs))


if __name__ == "__main__":
    ask(*sys.argv[2:])
