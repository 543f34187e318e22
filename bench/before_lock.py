"""Sixty teachers save at once for the last minute before the lock, and go on for some seconds after it.

Real sessions on the running server, each teacher in a sheet of their own, one cell a request and the next as soon as
it is answered. The lock is an order of the principal; it falls by the database's clock. Afterwards every answer is
compared with what is stored, with its history and with the audit chain.
"""

import datetime
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.measure import median_ms, milliseconds
from bench.open_sheet import Cell, OpenSheet, open_sheet
from bench.web import Answer, Session
from tests.stack import Stack

TEACHERS, SECONDS, AFTERWARDS = 60, 60, 3
PAUSE_WITHOUT_ANSWER = 0.5
SAVED, LOCKED = 200, 423
HEADING = re.compile(r"<h1[^>]*>([^<]*)<")
HISTORY = """
    SELECT h.student_id, l.code, h.version,
           jsonb_build_object('attainment', h.attainment, 'mark', h.mark::text, 'comment', h.comment)
    FROM gradebook_historicalsubjectresult h JOIN gradebook_subjectline l ON l.id = h.line_id
    WHERE h.history_id > %s
    UNION ALL
    SELECT h.student_id, h.item, h.version,
           jsonb_build_object('rating', h.rating, 'comment', h.comment)
    FROM gradebook_historicaltraitresult h WHERE h.history_id > %s"""
STORED = """
    SELECT r.student_id, l.code, jsonb_build_object('attainment', attainment, 'mark', mark::text, 'comment', comment)
    FROM gradebook_subjectresult r JOIN gradebook_subjectline l ON l.id = r.line_id
    WHERE r.period = %s AND l.year_id = (SELECT max(year) FROM students_schoolyear)
    UNION ALL
    SELECT student_id, item, jsonb_build_object('rating', rating, 'comment', comment)
    FROM gradebook_traitresult WHERE period = %s AND year_id = (SELECT max(year) FROM students_schoolyear)"""
NEWEST = """
    SELECT (SELECT coalesce(max(history_id), 0) FROM gradebook_historicalsubjectresult),
           (SELECT coalesce(max(history_id), 0) FROM gradebook_historicaltraitresult),
           (SELECT coalesce(max(seq), 0) FROM accounts_auditentry)"""
CHAINED = """
    SELECT count(*), count(*) FILTER (WHERE at >= %s), max(at) FROM accounts_auditentry
    WHERE seq > %s AND table_name IN ('gradebook_subjectresult', 'gradebook_traitresult')"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A save that the server acknowledged."""

    cell: Cell
    value: str
    version: int


@dataclass(slots=True)
class Teacher:
    """Somebody at a sheet, and what became of what they typed. The machine's clock is the database's too."""

    session: Session
    sheet: OpenSheet
    kept: list[Kept] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    came_to: Counter[str] = field(default_factory=Counter)

    def work(self, lock: float) -> None:
        """Cell after cell, round the sheet."""
        number = 0
        while time.time() < lock + AFTERWARDS:
            for cell in list(self.sheet.values):
                number += 1
                if time.time() >= lock + AFTERWARDS:
                    return
                self.save(cell, number, lock)

    def save(self, cell: Cell, number: int, lock: float) -> None:
        values = self.sheet.others([cell], number)
        sent = time.time()
        answer = self._post(values)
        if answer is None:
            time.sleep(PAUSE_WITHOUT_ANSWER)
        self.came_to[self._take(answer, sent, lock)] += 1
        if answer is not None and sent < lock:
            self.seconds.append(answer.seconds)

    def _post(self, values: Mapping[Cell, str]) -> Answer | None:
        try:
            return self.session.post_json(self.sheet.path, {"changes": self.sheet.changes(values)})
        except (OSError, HTTPException):  # killed in the middle of an answer
            self.session.connection = None
            return None

    def _take(self, answer: Answer | None, sent: float, lock: float) -> str:
        """In a word what the answer was."""
        if answer is None:
            return "no answer"
        if answer.status == LOCKED:
            return "locked" if time.time() >= lock else "locked too early"
        saved = json.loads(answer.body)["saved"] if answer.status == SAVED else []
        if not saved:
            heading = HEADING.search(answer.body.decode())
            return f"HTTP {answer.status} {heading[1] if heading else ''}".strip()
        self.sheet.take(saved)
        self.kept += [
            Kept((each["student"], each["item"], each["field"]), each["value"], each["version"])
            for each in saved
        ]
        return "saved" if sent < lock else "saved after the lock"


def measure(
    stack: Stack, seats: list[tuple[str, list[str]]], sign: Callable[[int], str]
) -> dict[str, object]:
    """`seats` are at least TEACHERS teachers with the addresses of their sheets; `sign(seconds)` has the order signed
    and gives the moment of the lock."""
    teachers = list(_seated(stack, seats))
    subject, trait, seq = stack.fetch(NEWEST)[0]
    lock = datetime.datetime.fromisoformat(sign(SECONDS))
    begin = time.time()
    _all_work(teachers, lock.timestamp())
    came_to: Counter[str] = sum((each.came_to for each in teachers), Counter())
    seconds = [each for teacher in teachers for each in teacher.seconds]
    return {
        "teachers": len(teachers),
        "seconds": round(lock.timestamp() - begin, 1),
        "requests_per_second": round(len(seconds) / (lock.timestamp() - begin), 1),
        "median_ms": median_ms(seconds),
        "p95_ms": milliseconds(seconds, 95),
        "max_ms": milliseconds(seconds, 100),
        "came_to": dict(came_to),
        "errors": sum(
            number
            for word, number in came_to.items()
            if word not in ("saved", "locked", "saved after the lock")
        ),
        **_audit(stack, teachers, (subject, trait), seq, lock),
    }


def _seated(stack: Stack, seats: list[tuple[str, list[str]]]) -> Iterator[Teacher]:
    """One sheet each, of all kinds."""
    for number, (username, paths) in enumerate(seats[:TEACHERS]):
        session = Session(stack.address)
        session.log_in(username)
        sheet = open_sheet(session, paths[number % len(paths)])
        session.connection = None  # the server closes one that lies idle while the others log in
        yield Teacher(session, sheet)


def _all_work(teachers: list[Teacher], lock: float) -> None:
    threads = [threading.Thread(target=teacher.work, args=(lock,)) for teacher in teachers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _audit(
    stack: Stack, teachers: list[Teacher], newest: tuple[int, int], seq: int, lock: datetime.datetime
) -> dict[str, object]:
    """Every acknowledged save against history and stored value; every row of history against the answers."""
    history = {
        (student, item, version): values for student, item, version, values in stack.fetch(HISTORY, *newest)
    }
    kept = [each for teacher in teachers for each in teacher.kept]
    without_history = [
        each
        for each in kept
        if history.get((*each.cell[:2], each.version), {}).get(each.cell[2]) != each.value
    ]
    period = teachers[0].sheet.path.split("/")[-2]
    stored = {(student, item): values for student, item, values in stack.fetch(STORED, period, period)}
    last = {each.cell: each.value for each in kept}
    changed = [cell for cell, value in last.items() if stored[cell[:2]][cell[2]] != value]
    chained, late, latest = stack.fetch(CHAINED, lock, seq)[0]
    return {
        "acknowledged": len(kept),
        "lost": len(without_history) + len(changed),
        "unasked": len(history) - len(kept),
        "unchained": len(history) - chained,
        "after_lock": sum(teacher.came_to["saved after the lock"] for teacher in teachers),
        "decided_before_written_after": late,
        "latest_write_ms": round((latest - lock).total_seconds() * 1000, 1),
    }


def show(found: Mapping[str, object]) -> None:
    print(f"\n{found['teachers']} teachers saving at once, {found['seconds']} s before the lock")
    for label, key, aim in (
        ("requests a second", "requests_per_second", ""),
        ("median (ms)", "median_ms", ""),
        ("p95 (ms)", "p95_ms", ""),
        ("longest (ms)", "max_ms", ""),
        ("acknowledged saves", "acknowledged", ""),
        ("errors", "errors", "0"),
        ("acknowledged and not in table or history", "lost", "0"),
        ("in history without an answer", "unasked", "0"),
        ("not in the audit chain", "unchained", "0"),
        ("sent after the lock and saved", "after_lock", "0"),
        ("decided before it, written after it", "decided_before_written_after", ""),
        ("newest write, counted from the lock (ms)", "latest_write_ms", ""),
    ):
        print(f"{label:<60}{found[key]!s:>12}{aim:>10}")
    print(f"answers: {found['came_to']}")
