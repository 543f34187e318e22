"""Read a list in plain text (.csv, .txt), however its letters are encoded and whatever stands between its values."""

import csv
import io
import re
import unicodedata

from students.file_kinds import BYTE_ORDER_MARKS, WorkbookRefused
from students.names import clean
from students.old_fonts import find_old_fonts, is_vietnamese
from students.workbook_safety import MAX_COLUMNS, MAX_ROWS, TOO_MUCH
from students.workbooks import Cell, Row, Table

DELIMITERS = "\t;,"
LOOKED_AT = 20
"""Lines by which the delimiter is told."""
NUMBER = re.compile(r"[1-9]\d{0,14}|0")
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")
GUARDED = re.compile(r"\A'(?=[=+\-@\t\r])")
"""The apostrophe that careful programs put before what Excel would take for a formula."""
UNKNOWN_LETTERS = (
    "Tệp văn bản này ghi chữ theo bảng mã không nhận ra được. Hãy mở tệp bằng Excel rồi lưu thành «Excel Workbook "
    "(.xlsx)», hoặc lưu thành «CSV UTF-8»."
)


def open_text(data: bytes, name: str) -> list[Table]:
    """Return the one table of a text file. Raises WorkbookRefused when the letters are unknown or it is too long."""
    text = _decoded(data)
    separator = SEPARATOR_LINE.match(text)
    if separator:
        # Excel does not count this line among the rows that it shows.
        text = text[separator.end() :]
    try:
        rows = tuple(_rows(text, separator[1] if separator else _delimiter(text)))
    except csv.Error as error:
        raise WorkbookRefused(TOO_MUCH) from error
    if not rows:
        raise WorkbookRefused("Tệp không có dữ liệu. Hãy kiểm tra lại tệp rồi tải lên.")
    return [Table(_title(name), rows, (), (), epoch_1904=False, hidden=False)]


def _decoded(data: bytes) -> str:
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(marked)
    except UnicodeDecodeError:
        return _of_one_byte(data)


def _of_one_byte(data: bytes) -> str:
    """Text of Windows' Vietnamese code page, or of an old font, whose letters only the code page of the West keeps."""
    vietnamese = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    if "\ufffd" not in vietnamese and is_vietnamese(vietnamese):
        return vietnamese
    western = data.decode("latin-1")
    if find_old_fonts(western.splitlines()) or find_old_fonts(re.split(r"[\t;,\r\n]", western)):
        return western
    raise WorkbookRefused(UNKNOWN_LETTERS)


def _delimiter(text: str) -> str:
    """What stands most often between the values of the first lines; within quotation marks it does not count."""
    begin = "\n".join(re.sub(r'"[^"]*"', "", text[:20_000]).splitlines()[:LOOKED_AT])
    return max(DELIMITERS, key=begin.count)


def _rows(text: str, delimiter: str) -> list[Row]:
    rows = []
    for number, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            raise WorkbookRefused(TOO_MUCH)
        while values and not values[-1].strip():
            values.pop()
        if values:
            rows.append(Row(number, tuple(map(_cell, values))))
    return rows


def _cell(text: str) -> Cell:
    """A whole number is one, so that an id that Excel has cut its zeros off gets them back; all else is text."""
    value = text.strip()
    if NUMBER.fullmatch(value):
        return int(value)
    return GUARDED.sub("", value) if value else None


def _title(name: str) -> str:
    return clean(re.sub(r"\.\w{1,5}$", "", name))[:31]
