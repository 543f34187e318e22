"""What stands in a cell, as a value of ours: text, partial dates, ids, phones, gender; and how to say what is wrong."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from students.names import clean, search_key
from students.workbooks import Cell

Level = Literal["error", "warning"]

EXCEL_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA"}
DATE_REMEDY = "Ghi theo dạng ngày/tháng/năm, ví dụ 05/09/2019."
FIRST_YEAR, LAST_YEAR = 1900, 2100
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_500
MOST_LOST_ZEROS = 2

DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})(?: \d{1,2}:\d{2}(:\d{2})?)?")
IN_WORDS = re.compile(r"ngay (\d{1,2}) thang (\d{1,2}) nam (\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ][\d:.]*)?")
MONTH_YEAR = re.compile(r"(?:thang )?(\d{1,2})\s*[/.\-]\s*(\d{4})")
YEAR = re.compile(r"(\d{4})(?:\.0+)?")
SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
WHOLE = re.compile(r"(\d+)\.0+")


class CellRefused(ValueError):
    """The value cannot be what its column asks for; str() says why and what to write instead."""


class PartialDate(NamedTuple):
    """A date of which the day, or day and month, may be unknown (R15)."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend in a file. An error keeps the file from being taken over; a warning does not.

    `row` is Excel's row number (0 for a problem of the whole sheet), `header` the heading as the file has it.
    `is_left_out`: the rest of the row is taken over, this cell is not.
    """

    sheet: str
    row: int
    column_letter: str
    header: str
    value: str
    message: str
    level: Level = "error"
    is_left_out: bool = False

    @property
    def place(self) -> str:
        """ "Trang «Lớp 1A», hàng 12, cột D «Ngày sinh»" — as much of it as there is."""
        parts = [f"trang «{self.sheet}»" if self.sheet else ""]
        parts.append(f"hàng {self.row}" if self.row else "")
        heading = f" «{self.header}»" if self.header else ""
        parts.append(f"cột {self.column_letter}{heading}" if self.column_letter else "")
        text = ", ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def text_of(cell: Cell) -> str:
    """Return the cell as clean text: 5.0 as "5", a date as "05/09/2019", nothing as ""."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


def is_number(cell: Cell) -> bool:
    """True for 12, 12.0 and the text "12"; never for TRUE."""
    return not isinstance(cell, bool) and (
        isinstance(cell, int | float) or text_of(cell).rstrip(".").isdigit()
    )


def date_of(cell: Cell, *, epoch_1904: bool) -> PartialDate:
    """Return the date in a cell: a true date, Excel's day number, or text d/m/yyyy, m/yyyy, yyyy.

    Raises CellRefused when it is none of these or no day of the calendar.
    """
    if isinstance(cell, datetime.date):
        return _checked(cell.year, cell.month, cell.day, text_of(cell))
    text = text_of(cell).strip("'` ")
    serial = SERIAL.fullmatch(text)
    if serial:
        return _from_serial(int(serial[1]), text, epoch_1904=epoch_1904)
    for pattern, order in (
        (DAY_FIRST, (3, 2, 1)),
        (YEAR_FIRST, (1, 2, 3)),
        (MONTH_YEAR, (2, 1)),
        (YEAR, (1,)),
    ):
        match = pattern.fullmatch(text)
        if match:
            year, *rest = (int(match[group]) for group in order)
            return _checked(year, rest[0] if rest else None, rest[1] if rest[1:] else None, text)
    words = IN_WORDS.fullmatch(search_key(text))
    if words:
        return _checked(int(words[3]), int(words[2]), int(words[1]), text)
    raise CellRefused(
        f"«{text}» không phải ngày tháng. {DATE_REMEDY} Chỉ biết tháng hoặc năm thì ghi 09/2019 hoặc 2019."
    )


def _from_serial(days: int, text: str, *, epoch_1904: bool) -> PartialDate:
    if not FIRST_SERIAL <= days <= LAST_SERIAL:
        raise CellRefused(f"«{text}» không phải ngày tháng. {DATE_REMEDY}")
    start = datetime.date(1904, 1, 1) if epoch_1904 else datetime.date(1899, 12, 30)
    day = start + datetime.timedelta(days=days)
    return PartialDate(day.year, day.month, day.day)


def _checked(year: int, month: int | None, day: int | None, text: str) -> PartialDate:
    try:
        datetime.date(year, month or 1, 1 if day is None else day)
    except ValueError:
        month = 0
    if month == 0:
        raise CellRefused(f"«{text}» không phải ngày có thật. {DATE_REMEDY}")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellRefused(f"«{text}»: năm {year} không thể đúng. {DATE_REMEDY}")
    return PartialDate(year, month, day)


def year_of(cell: Cell, *, epoch_1904: bool) -> int:
    """Return the year of a cell that holds a year or a date. Raises CellRefused."""
    return date_of(cell, epoch_1904=epoch_1904).year


def day_of(cell: Cell, *, epoch_1904: bool) -> datetime.date:
    """Return a whole date. Raises CellRefused when the day or the month is left out."""
    year, month, day = date_of(cell, epoch_1904=epoch_1904)
    if month is None or day is None:
        raise CellRefused(f"«{text_of(cell)}» thiếu ngày hoặc tháng. {DATE_REMEDY}")
    return datetime.date(year, month, day)


OTHER_IDS = {10: "«Mã định danh Bộ GD&ĐT»", 12: "«Số định danh cá nhân»"}
"""What a number of so many digits is, when it stands where another id belongs."""


def digits_of(cell: Cell, *, length: int, name: str) -> str:
    """Return an id of exactly `length` digits, as text.

    A number has lost its leading zeros (two at most) and gets them back; text must be complete.
    Raises CellRefused; `name` is the id's name inside a sentence.
    """
    text = re.sub(r"[\s.'`-]", "", WHOLE.sub(r"\1", text_of(cell)))
    lost = length - len(text)
    if (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and text.isdigit()
        and 0 <= lost <= MOST_LOST_ZEROS
    ):
        return text.zfill(length)
    if "e+" in text.lower():
        raise CellRefused(
            f"«{text_of(cell)}»: Excel đã rút gọn {name} thành số mũ nên mất chữ số. "
            f"Đặt định dạng ô là «Văn bản» (Text) rồi gõ lại đủ {length} chữ số."
        )
    if not (text.isascii() and text.isdigit()):
        raise CellRefused(
            f"«{text_of(cell)}»: {name} chỉ gồm chữ số. Ghi đủ {length} chữ số, không có chữ cái."
        )
    if len(text) != length:
        other = OTHER_IDS.get(len(text))
        remedy = f"Là {other} thì đổi tiêu đề cột." if other else "Kiểm tra lại số này."
        raise CellRefused(
            f"«{text_of(cell)}» có {len(text)} chữ số; {name} phải có đúng {length} chữ số. {remedy}"
        )
    return text


def phone_of(cell: Cell) -> str:
    """Return a phone number as digits beginning with 0. Raises CellRefused for anything else."""
    text = re.sub(r"[\s.()'`-]", "", text_of(cell))
    if re.fullmatch(r"(\+|00)?84\d{9}", text):
        text = "0" + text[-9:]
    elif re.fullmatch(r"[1-9]\d{8}", text):
        text = "0" + text
    if not re.fullmatch(r"0\d{9,10}", text):
        raise CellRefused(f"«{text_of(cell)}» không phải một số điện thoại. Ghi một số, ví dụ 0912345678.")
    return text


def gender_of(cell: Cell) -> Literal["male", "female"]:
    """Return the gender that "Nam", "NỮ ", "trai"… mean. Codes are refused: 1 is Nam in one system, Nữ in another."""
    text = text_of(cell).lower()
    if text in ("nam", "trai"):
        return "male"
    if text in ("nữ", "nư", "gái", "nu", "nữ giới"):
        return "female"
    raise CellRefused(f"«{text_of(cell)}» không phải giới tính. Ghi «Nam» hoặc «Nữ».")


def female_mark_of(cell: Cell) -> Literal["male", "female"]:
    """Return the gender from a column "Nữ": a mark for girls, empty for boys. Raises CellRefused."""
    text = text_of(cell).lower()
    if text in ("", "0", "-", "false", "nam"):
        return "male"
    if text in ("x", "×", "✓", "✔", "v", "1", "true", "nữ", "+"):
        return "female"
    raise CellRefused(
        f"«{text_of(cell)}» không rõ nghĩa trong cột «Nữ». Ghi «x» cho học sinh nữ, để trống cho học sinh nam."
    )


def yes_of(cell: Cell) -> bool:
    """Return what a mark, "Có", "Không" mean. Raises CellRefused."""
    text = text_of(cell).lower()
    if text in ("x", "×", "✓", "✔", "v", "1", "true", "có", "đúng", "đã"):
        return True
    if text in ("0", "-", "false", "không", "chưa"):
        return False
    raise CellRefused(f"«{text_of(cell)}» không rõ nghĩa. Ghi «Có» hoặc «Không».")


def email_of(cell: Cell) -> str:
    """Return an e-mail address. Raises CellRefused."""
    text = text_of(cell).lower()
    try:
        validate_email(text)
    except ValidationError as error:
        raise CellRefused(f"«{text}» không phải địa chỉ thư điện tử. Ghi dạng ten@congty.vn.") from error
    return text


def height_of(cell: Cell) -> int:
    """Return whole centimetres of "125", "125 cm", "1,25 m". Raises CellRefused when it is no number."""
    number = _measure_of(cell, "chiều cao", r"(cm|m)?", "ví dụ 125 (xăng-ti-mét)")
    return round(number * 100 if number < 3 else number)


def weight_of(cell: Cell) -> Decimal:
    """Return kilograms with one decimal of "22,5" or "22.5 kg". Raises CellRefused."""
    return _measure_of(cell, "cân nặng", r"(kg)?", "ví dụ 22,5 (ki-lô-gam)").quantize(Decimal("0.1"))


def _measure_of(cell: Cell, name: str, unit: str, example: str) -> Decimal:
    text = re.sub(rf"\s*{unit}$", "", text_of(cell).lower()).replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not (number.is_finite() and 0 < number < 1000):
        raise CellRefused(f"«{text_of(cell)}» không phải {name}. Ghi một số, {example}.")
    return number
