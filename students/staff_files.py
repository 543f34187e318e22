"""Read the staff list from Excel into plain rows: posts, teams, homeroom classes, assignments. No database."""

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from students.cell_values import CellRefused, Problem, date_of, gender_of, is_number, phone_of, text_of
from students.header_search import Column, Header, Synonyms, find_header, folded_heading
from students.names import clean, search_key
from students.roster_rows import class_label
from students.subject_names import canonical_subject
from students.workbooks import Cell, Row, Table, open_workbook

__all__ = ["Problem", "StaffFile", "StaffRow", "read_staff"]

Value = TypeVar("Value")

NAME_SETS = (frozenset({"full_name"}),)
SYNONYMS: Synonyms = {
    "ordinal": ("stt", "tt", "so tt", "so thu tu"),
    "code": (
        "ma can bo",
        "ma cb",
        "ma giao vien",
        "ma gv",
        "ma nhan vien",
        "ma nv",
        "ma so",
        "ma dinh danh",
        "so hieu",
    ),
    "full_name": (
        "ho va ten",
        "ho ten",
        "ho va ten giao vien",
        "ho ten giao vien",
        "ho ten can bo",
        "ho va ten can bo",
    ),
    "birth_date": ("ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay"),
    "gender": ("gioi tinh", "phai", "nam nu"),
    "post": ("chuc vu", "vi tri viec lam", "chuc danh", "nhom chuc vu", "nhiem vu"),
    "team": ("to chuyen mon", "to", "to khoi", "khoi to", "to bo mon"),
    "homeroom_class": ("chu nhiem lop", "lop chu nhiem", "chu nhiem", "gvcn lop", "gvcn"),
    "subjects": ("mon day", "mon", "day mon", "mon giang day", "phan cong mon", "cac mon day"),
    "classes": ("lop day", "day lop", "cac lop day", "lop giang day", "day cac lop"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "dien thoai di dong", "di dong"),
    "email": ("email", "e mail", "thu dien tu", "dia chi email"),
}
FOOTER = re.compile(
    r"tong (so|cong)|cong\b|danh sach|nguoi lap|hieu truong|ngay .{1,6} thang|.{0,40}, ngay .{1,6} thang|ghi chu"
)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
CLASS = re.compile(r"[1-5](?:[A-ZĐ]\d{0,2}|[./]\d{1,2}|\d)?")
NAME_LENGTH, TEXT_LENGTH, CODE_LENGTH = 150, 100, 30


def staff_code(text: str) -> str:
    """A code as it is kept: in capitals and without blanks, so that «cb 0024» is nobody else than CB0024."""
    return "".join(clean(text).split()).upper()


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff as the list has it, known by `code`. `subjects` in official spelling, `classes` as "1A".

    `post` and `team` are the list's own words ("Tổ trưởng", "Tổ 1"). What the list leaves out is "" or None.
    `places`: field → letter and heading of its column; what is not there has no column.
    """

    sheet: str
    row: int
    full_name: str
    code: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    gender: str = ""
    post: str = ""
    team: str = ""
    homeroom_class: str = ""
    subjects: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def birth_date(self) -> datetime.date | None:
        """The full date, or None when the day or the month is unknown."""
        if self.birth_year is None or self.birth_month is None or self.birth_day is None:
            return None
        return datetime.date(self.birth_year, self.birth_month, self.birth_day)


@dataclass(frozen=True, slots=True)
class StaffFile:
    """The staff of a file and everything that is wrong in it; rows without a name are only in `problems`."""

    rows: tuple[StaffRow, ...]
    problems: tuple[Problem, ...]
    unknown_headers: tuple[str, ...]


UNIQUE = ("code", "email", "homeroom_class")


def read_staff(data: bytes, name: str, *, unique: Collection[str] = UNIQUE) -> StaffFile:
    """Return the staff listed in the workbook `data`. Raises WorkbookRefused when it cannot be opened.

    `unique`: what may stand in one row only; a list of assignments gives a person as many rows as it needs.
    """
    rows: list[StaffRow] = []
    problems: list[Problem] = []
    unknown: dict[str, None] = {}
    message = (
        "Không tìm thấy danh sách cán bộ: cần một dòng tiêu đề có cột «Họ và tên» và ít nhất một cột khác."
    )
    for table in open_workbook(data, name):
        header = find_header(table, SYNONYMS, NAME_SETS)
        if header:
            message = (
                "Tệp có dòng tiêu đề nhưng chưa có hàng cán bộ nào. Ghi mỗi người một hàng dưới dòng tiêu đề."
            )
            unknown.update(dict.fromkeys(column.heading for column in header.unknown))
            rows.extend(_rows(table, header, problems))
    if not rows and not problems:
        problems.append(Problem("", 0, "", "", "", message))
    problems.extend(_repeated(rows, unique))
    return StaffFile(tuple(rows), tuple(problems), tuple(unknown))


def _rows(table: Table, header: Header, problems: list[Problem]) -> Iterator[StaffRow]:
    for row in table.rows[header.end :]:
        reader = _StaffReader(table, header, row, problems)
        if reader.is_footer():
            return
        person = None if reader.is_nothing() else reader.person()
        if person:
            yield person


class _StaffReader:
    """One row of the list; person() reads it and reports its problems."""

    def __init__(self, table: Table, header: Header, row: Row, problems: list[Problem]) -> None:
        self.table = table
        self.header = header
        self.row = row
        self.problems = problems

    def is_footer(self) -> bool:
        """True for "Tổng số", the place and date, or a signature."""
        first = next(filter(None, map(text_of, self.row.values)), "")
        return not is_number(first) and not self._text("code") and bool(FOOTER.match(search_key(first)))

    def is_nothing(self) -> bool:
        """True for a repeated heading, or a row that holds no more than its number."""
        if folded_heading(self._text("full_name")) in SYNONYMS["full_name"]:
            return True
        return not any(self._text(name) for name in self.header.columns if name != "ordinal")

    def person(self) -> StaffRow | None:
        """Return the member of staff; None, with an error reported, when there is no name."""
        full_name = self._take("full_name", lambda cell: _within(cell, NAME_LENGTH)) or ""
        if not self._text("full_name"):
            self._report("full_name", "", "thiếu họ và tên. Ghi họ và tên cán bộ, hoặc xoá cả hàng.")
        if not self._text("code"):
            self._report("code", "", "thiếu mã cán bộ. Ghi mã riêng của từng người, ví dụ CB0001.")
        date = self._take("birth_date", lambda cell: date_of(cell, epoch_1904=self.table.epoch_1904))
        year, month, day = date or (None, None, None)
        person = StaffRow(
            sheet=self.table.sheet_name,
            row=self.row.number,
            full_name=full_name,
            birth_year=year,
            birth_month=month,
            birth_day=day,
            code=self._take("code", lambda cell: staff_code(_within(cell, CODE_LENGTH))) or "",
            gender=self._take("gender", gender_of) or "",
            post=self._take("post", lambda cell: _within(cell, TEXT_LENGTH)) or "",
            team=self._take("team", lambda cell: _within(cell, TEXT_LENGTH)) or "",
            homeroom_class=self._take("homeroom_class", _one_class) or "",
            subjects=self._take("subjects", _subjects) or (),
            classes=self._take("classes", _classes) or (),
            phone=self._take("phone", phone_of) or "",
            email=self._take("email", _email) or "",
            places={
                name: (columns[0].letter, columns[0].heading) for name, columns in self.header.columns.items()
            },
        )
        return person if full_name else None

    def _take(self, name: str, convert: Callable[[Cell], Value]) -> Value | None:
        """Return the converted cell, or None when it is empty or wrong, which is reported."""
        if not self._text(name):
            return None
        try:
            return convert(self._cell(name))
        except CellRefused as refusal:
            self._report(name, self._text(name), str(refusal))
            return None

    def _report(self, name: str, value: str, message: str) -> None:
        column = self._column(name)
        letter, heading = (column.letter, column.heading) if column else ("", "")
        self.problems.append(Problem(self.table.sheet_name, self.row.number, letter, heading, value, message))

    def _column(self, name: str) -> Column | None:
        return next(iter(self.header.columns.get(name, ())), None)

    def _cell(self, name: str) -> Cell:
        column = self._column(name)
        return self.row.values[column.index] if column and column.index < len(self.row.values) else None

    def _text(self, name: str) -> str:
        return text_of(self._cell(name))


def _within(cell: Cell, length: int) -> str:
    text = text_of(cell)
    if len(text) > length:
        raise CellRefused(f"dài {len(text)} kí tự, nhiều nhất {length}. Hãy rút gọn.")
    return text


def _parts(cell: Cell) -> list[str]:
    text = cell if isinstance(cell, str) else text_of(cell)
    return [part for part in map(clean, re.split(r"[,;\n]", text)) if part]


def _subjects(cell: Cell) -> tuple[str, ...]:
    """Return the subjects of a cell "Toán, TN-XH; Mỹ thuật". Raises CellRefused, naming all that are unknown."""
    found = {part: canonical_subject(part) for part in _parts(cell)}
    unknown = [f"«{part}»" for part, name in found.items() if name is None]
    if unknown:
        raise CellRefused(
            f"không có môn {', '.join(unknown)}. Ghi tên môn theo chương trình, cách nhau bằng dấu phẩy."
        )
    return tuple(dict.fromkeys(name for name in found.values() if name))


def _classes(cell: Cell) -> tuple[str, ...]:
    """Return the classes of a cell "3A, 3B" or "3A 3B". Raises CellRefused for ranges and whole grades."""
    parts = [class_label(part) for part in _parts(cell)]
    labels = [
        label for part in parts for label in ([part] if CLASS.fullmatch(part) else part.upper().split())
    ]
    unknown = [f"«{label}»" for label in labels if not CLASS.fullmatch(label)]
    if unknown:
        raise CellRefused(
            f"không rõ lớp {', '.join(unknown)}. Ghi từng lớp, cách nhau bằng dấu phẩy: 3A, 3B, 3C."
        )
    return tuple(dict.fromkeys(labels))


def _one_class(cell: Cell) -> str:
    if hasattr(cell, "year"):
        raise CellRefused(
            f"Excel đã đổi tên lớp thành ngày «{text_of(cell)}». Đặt định dạng ô là «Văn bản» rồi gõ lại."
        )
    return class_label(_within(cell, 30))


def _email(cell: Cell) -> str:
    text = text_of(cell).lower()
    if not EMAIL.fullmatch(text):
        raise CellRefused(f"«{text}» không phải địa chỉ email. Ghi dạng ten@truong.edu.vn.")
    return text


def _repeated(rows: list[StaffRow], unique: Collection[str]) -> Iterator[Problem]:
    labels = {"code": "mã cán bộ", "email": "email", "homeroom_class": "lớp chủ nhiệm"}
    for name in unique:
        first: dict[str, StaffRow] = {}
        label = labels[name]
        for row in rows:
            value = getattr(row, name)
            known = first.setdefault(value, row)
            if value and known is not row:
                message = f"{label} «{value}» đã có ở hàng {known.row} ({known.full_name}). Hãy sửa một trong hai hàng."
                yield Problem(row.sheet, row.row, "", "", value, message)
