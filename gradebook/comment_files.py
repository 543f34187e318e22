"""Excel ↔ a bank of comments: a sheet a line or group, columns «Mức độ», «Nội dung nhận xét» and, if wanted, «Khối»."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import HEADING_FILL, HEADING_FONT, write_value
from gradebook import grading
from gradebook.comment_bank import FIRST, LAST, SUBJECTS, Entry, Listed, Subject, subject_by_name
from gradebook.comment_codes import code_of
from gradebook.comment_keeping import CommentRefused, checked
from students.cell_values import EXCEL_ERRORS, Problem, text_of
from students.header_search import Header, find_header
from students.merged_cells import MergedDown
from students.workbooks import Cell, Row, Table, WorkbookRefused, open_workbook

HEADINGS = {"Mức độ": 10, "Nội dung nhận xét": 100, "Khối": 10, "Mã nhận xét": 12}
MOST = 5000
_SYNONYMS = {
    "level": ("muc do", "muc dat duoc", "muc do dat duoc", "muc", "xep loai", "ket qua"),
    "text": ("noi dung nhan xet", "noi dung", "nhan xet", "loi nhan xet", "mau nhan xet"),
    "code": ("ma nhan xet",),
    "grades": ("khoi", "khoi lop", "lop", "dung cho khoi"),
}
_GRADES = re.compile(r"(?:(?:khối|lớp) )?([1-5])(?: ?[-–—] ?([1-5]))?", re.IGNORECASE)


# ── Writing ───────────────────────────────────────────────────────────────────────────────────────────


def write_bank(bank: Iterable[Listed]) -> bytes:
    """The workbook: every line and group has its sheet, those without a comment too, to be filled in.

    The codes are for mark files, and of no account where this one is read again.
    """
    by_subject: dict[str, list[Listed]] = {subject.code: [] for subject in SUBJECTS}
    for listed in bank:
        by_subject[listed.entry.subject].append(listed)
    book = Workbook()
    book.remove(book.active)
    for subject in SUBJECTS:
        _write(book.create_sheet(subject.label), subject, by_subject[subject.code])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write(page: Worksheet, subject: Subject, bank: list[Listed]) -> None:
    for column, (name, width) in enumerate(HEADINGS.items(), start=1):
        cell = page.cell(1, column)
        write_value(cell, name)
        cell.font, cell.fill = HEADING_FONT, HEADING_FILL
        page.column_dimensions[cell.column_letter].width = width
    page.freeze_panes = "A2"
    order = [level.value for level in subject.levels]
    ordered = sorted(bank, key=lambda listed: order.index(listed.entry.level))
    for number, listed in enumerate(ordered, start=2):
        entry = listed.entry
        for column, value in enumerate((entry.level, entry.text, entry.grades, code_of(listed)), start=1):
            write_value(page.cell(number, column), value)
        page.cell(number, 2).alignment = Alignment(wrap_text=True, vertical="top")


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Read:
    """An entry of the file, and where it stands: the sheet's name and Excel's row number."""

    entry: Entry
    sheet: str
    row: int

    @property
    def place(self) -> str:
        return f"Trang «{self.sheet}», hàng {self.row}"


@dataclass(slots=True)
class ReadBank:
    """What a file says. Any problem keeps the whole of it out. `passed_over`: sheets without our columns."""

    rows: list[Read] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def read_bank_file(data: bytes, name: str) -> ReadBank:
    """Raises WorkbookRefused for what is no harmless workbook, or holds no bank of comments."""
    read = ReadBank()
    for table in open_workbook(data, name):
        header = find_header(table, _SYNONYMS, (frozenset({"level", "text"}),))
        if header is None:
            read.passed_over.append(table.sheet_name)
        else:
            _read_sheet(table, header, read)
    if not read.rows and not read.problems:
        raise WorkbookRefused(
            "Tệp không có nhận xét nào. Mỗi trang là một môn học hoặc nhóm phẩm chất, năng lực, có cột «Mức độ» và cột "
            "«Nội dung nhận xét»; tải tệp mẫu ở trang này rồi điền vào."
        )
    if len(read.rows) > MOST:
        raise WorkbookRefused(
            f"Tệp có {len(read.rows)} nhận xét, một lần nạp nhiều nhất {MOST}. Chia thành nhiều tệp."
        )
    return read


def _read_sheet(table: Table, header: Header, read: ReadBank) -> None:
    subject = subject_by_name(table.sheet_name)
    if subject is None:
        names = ", ".join(each.label for each in SUBJECTS)
        read.problems.append(
            Problem(
                table.sheet_name,
                0,
                "",
                "",
                "",
                f"Tên trang không phải tên môn học hay nhóm phẩm chất, năng lực. Đặt tên trang là một trong: {names}.",
            )
        )
        return
    _SheetReader(table, header, subject, read).read_rows()


class _SheetReader:
    """Goes down the rows of one sheet; a level in merged cells counts for each row that they reach over."""

    def __init__(self, table: Table, header: Header, subject: Subject, read: ReadBank) -> None:
        self.table, self.header, self.subject, self.read = table, header, subject, read
        text_column = header.columns["text"][0].index
        above = table.rows[header.end - 1].number
        self.merged = MergedDown(table.merged, after=above, without={text_column})

    def read_rows(self) -> None:
        seen: dict[tuple[str, str, str], int] = {}
        for row in self.table.rows[self.header.end :]:
            self.merged.turn_to(row)
            for entry in self._entry_in(row):
                first = seen.setdefault(entry.key, row.number)
                if first != row.number:
                    self._problem(row, "text", f"Nhận xét này đã có ở hàng {first}. Bỏ một hàng.")
                else:
                    self.read.rows.append(Read(entry, self.table.sheet_name, row.number))

    def _entry_in(self, row: Row) -> Iterator[Entry]:
        """The row's entry; nothing, and perhaps a problem, where it has none."""
        values = self.merged.filled(row.values)
        if not _text(self.header, values, "text") and not _text(self.header, row.values, "level"):
            return
        for name in ("text", "level"):
            column = self.header.columns[name][0].index
            is_uncalculated = (row.number, column + 1) in self.table.uncalculated
            if is_uncalculated or _text(self.header, values, name) in EXCEL_ERRORS:
                message = "Ô có công thức hỏng hoặc chưa tính. Mở tệp bằng Excel, gõ lại thành chữ rồi lưu."
                self._problem(row, name, message)
                return
        try:
            yield _entry(self.header, values, self.subject)
        except CommentRefused as refusal:
            self._problem(row, refusal.field, refusal.message)

    def _problem(self, row: Row, name: str, message: str) -> None:
        columns = self.header.columns.get(name) or self.header.columns["text"]
        column = columns[0]
        value = text_of(row.values[column.index]) if column.index < len(row.values) else ""
        self.read.problems.append(
            Problem(self.table.sheet_name, row.number, column.letter, column.heading, value, message)
        )


def _entry(header: Header, values: tuple[Cell, ...], subject: Subject) -> Entry:
    first, last = _grades(_text(header, values, "grades"))
    return checked(
        Entry(
            subject.code,
            _level(_text(header, values, "level"), subject),
            _text(header, values, "text"),
            first,
            last,
        )
    )


def _level(text: str, subject: Subject) -> str:
    try:
        return grading.check_rating(text).value if subject.is_group else grading.check_attainment(text).value
    except grading.ValueRefused as refusal:
        raise CommentRefused(str(refusal), "level") from refusal


def _grades(text: str) -> tuple[int, int]:
    """Blank is every grade."""
    if not text:
        return FIRST, LAST
    found = _GRADES.fullmatch(text)
    if found is None or int(found[1]) > int(found[2] or found[1]):
        raise CommentRefused(
            f"Khối «{text}» không hiểu được: ghi một khối như 4, các khối liền nhau như 1-2, hoặc để trống nếu dùng "
            "cho mọi khối.",
            "grades",
        )
    return int(found[1]), int(found[2] or found[1])


def _text(header: Header, values: tuple[Cell, ...], field_name: str) -> str:
    columns = header.columns.get(field_name, ())
    texts = (text_of(values[column.index]) for column in columns if column.index < len(values))
    return next((text for text in texts if text), "")
