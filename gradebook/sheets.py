"""What a sheet shows: one class, one line (or all qualities and competencies), one period.

Read only, in a constant number of statements; writing is `gradebook.entry`.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import Lines, lines_brought, with_lines
from gradebook.computed_results import owed_items
from gradebook.deadlines import is_near, time_left, warning_kind
from gradebook.doubts import (
    NONE_KNOWN,
    Answers,
    Counterparts,
    Doubt,
    answers_brought,
    counterparts_brought,
    doubts_of,
    with_answers,
    with_counterparts,
)
from gradebook.exemptions import USUAL, Terms, seats_with_terms, terms_of
from gradebook.models import ENTRY_PERIODS, SubjectLine, SubjectResult, TraitResult
from gradebook.regulation import Period, TraitGroup, has_mark, traits_for
from gradebook.repeat_tests import REPEAT_PERIODS, KeepsMarks, Repeat
from gradebook.scopes import HOMEROOM
from gradebook.windows import LockState, lock_states
from gradebook.year_rules import rules_of
from students.models import Enrolment, SchoolClass, Student

HOMEROOM_CODE = HOMEROOM
BROUGHT = "Kết quả mang từ trường cũ"
MET = "Đã đạt"
NOT_OWED = (
    "Nội dung này đạt ở cuối năm nên không thuộc nội dung phải đánh giá bổ sung của em: bỏ trống ô này."
)


Stored = Mapping[tuple[int, str], Any]
"""By (pupil, item): stored rows, or those of their history."""


class Field(StrEnum):
    """The kinds of cell; values are the model fields. A repeat test is no column: it stands behind the mark (R28)."""

    ATTAINMENT = "attainment"
    MARK = "mark"
    COMMENT = "comment"
    RATING = "rating"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `item` is the line's code, a trait's code or a trait group's code."""

    item: str
    field: Field
    label: str
    group: str = ""

    @property
    def key(self) -> str:
        return f"{self.item}-{self.field}"


def repeat_column(item: str) -> Column:
    """What names the repeat test of a line, which has no column of its own on the sheet."""
    return Column(item, Field.REPEAT, "Kiểm tra lại")


@dataclass(frozen=True, slots=True)
class Cell:
    """`word` stands where no value is expected: «Miễn», «Không đánh giá», «Đã đạt»; `why` says by which decision.

    `is_brought`: the value came from a former school. `repeat`: the second test behind a mark, with `first_mark`.
    """

    column: Column
    value: str
    version: int
    word: str = ""
    why: str = ""
    is_brought: bool = False
    repeat: Repeat | None = None
    first_mark: int | None = None

    @property
    def is_expected(self) -> bool:
        return not self.word


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil's row; `versions` has one number per item, 0 where nothing is stored.

    `beside` is what other sheets say of the pupil, `answers` the reasons given for what looks odd.
    """

    student: Student
    number: int
    cells: tuple[Cell, ...]
    beside: Counterparts = NONE_KNOWN
    answers: Answers = field(default_factory=dict)
    terms: Terms = USUAL

    @property
    def versions(self) -> dict[str, int]:
        return {cell.column.item: cell.version for cell in self.cells}

    def entry_cells(self, ref: "SheetRef") -> tuple[Cell, ...]:
        """All that a form or a file may name: the row's cells, and the repeat test behind its mark (R28)."""
        repeats = (
            Cell(repeat_column(cell.column.item), str(cell.repeat or ""), cell.version, cell.word, cell.why)
            for cell in self.cells
            if ref.takes_repeat and cell.column.field == Field.MARK
        )
        return (*self.cells, *repeats)

    def doubts(self, ref: "SheetRef") -> dict[str, tuple[Doubt, ...]]:
        """What looks odd in the stored values that count, by item; items without are left out."""
        values: dict[str, dict[str, str]] = {}
        for cell in filter(lambda each: each.is_expected, self.cells):
            values.setdefault(cell.column.item, {})[cell.column.field] = cell.value
        found = {item: doubts_of(ref, item, of_item, self.beside) for item, of_item in values.items()}
        return {item: doubts for item, doubts in found.items() if doubts}


@dataclass(frozen=True, slots=True)
class SheetRef:
    """Which sheet: everything a write needs to know of it."""

    school_class: SchoolClass
    line: SubjectLine | None
    period: Period

    @property
    def code(self) -> str:
        return self.line.code if self.line else HOMEROOM_CODE

    @property
    def subject_label(self) -> str:
        return self.line.line.name if self.line else "Phẩm chất và năng lực"

    @property
    def key(self) -> str:
        """Names the sheet for what the browser keeps of unsaved values."""
        return f"{self.school_class.pk}.{self.code}.{self.period}"

    @property
    def title(self) -> str:
        """«Toán · Lớp 4A»; of a year that is over with the year: there may be another 4A now."""
        year = self.school_class.year
        in_year = f", {year.label}" if year.is_over else ""
        return f"{self.subject_label} · Lớp {self.school_class.name}{in_year}"

    @property
    def has_mark(self) -> bool:
        """Whether the test matrix of the year has a mark here (rule R22)."""
        year, grade = self.school_class.year, self.school_class.grade_level
        return has_mark(year.pk, grade, self.code, self.period, rules=rules_of(year))

    def columns(self) -> tuple[Column, ...]:
        """The cells this sheet has by the regulation of its year; the supplementary assessment has no comments."""
        if self.line is None:
            columns = _trait_columns(self.school_class)
        else:
            columns = _subject_columns(self.code, has_mark=self.has_mark)
        if not self.is_supplementary:
            return columns
        return tuple(each for each in columns if each.field != Field.COMMENT)

    @property
    def is_supplementary(self) -> bool:
        """Whether only what failed at the year's end is assessed here, again (R40, R41)."""
        return self.period is Period.SUPPLEMENTARY

    @property
    def takes_repeat(self) -> bool:
        """Whether the mark may be tested again: at the end of a term (rule R28)."""
        return self.line is not None and self.period in REPEAT_PERIODS and self.has_mark

    def entry_columns(self) -> tuple[Column, ...]:
        """All that a save may name: the cells of the sheet, and the repeat test behind its mark."""
        return (*self.columns(), repeat_column(self.code)) if self.takes_repeat else self.columns()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as its page shows it to one person.

    `own_sheets` are the sheets of this class that the person answers for, or on a sheet of somebody else those that
    the person may see: (code, name) in the books' order;
    `own_classes` the classes where the person answers for this line, of a year that is over those where the person did
    to its end: (id, name) in class order. `is_proposer`: who asks for it to be corrected.
    """

    ref: SheetRef
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    locks: Mapping[Period, LockState]
    is_responsible: bool
    is_proposer: bool = False
    own_sheets: tuple[tuple[str, str], ...] = ()
    own_classes: tuple[tuple[int, str], ...] = ()

    @property
    def lock(self) -> LockState:
        return self.locks[self.ref.period]

    @property
    def may_enter(self) -> bool:
        return self.is_responsible and self.lock.is_open

    @property
    def may_propose(self) -> bool:
        is_closed = self.ref.school_class.year.is_closed
        return self.is_proposer and not self.lock.is_open and not is_closed

    @property
    def is_past(self) -> bool:
        """Of a year that is over, whose results the principal has approved: a correction needs the consent too."""
        return self.ref.school_class.year.is_over

    @property
    def deadline_kind(self) -> str:
        """The colour of the time left: a warning for who answers for the sheet and has cells to fill."""
        if self.may_enter and self.entered < self.required:
            return warning_kind(self._left)
        return "open"

    @property
    def countdown(self) -> str:
        return f"· {time_left(self._left)}" if self.lock.is_open and is_near(self._left) else ""

    @property
    def _left(self) -> datetime.timedelta:
        window = self.lock.window
        return window.closes_at - self.lock.asked_at if window else datetime.timedelta(0)

    @property
    def required(self) -> int:
        """Not counted are exempt cells, and those of a pupil who is not assessed (rule R32)."""
        return sum(1 for row in self.rows for cell in row.cells if cell.is_expected)

    @property
    def entered(self) -> int:
        return sum(1 for row in self.rows for cell in row.cells if cell.is_expected and cell.value)


@lru_cache(maxsize=64)
def _subject_columns(code: str, *, has_mark: bool) -> tuple[Column, ...]:
    mark = (Column(code, Field.MARK, "Điểm KTĐK"),) if has_mark else ()
    return (Column(code, Field.ATTAINMENT, "Mức đạt được"), *mark, Column(code, Field.COMMENT, "Nhận xét"))


def _trait_columns(school_class: SchoolClass) -> tuple[Column, ...]:
    year = school_class.year
    traits = traits_for(year.pk, school_class.grade_level, rules=rules_of(year))
    columns: list[Column] = []
    for group in TraitGroup:
        columns += [Column(t.code, Field.RATING, t.name, group.label) for t in traits if t.group == group]
        columns.append(Column(group.value, Field.COMMENT, f"Nhận xét {group.label.lower()}", group.label))
    return tuple(columns)


def find_sheet(class_id: int, code: str, period: str) -> SheetRef:
    """The sheet's parts, or 404. One statement. Permission is asked by `get_sheet` and `save_results`."""
    return _find(class_id, code, period)[0]


def _find(class_id: int, code: str, period: str) -> tuple[SheetRef, Lines]:
    """The sheet, and all lines of its class in the books' order: one statement brings both."""
    if period not in ENTRY_PERIODS:
        raise Http404(f"Không có thời điểm đánh giá “{period}”.")
    classes = with_lines(SchoolClass.objects.select_related("year"))
    school_class = get_object_or_404(classes, pk=class_id)
    lines = lines_brought(school_class)
    line = next((each for each in lines if each.code == code), None)
    if line is None and code != HOMEROOM_CODE:
        raise Http404(f"Lớp {school_class.name} không học môn học, hoạt động giáo dục mã “{code}”.")
    return SheetRef(school_class, line, Period(period)), lines


def require_may_see(user: User, ref: SheetRef) -> None:
    """Raises the refusal that says who could open the sheet."""
    permissions.require(
        user,
        Action.SEE_SHEET,
        f"Sổ {ref.title} chỉ mở cho giáo viên được phân công, giáo viên chủ nhiệm lớp "
        f"{ref.school_class.name}, tổ trưởng khối {ref.school_class.grade_level}, văn thư và Ban giám hiệu.",
        school_class=ref.school_class,
        line=ref.line,
    )


def get_sheet(user: User, class_id: int, code: str, period: str) -> Sheet:
    """Fetch and check in one call: a view cannot hold a sheet that its user may not see."""
    ref, lines = _find(class_id, code, period)
    require_may_see(user, ref)
    rows = read_rows(ref)
    return Sheet(
        ref=ref,
        columns=columns_of(ref, rows),
        rows=rows,
        locks=lock_states(ref.school_class, ref.code),
        is_responsible=permissions.is_responsible(user, ref.school_class, ref.line),
        is_proposer=permissions.may_propose(user, ref.school_class, ref.line),
        own_sheets=_own_sheets(user, ref, lines),
        own_classes=_own_classes(user, ref),
    )


def _own_sheets(user: User, ref: SheetRef, lines: Lines) -> tuple[tuple[str, str], ...]:
    """No statement: the powers are read already."""
    is_own = permissions.may_propose(user, ref.school_class, ref.line)
    is_shown = permissions.may_propose if is_own else permissions.may_see_sheet
    own = [(each.code, each.line.short_name) for each in lines if is_shown(user, ref.school_class, each)]
    if is_shown(user, ref.school_class, None):
        own.append((HOMEROOM_CODE, "Phẩm chất và năng lực"))
    return tuple(own)


def _own_classes(user: User, ref: SheetRef) -> tuple[tuple[int, str], ...]:
    """The same line in whatever grade. No statement for who teaches in this class alone, else one."""
    powers, year = powers_of(user), ref.school_class.year
    own = powers.past_lines if year.is_over else powers.taught
    ids = {class_id for class_id, _line_id in own}
    if ref.line is None or ids <= {ref.school_class.pk}:
        return ()
    same_line = SubjectLine.objects.taught_in_each().filter(code=ref.code)
    classes = SchoolClass.objects.filter(pk__in=ids, year=year).annotate(
        line_id=Subquery(same_line.values("id"))
    )
    taught = classes.values_list("pk", "line_id", "name").order_by("grade_level", "name")
    return tuple((pk, name) for pk, line_id, name in taught if (pk, line_id) in own)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who has a row in a sheet, and what else is known of the pupil there; the defaults where it is not asked.

    `owed`: what the supplementary assessment is about for the pupil, None where the sheet is whole.
    """

    student: Student
    terms: Terms = USUAL
    owed: Collection[str] | None = None
    beside: Counterparts = NONE_KNOWN
    answers: Answers = field(default_factory=dict)


def seat_of(enrolment: Enrolment, period: Period, *, owed: Collection[str] | None = None) -> Seat:
    """Of a seat that comes from `with_arrangements`, with what else it was asked to bring along."""
    return Seat(
        student=enrolment.student,
        terms=terms_of(enrolment, period),
        owed=owed,
        beside=counterparts_brought(enrolment),
        answers=answers_brought(enrolment),
    )


def rows_from(ref: SheetRef, seats: Iterable[Seat], stored: Stored) -> tuple[Row, ...]:
    """The rows of a sheet, of a class or one pupil, of today or of the past: every row is made here. No statement.

    Of the supplementary assessment only the pupils and the columns that it is about.
    """
    columns = ref.columns()
    seats = list(seats)
    if any(seat.owed is not None for seat in seats):
        owed = {item for seat in seats for item in seat.owed or ()}
        columns = tuple(column for column in columns if column.item in owed)
        seats = [seat for seat in seats if owed.intersection(seat.owed or ())]
    return tuple(
        Row(
            student=seat.student,
            number=number,
            cells=tuple(
                cell_of(
                    column,
                    stored.get((seat.student.pk, column.item)),
                    seat.terms,
                    is_owed=seat.owed is None or column.item in seat.owed,
                )
                for column in columns
            ),
            beside=seat.beside,
            answers=seat.answers,
            terms=seat.terms,
        )
        for number, seat in enumerate(seats, start=1)
    )


def columns_of(ref: SheetRef, rows: Sequence[Row]) -> tuple[Column, ...]:
    """The columns that the rows have; those of the whole sheet where there is no row."""
    return tuple(cell.column for cell in rows[0].cells) if rows else ref.columns()


def read_rows(ref: SheetRef) -> tuple[Row, ...]:
    """Pupils in class order with their stored values. Two statements, whatever the class.

    Of the supplementary assessment, whose lists take four more, only the pupils and the columns that it is about.
    """
    roster = seats_with_terms(ref.school_class)
    enrolments = list(with_answers(with_counterparts(roster, ref), ref))
    owed = owed_in(ref) if ref.is_supplementary else {}
    seats = [
        seat_of(each, ref.period, owed=owed.get(each.student_id, ()) if ref.is_supplementary else None)
        for each in enrolments
    ]
    return rows_from(ref, seats, stored_results(ref, [each.student_id for each in enrolments]))


def cell_of(column: Column, result: Any, terms: Terms, *, is_owed: bool = True) -> Cell:
    """A pupil's cell as it stands; `is_owed` is False where the supplementary assessment does not ask for it.

    `result` is the stored row or one of its history, None where nothing is stored.
    """
    value, version = value_and_version(result, column.field)
    tested = result if column.field == Field.MARK and isinstance(result, KeepsMarks) else None
    return Cell(
        column,
        value,
        version,
        word=terms.word(column.item) if is_owed else MET,
        why=terms.against(column.item) if is_owed else NOT_OWED,
        is_brought=result is not None and column.field.value in result.brought.split(),
        repeat=tested.repeat if tested else None,
        first_mark=tested.first_mark if tested else None,
    )


def owed_in(ref: SheetRef) -> dict[int, frozenset[str]]:
    """Pupil id → items of this sheet that must be assessed again; who owes nothing is not there. Four statements."""
    items = {column.item for column in ref.columns()}
    owed = {pupil: codes & items for pupil, codes in owed_items(ref.school_class).items()}
    return {pupil: codes for pupil, codes in owed.items() if codes}


def stored_results(ref: SheetRef, student_ids: list[int]) -> Stored:
    """The stored rows of a sheet by (pupil, item). One statement."""
    if ref.line is not None:
        results = SubjectResult.objects.filter(line=ref.line, period=ref.period, student_id__in=student_ids)
        return {(result.student_id, ref.code): result for result in results}
    traits = TraitResult.objects.filter(
        year_id=ref.school_class.year_id, period=ref.period, student_id__in=student_ids
    )
    return {(result.student_id, result.item): result for result in traits}


def value_and_version(result: Any, field: str) -> tuple[str, int]:
    """A field as the text a cell shows ("" for not entered), and its row's version (0: no row yet)."""
    if result is None:
        return "", 0
    value = getattr(result, field)
    return ("" if value is None else str(value)), result.version
