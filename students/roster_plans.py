"""What a pupil list would do, row by row; the words in which it is said what is wrong with a row or the whole."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from students.cell_values import Level, Problem
from students.field_changes import COPIED, OF_YEAR, FieldChange
from students.models import Enrolment, Student, YearProfile
from students.roster_row import RosterRow
from students.stored_pupils import StoredPupils


class Deed(StrEnum):
    """What a row would do."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the file and what it would do; `reasons` name cell and remedy of a refusal.

    `enrols`: the pupil gets a seat in the row's class for the whole year. `profile`: what is stored of a known pupil's
    year.
    """

    row: RosterRow
    deed: Deed
    student: Student | None = None
    profile: YearProfile | None = None
    changes: tuple[FieldChange, ...] = ()
    enrols: bool = False
    reasons: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RosterPlan:
    """What a whole file would do in a year.

    `problems`: all that the file itself has wrong, warnings included, and what speaks against it as a whole.
    `new_classes`: (name, grade) of the classes that would be opened. `missing`: who sits in a class of the file and has
    no row in it; nothing is done to them.
    """

    rows: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]
    new_classes: tuple[tuple[str, int], ...]
    missing: tuple[Enrolment, ...] = ()

    @property
    def refusals(self) -> tuple[PlannedRow, ...]:
        return tuple(each for each in self.rows if each.deed == Deed.REFUSE)

    @cached_property
    def loose_errors(self) -> tuple[Problem, ...]:
        """Errors of the file, of a sheet, or of a row in which no pupil could be read."""
        rows = {(each.row.sheet, each.row.row) for each in self.rows}
        return tuple(
            problem
            for problem in self.problems
            if problem.level == "error" and (problem.sheet, problem.row) not in rows
        )

    @cached_property
    def general_errors(self) -> tuple[Problem, ...]:
        """Errors of the whole file or of a sheet."""
        return tuple(problem for problem in self.loose_errors if not problem.row)

    @cached_property
    def unreadable(self) -> dict[tuple[str, int], list[Problem]]:
        """The rows in which no pupil could be read, as (sheet, row), with their errors."""
        found: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        for problem in self.loose_errors:
            if problem.row:
                found[problem.sheet, problem.row].append(problem)
        return found

    @property
    def error_count(self) -> int:
        """Rows refused or unreadable and errors of the whole: what must be mended before anything is written."""
        return self.counts[Deed.REFUSE] + len(self.unreadable) + len(self.general_errors)

    @property
    def can_be_carried_out(self) -> bool:
        return bool(self.rows) and not self.error_count

    @property
    def changes_anything(self) -> bool:
        return any(each.deed != Deed.KEEP for each in self.rows)

    @cached_property
    def counts(self) -> Counter[Deed]:
        return Counter(each.deed for each in self.rows)

    @property
    def enrolled(self) -> int:
        return sum(each.enrols for each in self.rows)

    @cached_property
    def fingerprint(self) -> str:
        """Tells whether what would be done now is what was shown."""
        told = [
            (
                *(each.row.sheet, each.row.row, each.row.class_name),
                *(getattr(each.row, name) for name in (*COPIED, *OF_YEAR)),
                *(each.deed.value, each.student and each.student.pk, each.changes, each.enrols),
            )
            for each in self.rows
        ]
        return hashlib.sha256(repr((told, self.new_classes)).encode()).hexdigest()[:32]


def new_classes_of(rows: Sequence[PlannedRow], stored: StoredPupils) -> tuple[tuple[str, int], ...]:
    wanted = {
        (each.row.class_name, each.row.grade)
        for each in rows
        if each.enrols
        and each.row.class_name
        and each.row.grade
        and each.row.class_name not in stored.classes
    }
    return tuple(sorted(wanted, key=lambda pair: (pair[1], pair[0])))


def general(message: str, level: Level = "error") -> Problem:
    return Problem("", 0, "", "", "", message[:1].upper() + message[1:], level)


def problem_at(row: RosterRow, field: str, message: str, level: Level = "error") -> Problem:
    letter, heading = row.places.get(field, ("", ""))
    return Problem(row.sheet, row.row, letter, heading, str(getattr(row, field, "")), message, level)
