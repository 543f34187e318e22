"""`make soak`: sixty teachers save and the clerk prints while everything that can break is broken, one after the other.

On the running stack: web processes killed, the whole web server, a worker in the middle of a book, PostgreSQL as by
a power cut; slow clients; one job delivered twice to two workers. What watches over processes in production (systemd,
Docker) is played here: a process that is gone is started again. Afterwards every acknowledged save must be stored, in
the history and in the audit chain, nothing may be saved after the lock, every book printed once, and the chain whole.
Exit status 1 if not.
"""

import json
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from bench import before_lock, latest
from bench.inside import inside
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Stack

DATA = ROOT / ".bench" / "pg"
DATABASE = "kimdong"
SLOW_CLIENTS = 20
SECONDS_TO_PRINT = 120
PRINTED = "SELECT state, count(*) FROM reports_printjob WHERE batch_id = %s GROUP BY 1"
ANSWERED = "SELECT count(*) FROM reports_printbatch WHERE id = %s AND state = 'done'"


@dataclass(slots=True)
class Outages:
    """When the server did not answer /healthz with 200, asked four times a second; seconds since the beginning."""

    stack: Stack
    begin: float
    spans: list[tuple[float, float]] = field(default_factory=list)
    is_over: bool = False

    def watch(self) -> None:
        since: float | None = None
        while not self.is_over:
            now = time.time() - self.begin
            if not self.stack.answers():
                since = now if since is None else since
            elif since is not None:
                self.spans.append((round(since, 1), round(now, 1)))
                since = None
            time.sleep(0.25)


@dataclass(slots=True)
class Faults:
    """What is done to the stack, in turn; `done` says when, in seconds since the beginning."""

    stack: Stack
    begin: float = 0.0
    done: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run(self) -> None:
        for wait, what, act in (
            (5, "one web process killed", self.kill_a_web_process),
            (7, "the web server killed whole, started again after 3 s", self.kill_the_web_server),
            (8, "the worker killed in the middle of a book; two take its place", self.kill_the_worker),
            (5, "a job in the queue delivered a second time", self.deliver_twice),
            (5, "PostgreSQL killed, gone for 8 s", self.kill_postgres),
            (8, f"{SLOW_CLIENTS} clients that send half a request", self.slow_clients),
        ):
            time.sleep(wait)
            self.done.append((round(time.time() - self.begin, 1), what))
            try:
                act()
            except Exception as problem:  # noqa: BLE001 - the others are tried all the same; this one is told
                self.broken.append(f"{what}: {problem!r}")

    def kill_a_web_process(self) -> None:
        psutil.Process(self.stack.processes["web"].pid).children()[0].kill()

    def kill_the_web_server(self) -> None:
        children = psutil.Process(self.stack.processes["web"].pid).children(recursive=True)
        self.stack.kill("web")
        for child in children:
            child.kill()
        psutil.wait_procs(children, timeout=5)
        time.sleep(3)
        self.stack.start_web()

    def kill_the_worker(self) -> None:
        self.stack.kill("worker")
        self.stack.start("worker", "manage.py", "work")
        self.stack.start("worker 2", "manage.py", "work")

    def deliver_twice(self) -> None:
        inside(self.stack, "bench.prepared", "deliver_twice")

    def kill_postgres(self) -> None:
        pid = int((DATA / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        server = psutil.Process(pid)
        gone = [server, *server.children(recursive=True)]
        for process in gone:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(gone, timeout=10)
        time.sleep(8)
        embedded_postgres.start(DATA, DATABASE, durable=True)

    def start_what_has_ended(self) -> None:
        """As systemd and Docker do: a worker that has lost its database ends, some seconds later."""
        for name in ("worker", "worker 2"):
            if self.stack.processes[name].poll() is not None:
                self.stack.start(name, "manage.py", "work")

    def slow_clients(self) -> None:
        address = urlsplit(self.stack.address)
        clients = [
            socket.create_connection((address.hostname, address.port)) for _each in range(SLOW_CLIENTS)
        ]
        for client in clients:
            client.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n")
        time.sleep(5)
        for client in clients:
            client.close()


def soak(url: str, folder: Path) -> dict[str, Any]:
    template = stacks.build_template(url, folder / "template")
    files = folder / "faults"
    files.mkdir()
    with stacks.running(url, template, files, name="faults") as stack:
        seats = inside(stack, "bench.prepared", "teachers", str(before_lock.TEACHERS))
        batch = inside(stack, "bench.prepared", "print_all")
        faults, outages = Faults(stack), Outages(stack, 0.0)
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
            "broken": faults.broken,
            "outages": outages.spans,
            "print": _printed(faults, batch),
            "audit": _verified(stack),
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


def show(found: Mapping[str, Any]) -> None:
    print("\nfaults, seconds since the beginning")
    for at, what in found["faults"]:
        print(f"{at:>8}  {what}")
    print("not answering: " + ", ".join(f"{first}–{last} s" for first, last in found["outages"]))
    before_lock.show(found["saves"])
    print(f"print of all classes: {found['print']}")
    print(f"verify_audit: {found['audit']}")
    wrong = findings(found)
    print(
        "\n".join(f"✗ {each}" for each in wrong) or "✓ nothing lost, nothing doubled, nothing after the lock"
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-soak-") as folder:
        url = embedded_postgres.start(DATA, DATABASE, durable=True)
        try:
            found = soak(url, Path(folder))
        finally:
            embedded_postgres.stop(DATA)
    latest.keep({"faults": json.loads(json.dumps(found))})
    show(found)
    sys.exit(1 if findings(found) else 0)


if __name__ == "__main__":
    main()
