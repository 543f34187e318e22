"""The books through real worker processes, for 35 to 1,050 pupils: seconds, CPU seconds, megabytes, memory a process.

`python -m bench.books` prints and keeps its own group of bench/results/latest.json: a class, ten classes, the school
with two workers; then the school again unchanged, after one correction, and cancelled in the middle and resumed with
nothing kept. CPU seconds are told beside the clock's: what the books cost where other programs use the machine too.

`python -m bench.books ask|ask_batch|correct|cancel|resume|statements …` does one thing inside Django, as the clerk.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import psutil

from bench import latest
from bench.inside import inside
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Stack

PATIENCE = 3600  # seconds
TEN_CLASSES = 10
CANCELLED_AT = 0.3
IDLE_SECONDS = 0.2
"""Of CPU in five seconds: what workers that wait for work use."""


@dataclass(slots=True)
class Meter:
    """What the workers and the programs that they start use, from its making on."""

    stack: Stack
    began: float = field(default_factory=time.perf_counter)
    peak: int = 0
    cpu_before: float = 0.0

    def __post_init__(self) -> None:
        self.cpu_before = self._cpu()

    def look(self) -> None:
        """Resident bytes of the biggest process, a worker or a child of one."""
        for worker in _workers(self.stack):
            for process in (worker, *worker.children()):
                try:
                    self.peak = max(self.peak, process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    def read(self) -> dict[str, object]:
        return {
            "cpu_seconds": round(self.used(), 1),
            "peak_mib": self.peak // 2**20,
        }

    def used(self) -> float:
        """CPU seconds since its making."""
        return self._cpu() - self.cpu_before

    def _cpu(self) -> float:
        times = [worker.cpu_times() for worker in _workers(self.stack)]
        return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def _workers(stack: Stack) -> list[psutil.Process]:
    return [
        psutil.Process(process.pid) for name, process in stack.processes.items() if name.startswith("worker")
    ]


def print_books(stack: Stack, book: str, period: str, class_ids: Sequence[int]) -> dict[str, object]:
    """Asks for one book a class and waits for the last."""
    meter = Meter(stack)
    jobs = inside(stack, "bench.books", "ask", book, period, ",".join(map(str, class_ids)))
    _wait(meter, lambda: _are_done(stack, "reports_printjob", jobs))
    pages, pupils = stack.fetch(
        "SELECT sum(pages), sum(pupils_done) FROM reports_printjob WHERE id = ANY(%s)", jobs
    )[0]
    files = stack.fetch("SELECT file FROM reports_printjob WHERE id = ANY(%s)", jobs)
    return {
        "seconds": _seconds(stack, "reports_printjob", jobs),
        **meter.read(),
        "megabytes": _megabytes(stack, files),
        "pages": pages,
        "pupils": pupils,
    }


def print_school(stack: Stack, year: int, *, cancelled: bool = False) -> dict[str, object]:
    """The học bạ of the school as a batch, its binding included; `cancelled`: once in the middle, then resumed."""
    meter = Meter(stack)
    batch = inside(stack, "bench.books", "ask_batch", str(year))
    if cancelled:
        pupils = stack.fetch(
            "SELECT count(*) FROM students_enrolment e JOIN students_schoolclass c"
            " ON c.id = e.school_class_id WHERE c.year_id = %s",
            year,
        )[0][0]
        _wait(meter, lambda: _pupils_done(stack, batch) >= CANCELLED_AT * pupils)
        inside(stack, "bench.books", "cancel", str(batch))
        kept = _kept_pages(stack)
        inside(stack, "bench.books", "resume", str(batch))
    _wait(meter, lambda: _are_done(stack, "reports_printbatch", [batch]))
    pages, count, file = stack.fetch(
        "SELECT pages, pupils, file FROM reports_printbatch WHERE id = %s", batch
    )[0]
    figures = {
        "seconds": _seconds(stack, "reports_printbatch", [batch]),
        **meter.read(),
        "megabytes": _megabytes(stack, [(file,)]),
        "pages": pages,
        "pupils": count,
    }
    if cancelled:
        figures |= {"kept_when_cancelled": kept, "drawn_in_all": _kept_pages(stack)}
    return figures


def _kept_pages(stack: Stack) -> int:
    """Of pupils; bound books are kept beside them."""
    every = (stack.files / "private" / "pages").glob("*.pdf")
    return sum(not page.name.endswith(".book.pdf") for page in every)


def _seconds(stack: Stack, table: str, numbers: Sequence[int]) -> float:
    """From asking to done, by the database's clock: the program that asks is the bench's own."""
    took = stack.fetch(
        f"SELECT extract(epoch FROM max(finished_at) - min(asked_at)) FROM {table} WHERE id = ANY(%s)",  # noqa: S608
        list(numbers),
    )
    return round(float(took[0][0]), 1)


def _wait_until_ready(stack: Stack) -> None:
    """Until the workers have loaded and learned what they need and do nothing."""
    meter = Meter(stack)
    used = -1.0
    while meter.used() - used > IDLE_SECONDS:
        used = meter.used()
        time.sleep(5)


def _wait(meter: Meter, is_so: Callable[[], bool]) -> None:
    while not is_so():
        meter.look()
        if time.perf_counter() - meter.began > PATIENCE:
            raise RuntimeError("the books did not get done")
        time.sleep(0.1)


def _pupils_done(stack: Stack, batch: int) -> int:
    return stack.fetch("SELECT sum(pupils_done) FROM reports_printjob WHERE batch_id = %s", batch)[0][0] or 0


def _are_done(stack: Stack, table: str, numbers: Sequence[int]) -> bool:
    rows = stack.fetch(f"SELECT state, failure FROM {table} WHERE id = ANY(%s)", list(numbers))  # noqa: S608
    failed = [failure for state, failure in rows if state == "failed"]
    if failed:
        raise RuntimeError(failed[0])
    return all(state == "done" for state, _failure in rows)


def _megabytes(stack: Stack, files: Sequence[tuple[str]]) -> float:
    size = sum((stack.files / "private" / name).stat().st_size for (name,) in files)
    return round(size / 1e6, 2)


# -- Inside Django -----------------------------------------------------------------------------------------


def ask(book: str, period: str, class_ids: str) -> list[int]:
    from reports.print_jobs import ask_for_book  # noqa: PLC0415 - after setup
    from students.models import SchoolClass  # noqa: PLC0415 - as above

    return [
        ask_for_book(
            book=book, school_class=SchoolClass.objects.get(pk=class_id), period=period, by=_clerk()
        ).pk
        for class_id in class_ids.split(",")
    ]


def ask_batch(year: str) -> int:
    from reports.print_batches import ask_for_batch  # noqa: PLC0415 - after setup
    from students.models import SchoolYear  # noqa: PLC0415 - as above

    of = SchoolYear.objects.get(pk=int(year))
    return ask_for_batch(book="hocba", year=of, grade_level=None, period="CN", by=_clerk()).pk


def cancel(batch: str) -> None:
    from reports.models import PrintBatch  # noqa: PLC0415 - after setup
    from reports.print_control import cancel_batch  # noqa: PLC0415 - as above

    cancel_batch(PrintBatch.objects.select_related("year").get(pk=int(batch)), by=_clerk())


def resume(batch: str) -> None:
    from reports.models import PrintBatch  # noqa: PLC0415 - after setup
    from reports.print_control import resume_batch  # noqa: PLC0415 - as above

    resume_batch(PrintBatch.objects.select_related("year").get(pk=int(batch)), by=_clerk())


def correct(year: str) -> int:
    """One line of one pupil's record, which stands on the personal page."""
    from accounts.history import Source, acting  # noqa: PLC0415 - after setup
    from students.models import Student  # noqa: PLC0415 - as above

    pupil = Student.objects.filter(enrolments__school_class__year=int(year)).order_by("pk")[5]
    with acting(None, role="Đo hiệu năng", source=Source.SYSTEM):
        pupil.birth_place = f"{pupil.birth_place} (ghi lại)"
        pupil.save()
    return pupil.pk


def statements(class_id: str) -> dict[str, int]:
    """Of the print of a class and of one of its pupils, made in this process."""
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from reports import print_attempts  # noqa: PLC0415 - as above
    from reports.print_jobs import ask_for_book, ask_for_transcript, run_job  # noqa: PLC0415 - as above
    from students.models import Enrolment, SchoolClass  # noqa: PLC0415 - as above

    # Progress is noted by the clock, not by the pupil.
    print_attempts.SECONDS_BETWEEN_NOTES = float("inf")  # type: ignore[misc]
    school_class = SchoolClass.objects.select_related("year").get(pk=class_id)
    pupil = Enrolment.objects.roster(school_class)[0].student
    jobs = {
        "a_class": ask_for_book(book="hocba", school_class=school_class, period="CN", by=_clerk()),
        "a_pupil": ask_for_transcript(pupil, school_class=school_class, by=_clerk()),
    }
    counts = {}
    for what, job in jobs.items():
        with CaptureQueriesContext(connection) as asked:
            run_job(job.pk)
        counts[what] = len(asked)
    return counts


def _clerk() -> Any:
    from accounts.models import User  # noqa: PLC0415 - after setup

    return User.objects.get(username="vanthu")


# -- By itself ---------------------------------------------------------------------------------------------


def measure(stack: Stack) -> dict[str, dict[str, object]]:
    """Two workers; what was drawn is thrown away before each first print."""
    year = stack.fetch("SELECT min(year_id) FROM students_schoolclass")[0][0]
    rows = stack.fetch("SELECT id FROM students_schoolclass WHERE year_id = %s ORDER BY name DESC", year)
    classes = [row[0] for row in rows]
    stack.start("worker2", "manage.py", "work")
    _wait_until_ready(stack)
    found: dict[str, dict[str, object]] = {}

    def first(name: str, act: Callable[[], dict[str, object]], *, kept: bool = False) -> None:
        if not kept:
            shutil.rmtree(stack.files / "private" / "pages", ignore_errors=True)
        found[name] = act()
        print(name, found[name], flush=True)

    first("class", lambda: print_books(stack, "hocba", "CN", classes[:1]))
    first("class_again", lambda: print_books(stack, "hocba", "CN", classes[:1]), kept=True)
    first("ten_classes", lambda: print_books(stack, "hocba", "CN", classes[:TEN_CLASSES]))
    first("school", lambda: print_school(stack, year))
    first("school_again", lambda: print_school(stack, year), kept=True)
    inside(stack, "bench.books", "correct", str(year))
    first("school_after_a_correction", lambda: print_school(stack, year), kept=True)
    first("school_cancelled_and_resumed", lambda: print_school(stack, year, cancelled=True))
    for worker in ("worker", "worker2"):
        stack.kill(worker)
    found["statements"] = inside(stack, "bench.books", "statements", str(classes[0]))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        files = Path(folder)
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            print("· loading the demo school", flush=True)
            template = stacks.build_template(url, files / "template")
            with stacks.running(url, template, files / "run", name="books") as stack:
                found = measure(stack)
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    latest.keep({"books": found})
    print(json.dumps(found, indent=1))


COMMANDS = {each.__name__: each for each in (ask, ask_batch, cancel, correct, resume, statements)}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
        django.setup()
        print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
