"""The gradebook against the running server: sheets opened, filled and pasted into, a pupil's page, the board."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.measure import median_ms, milliseconds
from bench.open_sheet import Cell, open_sheet, save_whole
from bench.web import Answer, Session
from tests.stack import Stack

WARM_UP, ROUNDS, SESSIONS, SECONDS = 10, 50, 8, 5
PRINCIPAL, PROGRESS = "hieutruong", "/gradebook/progress/"

Asked = tuple[str, str, str, list[Cell]]
"""What was measured, by whom, where, and the cells that it saved, for `bench.statements` to count."""


@dataclass(frozen=True, slots=True)
class Target:
    """A class of 35 pupils of grade 4 or 5, its teacher, the period that is open, and one of the pupils."""

    teacher: str
    class_id: int
    period: str
    student: int

    def sheet(self, code: str) -> str:
        return f"/gradebook/sheets/{self.class_id}/{code}/{self.period}/"

    @property
    def pupil(self) -> str:
        return f"/gradebook/sheets/{self.class_id}/pupils/{self.student}/"


def find_target(stack: Stack) -> Target:
    return Target(
        *stack.fetch(
            """
            SELECT u.username, c.id, w.period,
                   (SELECT min(student_id) FROM students_enrolment e WHERE e.school_class_id = c.id)
            FROM students_schoolclass c
            JOIN gradebook_entrywindow w ON w.year_id = c.year_id AND now() BETWEEN w.opens_at AND w.closes_at
            JOIN students_homeroomassignment h ON h.school_class_id = c.id JOIN accounts_user u ON u.id = h.teacher_id
            WHERE c.grade_level >= 4 AND (SELECT count(*) FROM students_enrolment e WHERE e.school_class_id = c.id) = 35
            ORDER BY c.name LIMIT 1
            """
        )[0]
    )


def measure(stack: Stack) -> tuple[dict[str, dict[str, object]], list[Asked]]:
    """Every page filled first, so that it has its full weight."""
    target = find_target(stack)
    teacher, principal = Session(stack.address), Session(stack.address)
    teacher.log_in(target.teacher)
    found: dict[str, dict[str, object]] = {}
    asked: list[Asked] = []

    def add(name: str, session: Session, username: str, path: str, pick: Pick | None = None) -> None:
        cells = [] if pick is None else pick(list(open_sheet(session, path).values))
        found[name] = _save(session, path, cells) if cells else _open(session, path)
        asked.append((name, username, path, cells))

    line, homeroom = target.sheet("TOAN"), target.sheet("NLPC")
    for path in (line, homeroom):
        sheet = open_sheet(teacher, path)
        save_whole(teacher, sheet, sheet.others(sheet.values))
    add("open", teacher, target.teacher, line)
    add("save_one", teacher, target.teacher, line, lambda cells: _of(cells, "mark")[:1])
    add("save_column", teacher, target.teacher, line, lambda cells: _of(cells, "mark"))
    add("paste", teacher, target.teacher, line, list)
    found["preview"] = _preview(teacher, line)
    add("homeroom_open", teacher, target.teacher, homeroom)
    add("homeroom_one", teacher, target.teacher, homeroom, lambda cells: _of(cells, "rating")[:1])
    add("homeroom_paste", teacher, target.teacher, homeroom, lambda cells: _of(cells, "rating"))
    add("pupil", teacher, target.teacher, target.pupil)
    principal.log_in(PRINCIPAL)
    add("progress", principal, PRINCIPAL, PROGRESS)
    found["at_once"] = _at_once(stack.address, target.teacher, line)
    return found, asked


Pick = Callable[[list[Cell]], list[Cell]]


def _of(cells: list[Cell], field: str) -> list[Cell]:
    return [cell for cell in cells if cell[2] == field]


def _open(session: Session, path: str) -> dict[str, object]:
    answers = _answers(lambda: session.get(path))
    return {**_times(answers), "bytes": len(answers[-1].body)}


def _save(session: Session, path: str, cells: list[Cell]) -> dict[str, object]:
    """All cells in one request, each time to another value, with history."""
    sheet = open_sheet(session, path)
    numbers = iter(range(WARM_UP + ROUNDS))
    answers = _answers(lambda: save_whole(session, sheet, sheet.others(cells, next(numbers))))
    return {**_times(answers), "bytes": len(answers[-1].body), "cells": len(cells)}


def _preview(session: Session, path: str) -> dict[str, object]:
    """What is about to be pasted over a whole sheet, judged and not written."""
    sheet = open_sheet(session, path)
    changes = sheet.changes(sheet.others(sheet.values))
    answers = _answers(lambda: session.post_json(f"{path}?preview=1", {"changes": changes}))
    assert len(json.loads(answers[-1].body)["saved"]) == len(changes)
    return {**_times(answers), "bytes": len(answers[-1].body), "cells": len(changes)}


def _answers(ask: Callable[[], Answer]) -> list[Answer]:
    answers = [ask() for _round in range(WARM_UP + ROUNDS)][WARM_UP:]
    assert {answer.status for answer in answers} == {200}
    return answers


def _times(answers: list[Answer]) -> dict[str, object]:
    samples = [answer.seconds for answer in answers]
    return {"median_ms": median_ms(samples), "p95_ms": milliseconds(samples, 95)}


def _at_once(address: str, username: str, path: str) -> dict[str, object]:
    """Eight sessions open the sheet again and again for five seconds."""
    samples: list[float] = []
    sessions = []
    for _number in range(SESSIONS):
        session = Session(address)
        session.log_in(username)
        session.get(path)
        session.connection = None  # the server closes one that lies idle while the others log in
        sessions.append(session)
    end = time.perf_counter() + SECONDS

    def work(session: Session) -> None:
        while time.perf_counter() < end:
            answer = session.get(path)
            assert answer.status == 200
            samples.append(answer.seconds)

    threads = [threading.Thread(target=work, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "requests_per_second": round(len(samples) / SECONDS, 1),
        "median_ms": median_ms(samples),
        "p95_ms": milliseconds(samples, 95),
        "sessions": SESSIONS,
    }
