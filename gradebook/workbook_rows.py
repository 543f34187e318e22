"""Down one table of a mark file, row by row: whose row it is, which cells it fills, and what is wrong with it.

Every row that holds a result and cannot be placed is a problem; nothing is dropped in silence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradebook.entry import Change
from gradebook.models import ENTRY_PERIODS
from gradebook.regulation import Period, folded
from gradebook.sheets import Column, Field, Row, SheetRef
from gradebook.workbook_columns import IDS, WHO, RowKey, file_columns, key_of, period_of, synonyms_for
from gradebook.workbook_pupils import ClassRoster, Described, PupilRefused
from students.cell_values import EXCEL_ERRORS, CellRefused, Level, Problem, date_of, is_number, text_of
from students.header_search import Header, folded_heading
from students.names import search_key
from students.roster_files import FOOTER
from students.workbooks import Cell, Table, WorkbookRefused
from students.workbooks import Row as FileRow

# A class has 35 pupils by the charter, seldom 50.
MAX_PUPILS = 200

CellKey = tuple[int, str, str]
"""(pupil, item, field): a cell of the sheet, as in `entry.Change`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file a cell stands."""

    sheet: str
    row: int
    letter: str
    header: str

    def problem(self, value: str, message: str) -> Problem:
        return Problem(self.sheet, self.row, self.letter, self.header, value, message)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What a file wants: each filled cell as a change, with its place; the problems; headings that mean nothing.

    A change of a row with our key has the version that its writer saw and is not `is_typed`: untouched cells of
    the download come back with the others. Without a key it has the version stored now.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    places: Mapping[CellKey, Place]
    unused: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(problem.level == "error" for problem in self.problems)


class RowReader:
    """Walks down one table and turns its filled cells into changes."""

    def __init__(self, ref: SheetRef, rows: Sequence[Row], table: Table, header: Header) -> None:
        self.ref = ref
        self.table = table
        self.header = header
        self.columns = [column for column in file_columns(ref) if column.key in header.columns]
        self.stored = {row.student.pk: row for row in rows}
        self.roster = ClassRoster(ref.school_class.name, [row.student for row in rows])
        self.synonyms = synonyms_for(ref)
        self.uncalculated = set(table.uncalculated)
        self.problems: list[Problem] = []
        self.foreign: dict[str, Problem] = {}
        self.changes: list[Change] = []
        self.places: dict[CellKey, Place] = {}
        self.row_of: dict[int, int] = {}

    def read(self) -> ReadSheet:
        """Everything the table wants; raises WorkbookRefused when it holds more pupils than a class has."""
        rows = [row for row in self.table.rows[self.header.end :] if not self._is_heading(row)]
        if sum(1 for row in rows if self._is_somebody(row)) > MAX_PUPILS:
            raise WorkbookRefused(
                f"Trang «{self.table.sheet_name}» có hơn {MAX_PUPILS} học sinh. Mỗi tệp chỉ của một lớp: chỉ giữ "
                f"các hàng của lớp {self.ref.school_class.name} rồi tải lên lại."
            )
        for row in rows:
            self._read_row(row)
        if self.foreign:
            return ReadSheet((), tuple(self.foreign.values()), {})
        unused = tuple(column.heading for column in self.header.unknown)
        return ReadSheet(tuple(self.changes), tuple(self.problems), self.places, unused)

    def _is_heading(self, row: FileRow) -> bool:
        """A heading repeated further down, or the row 1, 2, 3… that forms put under it."""
        again = [
            name
            for name in self.header.columns
            if folded_heading(self._text(row, name)) in self.synonyms[name]
        ]
        texts = [text.strip("()") for cell in row.values if (text := text_of(cell))]
        is_count = len(texts) > 2 and texts == [str(n) for n in range(1, len(texts) + 1)]
        return len(again) > 1 or is_count

    def _is_somebody(self, row: FileRow) -> bool:
        return any(self._text(row, name) for name in WHO)

    def _read_row(self, row: FileRow) -> None:
        filled = [column for column in self.columns if self._is_filled(row, column)]
        if not self._is_somebody(row):
            self._read_nobody(row, filled)
            return
        if self._is_footer(row):
            return
        key = key_of(self._text(row, "key"))
        if self._is_foreign(row, key) or not filled:
            return
        try:
            student = self.roster.find(self._described(row, key))
        except PupilRefused as refusal:
            self._report(row, refusal.field, refusal.message)
            return
        first = self.row_of.setdefault(student.pk, row.number)
        if first != row.number:
            self._report(
                row,
                "full_name",
                f"{student.full_name} đã có ở hàng {first}. Mỗi em chỉ ghi một hàng; bỏ bớt một hàng.",
            )
            return
        for column in filled:
            self._read_cell(row, column, student.pk, key)

    def _read_nobody(self, row: FileRow, filled: Sequence[Column]) -> None:
        """A result without a pupil is an error; a lone sentence, as under a signature, only worth a word."""
        if not filled:
            return
        is_result = any(column.field != Field.COMMENT for column in filled)
        if is_result or is_number(self._cell(row, "ordinal")):
            self._report(
                row,
                filled[0].key,
                "hàng này có kết quả nhưng không ghi là của em nào. Ghi mã học sinh hoặc họ tên.",
            )
        else:
            self._report(row, filled[0].key, "không ghi học sinh nào nên hàng này được bỏ qua.", "warning")

    def _is_footer(self, row: FileRow) -> bool:
        """Sums and signatures: a name without number, id or birth date that begins like one."""
        if is_number(self._cell(row, "ordinal")) or any(
            self._text(row, name) for name in (*IDS, "key", "birth_date")
        ):
            return False
        return bool(FOOTER.match(search_key(self._text(row, "full_name"))))

    def _is_foreign(self, row: FileRow, key: RowKey | None) -> bool:
        """Whether the row is of another class, line or period; said once for the whole file."""
        found = next(self._foreign_facts(row, key), None)
        if found is None:
            return False
        name, what = found
        place = self._place(row, name)
        self.foreign.setdefault(
            what,
            place.problem(
                self._text(row, name),
                f"tệp là của {what}, còn đây là sổ {self.ref.title}, {self.ref.period.label}. Không ô nào được đọc: "
                "chọn đúng tệp, hoặc mở đúng sổ rồi nạp.",
            ),
        )
        return True

    def _foreign_facts(self, row: FileRow, key: RowKey | None) -> Iterator[tuple[str, str]]:
        """(field of the file, what it says) for each fact that is not this sheet's."""
        class_name, period = self._text(row, "class_name"), self._text(row, "period")
        if class_name and _class_key(class_name) != _class_key(self.ref.school_class.name):
            yield "class_name", f"lớp {class_name}"
        if period and period_of(period) != self.ref.period:
            yield "period", f"thời điểm đánh giá «{period}»"
        if key is None:
            return
        if key.code != self.ref.code:
            yield "key", "môn học, hoạt động giáo dục khác"
        if key.period != self.ref.period:
            label = Period(key.period).label if key.period in ENTRY_PERIODS else key.period
            yield "key", f"thời điểm đánh giá «{label}»"
        if key.class_id != self.ref.school_class.pk:
            yield "key", "lớp khác hoặc năm học khác"

    def _described(self, row: FileRow, key: RowKey | None) -> Described:
        ids = tuple((name, text) for name in IDS if (text := self._text(row, name)))
        birth = None
        if text_of(self._cell(row, "birth_date")):
            try:
                birth = date_of(self._cell(row, "birth_date"), epoch_1904=self.table.epoch_1904)
            except CellRefused as refusal:
                if key is None and not ids:
                    raise PupilRefused("birth_date", str(refusal)) from refusal
        return Described(key.student_id if key else None, ids, self._text(row, "full_name"), birth)

    def _is_filled(self, row: FileRow, column: Column) -> bool:
        index = self.header.columns[column.key][0].index
        return bool(self._text(row, column.key)) or (row.number, index + 1) in self.uncalculated

    def _read_cell(self, row: FileRow, column: Column, student_id: int, key: RowKey | None) -> None:
        shown = self._text(row, column.key)
        if not shown:
            self._report(
                row,
                column.key,
                "công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại, hoặc gõ thẳng giá trị.",
            )
            return
        if shown in EXCEL_ERRORS:
            self._report(row, column.key, f"ô đang báo lỗi {shown} của Excel. Gõ thẳng giá trị vào ô.")
            return
        version = (
            key.versions.get(column.item, 0) if key else self.stored[student_id].versions.get(column.item, 0)
        )
        change = Change(
            student_id,
            column.item,
            column.field.value,
            _value(self._cell(row, column.key), column),
            version,
            is_typed=key is None,
        )
        self.changes.append(change)
        self.places[student_id, column.item, column.field.value] = self._place(row, column.key)

    def _cell(self, row: FileRow, name: str) -> Cell:
        """What stands in the first column of a field that is not empty."""
        cells = (
            row.values[column.index]
            for column in self.header.columns.get(name, ())
            if column.index < len(row.values)
        )
        return next((cell for cell in cells if text_of(cell)), None)

    def _text(self, row: FileRow, name: str) -> str:
        return text_of(self._cell(row, name))

    def _place(self, row: FileRow, name: str) -> Place:
        column = next(iter(self.header.columns.get(name, ())), None)
        if column is None:
            return Place(self.table.sheet_name, row.number, "", "")
        return Place(self.table.sheet_name, row.number, column.letter, column.heading)

    def _report(self, row: FileRow, name: str, message: str, level: Level = "error") -> None:
        place = self._place(row, name)
        self.problems.append(
            Problem(place.sheet, place.row, place.letter, place.header, self._text(row, name), message, level)
        )


_GUARD = re.compile(r"^'(?=[=+\-@])")


def _class_key(name: str) -> str:
    """ "4a" for "4A", "Lớp 4A" and "4 A"."""
    return folded(name).removeprefix("lop").replace(" ", "")


def _value(cell: Cell, column: Column) -> str:
    """The text wanted. A comment keeps its line breaks; an apostrophe that only guards against formulas goes."""
    if column.field != Field.COMMENT or not isinstance(cell, str):
        return text_of(cell)
    # What Excel writes for a carriage return, and openpyxl leaves as it is.
    return _GUARD.sub("", cell.replace("_x000D_", ""))
