"""Tables of figures, as reports and statistics are made of: what is counted, kept, compared, put on paper. Pure.

A figure is a count, a share in % with one decimal place, or None where the school never recorded what would have to be
counted: a zero that comes of nothing entered is no zero (domain 2.7 D, R81).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from urllib.parse import quote

Figure = int | Decimal | None

MISSING: Final = "…"
"""In place of a figure that nobody can know; LEGEND says so below every table that has one."""
LEGEND: Final = "Dấu «…»: chưa có số liệu, không phải là không có em nào."
NOT_ASKED: Final = "×"
NO_SHARE: Final = "–"
ROUNDED: Final = "Mỗi tỉ lệ làm tròn riêng đến một chữ số thập phân, nên cộng lại có thể lệch 0,1."
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Column:
    """`heads` from the outermost; neighbours with equal outer heads stand under one. `is_change`: what is more or less
    than at another time, with its sign. `is_words`: of a list, whose rows have words instead of figures."""

    key: str
    heads: tuple[str, ...]
    is_share: bool = False
    is_change: bool = False
    is_words: bool = False

    @property
    def words(self) -> str:
        """ "Tổng số, Dân tộc thiểu số, Nữ": the heads in one line, each once."""
        return ", ".join(dict.fromkeys(each for each in self.heads if each))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: one figure a column, or none at all in a heading; of a list, `words` in their place.

    `code` and `unit` as the form has them, `number` what stands before the label ("3.5."), `level` how far it is
    moved in. `not_asked`: keys of the columns that the form crosses out in this row.
    """

    key: str
    label: str
    figures: tuple[Figure, ...] = ()
    code: str = ""
    unit: str = ""
    level: int = 0
    is_heading: bool = False
    number: str = ""
    not_asked: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How a sentence calls it: "Tổng quy mô (mã số 37)"; a pupil "Trần Minh An, 4A, 12/03/2016"."""
        if self.words:
            return ", ".join((self.label, *self.words[:2]))
        label = self.label.lstrip("-+ ").rstrip(":")
        return f"{label} (mã số {self.code})" if self.code else label


@dataclass(frozen=True, slots=True)
class Head:
    """One cell of the head: over `across` columns, `down` lines of the head high."""

    text: str
    across: int
    down: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    row_head: str = "Chỉ tiêu"
    note: str = ""

    @property
    def depth(self) -> int:
        """Lines of the head."""
        return max((len(each.heads) for each in self.columns), default=1)

    @property
    def head_rows(self) -> tuple[tuple[Head, ...], ...]:
        """The head of the columns, line by line; what stands before them spans all its lines."""
        return tuple(tuple(self._heads(line)) for line in range(self.depth))

    @property
    def size(self) -> int:
        """Cells, the labels among them."""
        return len(self.rows) * (1 + len(self.columns))

    @property
    def has_numbers(self) -> bool:
        return any(each.number for each in self.rows)

    @property
    def has_codes(self) -> bool:
        return any(each.code for each in self.rows)

    @property
    def has_units(self) -> bool:
        return any(each.unit for each in self.rows)

    @property
    def lacks_figures(self) -> bool:
        return any(
            figure is None and not column.is_share and column.key not in row.not_asked
            for row in self.rows
            for column, figure in zip(self.columns, row.figures, strict=False)
        )

    def cells(self, row: Row) -> tuple[tuple[Column, Figure], ...]:
        """() of a heading."""
        return tuple(zip(self.columns, row.figures, strict=True)) if row.figures else ()

    def figure(self, row_key: str, column_key: str) -> Figure:
        """Raises KeyError for a row or column that is not there."""
        row = self.row(row_key)
        place = self.columns.index(self.column(column_key))
        return row.figures[place] if row.figures else None

    def row(self, key: str) -> Row:
        """Raises KeyError."""
        return _by_key(self.rows, key)

    def column(self, key: str) -> Column:
        """Raises KeyError."""
        return _by_key(self.columns, key)

    def _heads(self, line: int) -> Iterator[Head]:
        """A head reaches down over the lines that its column has no head of its own for."""
        start = 0
        while start < len(self.columns):
            heads = self.columns[start].heads
            if line >= len(heads):
                start += 1
                continue
            stop = start + 1
            while stop < len(self.columns) and self.columns[stop].heads[: line + 1] == heads[: line + 1]:
                stop += 1
            is_last = line == len(heads) - 1
            yield Head(heads[line], stop - start, self.depth - line if is_last else 1, is_last)
            start = stop


@dataclass(frozen=True, slots=True)
class Report:
    """What a page, an Excel file, a paper and a kept copy show alike.

    `moment` in words: "Cuối học kì I", "ngày 30/09/2026". `notes` say what was counted and what is missing; `faults`
    are sums that do not come out, each a sentence with both numbers. `remarks` are what a person says to the figures,
    as (heading, text): of a kept copy only.
    """

    kind: str
    title: str
    moment: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def lacks_figures(self) -> bool:
        return any(each.lacks_figures for each in self.tables)

    @property
    def is_list(self) -> bool:
        """Whether it names pupils."""
        return any(column.is_words for table in self.tables for column in table.columns)

    @property
    def lines(self) -> int:
        return sum(len(each.rows) for each in self.tables)

    @property
    def cells(self) -> int:
        """The labels among them."""
        return sum(each.size for each in self.tables)

    def table(self, key: str) -> Table:
        """Raises KeyError."""
        return _by_key(self.tables, key)

    def only(self, key: str) -> "Report":
        """With one of its tables, under the title of both. Raises KeyError."""
        table = self.table(key)
        faults = tuple(each for each in self.faults if each.startswith(table.title))
        return replace(self, title=f"{self.title}: {table.title}", tables=(table,), faults=faults)


def _by_key(things: Sequence[Any], key: str) -> Any:
    for each in things:
        if each.key == key:
            return each
    raise KeyError(key)


def share(part: Figure, whole: Figure) -> Decimal | None:
    """In %, one decimal place, half upwards; None where there is nothing to divide.

    Each by itself, as the formula of a cell in the ministry's workbooks: a share is never moved so that a row comes to
    100, for then equal counts would have unequal shares. It has its decimal always: «50,0».
    """
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


def figure_words(figure: Figure, column: Column | None = None) -> str:
    """As people read it: "1.250", "98,5", "+3" and "−0,5" of a change, "…" for what is not known, "–" for a share of
    nothing."""
    if figure is None:
        return NO_SHARE if column and column.is_share else MISSING
    whole, _dot, decimals = str(abs(figure)).partition(".")
    words = f"{int(whole):,}".replace(",", ".") + (f",{decimals}" if decimals else "")
    if figure < 0:
        return f"−{words}"
    return f"+{words}" if figure and column and column.is_change else words


def cell_words(row: Row, column: Column, figure: Figure) -> str:
    return NOT_ASKED if column.key in row.not_asked else figure_words(figure, column)


# --- To and fro --------------------------------------------------------------------------------------


def as_text(report: Report) -> str:
    """The one JSON text of a report: equal reports, equal text."""
    return json.dumps(_plain(report), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> Report:
    """What `as_text` was given. Raises KeyError, TypeError, ValueError for another text."""
    kept = json.loads(text)
    tables = tuple(
        Table(
            **{
                **each,
                "columns": tuple(Column(**{**c, "heads": tuple(c["heads"])}) for c in each["columns"]),
                "rows": tuple(_row(row) for row in each["rows"]),
            }
        )
        for each in kept["tables"]
    )
    words = {name: tuple(kept[name]) for name in ("notes", "faults")}
    remarks = tuple((heading, text) for heading, text in kept["remarks"])
    return Report(**{**kept, **words, "remarks": remarks, "tables": tables})


def _plain(report: Report) -> dict[str, Any]:
    return {
        **_fields(report),
        "tables": [
            {
                **_fields(table),
                "columns": [_fields(column) for column in table.columns],
                "rows": [
                    {**_fields(row), "figures": [_plain_figure(each) for each in row.figures]}
                    for row in table.rows
                ],
            }
            for table in report.tables
        ],
    }


def _fields(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__slots__}


def _plain_figure(figure: Figure) -> int | str | None:
    return str(figure) if isinstance(figure, Decimal) else figure


def _row(kept: Mapping[str, Any]) -> Row:
    figures = tuple(Decimal(each) if isinstance(each, str) else each for each in kept["figures"])
    words = {name: tuple(kept.get(name, ())) for name in ("not_asked", "words")}
    return Row(**{**kept, **words, "figures": figures})


# --- What differs ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what it was; `old` and `new` as people read them, "không có" where there is no such cell."""

    table: str
    row: str
    column: str
    old: str
    new: str


NOT_THERE: Final = "không có"


def differences(old: Report, new: Report) -> tuple[Difference, ...]:
    """Cell by cell in the order of `old`, then what only `new` has. Titles and notes are not compared.

    Of a pupil who is on one of two lists alone it is said once, not of each cell. A share is not told where the count
    that it is of, or the whole in the row above, is; nor a row that one side leaves out and the other has as 0.
    """
    before, now = _cells_of(old), _cells_of(new)
    differing = {
        key: (before.get(key) or now[key], _words_at(before, key), _words_at(now, key))
        for key in dict.fromkeys((*before, *now))
        if not _is_same(_words_at(before, key), _words_at(now, key))
    }
    alone = {key[:2] for key in differing if key[2] == _LISTED}
    return tuple(
        Difference(cell.table, cell.row, cell.column, was, is_now)
        for key, (cell, was, is_now) in differing.items()
        if (key[2] == _LISTED or key[:2] not in alone) and not any(each in differing for each in cell.told_by)
    )


_LISTED: Final = "*"
"""In place of a column's key: that the row is there at all."""
_NO_COUNT: Final = frozenset({NOT_THERE, "0"})
_NO_SHARE_EITHER: Final = (frozenset({NOT_THERE, "0,0"}), frozenset({NOT_THERE, NO_SHARE}))
_Key = tuple[str, str, str]


def _is_same(was: str, is_now: str) -> bool:
    return was == is_now or {was, is_now} in (_NO_COUNT, *_NO_SHARE_EITHER)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A cell with its names; `told_by`: of a share, the counts that tell it."""

    table: str
    row: str
    column: str
    words: str
    told_by: tuple[_Key, ...] = ()


def _cells_of(report: Report) -> dict[_Key, _Compared]:
    listed = {
        (table.key, row.key, _LISTED): _Compared(table.title, row.name, "Tên trong danh sách", "có")
        for table in report.tables
        for row in table.rows
        if row.words
    }
    words = {
        (table.key, row.key, column.key): _Compared(table.title, row.name, column.words, each)
        for table in report.tables
        for row in table.rows
        for column, each in zip(table.columns, row.words, strict=False)
    }
    return listed | words | _figures_of(report)


def _figures_of(report: Report) -> dict[_Key, _Compared]:
    return {
        (table.key, row.key, column.key): _Compared(
            table.title,
            f"{above.name} › {row.name}" if above and not row.code else row.name,
            column.words,
            cell_words(row, column, figure),
            tuple(_counts_of(table, row, above, column)),
        )
        for table in report.tables
        for row, above in _with_sections(table)
        for column, figure in table.cells(row)
    }


def _with_sections(table: Table) -> Iterator[tuple[Row, Row | None]]:
    """Each row with the heading that it stands under: there is none where sums stand below what they add up."""
    headings: list[Row] = []
    has_sections = bool(table.rows) and table.rows[0].is_heading
    for row in table.rows:
        while headings and headings[-1].level >= row.level:
            headings.pop()
        yield row, headings[-1] if headings else None
        if row.is_heading and has_sections:
            headings.append(row)


def _counts_of(table: Table, row: Row, above: Row | None, column: Column) -> Iterator[_Key]:
    """The column of counts that stands before a share, in this row and in that above."""
    if not column.is_share:
        return
    count = next(
        (each for each in reversed(table.columns[: table.columns.index(column)]) if not each.is_share), None
    )
    if count is not None:
        yield from ((table.key, each.key, count.key) for each in (row, above) if each)


def _words_at(cells: Mapping[_Key, _Compared], key: _Key) -> str:
    return cells[key].words if key in cells else NOT_THERE


# --- Sums that must come out -------------------------------------------------------------------------


def uneven_rows(table: Table, whole: str, parts: Sequence[str]) -> Iterator[str]:
    """A sentence for each column in which the rows `parts` do not add up to the row `whole`; not of shares.

    Where a figure is missing nothing can be checked.
    """
    own, others = table.row(whole), [table.row(part) for part in parts]
    for place, column in enumerate(table.columns):
        added = _sum(row.figures[place] for row in others)
        total = own.figures[place]
        if column.is_share or column.key in own.not_asked or added is None or total is None or added == total:
            continue
        yield (
            f"{table.title}, cột «{column.words}»: «{own.name}» là {figure_words(total)}, "
            f"cộng các dòng từ «{others[0].name}» đến «{others[-1].name}» được {figure_words(added)}."
        )


def uneven_columns(table: Table, whole: str, parts: Sequence[str]) -> Iterator[str]:
    """The same across: a sentence for each row in which the columns `parts` do not add up to the column `whole`."""
    own = table.columns.index(table.column(whole))
    others = [table.columns.index(table.column(part)) for part in parts]
    for row in table.rows:
        added = _sum(row.figures[place] for place in others) if row.figures else None
        total = row.figures[own] if row.figures else None
        if added is not None and total is not None and added != total:
            yield (
                f"{table.title}, dòng «{row.name}»: «{table.columns[own].words}» là {figure_words(total)}, "
                f"cộng các cột «{'», «'.join(table.columns[place].words for place in others)}» được "
                f"{figure_words(added)}."
            )


def exceeding(table: Table, part: str, whole: str) -> Iterator[str]:
    """A sentence for each row in which column `part` is greater than column `whole`: more girls than pupils."""
    lower, upper = (table.columns.index(table.column(key)) for key in (part, whole))
    for row in table.rows:
        few, many = (row.figures[lower], row.figures[upper]) if row.figures else (None, None)
        if few is not None and many is not None and few > many:
            yield (
                f"{table.title}, dòng «{row.name}»: «{table.columns[lower].words}» là {figure_words(few)}, "
                f"nhiều hơn «{table.columns[upper].words}» là {figure_words(many)}."
            )


def _sum(figures: Iterable[Figure]) -> Figure:
    """None as soon as one is missing."""
    total: int | Decimal = 0
    for each in figures:
        if each is None:
            return None
        total += each
    return total


# --- As a page draws it ------------------------------------------------------------------------------

DENSE: Final = 10
Link = Callable[[Row, Column], str]
"""Where the pupils behind a figure are listed; "" for a figure that has no list."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    column: Column
    words: str
    is_missing: bool
    is_asked: bool
    url: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: Row
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """For `reports/_figures.html` and the papers: a table with the words and the address of each figure."""

    table: Table
    rows: tuple[ShownRow, ...]

    @property
    def key_in_query(self) -> str:
        return quote(self.table.key)

    @property
    def width(self) -> int:
        """Columns beside that of the labels."""
        return self.table.has_numbers + self.rest

    @property
    def blocks(self) -> tuple[tuple[ShownRow, ...], ...]:
        """The rows that stay together on a paper, each block with the heading that says what it is of; all rows are one
        block where sums stand below what they add up."""
        if not self.rows or not self.rows[0].row.is_heading:
            return (self.rows,)
        found: list[list[ShownRow]] = []
        for each in self.rows:
            if each.row.is_heading and not (found and all(other.row.is_heading for other in found[-1])):
                found.append([])
            found[-1].append(each)
        return tuple(tuple(block) for block in found)

    @property
    def is_dense(self) -> bool:
        """So many columns that the figures of a paper are set smaller."""
        return self.width >= DENSE

    @property
    def rest(self) -> int:
        """Columns behind the label, for a heading that goes across."""
        return self.table.has_codes + self.table.has_units + len(self.table.columns)


def shown(table: Table, link: Link | None = None) -> ShownTable:
    return ShownTable(table, tuple(ShownRow(row, _shown_cells(table, row, link)) for row in table.rows))


def _shown_cells(table: Table, row: Row, link: Link | None) -> tuple[ShownCell, ...]:
    """Nobody stands behind a zero, a share or a missing figure."""
    if row.words:
        return tuple(
            ShownCell(column, words, is_missing=False, is_asked=True, url="")
            for column, words in zip(table.columns, row.words, strict=True)
        )
    return tuple(
        ShownCell(
            column,
            cell_words(row, column, figure),
            is_missing=figure is None and not column.is_share and column.key not in row.not_asked,
            is_asked=column.key not in row.not_asked,
            url=link(row, column) if link and figure and not column.is_share else "",
        )
        for column, figure in table.cells(row)
    )
