"""The contents of a book laid out to be read before they are signed: every cell that the signature is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from approvals.book_standing import Book
from approvals.content_words import ABSENCE, FIELDS, cell_words, short_words, value_words
from approvals.signed_content import Cells, Content
from gradebook.regulation import LINES, TRAITS, TraitGroup
from gradebook.scopes import HOMEROOM
from students.models import Enrolment

_ITEMS: Final = (
    *(line.code for line in LINES),
    *(trait.code for trait in TRAITS),
    *(group.value for group in TraitGroup),
    *(HOMEROOM, ABSENCE),
)
_IN_ONE_CELL: Final = ("attainment", "mark", "rating", "terms", "brought")
_IN_WORDS: Final = frozenset({"comment", "repeat", "terms", "brought"})


@dataclass(frozen=True, slots=True)
class Column:
    """`fields` of `item` stand together in a cell; `is_wide` where they are words."""

    item: str
    fields: tuple[str, ...]
    heading: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Row:
    pupil: str
    cells: tuple[tuple[Column, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Pupils in the class's order, columns in the books'; a column that is empty for all is left out."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def reading_of(book: Book) -> Reading:
    """Of a book that has its contents at hand. One statement."""
    now = book.now
    if now is None:
        return Reading((), ())
    columns = tuple(_columns(now, is_class=book.ref.line is None))
    seats = Enrolment.objects.roster(book.ref.school_class)
    return Reading(
        columns,
        tuple(
            Row(
                seat.student.full_name,
                tuple((each, _cell(each, now.rows[seat.student_id])) for each in columns),
            )
            for seat in seats
            if seat.student_id in now.rows
        ),
    )


def _columns(content: Content, *, is_class: bool) -> Iterator[Column]:
    held = {key for cells in content.rows.values() for key in cells}
    for item in _ITEMS:
        fields = [field for field in FIELDS if f"{item}.{field}" in held]
        together = tuple(field for field in fields if is_class and field in _IN_ONE_CELL)
        if together:
            yield Column(item, together, short_words(item), is_wide=False)
        for field in fields:
            if field not in together:
                heading = (
                    cell_words(item, field) if is_class else f"{FIELDS[field][:1].upper()}{FIELDS[field][1:]}"
                )
                yield Column(item, (field,), heading, is_wide=field in _IN_WORDS)


def _cell(column: Column, cells: Cells) -> str:
    told = ((field, cells.get(f"{column.item}.{field}", "")) for field in column.fields)
    return " · ".join(value_words(field, value) for field, value in told if value)
