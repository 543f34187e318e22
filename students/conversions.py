"""Say where what is kept of a cell is not what stands in it: rounded, filled up, cut to a year, in today's names."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from students.administrative_units import AddressForm
from students.boarding_words import boarding_words
from students.field_changes import values_to_write, year_changes
from students.header_search import Column
from students.models import Student, YearProfile
from students.names import search_key
from students.record_sections import CODES, shown
from students.roster_row import Conversion, RosterRow

_NUMBERS = frozenset({"moet_id", "national_id", "phone", "father_phone", "mother_phone", "guardian_phone"})
_MEASURES = frozenset({"height_cm", "weight_kg"})
_YEARS = frozenset({"father_birth_year", "mother_birth_year", "guardian_birth_year"})


def conversion_of(name: str, column: Column, row: int, text: str, value: Any) -> Conversion | None:
    """What became of a cell's text, when it is read as something else than it says."""
    if name == "boarding":
        read = boarding_words(value.kind, value.day_code)
    elif name == "nationality":
        read = value
    elif name in CODES.keys() | _NUMBERS | _MEASURES | _YEARS:
        read = shown(name, value)
    else:
        return None
    is_code = name in CODES and text.isdigit()
    if not read or is_code or _plain(name, text) == _plain(name, read):
        return None
    return Conversion(f"{column.letter}{row}", column.heading, text, read)


def _plain(name: str, text: str) -> str:
    """The text without what is mere spelling: spaces and points in a number, a unit, a comma, capitals."""
    if name in CODES or name in ("boarding", "nationality"):
        return "".join(filter(str.isalnum, search_key(text)))
    if name in _NUMBERS:
        return re.sub(r"[\s.()'`-]", "", text)
    number = re.sub(r"\s*(cm|m|kg)$", "", text.lower()).replace(",", ".")
    return number.rstrip("0").rstrip(".") if "." in number else number


def conversions(row: RosterRow, student: Student | None) -> Iterator[str]:
    """Each in a sentence, of a row that would be written."""
    for each in row.conversions:
        yield f"Ô {each.cell} «{each.heading}»: «{each.written}» được ghi là «{each.read}»"
    yield from _of_the_address(row, student or Student())


def is_measured_on_import(row: RosterRow, profile: YearProfile | None, day: datetime.date) -> bool:
    """Whether the row has a new size and no day, for which that of the import is kept."""
    return "measured_on" in year_changes(row, profile or YearProfile(), day).keys() - row.given


def has_default_nationality(row: RosterRow, student: Student | None) -> bool:
    """Whether a new pupil gets the nationality that nearly all have."""
    return student is None and "nationality" not in row.given


def _of_the_address(row: RosterRow, student: Student) -> Iterator[str]:
    if row.permanent_form != AddressForm.THREE_LEVEL:
        return
    new = values_to_write(row, student)
    if new.get("permanent_form") == AddressForm.TWO_LEVEL:
        old = (row.permanent_ward, row.permanent_district, row.permanent_province)
        now = (new["permanent_ward"], new["permanent_province"])
        yield (
            f"Nơi thường trú: địa danh cũ «{', '.join(filter(None, old))}» được ghi theo hai cấp là «{', '.join(now)}»"
        )
