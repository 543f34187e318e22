"""`make soak`: sixty teachers save and the clerk prints while everything that can break is broken, one after the other.

On the running stack, a round each: web processes killed, the whole web server, a worker in the middle of a book,
PostgreSQL as by a power cut, slow clients, one job delivered twice to two workers (`kills`); a disk that is full for a
while (`full_disk`, as root). `python -m bench.faults full_disk` goes that round alone. What watches over processes in
production (systemd, Docker) is played here: a process that is gone is started again. Afterwards every acknowledged save
must be stored, in the history and in the audit chain, nothing may be saved after the lock, every book printed once, and
the chain whole. Exit status 1 if not.
"""

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import before_lock, latest
from bench.faulty import Faults, Outages
from bench.full_disk import FullDisk, copy_of, small_disk
from bench.inside import inside
from bench.kills import Kills
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Stack, Template

DATA = ROOT / ".bench" / "pg"
DATABASE = "kimdong"
SECONDS_TO_PRINT = 120
SHOWN_APART = ("saves", "faults", "outages", "print", "audit", "broken")
PRINTED = "SELECT state, count(*) FROM reports_printjob WHERE batch_id = %s GROUP BY 1"
ANSWERED = "SELECT count(*) FROM reports_printbatch WHERE id = %s AND state = 'done'"


def soak(
    url: str, template: Template, files: Path, *, name: str, make: Callable[[Stack], Faults]
) -> dict[str, Any]:
    """One round: a stack of its own, sixty teachers, a print of all classes, and the faults."""
    files.mkdir()
    with stacks.running(url, template, files, name=name) as stack:
        seats = inside(stack, "bench.prepared", "teachers", str(before_lock.TEACHERS))
        batch = inside(stack, "bench.prepared", "print_all")
        faults, outages = make(stack), Outages(stack, 0.0)
        threads = [threading.Thread(target=faults.run), threading.Thread(target=outages.watch)]

        def sign(seconds: int) -> str:
            """The last thing before the teachers begin: so do the faults."""
            moment: str = inside(stack, "bench.prepared", "lock", str(seconds))
            faults.begin = outages.begin = time.time()
            for thread in threads:
                thread.start()
            return moment

        saves = before_lock.measure(stack, seats, sign)
        threads[0].join()
        outages.is_over = True
        threads[1].join()
        return {
            "saves": saves,
            "faults": faults.done,
            "outages": outages.spans,
            "print": _printed(faults, batch),
            "audit": _verified(stack),
            "broken": faults.broken,
            **faults.found(),
        }


def _printed(faults: Faults, batch: int) -> dict[str, Any]:
    """The states of the batch's prints once it is done, or when the time for it is over."""
    stack = faults.stack
    deadline = time.monotonic() + SECONDS_TO_PRINT
    while time.monotonic() < deadline and stack.fetch(ANSWERED, batch) != [(1,)]:
        faults.start_what_has_ended()
        time.sleep(1)
    return {
        "is_done": stack.fetch(ANSWERED, batch) == [(1,)],
        "prints": dict(stack.fetch(PRINTED, batch)),
        "seconds": round(SECONDS_TO_PRINT - (deadline - time.monotonic())),
    }


def _verified(stack: Stack) -> str:
    try:
        return stack.manage("verify_audit").strip().splitlines()[-1]
    except Exception as problem:  # noqa: BLE001 - a finding like the others
        return f"FAULT {problem!r} {getattr(problem, 'stdout', '')}"


def findings(found: Mapping[str, Any]) -> list[str]:
    """What must not be; empty for a stack that bore everything."""
    saves = found["saves"]
    unanswered = sum(
        number for word, number in saves["came_to"].items() if word == "no answer" or "HTTP 5" in word
    )
    wrong = [
        (saves["lost"], "acknowledged saves lost"),
        (saves["unchained"], "saves not in the audit chain"),
        (saves["after_lock"], "saves after the lock"),
        (max(0, saves["unasked"] - unanswered), "saves that nobody sent"),
        (saves["came_to"].get("locked too early", 0), "saves refused before the lock"),
        (0 if found["print"]["is_done"] else 1, "print not finished"),
        (sum(n for state, n in found["print"]["prints"].items() if state != "done"), "books not printed"),
        (1 if found["audit"].startswith("FAULT") else 0, found["audit"]),
    ]
    return [*found["broken"], *(f"{number} {words}" for number, words in wrong if number)]


def show(name: str, found: Mapping[str, Any]) -> None:
    print(f"\n{name}: what was done, seconds since the beginning")
    for at, what in found["faults"]:
        print(f"{at:>8}  {what}")
    print("not answering: " + ", ".join(f"{first}–{last} s" for first, last in found["outages"]))
    for key, value in found.items():
        if key not in SHOWN_APART:
            print(f"{key}: {value}")
    before_lock.show(found["saves"])
    print(f"print of all classes: {found['print']}")
    print(f"verify_audit: {found['audit']}")
    wrong = findings(found)
    print(
        "\n".join(f"✗ {each}" for each in wrong) or "✓ nothing lost, nothing doubled, nothing after the lock"
    )


def kills(url: str, template: Template, folder: Path) -> dict[str, Any]:
    return soak(
        url, template, folder / "kills", name="kills", make=lambda stack: Kills(stack, DATA, DATABASE)
    )


def full_disk(_url: str, template: Template, folder: Path) -> dict[str, Any]:
    """The server is stopped for a copy of its files on a disk of their own."""
    with small_disk(folder / "disk") as disk:
        embedded_postgres.stop(DATA)
        data = copy_of(DATA, disk)
        on_disk = Template(template.database, Path(shutil.copytree(template.files, disk.folder / "template")))
        url = embedded_postgres.start(data, DATABASE, durable=True)
        try:
            return soak(
                url,
                on_disk,
                disk.folder / "files",
                name="disk",
                make=lambda stack: FullDisk(stack, data, DATABASE, disk=disk),
            )
        finally:
            embedded_postgres.stop(data)


ROUNDS = {each.__name__: each for each in (kills, full_disk)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("rounds", nargs="*", choices=[[], *ROUNDS], help="all of them unless named")
    wanted = parser.parse_args().rounds or list(ROUNDS)
    is_bad = False
    with tempfile.TemporaryDirectory(prefix="kimdong-soak-") as place:
        folder = Path(place)
        url = embedded_postgres.start(DATA, DATABASE, durable=True)
        try:
            template = stacks.build_template(url, folder / "template")
            for name in wanted:
                try:
                    found = ROUNDS[name](url, template, folder)
                except PermissionError as problem:
                    print(f"\n{name}: not on this machine: {problem}")
                    continue
                latest.keep({name: json.loads(json.dumps(found))})
                show(name, found)
                is_bad |= bool(findings(found))
        finally:
            embedded_postgres.stop(DATA)
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
