"""One pupil's whole year: every line, quality and competency at the four periods and, for who
was assessed again, the supplementary assessment, as far as a person may see them.

It is made of the sheets of the pupil's class, each with this pupil's row alone; writing goes through `save_results`
sheet by sheet, with the versions of the plain form.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.history import Source
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import Lines, lines_brought, with_lines
from gradebook.computed_results import owed_of
from gradebook.doubts import Answers, Counterparts, answers_brought, with_answers_of_year
from gradebook.entry import Change, SaveReport, save_results
from gradebook.exemptions import USUAL, Terms, terms_of, with_arrangements
from gradebook.models import ENTRY_PERIODS, SubjectLine, SubjectResult, TraitResult
from gradebook.regulation import Attainment, Period, Rating
from gradebook.sheet_forms import changes_from_form, typed_cells
from gradebook.sheets import HOMEROOM_CODE, Seat, Sheet, SheetRef, Stored, columns_of, rows_from
from gradebook.windows import LockState, lock_states_of
from students.models import Enrolment, SchoolClass, Student


@dataclass(frozen=True, slots=True)
class PupilSheet:
    """`sheets` are those of the class that the person may see, each with one row; `neighbours` the pupils before and
    after in class order as (id, name), None at the ends; `names` those of the whole class."""

    school_class: SchoolClass
    student: Student
    sheets: tuple[Sheet, ...]
    is_on_roster: bool = True
    neighbours: tuple[tuple[int, str] | None, tuple[int, str] | None] = (None, None)
    names: tuple[str, ...] = ()

    def may_write(self, sheet: Sheet) -> bool:
        return self.is_on_roster and bool(sheet.locks) and sheet.may_enter

    @property
    def is_editable(self) -> bool:
        return any(self.may_write(sheet) for sheet in self.sheets)

    @property
    def to_correct(self) -> list[Sheet]:
        """The locked ones that the person answers for: corrected by a request."""
        return [
            sheet
            for sheet in self.sheets
            if self.is_on_roster and sheet.locks and sheet.may_propose and sheet.lock.is_over
        ]

    @property
    def periods(self) -> tuple[Period, ...]:
        """The columns of the page: the four, and the supplementary assessment where the pupil has it."""
        return tuple(dict.fromkeys((*Period, *(sheet.ref.period for sheet in self.sheets))))

    @property
    def open_periods(self) -> dict[Period, LockState]:
        """In which periods the person may type here, and until when."""
        return {sheet.ref.period: sheet.lock for sheet in self.sheets if self.may_write(sheet)}

    @property
    def soonest_lock(self) -> LockState | None:
        """The first of those locks to fall."""
        open_ones = [lock for lock in self.open_periods.values() if lock.window]
        return min(open_ones, key=lambda lock: lock.left or datetime.timedelta.max, default=None)

    @property
    def entered(self) -> int:
        return sum(sheet.entered for sheet in self.sheets if self.may_write(sheet))

    @property
    def required(self) -> int:
        """Of the cells that the person may type into now."""
        return sum(sheet.required for sheet in self.sheets if self.may_write(sheet))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one sheet's cells: what was typed, by the names of its form, and the versions it rested on."""

    sheet: Sheet
    report: SaveReport
    typed: Mapping[str, str]
    changes: tuple[Change, ...]


def get_pupil_sheet(user: User, class_id: int, student_id: int) -> PupilSheet:
    """Fetch and check in one call. Six statements, and three more once the supplementary assessment was opened."""
    school_class, lines = find_class(user, class_id)
    seat = find_seat(school_class, student_id)
    student = seat.student
    locks = _locks(user, school_class, lines)
    order = list(Enrolment.objects.roster(school_class).values_list("student_id", "student__full_name"))
    place = next((number for number, (pk, _name) in enumerate(order) if pk == student.pk), None)
    sheets = sheets_of(
        user,
        school_class,
        student,
        lines=lines,
        stored=_stored_now(school_class, student, lines),
        locks=locks,
        terms={period: terms_of(seat, period) for period in ENTRY_PERIODS},
        answers={period: answers_brought(seat, period) for period in ENTRY_PERIODS},
        owed=_owed(seat, locks),
    )
    names = tuple(name for _pk, name in order)
    return PupilSheet(school_class, student, sheets, place is not None, _neighbours(order, place), names)


def _owed(seat: Enrolment, locks: Mapping[tuple[str, Period], LockState]) -> frozenset[str]:
    """What the pupil must be assessed in again; nothing before the supplementary assessment was opened (R40)."""
    was_opened = any(
        lock.is_open or lock.is_over
        for (_code, period), lock in locks.items()
        if period is Period.SUPPLEMENTARY
    )
    return owed_of([seat])[seat.student_id] if was_opened else frozenset()


def _locks(user: User, school_class: SchoolClass, lines: Lines) -> dict[tuple[str, Period], LockState]:
    """Of every sheet of the class as it is for this person. One statement."""
    own = {
        line.code if line else HOMEROOM_CODE: permissions.is_responsible(user, school_class, line)
        for line in (*lines, None)
    }
    return lock_states_of(school_class, {code: [user.pk] if is_own else [] for code, is_own in own.items()})


def find_class(user: User, class_id: int) -> tuple[SchoolClass, Lines]:
    """The class and its lines; raises the refusal, or 404. One statement."""
    classes = with_lines(SchoolClass.objects.select_related("year"))
    school_class = get_object_or_404(classes, pk=class_id)
    permissions.require(
        user,
        Action.SEE_PUPIL,
        f"Kết quả của học sinh lớp {school_class.name} chỉ mở cho giáo viên của lớp, tổ trưởng khối "
        f"{school_class.grade_level}, văn thư và Ban giám hiệu.",
        school_class=school_class,
    )
    return school_class, lines_brought(school_class)


def find_seat(school_class: SchoolClass, student_id: int) -> Enrolment:
    """Of a pupil who sits or sat in the class, with how the pupil is assessed (`terms_of`) and the reasons given for
    what looks odd, or 404. One statement."""
    seats = Enrolment.objects.filter(school_class=school_class, student_id=student_id)
    asked = with_answers_of_year(with_arrangements(seats), school_class.year_id)
    seat = asked.select_related("student").first()
    if seat is None:
        raise Http404("Học sinh này không học lớp đó.")
    seat.school_class = school_class
    return seat


def sheets_of(
    user: User,
    school_class: SchoolClass,
    student: Student,
    *,
    lines: Iterable[SubjectLine],
    stored: Mapping[str, Stored],
    locks: Mapping[tuple[str, Period], LockState] | None = None,
    terms: Mapping[Period, Terms] | None = None,
    answers: Mapping[Period, Answers] | None = None,
    owed: Collection[str] = (),
) -> tuple[Sheet, ...]:
    """The sheets that the person may see, in the order of the học bạ and of the year. No statement.

    That of the supplementary assessment only where the pupil owes something there, or has been assessed again.
    """
    found = []
    again = {item for _pupil, item in stored.get(Period.SUPPLEMENTARY, ())}
    for ref in _refs(user, school_class, lines):
        of_period = stored.get(ref.period, {})
        seat = Seat(
            student,
            terms=(terms or {}).get(ref.period, USUAL),
            owed={*owed, *again} if ref.is_supplementary else None,
            beside=_beside(of_period),
            answers=(answers or {}).get(ref.period, {}),
        )
        rows = rows_from(ref, [seat], of_period)
        if rows:
            found.append(
                Sheet(
                    ref=ref,
                    columns=columns_of(ref, rows),
                    rows=rows,
                    locks={
                        period: lock for (code, period), lock in (locks or {}).items() if code == ref.code
                    },
                    is_responsible=permissions.is_responsible(user, ref.school_class, ref.line),
                    is_proposer=permissions.may_propose(user, ref.school_class, ref.line),
                )
            )
    return tuple(found)


def _refs(user: User, school_class: SchoolClass, lines: Iterable[SubjectLine]) -> Iterator[SheetRef]:
    for line in (*lines, None):
        if permissions.may_see_sheet(user, school_class, line):
            yield from (SheetRef(school_class, line, period) for period in ENTRY_PERIODS)


def _beside(stored: Stored) -> Counterparts:
    """What the pupil's sheets of one period say to each other (R26)."""
    levels = {item: getattr(row, "attainment", "") for (_pupil, item), row in stored.items()}
    ratings = {item: getattr(row, "rating", "") for (_pupil, item), row in stored.items()}
    return Counterparts(
        {item: Attainment(level) for item, level in levels.items() if level},
        {item: Rating(rating) for item, rating in ratings.items() if rating},
    )


def _stored_now(
    school_class: SchoolClass, student: Student, lines: Iterable[SubjectLine]
) -> dict[str, Stored]:
    """Two statements."""
    codes = {line.pk: line.code for line in lines}
    subjects = SubjectResult.objects.filter(student=student, line__in=codes)
    traits = TraitResult.objects.filter(student=student, year_id=school_class.year_id)
    return by_period(student, subjects, traits, codes)


def by_period(
    student: Student, subjects: Iterable[Any], traits: Iterable[Any], codes: Mapping[int, str]
) -> dict[str, Stored]:
    """The pupil's rows as the sheets of each period know them; `codes` are those of the lines by id."""
    found: dict[str, dict[tuple[int, str], Any]] = defaultdict(dict)
    for row in subjects:
        found[row.period][student.pk, codes[row.line_id]] = row
    for row in traits:
        found[row.period][student.pk, row.item] = row
    return dict(found)


def _neighbours(
    order: list[tuple[int, str]], place: int | None
) -> tuple[tuple[int, str] | None, tuple[int, str] | None]:
    if place is None:
        return None, None
    before = order[place - 1] if place else None
    return before, order[place + 1] if place + 1 < len(order) else None


# -- Writing -----------------------------------------------------------------------------------------------


def save_pupil_sheet(found: PupilSheet, posted: Mapping[str, str], *, by: User) -> list[Written]:
    """Writes what was typed, sheet by sheet; raises PermissionDenied, before anything is written, for a foreign one.

    Each sheet stands for itself, as if it had been opened alone: what one refuses keeps no other from being saved.
    """
    sent = [(sheet, fields) for sheet in found.sheets if (fields := dict(fields_of(sheet, posted)))]
    if sum(len(fields) for _sheet, fields in sent) < sum(1 for name in posted if name[:2] in _KINDS):
        # A cell that the page does not show belongs to somebody else; the homeroom teacher sees them all.
        permissions.require(
            by,
            Action.ENTER_SHEET,
            "Trong các ô gửi lên có ô của sổ khác. Chỉ giáo viên được phân công mới nhập được sổ đó.",
            school_class=found.school_class,
        )
    for sheet, _fields in sent:
        permissions.require(
            by,
            Action.ENTER_SHEET,
            f"Chỉ giáo viên được phân công mới nhập được sổ {sheet.ref.title}.",
            school_class=sheet.ref.school_class,
            line=sheet.ref.line,
        )
    return [
        Written(sheet, _save(sheet, changes, by=by), typed_cells(sheet, fields), tuple(changes))
        for sheet, fields in sent
        if (changes := changes_from_form(sheet, fields))
    ]


def _save(sheet: Sheet, changes: list[Change], *, by: User) -> SaveReport:
    return save_results(sheet.ref, changes, by=by, source=Source.PAGE)


_KINDS = ("c.", "v.", "k.")


def field_name(period: str, item: str, field_of_item: str) -> str:
    """What stands for a cell in the names of this form's fields: the pupil is in the address."""
    return f"{period}.{item}.{field_of_item}"


def fields_of(sheet: Sheet, posted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The posted fields of one sheet, under the names that `sheet_forms` knows: the pupil in place of the period."""
    items = {column.item for column in sheet.columns}
    pupil = sheet.rows[0].student.pk
    for name, value in posted.items():
        period, _dot, cell = name[2:].partition(".")
        if name[:2] in _KINDS and period == sheet.ref.period and cell.partition(".")[0] in items:
            yield f"{name[:2]}{pupil}.{cell}", value
