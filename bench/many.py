"""A department's machine: one PostgreSQL, a database and processes for each school; 1, 10 and 100 of them.

`python -m bench.many [number …]` climbs the numbers. On each step it makes the databases that are missing, copies of
one loaded school; opens sheets and saves cells as teachers of the schools that are awake (a web server runs), while
every other school's results are read too; counts connections and bytes. Then the books of several schools are drawn
by workers that stand for the hosts of a pool (`bench.many_jobs`). docs/many-schools.md tells what it means.

It makes a cluster of its own below .bench and takes it away at its end; a run takes away what a killed one left.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from bench import latest, many_jobs
from bench.measure import milliseconds
from bench.open_sheet import Cell, OpenSheet, open_sheet, save_whole
from bench.sheets import find_target
from bench.web import Session
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Stack, Template, _recreate

DATA = ROOT / ".bench" / "many"
NUMBERS = (1, 10, 100)
AWAKE = 6
"""Schools with a web server at once, of those there are: what the memory of the bench's machine carries."""
WARM_UP, ROUNDS, PASSES = 3, 15, 3
CONNECTIONS = 600
AIM = 1.5

# Another school at work: the marks of a line in all its classes, from shared buffers or the disk.
ELSEWHERE = (
    "SELECT sum(mark) FROM gradebook_subjectresult"
    " WHERE line_id IN (SELECT id FROM gradebook_subjectline WHERE code = 'TOAN')"
)
SERVED = "SELECT pid, application_name = 'bench' FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass(slots=True)
class Awake:
    """A school with a web server, and a teacher of it who has a sheet open."""

    stack: Stack
    session: Session
    sheet: OpenSheet
    cell: Cell
    opens: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)

    def work(self, number: int) -> None:
        """Opens the sheet, saves one cell to another value."""
        self.session.connection = None  # the server has closed one that lay idle meanwhile
        answer = self.session.get(self.sheet.path)
        if answer.status != 200:
            raise RuntimeError(f"{self.sheet.path}: HTTP {answer.status}")
        saved = save_whole(self.session, self.sheet, self.sheet.others([self.cell], number))
        self.opens.append(answer.seconds)
        self.saves.append(saved.seconds)


@dataclass(slots=True)
class Machine:
    """The server with its schools. `quiet` are the databases of those that have no web server."""

    url: str
    template: Template
    folder: Path
    ends: ExitStack
    awake: list[Awake] = field(default_factory=list)
    quiet: list[psycopg.Connection] = field(default_factory=list)

    @property
    def schools(self) -> int:
        return len(self.awake) + len(self.quiet)

    def grow(self, number: int) -> float:
        """Makes schools until there are so many; the median seconds that a database took."""
        taken = []
        while self.schools < number:
            begin = time.perf_counter()
            if len(self.awake) < AWAKE:
                self._wake()
            else:
                taken.append(self._copy(begin))
        return statistics.median(taken) if taken else 0.0

    def _wake(self) -> None:
        name = f"awake{len(self.awake)}"
        files = self.folder / name
        files.mkdir()
        stack = self.ends.enter_context(
            stacks.running(self.url, self.template, files, name=name, worker=False, web_processes=1)
        )
        target, session = find_target(stack), Session(stack.address)
        session.log_in(target.teacher)
        sheet = open_sheet(session, target.sheet("TOAN"))
        cell = next(each for each in sheet.values if each[2] == "mark")
        self.awake.append(Awake(stack, session, sheet, cell))

    def _copy(self, begin: float) -> float:
        name = f"{self.template.database}_quiet{len(self.quiet)}"
        _recreate(self.url, name, template=self.template.database)
        taken = time.perf_counter() - begin
        conninfo = make_conninfo(self.url, dbname=name, application_name="bench")
        self.quiet.append(self.ends.enter_context(psycopg.connect(conninfo, autocommit=True)))
        return taken

    def measure(self) -> dict[str, object]:
        """Of one school while the others rest and of all at work, in turn; of PASSES passes the least medians count.

        In turn, for what else the machine does meanwhile would otherwise slow down one of the two.
        """
        passes = [
            {"alone": self._pass(self.awake[:1], ()), "all": self._pass(self.awake, self.quiet)}
            for _pass in range(PASSES)
        ]
        return {
            who: {
                what: min((each[who][what] for each in passes), key=lambda times: times["median_ms"])
                for what in ("open", "save")
            }
            for who in ("alone", "all")
        }

    def _pass(
        self, teachers: Sequence[Awake], others: Sequence[psycopg.Connection]
    ) -> dict[str, dict[str, float]]:
        for each in teachers:
            each.opens.clear()
            each.saves.clear()
        for number in range(WARM_UP + ROUNDS):
            for other in others:
                other.execute(ELSEWHERE)
            for each in teachers:
                each.work(number)
        return {
            "open": _times([seconds for each in teachers for seconds in each.opens[WARM_UP:]]),
            "save": _times([seconds for each in teachers for seconds in each.saves[WARM_UP:]]),
        }

    def sizes(self) -> dict[str, object]:
        with psycopg.connect(_superuser(), application_name="bench") as asking:
            found = asking.execute(
                "SELECT pg_database_size(oid) FROM pg_database WHERE starts_with(datname, %s)",
                [f"{self.template.database}_"],
            ).fetchall()
            served: dict[int, bool] = dict(asking.execute(SERVED).fetchall())
            held = [pid for pid, is_ours in served.items() if not is_ours]
            own = [_own_bytes(pid) for pid in held]
        sizes = [size for (size,) in found]
        return {
            "gigabytes": round(sum(sizes) / 2**30, 2),
            "a_school_mib": round(statistics.median(sizes) / 2**20),
            "connections_a_web_server": round(len(held) / len(self.awake), 1),
            "connections": len(held) + len(self.quiet),
            "connection_mib": round(statistics.median(own) / 2**20, 1),
            "web_server_mib": round(statistics.median(_web_bytes(each.stack) for each in self.awake) / 2**20),
        }


def _times(samples: Sequence[float]) -> dict[str, float]:
    return {"median_ms": milliseconds(samples, 50), "p95_ms": milliseconds(samples, 95)}


def _superuser() -> str:
    """Others are not told what is on the server."""
    return embedded_postgres.url(DATA, "postgres", embedded_postgres.SUPERUSER)


def _own_bytes(pid: int) -> int:
    """Of a process of PostgreSQL that serves a connection, without what it shares with the others."""
    return psutil.Process(pid).memory_full_info().uss


def _web_bytes(stack: Stack) -> int:
    """Master and process of a school's web server; what they share is counted once."""
    master = psutil.Process(stack.processes["web"].pid)
    return sum(each.memory_full_info().pss for each in (master, *master.children(recursive=True)))


@contextmanager
def _cluster() -> Iterator[str]:
    """A server with room for the connections of hundreds of schools, gone at the end with all its databases."""
    _take_away()
    embedded_postgres.start(DATA, "kimdong", durable=True)
    try:
        with psycopg.connect(_superuser(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        embedded_postgres.stop(DATA)
        yield embedded_postgres.start(DATA, "kimdong", durable=True)
    finally:
        _take_away()


def _take_away() -> None:
    embedded_postgres.stop(DATA)
    shutil.rmtree(DATA, ignore_errors=True)


def climb(numbers: Sequence[int]) -> dict[str, Any]:
    """By number of schools what was measured there, and the jobs of the last step."""
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as name, _cluster() as url:
        folder = Path(name)
        print("· loading the demo school", flush=True)
        template = stacks.build_template(url, folder / "template")
        steps: dict[str, Any] = {}
        with ExitStack() as ends:
            machine = Machine(url, template, folder, ends)
            for number in numbers:
                made = machine.grow(number)
                print(f"· {number} schools", flush=True)
                steps[str(number)] = {"copy_s": round(made, 2), **machine.measure(), **machine.sizes()}
            print("· their books, by a pool of workers", flush=True)
            jobs = many_jobs.draw([each.stack for each in machine.awake], _superuser())
        return {"schools": steps, "jobs": jobs}


def _ratio(step: dict[str, Any], what: str) -> float:
    return round(step["all"][what]["median_ms"] / step["alone"][what]["median_ms"], 2)


def show(found: dict[str, Any]) -> None:
    """The ratios are of all at work to one alone, on the same step."""
    steps = found["schools"]
    print(f"\n{'schools on one machine':<44}" + "".join(f"{number:>12}" for number in steps))
    for label, what in (("opening a sheet", "open"), ("saving a cell", "save")):
        for words, who in (("one at work", "alone"), ("all at work", "all")):
            for kind in ("median_ms", "p95_ms"):
                line = "".join(f"{step[who][what][kind]:>12}" for step in steps.values())
                print(f"{f'{label}, {words}: {kind}':<44}{line}")
        ratios = "".join(f"{_ratio(step, what):>12}" for step in steps.values())
        print(f"{f'{label}: ratio (aim < {AIM})':<44}{ratios}")
    for label, key in (
        ("databases (GB)", "gigabytes"),
        ("a school's database (MiB)", "a_school_mib"),
        ("making one from the template (s)", "copy_s"),
        ("connections", "connections"),
        ("… that an idle web server holds", "connections_a_web_server"),
        ("… a connection's own memory (MiB)", "connection_mib"),
        ("a school's web server (MiB)", "web_server_mib"),
    ):
        print(f"{label:<44}" + "".join(f"{step[key]:>12}" for step in steps.values()))
    many_jobs.show(found["jobs"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.many")
    parser.add_argument("numbers", nargs="*", type=int, default=NUMBERS, help="of schools, rising")
    found = climb(sorted(set(parser.parse_args().numbers)))
    latest.keep({"many": found})
    show(found)
    if many_jobs.faults(found["jobs"]):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
