"""A file in a shape of the sector database, of a class, a grade or the school (domain.md 6; rules R86, R89).

Each sheet begins with its headings, as the sector's own files do. Ids are text with their leading zeros, days are text
dd/mm/yyyy; nothing in a file is ever calculated (`accounts.tables`).
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounts.tables import Heading, Page, Value, write_book
from gradebook.regulation import Period
from reports.sector_codes import dictionaries
from reports.sector_pupils import read_pupils, value_of
from reports.sector_results import END_OF, MIDDLE_OF, mark_rows, read_seats, trait_rows
from reports.sector_shapes import Column, Content, Shape
from students.models import SchoolClass, SchoolYear
from students.names import file_words


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data: of one class, of a grade, or (neither) of the whole school."""

    year: SchoolYear
    grade: int | None = None
    school_class: SchoolClass | None = None

    @property
    def words(self) -> str:
        if self.school_class:
            return f"lớp {self.school_class.name}"
        return f"khối {self.grade}" if self.grade else "toàn trường"

    @property
    def classes(self) -> list[SchoolClass]:
        """One statement, if any."""
        if self.school_class:
            return [self.school_class]
        found = self.year.classes.all()
        return list(found.filter(grade_level=self.grade) if self.grade else found)


@dataclass(frozen=True, slots=True)
class SectorFile:
    """The workbook, and how many rows of data it has."""

    content: bytes
    rows: int


def write_sector_file(shape: Shape, scope: Scope, period: Period) -> SectorFile:
    """At most four statements, whatever the number of pupils; `period` is not asked of a pupil list."""
    tables = list(_tables(shape, scope, period))
    pages = [Page(name, _headings(shape.columns), _cells(shape.columns, rows)) for name, rows in tables]
    if shape.with_lists:
        pages += [Page(each.sheet, _LIST_HEADINGS, [*each.entries.items()]) for each in dictionaries()]
    output = io.BytesIO()
    write_book(pages, output)
    return SectorFile(output.getvalue(), sum(len(rows) for _name, rows in tables))


def periods_in(shape: Shape, period: Period) -> tuple[Period, ...]:
    """Of which periods a file asked for one has results: () of a pupil list, both of a term where they stand side by
    side."""
    if not shape.is_of_a_period:
        return ()
    return (MIDDLE_OF[period], END_OF[period]) if shape.content is Content.TERM else (period,)


def file_name(shape: Shape, scope: Scope, period: Period) -> str:
    """csdl-hoc-sinh-lop-4a-2026.xlsx; of results with the period."""
    parts = ["csdl", shape.slug, file_words(scope.words), *([period.value] if shape.is_of_a_period else [])]
    return "-".join([*parts, str(scope.year.pk)]) + ".xlsx"


_SHEETS = {"TH": "TH-CN (Tin học)", "CN": "TH-CN (Công nghệ)"}
"""Of the two that the sector has as one subject (domain.md 6)."""
_LIST_HEADINGS = (Heading("Mã", 8), Heading("Tên", 50))


def _tables(
    shape: Shape, scope: Scope, period: Period
) -> Iterator[tuple[str, Sequence[Mapping[str, Value]]]]:
    """Name of the sheet and its rows, by field."""
    if shape.content is Content.PUPILS:
        pupils = read_pupils(scope.year, grade=scope.grade, school_class=scope.school_class)
        fields = [column.field for column in shape.columns if column.field != "ordinal"]
        yield (
            shape.sheet,
            [
                {"ordinal": number, **{field: value_of(pupil, field) for field in fields}}
                for number, pupil in enumerate(pupils, start=1)
            ],
        )
        return
    seats = read_seats(scope.year, scope.classes)
    if shape.content is Content.TRAITS:
        yield shape.sheet, list(trait_rows(seats, period))
        return
    rows = mark_rows(seats, periods_in(shape, period))
    for line in seats.taught:
        yield _SHEETS.get(line.code, line.short_name), rows[line.code]
    if not seats.taught:
        yield "Chưa có môn", []


def _headings(columns: Iterable[Column]) -> list[Heading]:
    return [Heading(column.heading, column.width) for column in columns]


def _cells(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]]) -> Iterator[list[Value]]:
    for row in rows:
        yield [row[column.field] if column.field else None for column in columns]
