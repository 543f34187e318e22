"""Read a pupil list from Excel, in whatever shape it comes, into plain rows (R85, R87, R93, R95). No database.

read_roster() reports every broken cell, never only the first, and drops nothing silently: what it does not
use is in `unknown_headers` and `skipped_sheets`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from students.cell_values import Level, Problem, text_of
from students.header_search import Column, Header, columns_apart, find_header, folded_heading, header_at
from students.list_files import open_list
from students.names import clean, search_key
from students.old_font_files import in_unicode
from students.roster_columns import FILLED_FROM_SECOND, NAME_SETS, SYNONYMS
from students.roster_row import RosterRow
from students.roster_rows import RowReader, class_label, is_class_name
from students.workbooks import Table

__all__ = ["Problem", "RosterFile", "RosterRow", "read_roster"]

YEAR_TITLE = re.compile(r"nam hoc:?\s*(20\d\d)\s*[-–]\s*(20\d\d)")
CLASS_TITLE = re.compile(r"\blớp\s*:?\s*([1-5](?:[a-zđ]\d{0,2}|[./]\d{1,2}|\d)?)(?![\w/])", re.IGNORECASE)
CLASS_SHEET = re.compile(r"(?:lớp|lop)\s+(.+)|([1-5](?:[a-zđ]\d{0,2}|[./]\d{1,2}))", re.IGNORECASE)
GRADE_SHEET = re.compile(r"khoi\s*:?\s*([1-5])")
FOOTER = re.compile(
    r"tong (so|cong)|cong\s*([:\d]|$)|danh sach (nay )?(co|gom)|\(?\s*an dinh|nguoi (lap|ghi)|(pho )?hieu truong"
    r"|kt\. |gvcn|giao vien chu nhiem|xac nhan|k[iy] ten|ghi chu|luu y|trong do\s*[:,]|(.{0,40}, )?ngay .{1,6} thang"
)
UNIQUE = {
    "moet_id": "mã định danh Bộ GD&ĐT",
    "national_id": "số định danh cá nhân",
    "school_code": "mã học sinh",
    "register_no": "số đăng bộ",
}
ONE_ROW_A_PUPIL = "Mỗi học sinh chỉ ghi một hàng; hãy sửa hoặc bỏ một trong hai hàng."
TITLE = re.compile(r"(danh sach|lop|khoi)\b")
PARENTS = {"father_": "cha", "mother_": "mẹ", "guardian_": "người giám hộ"}
BARE_PHONES = ("dien thoai", "so dien thoai", "sdt")


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a pupil list says. Rows without a name are only in `problems`; all other pupils are in `rows`.

    `unknown_headers`: headings of columns that are not taken over. `skipped_sheets`: hidden sheets, which the
    clerk does not see, and sheets without a list.
    `school_year`: start year found in a title ("Năm học 2025 - 2026"), or None.
    `repetitions`: those of the problems that say of a row that it repeats another, one per row and other row.
    """

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    unknown_headers: tuple[str, ...] = ()
    skipped_sheets: tuple[str, ...] = ()
    school_year: int | None = None
    repetitions: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the file from being taken over."""
        return tuple(problem for problem in self.problems if problem.level == "error")


@dataclass(slots=True)
class _Section:
    """Where the reader of a sheet stands: under which header, which class title, after which footer."""

    header: Header
    title_class: str
    ended: bool = False


def read_roster(data: bytes, name: str, *, school_year: int | None = None) -> RosterFile:
    """Return the pupils of the file `data`, with everything that is wrong in it.

    `school_year` is the start year of the year the list is for; without it, a year in the titles counts
    for the check of ages (R80: year of start less year of birth). Raises WorkbookRefused, in Vietnamese,
    when the file cannot be opened; a file without any list gives one problem. Text of an old font is read in Unicode,
    with a warning.
    """
    tables, of_fonts = in_unicode(open_list(data, name))
    title_year = next(filter(None, map(_title_year, tables)), None)
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    unknown: dict[str, None] = {}
    skipped: list[str] = []
    for table in tables:
        header = None if table.hidden else find_header(table, SYNONYMS, NAME_SETS)
        if header is None:
            skipped.append(table.sheet_name + (" (đang ẩn)" if table.hidden else ""))
            continue
        unknown.update(dict.fromkeys(_unused(header)))
        if apart := columns_apart(header):
            problems.append(_called_the_same(table, apart))
            continue
        problems.extend(_of_no_certain_phone(table, header))
        sheet = _Sheet(table, header, school_year or title_year, problems)
        rows.extend(sheet.rows())
    if len(skipped) == len(tables):
        problems.append(_no_list())
    elif not (rows or problems):
        problems.append(
            Problem(
                "", 0, "", "", "", "Tệp có dòng tiêu đề nhưng không có học sinh nào. Hãy kiểm tra lại tệp."
            )
        )
    read = {(row.sheet, row.row) for row in rows}
    problems.extend(each for each in of_fonts if not each.row or (each.sheet, each.row) in read)
    repetitions = tuple(_repeated(rows))
    problems.extend((*repetitions, *_grades_that_differ(rows)))
    order = {table.sheet_name: n for n, table in enumerate(tables)}
    problems.sort(key=lambda problem: (order.get(problem.sheet, -1), problem.row))
    return RosterFile(tuple(rows), tuple(problems), tuple(unknown), tuple(skipped), title_year, repetitions)


def _no_list() -> Problem:
    return Problem(
        "", 0, "", "", "",
        "Không tìm thấy danh sách học sinh: trong 30 hàng đầu của mỗi trang phải có một dòng tiêu đề với cột "
        "«Họ và tên» và ít nhất một cột khác, ví dụ «Ngày sinh». Thêm dòng tiêu đề, hoặc chọn tệp khác.",
    )  # fmt: skip


def _called_the_same(table: Table, columns: tuple[Column, ...]) -> Problem:
    letters = ", ".join(column.letter for column in columns)
    message = (
        f"các cột {letters} cùng tiêu đề «{columns[0].heading}», không rõ cột nào của học sinh. Ghi rõ, ví dụ «Họ và "
        "tên», «Họ và tên cha», «Họ và tên mẹ»; cột thừa thì xoá."
    )
    return Problem(table.sheet_name, 0, columns[0].letter, columns[0].heading, "", message)


def _of_no_certain_phone(table: Table, header: Header) -> Iterator[Problem]:
    """A warning for a bare «Điện thoại» right behind what is said of a parent: the number to call, or the parent's."""
    said_of = {
        column.index: field.partition("_")[0]
        for field, columns in header.columns.items()
        for column in columns[:1]
        if field.startswith(tuple(PARENTS)) and not field.endswith("_name")
    }
    for column in header.columns.get("phone", ())[:1]:
        parent = PARENTS.get(f"{said_of.get(column.index - 1, '')}_")
        if parent and folded_heading(column.heading) in BARE_PHONES:
            message = (
                f"đứng ngay sau các cột của {parent}, được đọc là «Điện thoại liên hệ» và thay số đang lưu. Là số của "
                f"{parent} thì ghi tiêu đề «Điện thoại {parent}» rồi tải lại tệp."
            )
            yield Problem(table.sheet_name, 0, column.letter, column.heading, "", message, "warning")


def _title_year(table: Table) -> int | None:
    for row in table.rows:
        if row.number > 15:
            return None
        match = YEAR_TITLE.search(search_key(" ".join(map(text_of, row.values))))
        if match and int(match[2]) == int(match[1]) + 1:
            return int(match[1])
    return None


def _unused(header: Header) -> Iterator[str]:
    """Yield the headings that are not read: unknown ones, and second columns for the same field."""
    for column in header.unknown:
        yield column.heading
    for field, columns in header.columns.items():
        if field not in FILLED_FROM_SECOND:
            yield from (column.heading for column in columns[1:] if column.heading != columns[0].heading)


class _Sheet:
    """Walks down one sheet and turns its rows into pupils."""

    def __init__(
        self, table: Table, header: Header, school_year: int | None, problems: list[Problem]
    ) -> None:
        self.table = table
        self.header = header
        self.school_year = school_year
        self.problems = problems
        grade = GRADE_SHEET.fullmatch(search_key(table.sheet_name))
        self.sheet_grade = int(grade[1]) if grade else None
        self.sheet_class = class_of_sheet(table.sheet_name)

    def rows(self) -> Iterator[RosterRow]:
        """Yield the pupils of the sheet, reporting what is wrong on the way."""
        section = _Section(self.header, self._class_above())
        reader = RowReader(self.table, self.header, self.problems)
        if not self._class_under(section) and "class_name" not in self.header.columns:
            self._report(
                "không thấy tên lớp: không có cột «Lớp», tiêu đề và tên trang cũng không ghi lớp. Thêm cột «Lớp» "
                "hoặc đặt tên trang là «Lớp 1A»."
            )
        position = self.header.end
        while position < len(self.table.rows):
            again = self._header_again(reader, position)
            if again:
                section = _Section(again, section.title_class)
                reader = RowReader(self.table, again, self.problems)
                position = again.end
                continue
            pupil = self._row(reader, section, position)
            if pupil:
                yield pupil
            position += 1
        reader.report_formulas_in_blank_rows()

    def _row(self, reader: RowReader, section: _Section, position: int) -> RosterRow | None:
        row = self.table.rows[position]
        reader.start(row)
        kind = self._kind(reader, section)
        if kind == "title":
            section.title_class = _class_in_title(reader.texts) or section.title_class
        if kind == "footer":
            section.ended = True
        if kind != "pupil":
            return None
        return reader.pupil(self._class_under(section), self.sheet_grade, self.school_year)

    def _class_under(self, section: _Section) -> str:
        """The class of a row that names none. Beside a column of classes the sheet's name is no answer."""
        of_sheet = "" if "class_name" in section.header.columns else self.sheet_class
        return section.title_class or of_sheet

    def _kind(self, reader: RowReader, section: _Section) -> Literal["pupil", "title", "footer", "nothing"]:
        """Tell what a row is. After a footer, only a row with a number or a date is still a pupil."""
        texts = [text for text in reader.texts if text]
        is_certain = reader.is_numbered() or reader.has_identity()
        if not texts or reader.is_row_of_column_numbers():
            return "nothing"
        if not is_certain and FOOTER.match(search_key(texts[0])):
            return "footer"
        if not is_certain and len(texts) == 1 and TITLE.match(search_key(texts[0])):
            return "title"
        if not reader.has_other_than_number():
            return "nothing"
        return "nothing" if section.ended and not is_certain else "pupil"

    def _header_again(self, reader: RowReader, position: int) -> Header | None:
        """Return the header that begins at `position`, when a heading is repeated there."""
        row = self.table.rows[position]
        names = {*SYNONYMS["full_name"], *SYNONYMS["family_and_middle"], *SYNONYMS["family_name"]}
        if any(
            folded_heading(text_of(row.values[i])) in names
            for i in reader.name_indexes
            if i < len(row.values)
        ):
            return header_at(self.table, position, SYNONYMS, NAME_SETS)
        return None

    def _class_above(self) -> str:
        """Return the class that the titles above the header name, or ""."""
        titles = [_class_in_title(map(text_of, row.values)) for row in self.table.rows[: self.header.first]]
        in_title = next(filter(None, titles), "")
        if in_title != self.sheet_class and all(map(is_class_name, (in_title, self.sheet_class))):
            self._report(
                f"tên trang là lớp {self.sheet_class} nhưng tiêu đề trong trang ghi lớp {in_title}. "
                "Hãy sửa tên trang hoặc tiêu đề cho khớp."
            )
        return in_title

    def _report(self, message: str) -> None:
        self.problems.append(Problem(self.table.sheet_name, 0, "", "", "", message))


def class_of_sheet(sheet_name: str) -> str:
    """Return "1A" for a sheet "Lớp 1A" or "1a", "" for "Sheet1" or "Khối 1"."""
    match = CLASS_SHEET.fullmatch(clean(sheet_name))
    return class_label(match[1] or match[2]) if match else ""


def _class_in_title(texts: Iterator[str] | tuple[str, ...]) -> str:
    match = CLASS_TITLE.search(" ".join(filter(None, texts)))
    return class_label(match[1]) if match else ""


def _repeated(rows: list[RosterRow]) -> Iterator[Problem]:
    """Yield a problem for each row and earlier row that share an id; else a warning for a second equal pupil."""
    by_id: dict[tuple[str, str], int] = {}
    alike: dict[tuple[object, ...], RosterRow] = {}
    for place, row in enumerate(rows):
        shared: dict[int, list[str]] = defaultdict(list)
        for field in UNIQUE:
            value = getattr(row, field)
            first = by_id.setdefault((field, value), place) if value else place
            if first != place:
                shared[first].append(field)
        for first, fields in shared.items():
            what = ", ".join(f"{UNIQUE[field]} «{getattr(row, field)}»" for field in fields)
            yield _repetition(row, rows[first], fields[0], what, "error")
        key = (row.class_name, row.full_name.lower(), row.birth_year, row.birth_month, row.birth_day)
        same = alike.setdefault(key, row)
        if same is not row and not shared:
            what = f"«{row.full_name}» cùng lớp, cùng ngày sinh"
            yield _repetition(row, same, "full_name", what, "warning")


def _advice_on_two(row: RosterRow, other: RosterRow) -> str:
    """Twins have ids of their own; where they stand, nothing is to be mended."""
    pairs = ((getattr(row, field), getattr(other, field)) for field in UNIQUE)
    if any(one and another and one != another for one, another in pairs):
        return "Hai hàng ghi mã khác nhau: là hai em (như sinh đôi) thì để nguyên; là một em thì bỏ một hàng."
    return "Là một em thì bỏ một hàng; là hai em thì ghi mã định danh Bộ GD&ĐT của từng em."


def _grades_that_differ(rows: list[RosterRow]) -> Iterator[Problem]:
    """Yield a problem for each row whose grade is not that of most rows of its class."""
    by_class: dict[str, list[RosterRow]] = defaultdict(list)
    for row in rows:
        if row.class_name and row.grade:
            by_class[row.class_name].append(row)
    for name, group in by_class.items():
        ((usual, _times),) = Counter(row.grade for row in group).most_common(1)
        example = next(row for row in group if row.grade == usual)
        for row in group:
            if row.grade != usual:
                message = (
                    f"lớp «{name}» ở đây thuộc khối {row.grade}, ở hàng {example.row} thuộc khối {usual}. "
                    "Một lớp chỉ thuộc một khối; hãy sửa một trong hai hàng."
                )
                letter, header = row.places.get("grade", ("", ""))
                yield Problem(row.sheet, row.row, letter, header, str(row.grade), message)


def _repetition(row: RosterRow, known: RosterRow, field: str, what: str, level: Level) -> Problem:
    letter, header = row.places.get(field, ("", ""))
    place = f"hàng {known.row}" + (f" trang «{known.sheet}»" if known.sheet != row.sheet else "")
    advice = ONE_ROW_A_PUPIL if level == "error" else _advice_on_two(row, known)
    message = f"{what} đã có ở {place} ({known.full_name}). {advice}"
    return Problem(row.sheet, row.row, letter, header, str(getattr(row, field)), message, level)
