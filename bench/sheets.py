"""The mark sheet against the running server: opening, saving 35 cells, eight sessions at once."""

import itertools
import json
import threading
import time
from dataclasses import dataclass

from bench.measure import median_ms, milliseconds
from bench.web import Session
from tests.stack import Stack

WARM_UP, ROUNDS, SESSIONS, SECONDS = 20, 100, 8, 5


@dataclass(frozen=True, slots=True)
class Target:
    """A sheet of 35 pupils in the open period: its address, its teacher, its pupils."""

    path: str
    teacher: str
    class_id: int
    students: tuple[int, ...]


def find_target(stack: Stack) -> Target:
    """Toán of a class of 35 pupils of grade 4 or 5 in the period that is open now; its teacher's log-in name."""
    class_id, period, teacher = stack.fetch(
        """
        SELECT c.id, w.period, u.username FROM students_schoolclass c
        JOIN gradebook_entrywindow w ON w.year_id = c.year_id AND now() BETWEEN w.opens_at AND w.closes_at
        JOIN students_homeroomassignment h ON h.school_class_id = c.id JOIN accounts_user u ON u.id = h.teacher_id
        WHERE c.grade_level >= 4 AND (SELECT count(*) FROM students_enrolment e WHERE e.school_class_id = c.id) = 35
        ORDER BY c.name LIMIT 1
        """
    )[0]
    students = stack.fetch(
        "SELECT student_id FROM students_enrolment WHERE school_class_id = %s ORDER BY position", class_id
    )
    return Target(
        f"/gradebook/sheets/{class_id}/TOAN/{period}/", teacher, class_id, tuple(row[0] for row in students)
    )


def fill(session: Session, target: Target) -> None:
    """Gives every pupil level, mark and a comment of ordinary length, so that the page has its full weight."""
    comment = (
        "Em nắm chắc kiến thức, vận dụng tốt vào bài tập và trình bày sạch sẽ. "
        "Em cần đọc kĩ đề bài hơn và kiểm tra lại kết quả trước khi nộp bài nhé."
    )
    values = {"attainment": "T", "mark": "9", "comment": comment}
    changes = [
        {"student": student, "item": "TOAN", "field": field, "value": value, "version": 0}
        for student in target.students
        for field, value in values.items()
    ]
    answer = session.post_json(target.path, {"changes": changes})
    if answer.status != 200:
        raise RuntimeError(f"filling the sheet failed: HTTP {answer.status} {answer.body[:300]!r}")


def open_sheet(session: Session, target: Target) -> dict[str, object]:
    answers = [session.get(target.path) for _round in range(WARM_UP + ROUNDS)][WARM_UP:]
    assert {answer.status for answer in answers} == {200}
    samples = [answer.seconds for answer in answers]
    return {
        "median_ms": median_ms(samples),
        "p95_ms": milliseconds(samples, 95),
        "html_bytes": len(answers[-1].body),
    }


def save_cells(session: Session, target: Target) -> dict[str, object]:
    """35 changed marks with history, in one request, each time to the other value."""
    samples = []
    versions = _versions(session, target, "9")
    for mark in itertools.islice(itertools.cycle(("8", "9")), WARM_UP + ROUNDS):
        answer = session.post_json(target.path, {"changes": _changes(target, mark, versions)})
        saved = json.loads(answer.body)["saved"]
        assert answer.status == 200
        assert len(saved) == len(target.students)
        versions = {each["student"]: each["version"] for each in saved}
        samples.append(answer.seconds)
    kept = samples[WARM_UP:]
    return {"median_ms": median_ms(kept), "p95_ms": milliseconds(kept, 95), "cells": len(target.students)}


def _versions(session: Session, target: Target, mark: str) -> dict[int, int]:
    answer = session.post_json(
        target.path, {"changes": _changes(target, mark, dict.fromkeys(target.students, 1))}
    )
    found = json.loads(answer.body)
    return {each["student"]: each["version"] for each in [*found["saved"], *found["conflicts"]]}


def _changes(target: Target, mark: str, versions: dict[int, int]) -> list[dict[str, object]]:
    return [
        {"student": student, "item": "TOAN", "field": "mark", "value": mark, "version": versions[student]}
        for student in target.students
    ]


def at_once(address: str, target: Target) -> dict[str, object]:
    """Eight sessions open the sheet again and again for five seconds."""
    samples: list[float] = []
    sessions = []
    for _number in range(SESSIONS):
        session = Session(address)
        session.log_in(target.teacher)
        session.get(target.path)
        sessions.append(session)
    end = time.perf_counter() + SECONDS

    def work(session: Session) -> None:
        while time.perf_counter() < end:
            answer = session.get(target.path)
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
        "p99_ms": milliseconds(samples, 99),
        "sessions": SESSIONS,
    }
