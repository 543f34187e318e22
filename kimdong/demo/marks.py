"""Invented results that hang together: an able child is able in most lines, a mark fits its level."""

import json
import random
from functools import cache
from pathlib import Path

from gradebook.entry import Change
from gradebook.regulation import Period
from gradebook.sheets import Column, Field, SheetRef
from students.models import Student

COMMENTS = Path(__file__).parents[2] / "gradebook" / "data" / "comments.json"
STRUGGLING = 0.012
_MARKS = {"excellent": (9, 10, 10, 9, 10), "T": (9, 10, 9, 8, 10, 7), "H": (5, 6, 6, 7, 8), "C": (3, 4, 4)}


@cache
def _bank() -> dict[str, dict[str, dict[str, list[str]]]]:
    return json.loads(COMMENTS.read_text(encoding="utf-8"))


def ability(moet_id: str | None, seed: int) -> float:
    """0 to 1, the same for a child in every year; few struggle."""
    return random.Random(f"{seed}-{moet_id}").random()  # noqa: S311 - invented marks


def repeating(moet_ids: list[str], seed: int) -> set[str]:
    """The child who struggles most, and so much that it stays in its grade."""
    least = min(moet_ids, key=lambda each: ability(each, seed))
    return {least} if ability(least, seed) < STRUGGLING else set()


def wanted_changes(ref: SheetRef, students: list[Student], *, seed: int, share: float = 1.0) -> list[Change]:
    """The cells a teacher would type; `share` below 1 leaves the last pupils of the sheet blank."""
    filled = students[: round(len(students) * share)]
    return [change for student in filled for change in _of_pupil(ref, student, seed)]


def _of_pupil(ref: SheetRef, student: Student, seed: int) -> list[Change]:
    chance = random.Random(f"{seed}-{student.moet_id}-{ref.school_class.year_id}-{ref.code}-{ref.period}")  # noqa: S311
    able = ability(student.moet_id, seed)
    if ref.school_class.grade_level == 5:
        able = max(able, 0.3)  # everybody in the demo completes primary school
    level = _level(able, ref.period, chance)
    changes = []
    for column in ref.columns():
        own = level if ref.line else _level(able, ref.period, chance)
        changes.append(Change(student.pk, column.item, column.field, _value(column, own, able, chance), 0))
    return changes


def _level(able: float, period: Period, chance: random.Random) -> str:
    """T, H or C; about one child in eighty has a C at the year's end, a few more at other times."""
    struggling = STRUGGLING if period == Period.YEAR_END else 0.04
    if able < struggling and chance.random() < 0.5:
        return "C"
    return "T" if able + chance.gauss(0, 0.06) > 0.4 else "H"


def _value(column: Column, level: str, able: float, chance: random.Random) -> str:
    field, item = column.field, column.item
    if field == Field.ATTAINMENT:
        return level
    if field == Field.MARK:
        return str(chance.choice(_MARKS["excellent" if level == "T" and able > 0.7 else level]))
    rating = "Đ" if level == "H" else level
    if field == Field.RATING:
        return rating
    groups, lines = _bank()["groups"], _bank()["lines"]
    return chance.choice(groups[item][rating] if item in groups else lines[item][level])
