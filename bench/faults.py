"""`make soak`: sixty teachers save and the clerk prints while everything that can break is broken, one after the other.

On the running stack, a round each:
- kills: web processes, the whole web server, a worker in the middle of a book, PostgreSQL as by a power cut; slow
  clients; one job delivered twice to two workers;
- full_disk: a disk that is full for a while, under database and files (as root);
- clock_jump: the clock of web and worker a day ahead, and a day back.
`python -m bench.faults kills` goes that round alone. What watches over processes in production (systemd, Docker) is
played here: a process that is gone is started again. Afterwards every acknowledged save must be stored, in the history
and in the audit chain, nothing may be saved after the lock, every book printed once, and the chain whole. Exit status 1
if not.
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
from bench.afterwards import printed, verified
from bench.clock_jump import ClockJump, Hands
from bench.faulty import Faults, NotHere, Outages
from bench.full_disk import FullDisk, copy_of, small_disk
from bench.inside import inside
from bench.kills import Kills
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Stack, Template

DATA = ROOT / ".bench" / "pg"
DATABASE = "kimdong"
SHOWN_APART = ("saves", "faults", "outages", "print", "audit", "broken")


def soak(
    url: str,
    template: Template,
    files: Path,
    *,
    name: str,
    make: Callable[[Stack], Faults],
    told: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One round: a stack of its own, sixty teachers, a print of all classes, and the faults. `told`: what its processes
    find in their environment besides."""
    files.mkdir()
    with stacks.running(url, template, files, name=name, told=told) as stack:
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
            "print": printed(stack, batch, look_after=faults.start_what_has_ended),
            "audit": verified(stack),
            "broken": faults.broken,
            **faults.found(),
        }


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
        (saves["came_to"].get("HTTP 302", 0), "saves of somebody who was logged out"),
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


def clock_jump(url: str, template: Template, folder: Path) -> dict[str, Any]:
    hands = Hands(folder / "clock")
    return soak(
        url,
        template,
        folder / "clocks",
        name="clock",
        make=lambda stack: ClockJump(stack, DATA, DATABASE, hands=hands),
        told=hands.environment(),
    )


ROUNDS = {each.__name__: each for each in (kills, full_disk, clock_jump)}


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
                    embedded_postgres.start(
                        DATA, DATABASE, durable=True
                    )  # the full disk had a server of its own
                    found = ROUNDS[name](url, template, folder)
                except NotHere as problem:
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
