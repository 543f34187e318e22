"""One pupil's whole year: every line, quality and competency at the four periods, as far as a person may see them.

It is made of the sheets of the pupil's class, each with this pupil's row alone; writing goes through `save_results`
sheet by sheet, with the versions of the plain form.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.history import Source
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import Lines, lines_brought, with_lines
from gradebook.entry import Change, SaveReport, save_results
from gradebook.exemptions import USUAL, Terms, terms_of_pupil
from gradebook.models import SubjectLine, SubjectResult, TraitResult
from gradebook.regulation import Period
from gradebook.sheet_forms import changes_from_form, typed_cells
from gradebook.sheets import HOMEROOM_CODE, Row, Sheet, SheetRef, cell_of
from gradebook.windows import LockState, lock_states_of
from students.models import Enrolment, SchoolClass, Student

# By the line's code or the item's, and the period.
Stored = Mapping[tuple[str, str], SubjectResult | TraitResult]


@dataclass(frozen=True, slots=True)
class PupilSheet:
    """`sheets` are those of the class that the person may see, each with one row; `neighbours` the pupils before and
    after in class order as (id, name), None at the ends."""

    school_class: SchoolClass
    student: Student
    sheets: tuple[Sheet, ...]
    is_on_roster: bool = True
    neighbours: tuple[tuple[int, str] | None, tuple[int, str] | None] = (None, None)

    def may_write(self, sheet: Sheet) -> bool:
        return self.is_on_roster and bool(sheet.locks) and sheet.may_enter

    @property
    def is_editable(self) -> bool:
        return any(self.may_write(sheet) for sheet in self.sheets)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one sheet's cells: what was typed, by the names of its form, and the versions it rested on."""

    sheet: Sheet
    report: SaveReport
    typed: Mapping[str, str]
    changes: tuple[Change, ...]


def get_pupil_sheet(user: User, class_id: int, student_id: int) -> PupilSheet:
    """Fetch and check in one call. Seven statements."""
    school_class, lines = find_class(user, class_id)
    student = find_pupil(school_class, student_id)
    locks = _locks(user, school_class, lines)
    terms = terms_of_pupil(student, school_class.year_id)
    roster = Enrolment.objects.roster(school_class)
    order = list(roster.values_list("student_id", "student__full_name"))
    place = next((number for number, (pk, _name) in enumerate(order) if pk == student.pk), None)
    stored = _stored_now(school_class, student, lines)
    return PupilSheet(
        school_class=school_class,
        student=student,
        sheets=sheets_of(user, school_class, student, lines=lines, stored=stored, locks=locks, terms=terms),
        is_on_roster=place is not None,
        neighbours=_neighbours(order, place),
    )


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


def find_pupil(school_class: SchoolClass, student_id: int) -> Student:
    """A pupil who sits or sat in the class, or 404. One statement."""
    seats = Enrolment.objects.filter(school_class=school_class, student_id=student_id)
    seat = seats.select_related("student").first()
    if seat is None:
        raise Http404("Học sinh này không học lớp đó.")
    return seat.student


def sheets_of(
    user: User,
    school_class: SchoolClass,
    student: Student,
    *,
    lines: Iterable[SubjectLine],
    stored: Stored,
    locks: Mapping[tuple[str, Period], LockState],
    terms: Mapping[Period, Terms],
) -> tuple[Sheet, ...]:
    """The sheets that the person may see, in the order of the học bạ and of the year. No statement."""
    return tuple(
        _sheet(
            user,
            SheetRef(school_class, line, period),
            student,
            stored,
            {
                each: lock
                for (code, each), lock in locks.items()
                if code == (line.code if line else HOMEROOM_CODE)
            },
            terms=terms.get(period, USUAL),
        )
        for line in (*lines, None)
        if permissions.may_see_sheet(user, school_class, line)
        for period in Period
    )


def _sheet(
    user: User,
    ref: SheetRef,
    student: Student,
    stored: Stored,
    locks: Mapping[Period, LockState],
    *,
    terms: Terms,
) -> Sheet:
    columns = ref.columns()
    cells = tuple(cell_of(column, stored.get((column.item, ref.period.value)), terms) for column in columns)
    return Sheet(
        ref=ref,
        columns=columns,
        rows=(Row(student, 1, cells),),
        locks=locks,
        is_responsible=permissions.is_responsible(user, ref.school_class, ref.line),
    )


def _stored_now(school_class: SchoolClass, student: Student, lines: Iterable[SubjectLine]) -> Stored:
    """Two statements."""
    codes = {line.pk: line.code for line in lines}
    subjects = SubjectResult.objects.filter(student=student, line__in=codes)
    traits = TraitResult.objects.filter(student=student, year_id=school_class.year_id)
    return by_item(subjects, traits, codes)


def by_item(
    subjects: Iterable[SubjectResult], traits: Iterable[TraitResult], codes: Mapping[int, str]
) -> Stored:
    """`codes` are those of the lines by id."""
    return {
        **{(codes[row.line_id], row.period): row for row in subjects},
        **{(row.item, row.period): row for row in traits},
    }


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
