"""Where the cells of mark sheets stand in a table of a file: the heading row, and the sheet that each column is of.

A heading may name the period («Mức CK», «Nhận xét GK») or stand under one («Giữa kì I» over «Mức | Nhận xét»), and
so may the line («Toán» over «Mức | Điểm»). Only the spellings that a table has are looked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gradebook.regulation import Period, line_by_name
from gradebook.sheets import Column, Field
from gradebook.workbook_columns import (
    LINE_FIELDS,
    MADE_UP,
    REPEAT_KEYS,
    WHO,
    about_the_row,
    heading_of,
    line_headings,
    made_up_heading,
    trait_headings,
)
from gradebook.workbook_words import PERIOD_WORDS, Half, Said, When, said_by_title, when_of
from students.cell_values import text_of
from students.header_search import SEARCHED_ROWS, Header, find_header, folded_heading
from students.header_search import Column as FileColumn
from students.workbooks import Table, WorkbookRefused

T = TypeVar("T")
_LONGEST_HEADING = 200
_LONGEST_NAME = 40
_MOST_SPELLINGS = 24
_LINE_KEYS = (*LINE_FIELDS, *MADE_UP)
_ENDS = (Period.END_TERM_1, Period.YEAR_END, Half.END)


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell that a column fills: `key` is a Field of a line, a column's key of the homeroom sheet, or MADE_UP."""

    key: str
    code: str = ""
    when: When | None = None

    @property
    def is_trait(self) -> bool:
        return self.key not in _LINE_KEYS

    @property
    def place(self) -> tuple[str, When | None, bool]:
        """What its cells have in common with those of the same sheet."""
        return self.code, self.when, self.is_trait


@dataclass(frozen=True, slots=True)
class Layout:
    """`slots`: cell → its column; `titles`: what the rows above the heading say of class, line and period.

    `row_fields` are the header's other fields (pupil, class…), `synonyms` what a repeated heading is known by.
    """

    table: Table
    header: Header
    slots: Mapping[Slot, FileColumn]
    titles: Said
    synonyms: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def unused(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.header.unknown)


def layout_of(table: Table, traits: Sequence[Column]) -> Layout | None:
    """The table's layout, None where it has no heading with a pupil and a cell of some sheet.

    `traits` are the columns of the homeroom sheets it may be read for. Raises WorkbookRefused for two columns of
    one cell, and for a cell without a period beside others that have one.
    """
    named = {
        _name(slot, number): (slot, texts)
        for number, (slot, texts) in enumerate(_slots(table, traits))
        if texts
    }
    synonyms = {**about_the_row(), **{name: texts for name, (_slot, texts) in named.items()}}
    header = find_header(table, synonyms, tuple(frozenset((who,)) for who in WHO))
    if header is None:
        return None
    found = {named[name][0]: columns for name, columns in header.columns.items() if name in named}
    if not found:
        return None
    _check_once_each(table, found, traits)
    slots = _with_periods(table, {slot: columns[0] for slot, columns in found.items()}, traits)
    titles = Said()
    for row in table.rows[: header.first]:
        for cell in row.values:
            titles = titles.or_else(said_by_title(text_of(cell)))
    return Layout(table, header, slots, titles, synonyms)


def _name(slot: Slot, number: int) -> str:
    return f"{number}:{slot.key}"


def _slots(table: Table, traits: Sequence[Column]) -> Iterator[tuple[Slot, tuple[str, ...]]]:
    """Every cell that the table may have a column of, with the headings that would say so."""
    whens, lines = _spellings(table)
    words = {word for text in _texts(table, _LONGEST_HEADING) for word in text.split()}
    for key in _LINE_KEYS:
        plain = _possible(line_headings(key), words)
        yield Slot(key), plain
        for when, spelled in whens.items():
            yield Slot(key, when=when), _joined(plain, spelled)
        for code, names in lines.items():
            yield Slot(key, code), _joined(plain, names)
            for when, spelled in whens.items():
                apart = _between(names, plain, spelled)
                yield Slot(key, code, when), (*_joined(plain, _joined(names, spelled)), *apart)
    for column in traits:
        plain = _possible(trait_headings(column), words)
        yield Slot(column.key), plain
        for when, spelled in whens.items():
            yield Slot(column.key, when=when), _joined(plain, spelled)


def _possible(headings: Sequence[str], words: set[str]) -> tuple[str, ...]:
    """The headings of which the table has every word, in one row or in two."""
    return tuple(heading for heading in headings if words.issuperset(heading.split()))


def _joined(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for a in one for b in other for text in (f"{a} {b}", f"{b} {a}"))


def _between(first: Sequence[str], middle: Sequence[str], last: Sequence[str]) -> tuple[str, ...]:
    """«Toán» over «Mức CK», «Giữa kì I» over «Toán» over «Mức» apart: the heading in the middle."""
    return tuple(f"{a} {b} {c}" for a in first for b in middle for c in last)


def _spellings(table: Table) -> tuple[dict[When, list[str]], dict[str, list[str]]]:
    """How the table's first rows spell periods and lines."""
    whens: dict[str, When] = {}
    lines: dict[str, str] = {}
    for text in _texts(table, _LONGEST_NAME):
        line = line_by_name(text)
        if line:
            lines.setdefault(text, line.code)
        elif match := PERIOD_WORDS.search(text):
            whens.setdefault(match[0], when_of(match))
            whens.setdefault(text, when_of(match))
    if set(lines) == {"cn"} and whens:
        whens["cn"] = Period.YEAR_END
        lines = {}
    return _turned(whens), _turned(lines)


def _texts(table: Table, longest: int) -> Iterator[str]:
    """What stands where headings may be, folded."""
    for row in table.rows:
        if row.number > SEARCHED_ROWS:
            return
        for cell in row.values:
            if isinstance(cell, str) and len(cell) <= longest and (text := folded_heading(text_of(cell))):
                yield text


def _turned(spelled: Mapping[str, T]) -> dict[T, list[str]]:
    found: dict[T, list[str]] = {}
    for text, meaning in list(spelled.items())[:_MOST_SPELLINGS]:
        found.setdefault(meaning, []).append(text)
    return found


def _check_once_each(
    table: Table, found: Mapping[Slot, Sequence[FileColumn]], traits: Sequence[Column]
) -> None:
    """Two columns for one cell would be a choice made in silence."""
    for slot, columns in found.items():
        if len(columns) > 1:
            names = " và ".join(f"{each.letter} «{each.heading}»" for each in columns)
            raise WorkbookRefused(
                f"Trang «{table.sheet_name}»: cột {names} cùng là «{_label(slot, traits)}». Chỉ giữ lại một cột, hoặc "
                "ghi rõ trong tiêu đề là giữa kì hay cuối kì, rồi tải lên lại."
            )


def _with_periods(
    table: Table, slots: Mapping[Slot, FileColumn], traits: Sequence[Column]
) -> dict[Slot, FileColumn]:
    """Gives a column without a period the one that the columns beside it name; a mark alone is of the term's end."""
    whens = {slot.when for slot in slots if slot.when}
    ends = [when for when in whens if when in _ENDS]
    placed: dict[Slot, FileColumn] = {}
    for slot, column in slots.items():
        if slot.when or not whens:
            when = slot.when
        elif len(whens) == 1:
            (when,) = whens
        elif slot.key in (Field.MARK, *REPEAT_KEYS) and len(ends) == 1:
            (when,) = ends
        else:
            raise WorkbookRefused(
                f"Trang «{table.sheet_name}»: cột {column.letter} «{column.heading}» không nói là của giữa kì hay cuối "
                "kì, còn cột khác có nói. Ghi rõ vào tiêu đề, ví dụ "
                f"«{_label(slot, traits)} GK» hoặc «{_label(slot, traits)} CK», rồi tải lên lại."
            )
        full = replace(slot, when=when)
        if full in placed:
            names = f"{placed[full].letter} «{placed[full].heading}» và {column.letter} «{column.heading}»"
            raise WorkbookRefused(
                f"Trang «{table.sheet_name}»: cột {names} cùng là «{_label(slot, traits)}». Chỉ giữ lại một cột "
                "rồi tải lên lại."
            )
        placed[full] = column
    return placed


def _label(slot: Slot, traits: Sequence[Column]) -> str:
    if slot.is_trait:
        return next(column.label for column in traits if column.key == slot.key)
    return made_up_heading(slot.key) if slot.key in MADE_UP else heading_of(Column("", Field(slot.key), ""))
