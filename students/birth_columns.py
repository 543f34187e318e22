"""A birth date that a list has in three columns: «Ngày | Tháng | Năm» under «Ngày sinh», or each headed alone."""

from collections.abc import Callable
from dataclasses import dataclass

from students.header_search import Column, Header, folded_heading

PARTS = ("birth_day", "birth_month", "birth_year")


@dataclass(frozen=True, slots=True)
class BirthColumns:
    """The columns of day (None: the list has none), month and year."""

    day: Column | None
    month: Column
    year: Column

    def text(self, text_at: Callable[[Column], str]) -> str:
        """ "26/5/2018", "5/2018" or "2018", as far as the row knows; without a year what is there, which is no date."""
        month, year = text_at(self.month), text_at(self.year)
        day = text_at(self.day) if self.day else ""
        return "/".join(filter(None, (day, month, year)))


def birth_columns(header: Header) -> BirthColumns | None:
    """Where the header has the date in parts: a month of its own, and a year."""
    month, year, day = (_first(header, name) for name in ("birth_month", "birth_year", "birth_day"))
    for column in header.columns.get("birth_date", ()):
        is_year = folded_heading(column.heading) == "nam sinh"
        year, day = (year or column, day) if is_year else (year, day or column)
    return BirthColumns(day, month, year) if month and year else None


def _first(header: Header, name: str) -> Column | None:
    return next(iter(header.columns.get(name, ())), None)
