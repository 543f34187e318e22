"""Excel ↔ years before Thông tư 27/2020: a row a pupil's year, a column a cell of its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.models import User
from accounts.tables import Heading, write_table
from gradebook.old_year_cells import (
    ABOUT,
    COMMENTS,
    ENDING,
    HEADINGS,
    Cell,
    line_cells,
    read_old_year,
    read_year,
)
from gradebook.regulation import GRADES, year_label
from gradebook.regulation_2016 import FIRST_YEAR, OLD_LINES, OLD_TRAITS, OldYear, last_old_year, old_lines_for
from students.cell_values import EXCEL_ERRORS, CellRefused, Problem, date_of, digits_of, text_of
from students.header_search import Header, find_header, folded_heading
from students.roster_row import RosterRow
from students.workbooks import Row, Table, WorkbookRefused, open_workbook

MOST: Final = 500
"""Rows of a file: a grade of a large school."""
_WHO: Final = (
    Cell("moet_id", "Mã định danh Bộ GD&ĐT"),
    Cell("school_code", "Mã học sinh"),
    Cell("full_name", "Họ và tên"),
    Cell("birth_date", "Ngày sinh"),
)
_WHEN: Final = (Cell("year", "Năm học"), Cell("grade", "Khối"))
_WIDE: Final = frozenset({"full_name", "school_name", "award", "completion", "source_paper", "principal"})
_PARTS: Final = {
    "attainment": ("muc", "muc dat duoc"),
    "mark": ("diem", "diem ktdk"),
    "comment": ("nhan xet",),
}
_BROKEN: Final = "Ô có công thức hỏng hoặc chưa tính. Mở tệp bằng Excel, gõ lại thành chữ rồi lưu."


def _synonyms() -> Mapping[str, tuple[str, ...]]:
    """The template's own headings, and each of a subject in two rows («Tiếng Việt» over «Mức đạt được»)."""
    plain = (*_WHO, *_WHEN, *ABOUT, *COMMENTS.values(), *ENDING)
    found: dict[str, tuple[str, ...]] = {cell.name: (folded_heading(cell.heading),) for cell in plain}
    found |= {trait.code: (folded_heading(trait.name),) for trait in OLD_TRAITS}
    for line in OLD_LINES:
        for part, words in _PARTS.items():
            name = folded_heading(line.name)
            found[f"{line.code}_{part}"] = tuple(f"{name} {each}" for each in words)
    found["full_name"] += ("ho ten", "ho va ten hoc sinh")
    found["moet_id"] += ("ma dinh danh",)
    found["source_paper"] += ("so hoc ba",)
    return found


_SYNONYMS: Final = _synonyms()
_REQUIRED: Final = (frozenset({"full_name", "year", "grade"}),)

# ── Writing ───────────────────────────────────────────────────────────────────────────────────────────


def write_template(grade_level: int, *, by: User) -> bytes:
    """The sheet to be filled in for a grade: only its subjects, and marks only where it has tests."""
    lines = (cell for line in old_lines_for(grade_level) for cell in line_cells(line, grade_level))
    traits = (Cell(trait.code, trait.name) for trait in OLD_TRAITS)
    last = year_label(last_old_year(grade_level))
    cells = (*_WHO, *_WHEN, *ABOUT, *lines, *traits, *COMMENTS.values(), *ENDING)
    return write_table(
        title=f"Năm học trước Thông tư 27 – Khối {grade_level}",
        headings=[Heading(cell.heading, _width(cell.name)) for cell in cells],
        rows=(),
        by=by,
        notes=(
            f"Mỗi hàng một năm học của một em. Năm học từ {year_label(FIRST_YEAR)} đến {last}; khối: {grade_level}.",
            "Mức môn học: T, H, C. Mức năng lực, phẩm chất: T, Đ, C. Điểm: số nguyên từ 1 đến 10.",
            "Hoàn thành chương trình: Hoàn thành hoặc Chưa hoàn thành. Phó Hiệu trưởng kí thay: x, hoặc để trống.",
            "Nhận ra em bằng mã, hoặc họ tên với ngày sinh. Ô để trống là học bạ giấy để trống.",
        ),
    )


def _width(name: str) -> int:
    if name in _WIDE:
        return 28
    return 40 if name.endswith("comment") else 14


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReadYear:
    """A row of the file: who is meant, and what the page says."""

    who: RosterRow
    told: OldYear

    @property
    def place(self) -> str:
        return f"Trang «{self.who.sheet}», hàng {self.who.row}"


@dataclass(slots=True)
class ReadYears:
    """What a file says. Any problem keeps the whole of it out. `passed_over`: sheets without our columns."""

    rows: list[ReadYear] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def read_years_file(data: bytes, name: str) -> ReadYears:
    """Raises WorkbookRefused for what is no harmless workbook, or holds no such rows."""
    read = ReadYears()
    for table in open_workbook(data, name):
        header = find_header(table, _SYNONYMS, _REQUIRED)
        if header is None:
            read.passed_over.append(table.sheet_name)
        else:
            _SheetReader(table, header, read).read_rows()
    if not read.rows and not read.problems:
        raise WorkbookRefused(
            "Tệp không có hàng nào của mẫu này. Cần các cột «Họ và tên», «Năm học», «Khối»; tải mẫu ở trang này rồi "
            "điền vào."
        )
    if len(read.rows) > MOST:
        raise WorkbookRefused(
            f"Tệp có {len(read.rows)} hàng, một lần nạp nhiều nhất {MOST}. Chia thành nhiều tệp."
        )
    return read


class _SheetReader:
    """Goes down the rows of one sheet."""

    def __init__(self, table: Table, header: Header, read: ReadYears) -> None:
        self.table, self.header, self.read = table, header, read

    def read_rows(self) -> None:
        for row in self.table.rows[self.header.end :]:
            texts = {name: self._text(row, name) for name in self.header.columns}
            if any(texts.get(name) for name in ("full_name", "moet_id", "school_code", "year")):
                self._read_row(row, texts)

    def _read_row(self, row: Row, texts: dict[str, str]) -> None:
        before = len(self.read.problems)
        for name in self._broken(row, texts):
            self._problem(row, name, _BROKEN)
            texts[name] = ""
        year, grade = self._year(row, texts), self._grade(row, texts)
        who = self._who(row, texts)
        if year is None or grade is None or len(self.read.problems) > before:
            return
        cells = {name: texts.get(name, "") for name in HEADINGS}
        told, problems = read_old_year(cells, year=year, grade_level=grade)
        for problem in problems:
            self._problem(row, problem.name or "year", problem.message)
        if not problems:
            self.read.rows.append(ReadYear(who, told))

    def _broken(self, row: Row, texts: Mapping[str, str]) -> list[str]:
        return [
            name
            for name, columns in self.header.columns.items()
            if texts[name] in EXCEL_ERRORS or (row.number, columns[0].index + 1) in self.table.uncalculated
        ]

    def _year(self, row: Row, texts: Mapping[str, str]) -> int | None:
        year = read_year(texts.get("year", ""))
        if year is None:
            self._problem(row, "year", "Ghi năm học như 2021-2022.")
        return year

    def _grade(self, row: Row, texts: Mapping[str, str]) -> int | None:
        text = texts.get("grade", "").removeprefix("Khối ").removeprefix("Lớp ")
        if text in {str(grade) for grade in GRADES}:
            return int(text)
        self._problem(row, "grade", "Ghi khối từ 1 đến 5.")
        return None

    def _who(self, row: Row, texts: Mapping[str, str]) -> RosterRow:
        told: dict[str, Any] = {"school_code": texts.get("school_code", "")}
        if not texts.get("full_name"):
            self._problem(row, "full_name", "Ghi họ và tên của em.")
        for name, wanted in self._ids(row, texts):
            try:
                told |= wanted()
            except CellRefused as refusal:
                self._problem(row, name, str(refusal))
        return RosterRow(self.table.sheet_name, row.number, texts.get("full_name", ""), **told)

    def _ids(self, row: Row, texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        """What of the pupil's identity is given, and how to read it."""
        if texts.get("moet_id"):
            cell = self._cell(row, "moet_id")
            name = "mã định danh Bộ GD&ĐT"
            yield "moet_id", lambda: {"moet_id": digits_of(cell, length=10, name=name)}
        if texts.get("birth_date"):
            yield "birth_date", lambda: self._born(row)

    def _born(self, row: Row) -> dict[str, int | None]:
        born = date_of(self._cell(row, "birth_date"), epoch_1904=self.table.epoch_1904)
        return {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day}

    def _cell(self, row: Row, name: str) -> Any:
        index = self.header.columns[name][0].index
        return row.values[index] if index < len(row.values) else None

    def _text(self, row: Row, name: str) -> str:
        return text_of(self._cell(row, name))

    def _problem(self, row: Row, name: str, message: str) -> None:
        columns = self.header.columns.get(name)
        letter, heading, value = "", HEADINGS.get(name, ""), ""
        if columns:
            letter, heading = columns[0].letter, columns[0].heading
            value = self._text(row, name)
        self.read.problems.append(Problem(self.table.sheet_name, row.number, letter, heading, value, message))
