"""Sổ THKQGD of a class and period: from the database to ``book_content.ClassTable`` (domain.md 2.2; rule R75)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from gradebook.class_lines import Lines, lines_of
from gradebook.earlier_decisions import to_decide_anew
from gradebook.exemptions import Terms, terms_of
from gradebook.grading import completed_class
from gradebook.line_names import language_of
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import Period, YearResult, has_mark, traits_for
from gradebook.windows import lock_state
from gradebook.year_rules import rules_of
from reports.book_content import EXEMPT, NOT_ASSESSED, ClassTable, ClassTableRow, Column
from reports.book_rosters import book_roster, seats_until_today
from reports.book_seals import seals_of
from reports.class_table_columns import LAST_GRADE, class_table_blocks, line_headings
from reports.contradicted_outcomes import contradicted_outcomes
from reports.signatories import read_signatories
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolClass, Student

MARK_SUFFIX = ".diem"
_FIELD_OF = {"level": {"attainment", "rating"}, "mark": {"mark"}}
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

    lines: Lines
    taught: frozenset[str]
    levels: Mapping[tuple[int, str], str]
    marks: Mapping[tuple[int, str], int | None]
    outcomes: Mapping[int, YearOutcome]
    contradicted: frozenset[int]
    brought: Mapping[tuple[int, str], str]


def class_table(school_class: SchoolClass, period: Period) -> ClassTable:
    """The table of a class at a period, in class order. At most twenty statements, whatever the number of
    pupils; fourteen more where a correction was carried out on an approved result.

    `school_class` comes with its year at hand. Once locked, of the pupils of the day of the lock. A cell is None where
    the class has no such line or the regulation no such mark (R22), "" where nothing has been entered yet, a sign where
    a decision says so (R33); what a pupil has from a class that does have the line stands. A preview while not locked.
    An outcome says "Chưa" and "Không" in words, so that blank means only: not approved yet, or to be approved again (in
    the last column: no title).
    """
    year = school_class.year
    locked_at, was_opened = _lock(school_class, period)
    own = seats_until_today([school_class])[school_class.pk]
    roster = book_roster(own, year, locked_at.date() if locked_at else None)
    enrolments = roster.seats
    blocks = class_table_blocks(
        school_class.grade_level, year_end=period is Period.YEAR_END, language=language_of(school_class)
    )
    columns = [column for block in blocks for group in block.groups for column in group.columns]
    results = _read(school_class, period, [enrolment.student_id for enrolment in enrolments])
    signatories = read_signatories([school_class.pk])
    day = locked_at.date() if locked_at else year.day_for_roster()
    homeroom_teacher = signatories.homeroom_teacher(school_class, day)
    seals, class_seal = seals_of(
        school_class, period, results.lines, names=line_headings(blocks), homeroom_teacher=homeroom_teacher
    )
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
                cells=_cells(school_class, period, columns, results, enrolment),
                brought=_brought(columns, results, enrolment.student_id),
                is_girl=enrolment.student.gender == Student.Gender.FEMALE,
            )
            for number, enrolment in enumerate(enrolments, start=1)
        ),
        homeroom_teacher=homeroom_teacher,
        principal=signatories.principal(year, day),
        locked_at=locked_at,
        was_opened=was_opened,
        seals=seals,
        class_seal=class_seal,
        roster_note=roster.note,
        contradicted=tuple(
            enrolment.student.full_name
            for enrolment in enrolments
            if enrolment.student_id in results.contradicted
        ),
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
    ).values_list("student_id", "line__code", "attainment", "mark", "brought")
    traits = TraitResult.objects.filter(
        student_id__in=student_ids, period=period, year_id=school_class.year_id
    ).values_list("student_id", "item", "rating", "brought")
    rows = list(subjects)
    ratings = list(traits)
    levels = {(student_id, code): level for student_id, code, level, _mark, _brought in rows}
    levels |= {(student_id, item): rating for student_id, item, rating, _brought in ratings}
    outcomes, reopened = [], set()
    if period is Period.YEAR_END:
        outcomes = _outcomes(school_class, student_ids)
        reopened = set(to_decide_anew([school_class.pk]).values_list("student_id", flat=True))
    contradicted = contradicted_outcomes(outcomes)
    lines = lines_of(school_class)
    return _Results(
        lines=lines,
        taught=frozenset(line.code for line in lines),
        levels=levels,
        marks={(student_id, code): mark for student_id, code, _level, mark, _brought in rows},
        brought={(student_id, code): brought for student_id, code, _level, _mark, brought in rows if brought}
        | {(student_id, item): brought for student_id, item, _rating, brought in ratings if brought},
        outcomes={row.student_id: row for row in outcomes if row.pk not in contradicted},
        contradicted=frozenset(row.student_id for row in outcomes if row.pk in contradicted) | reopened,
    )


def _outcomes(school_class: SchoolClass, student_ids: Sequence[int]) -> list[YearOutcome]:
    own = YearOutcome.objects.filter(school_class=school_class, student_id__in=student_ids)
    return list(own.select_related("school_class"))


def _cells(
    school_class: SchoolClass, period: Period, columns: Sequence[Column], results: _Results, seat: Enrolment
) -> tuple[str | None, ...]:
    student_id, terms = seat.student_id, terms_of(seat, period)
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
        nothing = _sign(terms, code) if is_taught else None
        if column.kind == "level":
            return results.levels.get((student_id, code)) or nothing
        if not has_mark(year, grade, code, period, rules=rules):
            return None
        mark = results.marks.get((student_id, code))
        return nothing if mark is None else str(mark)

    return tuple(map(value, columns))


def _sign(terms: Terms, code: str) -> str:
    """What stands where no value does: a decision's sign, else the blank of what is still to be entered."""
    if terms.is_not_assessed:
        return NOT_ASSESSED
    return EXEMPT if code in terms.exempt else ""


def _brought(columns: Sequence[Column], results: _Results, student_id: int) -> tuple[int, ...]:
    """The places of values that came from a former school (R12)."""
    if not results.brought:
        return ()
    return tuple(
        place
        for place, column in enumerate(columns)
        if _FIELD_OF.get(column.kind, set())
        & set(results.brought.get((student_id, column.code.removesuffix(MARK_SUFFIX)), "").split())
    )
