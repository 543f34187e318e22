"""The same sheets counted by teacher and by line, and as rows for Excel."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.tables import Heading, Value
from gradebook.progress import NOTHING, Tally
from gradebook.progress_scope import NOBODY
from gradebook.progress_sheets import Holder, ProgressSheet, Standing
from gradebook.sheet_gaps import SheetGaps

STANDING_WORDS = {Standing.OPEN: "Đang mở", Standing.LOCKED: "Đã khoá", Standing.SHUT: "Chưa mở"}
UNASSIGNED = "Chưa phân công"


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """Who answers for sheets, None for those of nobody; only sheets that count are summed up."""

    holder: Holder | None
    sheets: tuple[ProgressSheet, ...]

    @property
    def name(self) -> str:
        return self.holder.name if self.holder else UNASSIGNED

    @property
    def pk(self) -> int:
        return self.holder.pk if self.holder else NOBODY

    @property
    def counted(self) -> tuple[ProgressSheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.counts)

    @property
    def behind(self) -> tuple[ProgressSheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.is_behind)

    @property
    def tally(self) -> Tally:
        return sum((sheet.tally for sheet in self.counted), NOTHING)

    @property
    def is_readable(self) -> bool:
        return any(sheet.is_readable for sheet in self.behind)


@dataclass(frozen=True, slots=True)
class LineCell:
    """A line in a grade; without `tally` no sheet of it counts there."""

    grade_level: int | None
    tally: Tally | None
    is_readable: bool

    @property
    def is_behind(self) -> bool:
        return self.tally is not None and not self.tally.is_complete


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line over the grades, the last cell all together."""

    code: str
    name: str
    cells: tuple[LineCell, ...]


def by_teacher(sheets: Iterable[ProgressSheet]) -> tuple[TeacherRow, ...]:
    """Who lacks most first, then by name."""
    of_person: dict[Holder | None, list[ProgressSheet]] = defaultdict(list)
    for sheet in sheets:
        of_person[sheet.holder].append(sheet)
    rows = [TeacherRow(holder, tuple(own)) for holder, own in of_person.items()]
    return tuple(sorted(rows, key=_place))


def _place(row: TeacherRow) -> tuple[int, str]:
    return -row.tally.missing, row.holder.sort_key if row.holder else ""


def by_line(sheets: Sequence[ProgressSheet]) -> tuple[LineRow, ...]:
    """In the order of the books."""
    grades = sorted({sheet.ref.school_class.grade_level for sheet in sheets})
    of_line: dict[str, list[ProgressSheet]] = defaultdict(list)
    for sheet in sheets:
        of_line[sheet.ref.code].append(sheet)
    rows = sorted(of_line.items(), key=lambda each: _position(each[1][0]))
    return tuple(
        LineRow(code, own[0].ref.subject_label, tuple(_line_cell(own, grade) for grade in (*grades, None)))
        for code, own in rows
    )


def _position(sheet: ProgressSheet) -> int:
    return sheet.ref.line.line.position if sheet.ref.line else 99


def _line_cell(sheets: Iterable[ProgressSheet], grade: int | None) -> LineCell:
    counted = [
        sheet for sheet in sheets if sheet.counts and grade in (None, sheet.ref.school_class.grade_level)
    ]
    tally = sum((sheet.tally for sheet in counted), NOTHING) if counted else None
    return LineCell(grade, tally, any(sheet.is_readable for sheet in counted))


COUNT_HEADINGS = (
    *(Heading("STT", 6), Heading("Khối", 7), Heading("Lớp", 8), Heading("Môn học, hoạt động", 32)),
    *(Heading("Người phụ trách", 28), Heading("Đợt nhập", 12), Heading("Phải nhập (ô)", 12)),
    *(Heading("Đã nhập (ô)", 12), Heading("Còn thiếu (ô)", 12), Heading("Tỉ lệ (%)", 10)),
)
GAP_HEADINGS = (
    *(Heading("STT", 6), Heading("Lớp", 8), Heading("Môn học, hoạt động", 32)),
    *(Heading("Người phụ trách", 28), Heading("TT trong sổ", 9), Heading("Họ và tên", 28)),
    *(Heading("Ô còn thiếu", 70), Heading("Số ô", 8)),
)


def holder_name(sheet: ProgressSheet) -> str:
    return sheet.holder.name if sheet.holder else UNASSIGNED


def count_rows(sheets: Sequence[ProgressSheet]) -> list[Sequence[Value]]:
    """A row a sheet, and what those that count come to; one that was never opened has no percentage."""
    rows: list[Sequence[Value]] = [
        (
            number,
            *(sheet.ref.school_class.grade_level, sheet.ref.school_class.name, sheet.ref.subject_label),
            *(holder_name(sheet), STANDING_WORDS[sheet.standing], sheet.tally.required, sheet.tally.entered),
            *((sheet.tally.missing, sheet.tally.percent) if sheet.counts else (None, None)),
        )
        for number, sheet in enumerate(sheets, start=1)
    ]
    total = sum((sheet.tally for sheet in sheets if sheet.counts), NOTHING)
    if total.required:
        counts = (total.required, total.entered, total.missing, total.percent)
        rows.append((None, None, None, "Cộng các sổ đã mở", None, None, *counts))
    return rows


def gap_rows(found: Iterable[tuple[ProgressSheet, SheetGaps]]) -> list[Sequence[Value]]:
    """A row for each pupil in each sheet that lacks something."""
    rows = [
        (sheet.ref.school_class.name, sheet.ref.subject_label, holder_name(sheet), pupil)
        for sheet, gaps in found
        for pupil in gaps.pupils
    ]
    return [
        (number, *where, pupil.number, pupil.student.full_name, pupil.words, len(pupil.cells))
        for number, (*where, pupil) in enumerate(rows, start=1)
    ]
