"""Slips of a class and period: from the database to `slip_content.Slip` (domain 2.3; rules R68, R76).

The levels and marks of the periods so far, the comments of the one asked; at the year's end what the principal has
approved. A slip is final once the period is locked and, at the year's end, the pupil's result settled.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.dates import Days
from gradebook.class_lines import Lines, lines_of
from gradebook.exemptions import seats_with_terms, terms_of
from gradebook.line_names import name_in
from gradebook.models import ClassYearEnd, SubjectResult, TraitResult
from gradebook.period_absences import TERMS, spans_of
from gradebook.regulation import LINES, Period, TraitGroup, has_mark, traits_for
from gradebook.windows import LockState, lock_state
from gradebook.year_end import Row, read_rows
from gradebook.year_end_rules import State, to_retest, to_train
from gradebook.year_rules import rules_of
from reports.book_content import NOT_ASSESSED
from reports.periods_so_far import SHORT, so_far
from reports.sheet_holders import is_locked
from reports.signatories import read_signatories
from reports.slip_content import (
    NOT_APPROVED,
    NOT_LOCKED,
    NOT_OPENED,
    Slip,
    SlipGroup,
    SlipPeriod,
    SlipSubject,
    SlipTrait,
    Told,
)
from reports.transcripts import award_words, completion_sentence, pupil_code, result_words
from students.absences import Absences, absence_totals, absences_within, days_label
from students.models import Enrolment, SchoolClass

EXEMPT = "Miễn"
NOT_KNOWN = "chưa tổng hợp"


@dataclass(frozen=True, slots=True)
class _Records:
    """What the database holds of a class, by pupil, code and period; nothing is read after this."""

    lines: Lines
    subjects: Mapping[tuple[int, str, str], Mapping[str, Any]]
    traits: Mapping[tuple[int, str, str], Mapping[str, Any]]
    absences: Mapping[int, Absences]
    absent_until: datetime.date | None
    year_end: Mapping[int, Row]
    is_approved: bool
    lock: LockState
    homeroom_teacher: str


def slips_of(school_class: SchoolClass, period: Period) -> tuple[Slip, ...]:
    """The slips of all pupils of a class, in class order. Statements independent of the pupils.

    `school_class` comes with its year at hand. Raises regulation.NotCovered for a year before TT 27/2020.
    """
    seats = list(seats_with_terms(school_class))
    records = _read(school_class, period, [seat.student_id for seat in seats])
    return tuple(
        _slip(school_class, period, records, seat, number) for number, seat in enumerate(seats, start=1)
    )


# -- Reading -----------------------------------------------------------------------------------------------


def _read(school_class: SchoolClass, period: Period, student_ids: Sequence[int]) -> _Records:
    year, is_end = school_class.year, period is Period.YEAR_END
    subjects = SubjectResult.objects.filter(
        student_id__in=student_ids,
        period__in=so_far(period),
        line__year_id=year.pk,
        line__grade_level=school_class.grade_level,
    ).values("student_id", "line__code", "period", "attainment", "mark", "comment", "brought")
    traits = TraitResult.objects.filter(
        student_id__in=student_ids, period__in=so_far(period), year_id=year.pk
    ).values("student_id", "item", "period", "rating", "comment", "brought")
    until, absences = _absences(school_class, period, student_ids)
    rows = read_rows([school_class]) if is_end else ()
    approved = ClassYearEnd.objects.filter(school_class=school_class, state=State.APPROVED)
    lock = lock_state(school_class, period)
    day = lock.closed_at.date() if is_locked(lock) and lock.closed_at else year.day_for_roster()
    return _Records(
        lines=lines_of(school_class),
        subjects={(row["student_id"], row["line__code"], row["period"]): row for row in subjects},
        traits={(row["student_id"], row["item"], row["period"]): row for row in traits},
        absences=absences,
        absent_until=until,
        year_end={row.student.pk: row for row in rows},
        is_approved=is_end and approved.exists(),
        lock=lock,
        homeroom_teacher=read_signatories([school_class.pk]).homeroom_teacher(school_class, day),
    )


def _absences(
    school_class: SchoolClass, period: Period, student_ids: Sequence[int]
) -> tuple[datetime.date | None, dict[int, Absences]]:
    """Until which day (None: the whole year) and how many days; who was never called is not in the answer (R81)."""
    year = school_class.year
    whole = {
        pupil: days
        for (pupil, of), days in absence_totals(student_ids, until=year.pk).items()
        if of == year.pk
    }
    if period is Period.YEAR_END:
        return None, whole
    spans = spans_of(school_class)
    span = spans.get(TERMS[0] if period is Period.END_TERM_1 else period)
    if span is None or span.last is None:
        return None, {}
    within = absences_within(student_ids, {"": Days(year.starts_on, span.last)})
    return span.last, {pupil: within.get((pupil, ""), Absences()) for pupil in whole}


# -- Laying out --------------------------------------------------------------------------------------------


def _slip(school_class: SchoolClass, period: Period, records: _Records, seat: Enrolment, number: int) -> Slip:
    year, pupil = school_class.year, seat.student
    subjects = tuple(_subjects(school_class, period, records, seat))
    groups = tuple(_groups(school_class, period, records, seat))
    return Slip(
        pupil_code=pupil_code(pupil),
        number=number,
        full_name=pupil.full_name,
        born_on=pupil.birth_label,
        parent_body=year.parent_body.upper(),
        school_name=year.school_name.upper(),
        place=year.place,
        class_name=school_class.name,
        school_year=year.label,
        period=period.label,
        periods=tuple(_periods(school_class, period, records.lines)),
        subjects=subjects,
        groups=groups,
        absences=_absence_lines(records.absences.get(seat.student_id)),
        absent_until=f"{records.absent_until:%d/%m/%Y}" if records.absent_until else "",
        verdict=_verdict(records, seat) if period is Period.YEAR_END else (),
        homeroom_teacher=records.homeroom_teacher,
        signs=tuple(_signs(subjects, groups)),
        preview=_preview(period, records, seat),
        lacks_outcome=_lacks_outcome(period, records, seat),
    )


def _periods(school_class: SchoolClass, period: Period, lines: Lines) -> Iterator[SlipPeriod]:
    for each in so_far(period):
        has_marks = any(_is_tested(school_class, line.code, each) for line in lines)
        yield SlipPeriod(SHORT[each], has_marks)


def _is_tested(school_class: SchoolClass, code: str, period: Period) -> bool:
    rules = rules_of(school_class.year)
    return has_mark(school_class.year_id, school_class.grade_level, code, period, rules=rules)


def _subjects(
    school_class: SchoolClass, period: Period, records: _Records, seat: Enrolment
) -> Iterator[SlipSubject]:
    """The lines of the class, and those in which the pupil has something from a class before."""
    shown = {line.code for line in records.lines} | {
        code for pupil, code, _period in records.subjects if pupil == seat.student_id
    }
    for line in (each for each in LINES if each.code in shown):
        told: list[Told] = []
        for each in so_far(period):
            row = records.subjects.get((seat.student_id, line.code, each), {})
            word = _word(seat, each, line.code)
            brought = row.get("brought", "").split()
            mark = row.get("mark")
            points = word if mark is None else _starred(str(mark), "mark" in brought)
            level = _starred(row.get("attainment", ""), "attainment" in brought) or word
            told.append((level, points if _is_tested(school_class, line.code, each) else None))
        comment = records.subjects.get((seat.student_id, line.code, period), {}).get("comment", "")
        decision = terms_of(seat, period).decisions.get(line.code, "")
        yield SlipSubject(name_in(school_class, line.code), tuple(told), comment or decision)


def _groups(
    school_class: SchoolClass, period: Period, records: _Records, seat: Enrolment
) -> Iterator[SlipGroup]:
    traits = traits_for(school_class.year_id, school_class.grade_level, rules=rules_of(school_class.year))

    def level(code: str, each: Period) -> str:
        row = records.traits.get((seat.student_id, code, each), {})
        rating = _starred(row.get("rating", ""), "rating" in row.get("brought", "").split())
        return rating or _word(seat, each, code)

    for group in TraitGroup:
        yield SlipGroup(
            group.label,
            tuple(
                SlipTrait(trait.name, tuple(level(trait.code, each) for each in so_far(period)))
                for trait in traits
                if trait.group is group
            ),
            records.traits.get((seat.student_id, group.value, period), {}).get("comment", ""),
        )


def _word(seat: Enrolment, period: Period, code: str) -> str:
    """What stands where no value does, by a decision of the principal (R33)."""
    terms = terms_of(seat, period)
    if terms.is_not_assessed:
        return NOT_ASSESSED
    return EXEMPT if code in terms.exempt else ""


def _starred(value: str, is_brought: bool) -> str:
    return f"{value}*" if value and is_brought else value


def _signs(subjects: Sequence[SlipSubject], groups: Sequence[SlipGroup]) -> Iterator[str]:
    """What the legend has to explain besides."""
    values = {value for row in subjects for told in row.told for value in told if value}
    values |= {level for group in groups for trait in group.traits for level in trait.levels}
    if NOT_ASSESSED in values:
        yield "KĐG – không đánh giá, theo quyết định của Hiệu trưởng"
    if any(value.endswith("*") for value in values):
        yield "* – kết quả ở trường cũ"


def _absence_lines(absences: Absences | None) -> tuple[tuple[str, str], ...]:
    known = absences or Absences(None, None)
    return (
        ("có phép", days_label(known.with_leave) or NOT_KNOWN),
        ("không phép", days_label(known.without_leave) or NOT_KNOWN),
    )


# -- The year's end ----------------------------------------------------------------------------------------


def _is_settled(records: _Records, row: Row | None) -> bool:
    """The principal has decided on the pupil, or left the pupil for the summer with the class's approval."""
    if row is None or row.is_contradicted:
        return False
    return row.decided is not None or (records.is_approved and row.waits)


def _preview(period: Period, records: _Records, seat: Enrolment) -> str:
    if not is_locked(records.lock):
        return NOT_LOCKED if records.lock.is_open else NOT_OPENED
    return NOT_APPROVED if _lacks_outcome(period, records, seat) else ""


def _lacks_outcome(period: Period, records: _Records, seat: Enrolment) -> bool:
    return period is Period.YEAR_END and not _is_settled(records, records.year_end.get(seat.student_id))


def _verdict(records: _Records, seat: Enrolment) -> tuple[tuple[str, str], ...]:
    row = records.year_end.get(seat.student_id)
    labels = ("Đánh giá kết quả giáo dục", "Khen thưởng", "Lên lớp", "Rèn luyện trong hè")
    if row is None or not _is_settled(records, row):
        return tuple((label, NOT_APPROVED.capitalize()) for label in labels[:1])
    praise = "; ".join(each.words for each in row.praised)
    if row.decided is None:
        owed = "; ".join(item.sentence for item in (*to_retest(row.failing), *to_train(row.failing)))
        words = (
            row.result.label if row.result else "",
            praise or "Không",
            "Chờ kết quả đánh giá bổ sung, rèn luyện trong hè",
            owed,
        )
        return tuple(zip(labels, words, strict=True))
    outcome = row.decided
    award = "; ".join(filter(None, (award_words(outcome), praise)))
    words = (
        result_words(outcome) or "Không đánh giá",
        award or "Không",
        completion_sentence(row.school_class.grade_level, outcome),
        "Không",
    )
    return tuple(zip(labels, words, strict=True))
