"""Read one row of a pupil list: its cells by field, what is wrong with them, and the pupil they describe."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from students.birth_columns import PARTS as BIRTH_PARTS
from students.birth_columns import BirthColumns, birth_columns
from students.boarding_words import boarding_of
from students.cell_values import (
    EXCEL_ERRORS,
    CellRefused,
    Level,
    PartialDate,
    Problem,
    date_of,
    day_of,
    digits_of,
    email_of,
    female_mark_of,
    gender_of,
    height_of,
    is_number,
    phone_of,
    text_of,
    weight_of,
    year_of,
    yes_of,
)
from students.code_lists import (
    CodeList,
    disability_kinds,
    ethnic_groups,
    nationalities,
    policy_groups,
    pupil_statuses,
    religions,
)
from students.conversions import conversion_of
from students.header_search import Column, Header
from students.merged_cells import MergedDown
from students.models import Student
from students.names import clean
from students.roster_addresses import UnitUnknown, read_parts, read_whole
from students.roster_columns import FILLED_FROM_SECOND, TEXT_LENGTHS
from students.roster_names import (
    NAME_FIELDS,
    columns_of_name,
    fault_of,
    lacks_given_name,
    left_out_of,
    may_be_of_a_name,
    name_in,
    unread_beside_name,
)
from students.roster_row import Conversion, RosterRow
from students.workbooks import Cell, Row, Table

CLASS_LENGTH = 30
PLACEHOLDER = 36
YOUNGEST, OLDEST = 5, 15
MOET_ID = 10  # digits
IDENTITY = re.compile(r"[\d/.\- ]{4,}")
PUPILS_OWN = ("ordinal", *NAME_FIELDS, "birth_date", "moet_id", "national_id", "school_code", "register_no")
PUPIL_EVIDENCE = ("moet_id", "national_id", "birth_date", "birth_year", "register_no")
UNCALCULATED = (
    "ô có công thức chưa được tính nên không đọc được giá trị. Mở tệp bằng Excel, lưu lại rồi tải lên, "
    "hoặc gõ giá trị thay công thức."
)
LEFT_OUT = "Chưa sửa mà nạp thì ô này bị bỏ qua, không ghi."
NONE_WORDS = ("không", "khong", "không có", "không khuyết tật", "-")


class RowReader:
    """Reads the rows under one header. start() sets the row; pupil() reads it and reports its problems."""

    def __init__(self, table: Table, header: Header, problems: list[Problem]) -> None:
        self.table = table
        self.header = header
        self.problems = problems
        self.texts: tuple[str, ...] = ()
        self.name_indexes = [
            column.index
            for name in ("full_name", "family_and_middle", "family_name")
            for column in header.columns.get(name, ())
        ]
        self._places = {name: (found[0].letter, found[0].heading) for name, found in header.columns.items()}
        of_parts = (self._places[name] for name in NAME_FIELDS if name in self._places)
        self._places.setdefault("full_name", next(of_parts))
        of_birth = (self._places[name] for name in reversed(BIRTH_PARTS) if name in self._places)
        self._places.setdefault("birth_date", next(of_birth, ("", "")))
        begins = table.rows[header.end - 1].number
        own = {column.index for name in PUPILS_OWN for column in header.columns.get(name, ())}
        self._merged_down = MergedDown(table.merged, after=begins, without=own)
        self._beside_name = unread_beside_name(header)
        self._birth_columns = birth_columns(header)
        self._row = Row(0, ())
        self._values: dict[str, Any] = {}
        self._conversions: list[Conversion] = []
        self._uncalculated = set(table.uncalculated)
        self._placeholders = self._placeholder_columns()

    def start(self, row: Row) -> None:
        """Turn to `row`."""
        self._row = row
        self._values = {}
        self._conversions = []
        self._merged_down.turn_to(row)
        self.texts = tuple(text_of(self._cell(index)) for index in range(len(row.values)))

    def _fill_merged_down(self) -> None:
        """Give the row what merged cells that begin above it say; only once it is known to be a pupil's."""
        values = self._merged_down.filled(self._row.values)
        if values != self._row.values:
            self._row = Row(self._row.number, values)
            self.texts = tuple(text_of(self._cell(index)) for index in range(len(values)))

    def report_formulas_in_blank_rows(self) -> None:
        """Report names that are formulas in rows where nothing has a value, which the table therefore lacks."""
        read = {row.number for row in self.table.rows}
        columns = {
            column.index: column for name in NAME_FIELDS for column in self.header.columns.get(name, ())[:1]
        }
        begins = self.table.rows[self.header.end - 1].number
        for number, place in sorted(self._uncalculated):
            if number > begins and number not in read and place - 1 in columns:
                self.start(Row(number, ()))
                self._report("full_name", columns[place - 1], "", UNCALCULATED)
                read.add(number)

    def is_numbered(self) -> bool:
        """True when the ordinal column holds a number."""
        return any(is_number(self._cell(column.index)) for column in self.header.columns.get("ordinal", ()))

    def is_row_of_column_numbers(self) -> bool:
        """True for the row 1, 2, 3… that forms put under the headings: more than the ordinal, and in sequence."""
        numbers = [text.strip("()") for text in self.texts if text]
        return len(numbers) > 2 and numbers == [str(n) for n in range(1, len(numbers) + 1)]

    def has_other_than_number(self) -> bool:
        """True when a known column other than the ordinal holds something, or the name is a formula."""
        if any(map(self._uncalculated_at, NAME_FIELDS)):
            return True
        return any(self._text(name) for name in self.header.columns if name != "ordinal")

    def has_identity(self) -> bool:
        """True when an id, a register number or a birth date stands in the row: a pupil, not a signature."""
        return any(IDENTITY.fullmatch(self._text(name)) for name in PUPIL_EVIDENCE)

    def pupil(self, section_class: str, sheet_grade: int | None, school_year: int | None) -> RosterRow | None:
        """Return the pupil of the row; None, with an error reported, when there is no name."""
        self._fill_merged_down()
        full_name = self._full_name()
        self._read_person()
        self._read_class(section_class, sheet_grade)
        self._take("nationality", _nationality_of, may_be_left_out=True)
        for name, length in TEXT_LENGTHS.items():
            self._take(name, partial(_text_within, length=length))
        self._read_school_code()
        self._read_parents()
        self._read_address()
        self._read_support_and_year()
        self._check_age(school_year)
        if not full_name:
            return None
        return RosterRow(
            sheet=self.table.sheet_name,
            row=self._row.number,
            full_name=full_name,
            given=frozenset(self._values) | {"full_name"},
            places=self._places,
            conversions=tuple(self._conversions),
            **self._values,
        )

    def _full_name(self) -> str:
        columns = columns_of_name(self.header, self._text_at)
        formula = next(filter(self._is_uncalculated, columns), None)
        if formula:
            self._report("full_name", formula, "", UNCALCULATED)
            return ""
        name = name_in(self.header, self._text_at)
        fault = fault_of(name)
        if fault:
            self._report("full_name", columns[0], name, fault)
        if name:
            self._check_parts_of_name(name)
        return name

    def _check_parts_of_name(self, name: str) -> None:
        """A name of which a part may stand elsewhere in the row is not believed."""
        without = lacks_given_name(self.header, self._text_at)
        if without:
            self._report("full_name", without, "", f"thiếu tên: mới có «{name}». Ghi tên vào ô này.")
        left_out = left_out_of(name, self.header, self._text_at)
        if left_out:
            message = (
                f"ô này ghi «{self._text_at(left_out)}», không có trong họ tên «{name}» của hàng. Ghi cho khớp, "
                "hoặc đặt tiêu đề các cột là «Họ và đệm», «Tên»."
            )
            self._report("full_name", left_out, self._text_at(left_out), message)
        for column in self._beside_name:
            if may_be_of_a_name(self._text_at(column)):
                self._report_beside_name(column)

    def _report_beside_name(self, column: Column) -> None:
        """Once for the sheet: the column's heading is to be mended, not the rows."""
        text = self._text_at(column)
        message = (
            f"cột này nằm giữa hoặc ngay sau các cột họ tên, có chữ (hàng {self._row.number}: «{text}») mà không rõ có "
            "thuộc họ tên không. Đặt tiêu đề các cột là «Họ và đệm», «Tên» (hoặc «Họ», «Tên đệm», «Tên»); nếu không "
            "thuộc họ tên thì dời cột ra cuối bảng hoặc xoá."
        )
        told = {
            each.column_letter
            for each in self.problems
            if each.row == 0 and each.sheet == self.table.sheet_name
        }
        if column.letter not in told:
            problem = Problem(self.table.sheet_name, 0, column.letter, column.heading, text, message)
            self.problems.append(problem)

    def _read_person(self) -> None:
        self._take("moet_id", lambda cell: digits_of(cell, length=10, name="mã định danh Bộ GD&ĐT"))
        self._take("national_id", lambda cell: digits_of(cell, length=12, name="số định danh cá nhân"))
        for name in ("phone", "father_phone", "mother_phone", "guardian_phone"):
            self._take(name, phone_of, may_be_left_out=True)
        self._take("email", email_of, may_be_left_out=True)
        self._take("gender", gender_of)
        self._read_female_mark()
        self._read_birth_date()
        self._take_code(
            "ethnic_code", ethnic_groups(), "dân tộc", "Ghi tên dân tộc, ví dụ «Kinh», «Tày», «Hmông»."
        )
        self._take_code("religion_code", religions(), "tôn giáo", "Ghi tên, ví dụ «Phật giáo», hoặc «Không».")
        self._take_code("policy_code", policy_groups(), "diện chính sách", "Ghi mã hai chữ số từ 01 đến 16.")
        remedy = "Ghi mã từ 01 đến 06 hoặc tên, ví dụ «Khuyết tật nhìn»."
        self._take_code("disability_code", disability_kinds(), "loại khuyết tật", remedy)
        self._take_code("status", pupil_statuses(), "trạng thái học sinh", "Ví dụ: «Đang học», «Chuyển đi».")
        if "status" in self._values:
            self._values["status"] = pupil_statuses().names[self._values["status"]]

    def _read_school_code(self) -> None:
        """Lists of the sector call the mã định danh «Mã học sinh»: it is that, where the file has no column of it."""
        code = self._values.get("school_code", "")
        if not re.fullmatch(rf"\d{{{MOET_ID}}}", code):
            return
        column = self._column("school_code")
        if column and "moet_id" not in self.header.columns:
            del self._values["school_code"]
            self._values["moet_id"] = code
            told = Conversion(
                f"{column.letter}{self._row.number}", column.heading, code, f"mã định danh {code}"
            )
            self._conversions.append(told)
        elif code == self._values.get("moet_id"):
            del self._values["school_code"]

    def _read_female_mark(self) -> None:
        column = self._column("female_mark")
        if column and "gender" not in self._values and not self._reports_formula("female_mark"):
            self._accept("gender", column, female_mark_of)

    def _read_birth_date(self) -> None:
        if self._birth_columns:
            self._read_parts_of_birth(self._birth_columns)
        else:
            self._take("birth_date", lambda cell: date_of(cell, epoch_1904=self.table.epoch_1904))
        date: PartialDate | None = self._values.pop("birth_date", None)
        if date:
            self._values |= {"birth_year": date.year, "birth_month": date.month, "birth_day": date.day}

    def _read_parts_of_birth(self, columns: BirthColumns) -> None:
        text = columns.text(self._text_at)
        if not text:
            return
        try:
            self._values["birth_date"] = date_of(text, epoch_1904=self.table.epoch_1904)
        except CellRefused as refusal:
            self._report("birth_date", columns.year, text, str(refusal))

    def _read_class(self, section_class: str, sheet_grade: int | None) -> None:
        self._take("class_name", lambda cell: class_label(_class_text(cell)))
        self._take("grade", _grade_of)
        if "class_name" not in self._values and section_class and not self._text("class_name"):
            self._values["class_name"] = section_class
            self._values["is_class_guessed"] = not is_class_name(section_class)
        class_name = self._values.get("class_name", "")
        is_empty = not self._text("class_name") and not self._uncalculated_at("class_name")
        if not class_name and "class_name" in self.header.columns and is_empty:
            self._report("class_name", self._column("class_name"), "", "thiếu lớp. Ghi tên lớp, ví dụ «1A».")
        digit = class_name[:1] if class_name[:1] in "12345" else ""
        grade = self._values.get("grade") or (int(digit) if digit else sheet_grade)
        if grade and digit and int(digit) != grade:
            message = f"lớp «{class_name}» không thuộc khối {grade}. Kiểm tra lại lớp và khối."
            self._report("grade", self._column("grade"), str(grade), message)
            # One mistake, one message: what follows goes by the name of the class.
            grade = int(digit)
        if grade:
            self._values["grade"] = grade
        elif class_name and not self._text("grade") and not self._uncalculated_at("grade"):
            message = (
                f"không rõ khối của lớp «{class_name}». Thêm cột «Khối» và ghi từ «Khối 1» đến «Khối 5»."
            )
            self._report("class_name", self._column("class_name"), class_name, message)

    def _read_parents(self) -> None:
        for name in ("father_birth_year", "mother_birth_year", "guardian_birth_year"):
            self._take(name, lambda cell: year_of(cell, epoch_1904=self.table.epoch_1904))
        self._reports_formula("parents")
        column = self._column("parents")
        text = str(self._raw(column) or "") if column else ""
        if not column or not text.strip():
            return
        names = [
            re.sub(r"^\s*(họ tên\s*)?(cha|bố|ba|mẹ|má)\s*:\s*", "", part, flags=re.IGNORECASE)
            for part in re.split(r"[/;\n]", text)
        ]
        if len(names) != 2:
            message = "không rõ đâu là cha, đâu là mẹ nên không lấy. Ghi «họ tên cha / họ tên mẹ»."
            self._leave_out(column, text_of(text), message)
            return
        for parent, name in zip(("father_name", "mother_name"), map(text_of, names), strict=True):
            if name and parent not in self._values:
                self._values[parent] = name

    def _read_address(self) -> None:
        """The units from their own cells, else all from the one cell; what cannot be told is a warning."""
        parts = [self._text(name) for name in ("permanent_ward", "permanent_district", "permanent_province")]
        try:
            if any(parts):
                self._values |= read_parts(*parts)
            elif self._text("permanent"):
                self._values = read_whole(self._text("permanent")) | self._values
        except UnitUnknown as unknown:
            name = "permanent_ward" if any(parts) else "permanent"
            for within in ("permanent_detail", "permanent_hamlet"):
                self._values.pop(within, None)
            self._leave_out(self._column(name), self._text(name), str(unknown))

    def _read_support_and_year(self) -> None:
        day = partial(day_of, epoch_1904=self.table.epoch_1904)
        self._take("disability_level", _disability_level_of)
        for name in ("disability_certificate_on", "exemption_decision_on", "pioneer_since", "measured_on"):
            self._take(name, day)
        for name in ("is_exempt_from_assessment", "is_pioneer"):
            self._take(name, yes_of)
        self._take("height_cm", height_of)
        self._take("weight_kg", weight_of)
        self._take("boarding", boarding_of)
        boarding = self._values.pop("boarding", None)
        if boarding is not None:
            self._values |= {"boarding": boarding.kind, "day_boarding_code": boarding.day_code}

    def _check_age(self, school_year: int | None) -> None:
        born = self._values.get("birth_year")
        if school_year is None or born is None:
            return
        age = school_year - born
        if not YOUNGEST <= age <= OLDEST:
            message = (
                f"sinh năm {born}, tức {age} tuổi trong năm học {school_year} - {school_year + 1}, "
                "không phải tuổi tiểu học. Kiểm tra lại năm sinh."
            )
            self._report("birth_date", self._column("birth_date"), str(born), message, "warning")

    def _take_code(self, name: str, codes: CodeList, label: str, remedy: str) -> None:
        def convert(cell: Cell) -> str:
            text = text_of(cell)
            if text.lower() in NONE_WORDS and name in ("policy_code", "disability_code"):
                return ""
            found = codes.find(text)
            if found is None:
                raise CellRefused(f"«{text}» không có trong danh mục {label}. {remedy}")
            return found

        self._take(name, convert)

    def _take(self, name: str, convert: Callable[[Cell], object], *, may_be_left_out: bool = False) -> None:
        """Read the first filled column of the field; the value counts as given only when it converts."""
        for column in self._columns(name):
            if self._is_uncalculated(column):
                self._report(name, column, "", UNCALCULATED)
                return
            if self._text_at(column):
                self._accept(name, column, convert, may_be_left_out=may_be_left_out)
                return

    def _reports_formula(self, name: str) -> bool:
        """True, with an error reported, when the field's cell holds a formula without a value."""
        column = self._uncalculated_at(name)
        if column:
            self._report(name, column, "", UNCALCULATED)
        return column is not None

    def _uncalculated_at(self, name: str) -> Column | None:
        """The field's column in which the row has a formula whose value Excel has not stored."""
        return next(filter(self._is_uncalculated, self._columns(name)), None)

    def _is_uncalculated(self, column: Column) -> bool:
        return (self._row.number, column.index + 1) in self._uncalculated

    def _accept(
        self,
        name: str,
        column: Column,
        convert: Callable[[Cell], object],
        *,
        may_be_left_out: bool = False,
    ) -> None:
        cell = self._raw(column)
        if isinstance(cell, str) and cell.strip().upper() in EXCEL_ERRORS:
            self._report(
                name, column, cell, f"ô có lỗi «{cell.strip()}» của Excel. Ghi lại giá trị đúng vào ô."
            )
            return
        try:
            value = self._values[name] = convert(cell)
        except CellRefused as refusal:
            if may_be_left_out:
                self._leave_out(column, text_of(cell), f"{refusal} {LEFT_OUT}")
            else:
                self._report(name, column, text_of(cell), str(refusal))
        else:
            converted = conversion_of(name, column, self._row.number, text_of(cell), value)
            self._conversions += [converted] if converted else []

    def _leave_out(self, column: Column | None, value: str, message: str) -> None:
        """Say of a cell that it is not taken, though its row is."""
        letter, heading = (column.letter, column.heading) if column else ("", "")
        place = (self.table.sheet_name, self._row.number, letter, heading)
        self.problems.append(Problem(*place, value, message, "warning", is_left_out=True))

    def _report(
        self, name: str, column: Column | None, value: str, message: str, level: Level = "error"
    ) -> None:
        letter, heading = (column.letter, column.heading) if column else ("", "")
        problem = Problem(self.table.sheet_name, self._row.number, letter, heading, value, message, level)
        self.problems.append(problem)

    def _columns(self, name: str) -> tuple[Column, ...]:
        columns = self.header.columns.get(name, ())
        return columns if name in FILLED_FROM_SECOND else columns[:1]

    def _column(self, name: str) -> Column | None:
        return next(iter(self.header.columns.get(name, ())), None)

    def _text(self, name: str) -> str:
        return next(filter(None, map(self._text_at, self._columns(name))), "")

    def _text_at(self, column: Column) -> str:
        return self.texts[column.index] if column.index < len(self.texts) else ""

    def _raw(self, column: Column) -> Cell:
        return self._cell(column.index)

    def _cell(self, index: int) -> Cell:
        value = self._row.values[index] if index < len(self._row.values) else None
        return None if index in self._placeholders and _is_placeholder(value) else value

    def _placeholder_columns(self) -> frozenset[int]:
        """Return the columns in which the number 36 means "empty": exports of the sector database write it so.

        The ordinal may well be 36; so may one register number, which is why there it takes two of them.
        """
        rows = self.table.rows[self.header.end :]
        times = Counter(i for row in rows for i, value in enumerate(row.values) if _is_placeholder(value))
        ordinal = {column.index for column in self.header.columns.get("ordinal", ())}
        counted = {column.index for column in self.header.columns.get("register_no", ())}
        return frozenset(i for i, n in times.items() if i not in ordinal and (n > 1 or i not in counted))


def class_label(text: str) -> str:
    """Return the class as the school writes it: "1A" for "Lớp 1a" or "1 A"; free names stay ("Hoa Sen")."""
    bare = re.sub(r"^(lớp|lop)\s*:?\s*(?=\S)", "", clean(text), flags=re.IGNORECASE)
    short = re.sub(r"\s+", "", bare)
    return short.upper() if re.fullmatch(r"[1-5][a-zđ]\d{0,2}", short, re.IGNORECASE) else bare


def is_class_name(label: str) -> bool:
    """True for "1A", "4.1": nothing else than a class is called so. "1" may be a grade, "gộp" a remark."""
    return re.fullmatch(r"[1-5]([A-ZĐ]\d{0,2}|[./]\d{1,2})", label) is not None


def _is_placeholder(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == PLACEHOLDER


def _nationality_of(cell: Cell) -> str:
    text = text_of(cell)
    code = nationalities().find(text)
    if code is None:
        raise CellRefused(
            "không có trong danh sách quốc tịch nên không ghi. Ghi tên nước, ví dụ «Việt Nam», «Lào»."
        )
    return nationalities().names[code]


def _text_within(cell: Cell, length: int) -> str:
    text = text_of(cell)
    if len(text) > length:
        raise CellRefused(f"dài {len(text)} kí tự, nhiều nhất {length}. Hãy rút gọn.")
    return text


def _class_text(cell: Cell) -> str:
    if hasattr(cell, "year"):
        raise CellRefused(
            f"Excel đã đổi tên lớp thành ngày «{text_of(cell)}». "
            "Đặt định dạng ô là «Văn bản» (Text) rồi gõ lại tên lớp."
        )
    return _text_within(cell, CLASS_LENGTH)


def _grade_of(cell: Cell) -> int:
    match = re.fullmatch(r"(?:khối|khoi|lớp)?\s*0?([1-5])", text_of(cell), re.IGNORECASE)
    if match is None:
        raise CellRefused(f"«{text_of(cell)}» không phải khối của tiểu học. Ghi từ «Khối 1» đến «Khối 5».")
    return int(match[1])


def _disability_level_of(cell: Cell) -> str:
    levels = {label.lower(): value for value, label in Student.DisabilityLevel.choices}
    found = levels.get(text_of(cell).lower().removeprefix("khuyết tật "))
    if found is None:
        raise CellRefused(
            f"«{text_of(cell)}» không phải mức độ khuyết tật. Ghi «Đặc biệt nặng», «Nặng» hoặc «Nhẹ» theo giấy."
        )
    return found
