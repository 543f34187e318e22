"""The rows of one sheet in a mark file: whose row each is, which cells it fills, and what is wrong with it.

Every row that holds a result and cannot be placed is a problem; nothing is dropped in silence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradebook.comment_codes import CommentCodes
from gradebook.comment_places import filled
from gradebook.entry import Change
from gradebook.sheets import Column, Field, Row, SheetRef
from gradebook.workbook_columns import (
    COMMENT_CODE,
    IDS,
    REPEAT_KEYS,
    RowKey,
    file_columns,
    made_up_heading,
    made_up_key,
)
from gradebook.workbook_pupils import ClassRoster, Described, PupilRefused
from students.cell_values import EXCEL_ERRORS, CellRefused, Level, Problem, date_of, text_of
from students.header_search import Column as FileColumn
from students.models import Student
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
    """What a file wants of a sheet: each filled cell as a change, with its place; the problems; unused headings.

    A change of a row with our key has the version that its writer saw and is not `is_typed`: untouched cells of
    the download come back with the others. Without a key it has the version stored now.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    places: Mapping[CellKey, Place]
    unused: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(problem.level == "error" for problem in self.problems)


class RowReader:
    """Turns the filled cells of one sheet's rows into changes. `columns`: field or column's key → its columns."""

    def __init__(
        self,
        ref: SheetRef,
        rows: Sequence[Row],
        table: Table,
        columns: Mapping[str, Sequence[FileColumn]],
        codes_of_comments: CommentCodes,
    ) -> None:
        self.ref = ref
        self.codes_of_comments = codes_of_comments
        self.table = table
        self.header = columns
        self.columns = [column for column in file_columns(ref) if column.key in columns]
        self.stored = {row.student.pk: row for row in rows}
        self.roster = ClassRoster(ref.school_class.name, [row.student for row in rows])
        self.uncalculated = set(table.uncalculated)
        self.problems: list[Problem] = []
        self.changes: list[Change] = []
        self.places: dict[CellKey, Place] = {}
        self.row_of: dict[int, int] = {}
        self.rows_seen = 0

    def found(self, unused: Sequence[str] = ()) -> ReadSheet:
        """Everything that the rows read so far want."""
        return ReadSheet(tuple(self.changes), tuple(self.problems), self.places, tuple(unused))

    def read_row(self, row: FileRow, key: RowKey | None) -> None:
        """A row of somebody; raises WorkbookRefused when the file holds more pupils than a class has."""
        self.rows_seen += 1
        if self.rows_seen > MAX_PUPILS:
            raise WorkbookRefused(
                f"Trang «{self.table.sheet_name}» có hơn {MAX_PUPILS} học sinh của lớp {self.ref.school_class.name}. "
                "Mỗi em chỉ ghi một hàng: bỏ các hàng thừa, hoặc ghi cột «Lớp», rồi tải lên lại."
            )
        named = [column for column in self.columns if self.is_filled(row, column)]
        code, repeat = self._code_in(row, named), self._repeat_in(row)
        if not named and not code and not any(repeat.values()):
            return
        try:
            student = self.roster.find(self._described(row, key))
        except PupilRefused as refusal:
            self.report(row, refusal.field, refusal.message)
            return
        first = self.row_of.setdefault(student.pk, row.number)
        if first != row.number:
            self.report(
                row,
                "full_name",
                f"{student.full_name} đã có ở hàng {first}. Mỗi em chỉ ghi một hàng; bỏ bớt một hàng.",
            )
            return
        for column in named:
            self._read_cell(row, column, student.pk, key)
        if code:
            self._read_code(row, code, student, key)
        if any(repeat.values()):
            self._read_repeat(row, repeat, student, key)

    def is_filled(self, row: FileRow, column: Column) -> bool:
        """Whether something stands in the cell, be it a formula without a value."""
        return is_filled(row, self.header[column.key][0], self.uncalculated)

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

    def _read_cell(self, row: FileRow, column: Column, student_id: int, key: RowKey | None) -> None:
        shown = self._text(row, column.key)
        if shown and shown in {cell.word for cell in self.stored[student_id].cells if cell.column == column}:
            return  # «Miễn», as our own file says of an exempt cell
        if not shown:
            self.report(
                row,
                column.key,
                "công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại, hoặc gõ thẳng giá trị.",
            )
            return
        if shown in EXCEL_ERRORS:
            self.report(row, column.key, f"ô đang báo lỗi {shown} của Excel. Gõ thẳng giá trị vào ô.")
            return
        value = _value(self._cell(row, column.key), column)
        self._want((student_id, column.item, column.field.value), value, key, self._place(row, column.key))

    def _want(self, cell: CellKey, value: str, key: RowKey | None, place: Place) -> None:
        student_id, item, _field = cell
        version = (key or self.stored[student_id]).versions.get(item, 0)
        self.changes.append(Change(*cell, value, version, is_typed=key is None))
        self.places[cell] = place

    def _code_in(self, row: FileRow, named: Sequence[Column]) -> str:
        """The code of a comment where the row has no comment of its own: what is written stands."""
        has_comment = any(column.field == Field.COMMENT for column in named)
        return "" if has_comment else self._text(row, made_up_key(self.ref, COMMENT_CODE))

    def _read_code(self, row: FileRow, typed: str, student: Student, key: RowKey | None) -> None:
        name = made_up_key(self.ref, COMMENT_CODE)
        texts, unknown = self.codes_of_comments.texts(self.ref.code, typed)
        if unknown or not texts:
            codes = ", ".join(unknown) or typed
            self.report(
                row,
                name,
                f"mã nhận xét «{codes}» không có trong ngân hàng nhận xét {self.ref.subject_label}. Tra mã ở trang "
                "«Ngân hàng nhận xét», hoặc ghi thẳng lời vào cột «Nội dung nhận xét».",
            )
            return
        text = filled(" ".join(texts), full_name=student.full_name, gender=student.gender)
        self._want((student.pk, self.ref.code, Field.COMMENT.value), text, key, self._place(row, name))

    def _repeat_in(self, row: FileRow) -> dict[str, str]:
        """The three columns of a repeat test by their key; none at a period that takes none."""
        names = {key: made_up_key(self.ref, key) for key in REPEAT_KEYS} if self.ref.takes_repeat else {}
        return {key: self._text(row, name) for key, name in names.items()}

    def _read_repeat(
        self, row: FileRow, typed: Mapping[str, str], student: Student, key: RowKey | None
    ) -> None:
        mark, official, reason = (typed[each] for each in REPEAT_KEYS)
        which = _WHICH.fullmatch(official)
        if not (mark and which and reason):
            wrong = next(k for k in REPEAT_KEYS if not typed[k] or (typed[k] == official and not which))
            columns = ", ".join(f"«{made_up_heading(each)}»" for each in REPEAT_KEYS)
            self.report(
                row,
                made_up_key(self.ref, wrong),
                f"kiểm tra lại phải có đủ {columns}, lần ghi 1 hoặc 2. Ghi cho đủ, hoặc để trống cả ba.",
            )
            return
        place = self._place(row, made_up_key(self.ref, REPEAT_KEYS[0]))
        text = f"{mark} · lấy điểm lần {which[1]} · {reason}"
        self._want((student.pk, self.ref.code, Field.REPEAT.value), text, key, place)

    def _cell(self, row: FileRow, name: str) -> Cell:
        return cell_in(row, self.header.get(name, ()))

    def _text(self, row: FileRow, name: str) -> str:
        return text_of(self._cell(row, name))

    def _place(self, row: FileRow, name: str) -> Place:
        column = next(iter(self.header.get(name, ())), None)
        if column is None:
            return Place(self.table.sheet_name, row.number, "", "")
        return Place(self.table.sheet_name, row.number, column.letter, column.heading)

    def report(self, row: FileRow, name: str, message: str, level: Level = "error") -> None:
        """A problem with what stands in a field of the row."""
        place = self._place(row, name)
        self.problems.append(
            Problem(place.sheet, place.row, place.letter, place.header, self._text(row, name), message, level)
        )


_WHICH = re.compile(r"(?:lần )?([12])", re.IGNORECASE)
_GUARD = re.compile(r"^'(?=[=+\-@])")


def cell_in(row: FileRow, columns: Sequence[FileColumn]) -> Cell:
    """What stands in the first of a field's columns that is not empty."""
    cells = (row.values[column.index] for column in columns if column.index < len(row.values))
    return next((cell for cell in cells if text_of(cell)), None)


def is_filled(row: FileRow, column: FileColumn, uncalculated: set[tuple[int, int]]) -> bool:
    """Whether something stands in the row's cell of the column, be it a formula without a value."""
    return bool(text_of(cell_in(row, (column,)))) or (row.number, column.index + 1) in uncalculated


def _value(cell: Cell, column: Column) -> str:
    """The text wanted. A comment keeps its line breaks; an apostrophe that only guards against formulas goes."""
    if column.field != Field.COMMENT or not isinstance(cell, str):
        return text_of(cell)
    # What Excel writes for a carriage return, and openpyxl leaves as it is.
    return _GUARD.sub("", cell.replace("_x000D_", ""))
