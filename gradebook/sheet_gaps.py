"""Which cells of sheets are empty: the names behind the counts of `gradebook.progress` (rules R32, R33, R40).

A cell that is not applicable, exempt or of a pupil who is not assessed is not required; one that holds a value, brought
from a former school or not, is not empty; one that an applied request emptied, with a reason, is answered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Concat

from gradebook.answered_gaps import Answer, Cell, answers_of
from gradebook.computed_results import owed_of, seats_of
from gradebook.exemptions import terms_of
from gradebook.late_comers import NOBODY, Absent
from gradebook.models import SubjectResult, TraitResult
from gradebook.progress import Tally
from gradebook.regulation import Period
from gradebook.sheets import Column, Field, SheetRef
from students.models import Enrolment, Student


@dataclass(frozen=True, slots=True)
class PupilGaps:
    """A pupil's empty cells in one sheet. `number` is the pupil's row there, `expected` how many cells it asks for."""

    student: Student
    number: int
    cells: tuple[Column, ...]
    expected: int

    @property
    def is_blank(self) -> bool:
        """Nothing at all is entered for the pupil."""
        return len(self.cells) == self.expected

    @property
    def words(self) -> str:
        """«mức đạt được, nhận xét»."""
        return ", ".join(cell_words(column) for column in self.cells)


@dataclass(frozen=True, slots=True)
class SheetGaps:
    """The pupils of a sheet with empty cells, in class order, and how many cells the sheet asks for.

    `answered`: in a sentence each cell that stays empty for a reason.
    """

    ref: SheetRef
    required: int
    pupils: tuple[PupilGaps, ...]
    answered: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return sum(len(pupil.cells) for pupil in self.pupils)

    @property
    def tally(self) -> Tally:
        return Tally(self.required - self.missing, self.required)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of some pupils at a period: by (pupil, line) level, mark and whether there is a comment; by pupil
    the rating of each trait, and "" of each trait group that has a comment. `answered`: what was emptied for a reason.
    """

    lines: dict[tuple[int, str], tuple[str, int | None, bool]] = field(default_factory=dict)
    traits: dict[int, Mapping[str, str]] = field(default_factory=dict)
    answered: dict[Cell, Answer] = field(default_factory=dict)

    def has(self, pupil: int, column: Column, *, is_trait: bool) -> bool:
        if is_trait:
            return column.item in self.traits.get(pupil, ())
        level, mark, has_comment = self.lines.get((pupil, column.item), ("", None, False))
        if column.field == Field.MARK:
            return mark is not None
        return has_comment if column.field == Field.COMMENT else bool(level)


def cell_words(column: Column) -> str:
    """A column in a sentence: «mức đạt được», «điểm KTĐK», «Yêu nước»."""
    if column.field == Field.RATING:
        return column.label
    return column.label[:1].lower() + column.label[1:]


def read_gaps(refs: Sequence[SheetRef], *, absent: Absent = NOBODY) -> list[SheetGaps]:
    """Each sheet with its gaps, in the order given. Four statements, whatever their number.

    `absent`: of whom nothing is asked for. With a supplementary assessment seven: there only what failed at the
    year's end is asked for.
    """
    return gaps_in(refs, *read_stored(refs), absent=absent) if refs else []


def read_stored(refs: Sequence[SheetRef]) -> tuple[list[Enrolment], Mapping[Period, Stored]]:
    """Who sits in the classes of the sheets, and what is stored of them at each of their periods. Four statements."""
    seats = seats_of(list({ref.school_class.pk: ref.school_class for ref in refs}.values()))
    return seats, _stored(seats, {ref.period for ref in refs})


def gaps_in(
    refs: Sequence[SheetRef],
    seats: Sequence[Enrolment],
    stored: Mapping[Period, Stored],
    *,
    absent: Absent = NOBODY,
) -> list[SheetGaps]:
    owed = owed_of(seats) if Period.SUPPLEMENTARY in stored else {}
    of_class: dict[int, list[Enrolment]] = defaultdict(list)
    for seat in seats:
        of_class[seat.school_class_id].append(seat)
    return [_sheet(ref, of_class[ref.school_class.pk], stored[ref.period], owed, absent) for ref in refs]


def _sheet(
    ref: SheetRef,
    seats: Iterable[Enrolment],
    stored: Stored,
    owed: Mapping[int, Collection[str]],
    absent: Absent,
) -> SheetGaps:
    columns = ref.columns()
    away = absent.get(ref.period.value, frozenset())
    required, number, pupils = 0, 0, []
    answered: list[str] = []
    for seat in seats:
        asked = _owed(columns, owed[seat.student_id]) if ref.is_supplementary else columns
        number += bool(asked)
        if seat.student_id in away:
            continue
        terms = terms_of(seat, ref.period)
        expected = [column for column in asked if not terms.word(column.item)]
        required += len(expected)
        blank = [
            column
            for column in expected
            if not stored.has(seat.student_id, column, is_trait=ref.line is None)
        ]
        why = {column: stored.answered.get((seat.student_id, column.item, column.field)) for column in blank}
        answered += [
            f"{seat.student.full_name}, {ref.subject_label}, {cell_words(column)}: {answer.words}"
            for column, answer in why.items()
            if answer
        ]
        empty = tuple(column for column in blank if not why[column])
        if empty:
            pupils.append(PupilGaps(seat.student, number, empty, len(expected)))
    return SheetGaps(ref, required, tuple(pupils), tuple(answered))


def _owed(columns: Iterable[Column], codes: Collection[str]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.item in codes)


def _stored(seats: Iterable[Enrolment], periods: Collection[Period]) -> Mapping[Period, Stored]:
    classes = {seat.student_id: seat.school_class for seat in seats}
    years = {each.year_id for each in classes.values()}
    found = {period: Stored() for period in periods}
    has_comment: Any = ExpressionWrapper(~Q(comment=""), output_field=BooleanField())
    subjects = SubjectResult.objects.filter(student__in=classes, line__year__in=years, period__in=periods)
    for pupil, code, grade, period, level, mark, is_there in subjects.values_list(
        "student_id", "line__code", "line__grade_level", "period", "attainment", "mark", has_comment
    ):
        if grade == classes[pupil].grade_level:
            found[Period(period)].lines[pupil, code] = (level, mark, is_there)
    held = TraitResult.objects.filter(student__in=classes, year__in=years, period__in=periods)
    held = held.exclude(rating="", comment="")
    told = held.values("student_id", "period").annotate(told=ArrayAgg(Concat("item", Value("="), "rating")))
    for row in told.order_by():
        found[Period(row["period"])].traits[row["student_id"]] = dict(pair.split("=") for pair in row["told"])
    for period, answers in answers_of(classes, periods).items():
        found[period].answered.update({cell: each for cell, each in answers.items() if each.year in years})
    return found
