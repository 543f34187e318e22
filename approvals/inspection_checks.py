"""What an inspector looks through: a class with its lots, a sheet with its cells; constant numbers of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from approvals.inspection_workflow import InspectionAct, InspectionState, inspection_acts
from approvals.inspections import actors_of
from approvals.models import Finding, InspectedClass, InspectedPupil, Inspection
from approvals.sampling import draw, lot_of
from gradebook.sheets import Column, Row, SheetRef, find_sheet, get_sheet
from students.models import SchoolClass, Student

# -- A class: whom the draw fell upon ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who could be drawn; `lot` is the beginning of the number that decides."""

    student: Student
    lot: str
    is_drawn: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DrawPage:
    """The class's candidates in the order of their lots; `is_fair`: drawn again, the lot falls upon the same."""

    school_class: SchoolClass
    candidates: tuple[Candidate, ...]
    is_fair: bool
    may_choose: bool


def read_draw(user: User, inspection: Inspection, class_id: int) -> DrawPage:
    """Three statements. Raises Http404 for a class that the inspection does not look at."""
    rows = InspectedClass.objects.select_related("school_class")
    inside = get_object_or_404(rows, inspection=inspection, school_class_id=class_id)
    looked_at = dict(
        InspectedPupil.objects.filter(inspection=inspection, school_class=class_id).values_list(
            "student_id", "is_drawn"
        )
    )
    names = Student.objects.in_bulk(inside.roster)
    drawn = {pupil for pupil, is_drawn in looked_at.items() if is_drawn}
    again = draw(inspection.seed, class_id, inside.roster, inspection.drawn_per_class or 0)
    lots = {pupil: lot_of(inspection.seed, class_id, pupil) for pupil in inside.roster}
    order = sorted(inside.roster, key=lots.__getitem__) if inspection.seed else inside.roster
    acts = inspection_acts(InspectionState(inspection.state), actors_of(user, inspection))
    return DrawPage(
        inside.school_class,
        tuple(Candidate(names[pk], lots[pk][:16], pk in drawn, pk in looked_at) for pk in order),
        set(again) == drawn,
        InspectionAct.CHOOSE in acts,
    )


# -- A sheet, to look at and to note -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckCell:
    """A cell as the inspector sees it; `key` is what its tick box sends, `noted` are findings against it."""

    column: Column
    value: str
    key: str
    noted: tuple[Finding, ...]
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    student: Student
    cells: tuple[CheckCell, ...]


@dataclass(frozen=True, slots=True)
class CheckPage:
    ref: SheetRef
    columns: tuple[Column, ...]
    rows: tuple[CheckRow, ...]
    about_sheet: tuple[Finding, ...]
    responsible: str
    may_note: bool


def get_checked(user: User, inspection: Inspection, class_id: int, code: str) -> SheetRef:
    """The sheet of the inspection, or Http404."""
    is_inside = InspectedClass.objects.filter(inspection=inspection, school_class=class_id).exists()
    if code not in inspection.codes or not is_inside:
        raise Http404("Sổ này không thuộc đợt kiểm tra.")
    return find_sheet(class_id, code, inspection.period)


def read_check(
    user: User, inspection: Inspection, ref: SheetRef, *, responsible: User | None, ticked: Sequence[str] = ()
) -> CheckPage:
    """The rows of those who are looked at, with what was noted already. Six statements."""
    sheet = get_sheet(user, ref.school_class.pk, ref.code, ref.period)
    chosen = set(
        InspectedPupil.objects.filter(inspection=inspection, school_class=ref.school_class).values_list(
            "student_id", flat=True
        )
    )
    noted: dict[tuple[int | None, str, str], list[Finding]] = defaultdict(list)
    for finding in Finding.objects.filter(
        inspection=inspection, school_class=ref.school_class, line=ref.line
    ):
        noted[finding.student_id, finding.item, finding.field].append(finding)
    acts = inspection_acts(InspectionState(inspection.state), actors_of(user, inspection))
    return CheckPage(
        sheet.ref,
        sheet.columns,
        tuple(
            _check_row(row, noted, set(ticked))
            for row in sheet.rows
            if not chosen or row.student.pk in chosen
        ),
        tuple(noted[None, "", ""]),
        responsible.full_name if responsible else "",
        InspectionAct.NOTE in acts and (responsible is None or responsible.pk != user.pk),
    )


def _check_row(
    row: Row, noted: Mapping[tuple[int | None, str, str], list[Finding]], ticked: set[str]
) -> CheckRow:
    cells = []
    for cell in row.cells:
        place = (row.student.pk, cell.column.item, cell.column.field.value)
        key = ".".join(map(str, (*place, cell.version)))
        cells.append(
            CheckCell(cell.column, cell.value or cell.word, key, tuple(noted.get(place, ())), key in ticked)
        )
    return CheckRow(row.student, tuple(cells))
