"""What the page of one pupil shows: the record by sections, and every change it has seen (R56, R65)."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.clock import moment_label
from accounts.history import Source
from students.models import Student, YearProfile
from students.record_rules import EXEMPTION, EXEMPTION_DECISION, YEAR_FIELDS, Gap, gaps
from students.record_sections import BIRTH, NOT_SHOWN, PERMANENT_UNIT, SECTIONS, label, shown
from students.records import PupilFile

MOST_CHANGES = 60
_DETAILS = ("permanent_detail", "permanent_hamlet")
# Shown only where the first is filled: most pupils have none of these.
_ASKED_BY = {
    "guardian_name": (
        *("guardian_relation", "guardian_birth_year", "guardian_job", "guardian_phone"),
        "guardian_workplace",
    ),
    "disability_code": (
        *("disability_level", "disability_certificate_no", "disability_certificate_on"),
        "is_exempt_from_assessment",
    ),
    EXEMPTION: EXEMPTION_DECISION,
    "is_pioneer": ("pioneer_since", "pioneer_place"),
    "boarding": ("day_boarding_code",),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; `is_missing` when it ought to be there."""

    label: str
    value: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    code: str
    title: str
    lines: tuple[Line, ...]
    missing: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class FieldStep:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """One act on the record: what it changed, who did it, as what, when, by which door, why.

    `year` is that of facts which are kept for each school year.
    """

    at: str
    who: str
    role: str
    source: str
    year: str
    why: str
    is_first: bool
    fields: tuple[FieldStep, ...]


def read_parts(file: PupilFile) -> tuple[Part, ...]:
    """The record by sections, each with what it lacks."""
    found = gaps(file.values)
    parts = (
        Part(
            section.code,
            section.title,
            tuple(_lines(file, section.fields, {gap.field for gap in found})),
            tuple(gap for gap in found if gap.field in section.fields),
        )
        for section in SECTIONS
    )
    return tuple(part for part in parts if part.lines)


def _lines(file: PupilFile, fields: Sequence[str], missing: set[str]) -> Iterator[Line]:
    """One line a field; birth date and permanent address are one line each."""
    record = file.values
    idle = {name for asks, details in _ASKED_BY.items() if not record[asks] for name in details}
    for name in fields:
        if name == BIRTH[0]:
            yield Line("Ngày sinh", file.student.birth_label, name in missing)
        elif name == _DETAILS[0]:
            yield Line("Nơi thường trú", file.student.permanent_address, "permanent_ward" in missing)
        elif name not in (*BIRTH, *_DETAILS, *PERMANENT_UNIT, *idle):
            yield Line(label(name), shown(name, record[name]), name in missing)


def read_steps(student: Student) -> list[Step]:
    """The changes of the record, newest first. Two statements."""
    rows = [
        *_steps(student.history.select_related("history_user").order_by("history_id")),
        *_steps(
            YearProfile.history.filter(student_id=student.pk)
            .select_related("history_user")
            .order_by("id", "history_id")
        ),
    ]
    rows.sort(key=lambda pair: pair[0], reverse=True)
    return [step for _moment, step in rows[:MOST_CHANGES]]


def _steps(rows: Any) -> Iterator[tuple[datetime.datetime, Step]]:
    before = None
    for row in rows:
        previous = before if before is not None and before.id == row.id else None
        fields = tuple(_differences(previous, row))
        if fields or (previous is None and isinstance(row.instance, Student)):
            yield row.history_date, _step(row, fields, is_first=previous is None)
        before = row


def _differences(before: Any, after: Any) -> Iterator[FieldStep]:
    """Field by field; of the first row of a year's profile what it began with, of a pupil's nothing."""
    names = [each.name for each in after.tracked_fields if each.name not in NOT_SHOWN]
    is_profile = "height_cm" in names
    if before is None and not is_profile:
        return
    for name in names:
        if is_profile and name not in YEAR_FIELDS:
            continue
        old = shown(name, getattr(before, name)) if before is not None else ""
        new = shown(name, getattr(after, name))
        if old != new:
            yield FieldStep(label(name), old, new)


def _step(row: Any, fields: tuple[FieldStep, ...], *, is_first: bool) -> Step:
    return Step(
        at=moment_label(row.history_date),
        who=str(row.history_user or "Hệ thống"),
        role=row.acting_role,
        source=Source(row.source).label if row.source else "Ngoài ứng dụng",
        year=f"năm học {row.year_id} - {row.year_id + 1}" if isinstance(row.instance, YearProfile) else "",
        why=row.history_change_reason or "",
        is_first=is_first and not fields,
        fields=fields,
    )
