"""Sổ THKQGD of a class and period: from the database to ``book_content.ClassTable`` (domain.md 2.2; rule R75)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from gradebook.class_lines import lines_of
from gradebook.grading import completed_class
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import Period, YearResult, has_mark, traits_for
from gradebook.windows import lock_state
from gradebook.year_rules import rules_of
from reports.book_content import ClassTable, ClassTableRow, Column
from reports.class_table_columns import LAST_GRADE, class_table_blocks
from reports.signatories import read_signatories
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolClass

MARK_SUFFIX = ".diem"
_OUTCOMES: Mapping[str, Callable[[YearOutcome], str]] = {
    "HTCT": lambda outcome: "x" if _completed(outcome) else "Chưa",
    "LEN_LOP": lambda outcome: "x" if outcome.is_promoted else "Không",
    "XEP_LOAI": lambda outcome: outcome.result,
    "KHEN_THUONG": lambda outcome: outcome.award,
}


def _completed(outcome: YearOutcome) -> bool:
    """Of a pupil who was not assessed the principal's decision says it (R33)."""
    return bool(completed_class(YearResult(outcome.result))) if outcome.result else outcome.is_promoted


@dataclass(frozen=True, slots=True)
class _Results:
    """What the database holds of a class at a period, by pupil and code."""

    taught: frozenset[str]
    levels: Mapping[tuple[int, str], str]
    marks: Mapping[tuple[int, str], int | None]
    outcomes: Mapping[int, YearOutcome]


def class_table(school_class: SchoolClass, period: Period) -> ClassTable:
    """The table of a class at a period, in class order. At most ten statements, whatever the number of pupils.

    `school_class` comes with its year at hand. A cell is None where the class has no such line or the
    regulation no such mark (R22), "" where nothing has been entered yet; what a pupil has from a class that does have
    the line stands. A preview while not locked. An outcome
    says "Chưa" and "Không" in words, so that blank means only: not approved yet (in the last column: no title).
    """
    year = school_class.year
    enrolments = list(Enrolment.objects.roster(school_class))
    blocks = class_table_blocks(school_class.grade_level, year_end=period is Period.YEAR_END)
    columns = [column for block in blocks for group in block.groups for column in group.columns]
    results = _read(school_class, period, [enrolment.student_id for enrolment in enrolments])
    locked_at, was_opened = _lock(school_class, period)
    signatories = read_signatories([school_class.pk])
    day = locked_at.date() if locked_at else year.day_for_roster()
    return ClassTable(
        parent_body=year.parent_body.upper(),
        school=year.school_name.upper(),
        period=period.label,
        school_year=year.label,
        class_name=school_class.name,
        grade_level=school_class.grade_level,
        blocks=blocks,
        rows=tuple(
            ClassTableRow(
                number=number,
                pupil_code=pupil_code(enrolment.student),
                full_name=enrolment.student.full_name,
                born_on=enrolment.student.birth_label,
                cells=_cells(school_class, period, columns, results, enrolment.student_id),
            )
            for number, enrolment in enumerate(enrolments, start=1)
        ),
        homeroom_teacher=signatories.homeroom_teacher(school_class, day),
        principal=signatories.principal(year, day),
        locked_at=locked_at,
        was_opened=was_opened,
    )


def _lock(school_class: SchoolClass, period: Period) -> tuple[datetime | None, bool]:
    """When the last window ended (None while one is open or none has ended), and whether one ever began."""
    state = lock_state(school_class, period)
    if state.is_open or not state.is_over:
        return None, state.is_open
    return (timezone.localtime(state.closed_at) if state.closed_at else None), True


def _read(school_class: SchoolClass, period: Period, student_ids: Sequence[int]) -> _Results:
    subjects = SubjectResult.objects.filter(
        student_id__in=student_ids,
        period=period,
        line__year_id=school_class.year_id,
        line__grade_level=school_class.grade_level,
    ).values_list("student_id", "line__code", "attainment", "mark")
    traits = TraitResult.objects.filter(
        student_id__in=student_ids, period=period, year_id=school_class.year_id
    ).values_list("student_id", "item", "rating")
    rows = list(subjects)
    levels = {(student_id, code): level for student_id, code, level, _mark in rows}
    levels |= {(student_id, item): rating for student_id, item, rating in traits}
    outcomes = YearOutcome.objects.filter(school_class=school_class, student_id__in=student_ids)
    return _Results(
        taught=frozenset(line.code for line in lines_of(school_class)),
        levels=levels,
        marks={(student_id, code): mark for student_id, code, _level, mark in rows},
        outcomes={row.student_id: row for row in outcomes} if period is Period.YEAR_END else {},
    )


def _cells(
    school_class: SchoolClass, period: Period, columns: Sequence[Column], results: _Results, student_id: int
) -> tuple[str | None, ...]:
    year, grade = school_class.year_id, school_class.grade_level
    rules = rules_of(school_class.year)
    traits = {trait.code for trait in traits_for(year, grade, rules=rules)}

    def value(column: Column) -> str | None:
        code = column.code.removesuffix(MARK_SUFFIX)
        if column.kind == "outcome":
            if code == "LEN_LOP" and grade == LAST_GRADE:
                return None
            outcome = results.outcomes.get(student_id)
            return _OUTCOMES[code](outcome) if outcome else ""
        is_taught = code in results.taught or code in traits
        if column.kind == "level":
            return results.levels.get((student_id, code)) or ("" if is_taught else None)
        if not has_mark(year, grade, code, period, rules=rules):
            return None
        mark = results.marks.get((student_id, code))
        if mark is not None:
            return str(mark)
        return "" if is_taught else None

    return tuple(map(value, columns))
