"""`python -m bench.deadline`: the hour before a lock. Sixty teachers save, thirty classes call the roll, a print runs.

All at once, on the running production server, for the last minute before an order locks the period. Prints medians,
95th percentiles, errors; every acknowledged save and roll is then looked for in the database. Exit status 1 where
something was refused, failed or lost. About five minutes, most of them for loading the demo school.
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import before_lock, latest, rolls
from bench.afterwards import printed, verified
from bench.inside import inside
from bench.measure import median_ms, milliseconds
from bench.web import Answer, Session
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.open_rolls import open_rolls
from tests.stack import ROOT, Stack

DATA, DATABASE = ROOT / ".bench" / "pg", "kimdong"
CLASSES, SECONDS_BETWEEN_ROLLS = 30, 2.0
HOMEROOM_TEACHERS = """
    SELECT DISTINCT u.username FROM accounts_user u JOIN students_homeroomassignment h ON h.teacher_id = u.id
    JOIN students_schoolclass c ON c.id = h.school_class_id
    WHERE c.year_id = (SELECT max(year) FROM students_schoolyear) AND u.username LIKE 'gvcn.%%' ORDER BY 1"""
ROLLS_WRITTEN = "SELECT count(*) FROM students_historicalrollcall WHERE history_id > %s"
NEWEST_ROLL = "SELECT coalesce(max(history_id), 0) FROM students_historicalrollcall"


@dataclass(slots=True)
class RollCall:
    """A class whose teacher opens its newest roll, marks somebody absent, and comes again when a slip is corrected."""

    session: Session
    path: str
    opened: list[float] = field(default_factory=list)
    saved: list[float] = field(default_factory=list)
    came_to: Counter[str] = field(default_factory=Counter)

    def work(self, until: float) -> None:
        for turn in cycle(range(7)):
            if time.time() >= until:
                return
            try:
                self._call(turn)
            except (OSError, HTTPException) as problem:
                self.session.connection = None
                self.came_to[repr(problem)] += 1
            time.sleep(SECONDS_BETWEEN_ROLLS)

    def _call(self, turn: int) -> None:
        page = self.session.get(self.path)
        self.came_to[f"opened: HTTP {page.status}"] += 1
        if page.status != 200:
            return
        self.opened.append(page.seconds)
        text = page.body.decode()
        pupils, version = sorted(set(rolls.PUPIL.findall(text))), int(rolls.VERSION.findall(text)[0])
        answer = self._save(rolls.fields_of(pupils, pupils[turn % len(pupils)], version))
        self.came_to[f"saved: HTTP {answer.status}"] += 1
        if answer.status == 302:
            self.saved.append(answer.seconds)

    def _save(self, fields: Mapping[str, str]) -> Answer:
        body = urlencode(dict(fields) | {"csrfmiddlewaretoken": self.session.token})
        return self.session.ask("POST", self.path, body.encode(), "application/x-www-form-urlencoded")


def measure(stack: Stack) -> dict[str, Any]:
    seats = inside(stack, "bench.prepared", "teachers", str(before_lock.TEACHERS))
    classes = _classes(stack)
    before = stack.fetch(NEWEST_ROLL)[0][0]
    batch: list[int] = []
    threads: list[threading.Thread] = []

    def begin(seconds: int) -> str:
        """The last thing before the teachers begin."""
        batch.append(inside(stack, "bench.prepared", "print_all"))
        moment: str = inside(stack, "bench.prepared", "lock", str(seconds))
        until = time.time() + seconds
        threads.extend(threading.Thread(target=each.work, args=(until,)) for each in classes)
        for thread in threads:
            thread.start()
        return moment

    saves = before_lock.measure(stack, seats, begin)
    for thread in threads:
        thread.join()
    return {
        "load": os.getloadavg()[0],
        "saves": saves,
        "rolls": _of_rolls(classes, stack.fetch(ROLLS_WRITTEN, before)[0][0]),
        "print": printed(stack, batch[0]),
        "audit": verified(stack),
    }


def _classes(stack: Stack) -> list[RollCall]:
    names = [name for (name,) in stack.fetch(HOMEROOM_TEACHERS)][:CLASSES]
    found = []
    for name in names:
        session = Session(stack.address)
        session.log_in(name)
        session.connection = None  # the server closes one that lies idle while the others log in
        found.append(RollCall(session, open_rolls(stack, name)[0]))
    return found


def _of_rolls(classes: list[RollCall], written: int) -> dict[str, Any]:
    opened = [each for one in classes for each in one.opened]
    saved = [each for one in classes for each in one.saved]
    came_to: Counter[str] = sum((one.came_to for one in classes), Counter())
    return {
        "classes": len(classes),
        "opened_median_ms": median_ms(opened),
        "opened_p95_ms": milliseconds(opened, 95),
        "saved_median_ms": median_ms(saved),
        "saved_p95_ms": milliseconds(saved, 95),
        "acknowledged": len(saved),
        "lost_or_doubled": abs(len(saved) - written),
        "errors": sum(
            n for word, n in came_to.items() if word not in ("opened: HTTP 200", "saved: HTTP 302")
        ),
        "came_to": dict(came_to),
    }


def findings(found: Mapping[str, Any]) -> list[str]:
    """What must not be."""
    saves, calls = found["saves"], found["rolls"]
    wrong = [
        (saves["errors"], "saves that failed"),
        (
            saves["lost"] + saves["unasked"] + saves["unchained"],
            "saves lost, doubled or not in the audit chain",
        ),
        (saves["after_lock"], "saves after the lock"),
        (calls["errors"], "roll calls that failed"),
        (calls["lost_or_doubled"], "roll calls lost or doubled"),
        (CLASSES - calls["classes"], "classes without a roll call"),
        (0 if found["print"]["is_done"] else 1, "print not finished"),
        (1 if found["audit"].startswith("FAULT") else 0, found["audit"]),
    ]
    return [f"{number} {words}" for number, words in wrong if number]


def show(found: Mapping[str, Any]) -> None:
    before_lock.show(found["saves"])
    print(f"\nload of the machine at the end: {found['load']:.1f} on {os.cpu_count()} processors")
    for key, value in found["rolls"].items():
        print(f"roll calls: {key}: {value}")
    print(f"print of all classes: {found['print']}")
    print(f"verify_audit: {found['audit']}")
    print("\n".join(f"✗ {each}" for each in findings(found)) or "✓ no error, nothing lost, nothing doubled")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-deadline-") as place:
        folder = Path(place)
        url = embedded_postgres.start(DATA, DATABASE, durable=True)
        try:
            template = stacks.build_template(url, folder / "template")
            with stacks.running(url, template, _made(folder / "run"), name="deadline") as stack:
                found = measure(stack)
        finally:
            embedded_postgres.stop(DATA)
    latest.keep({"deadline": json.loads(json.dumps(found))})
    show(found)
    sys.exit(bool(findings(found)))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
