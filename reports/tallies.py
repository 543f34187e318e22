"""Counting pupils into the cells of a table, so that who stands behind a figure is never another reading. Pure.

Each pupil is told once, with the rows and columns they stand in; the figure of a cell is how many stand in both. Of
what the school never recorded of a pupil it is unknown in which rows or columns they stand: a zero that such a pupil
might be in is no zero, but missing (R81). What is only not entered yet is said beside it in a row of its own: there a
zero is a zero as soon as anybody has a value, as in the statistics.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Generic, TypeVar

from reports.figures import Column, Figure, Row, share

NOTHING: frozenset[str] = frozenset()
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Fact(Generic[P]):
    """A pupil as a table counts them: keys of rows and columns, and of those that nobody can tell.

    `open_rows`: sets of rows of which the pupil comes to stand in one, once it is entered.
    """

    pupil: P
    rows: frozenset[str]
    columns: frozenset[str]
    unknown_rows: frozenset[str] = NOTHING
    unknown_columns: frozenset[str] = NOTHING
    open_rows: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Tally(Generic[P]):
    """The pupils of a table."""

    facts: tuple[Fact[P], ...]

    @cached_property
    def _counts(self) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        for fact in self.facts:
            counts.update(product(fact.rows, fact.columns))
        return counts

    @cached_property
    def _doubtful(self) -> frozenset[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        told = {row for row, _column in self._counts}
        untold = {rows for fact in self.facts for rows in fact.open_rows if told.isdisjoint(rows)}
        for fact in self.facts:
            rows = fact.rows.union(fact.unknown_rows, *(each for each in fact.open_rows if each in untold))
            if len(rows) > len(fact.rows) or fact.unknown_columns:
                columns = fact.columns | fact.unknown_columns
                found |= set(product(rows, columns)) - set(product(fact.rows, fact.columns))
        return frozenset(found)

    def figure(self, row: str, column: str) -> Figure:
        count = self._counts[row, column]
        return None if count == 0 and (row, column) in self._doubtful else count

    def behind(self, row: str, column: str) -> tuple[P, ...]:
        """In the order in which the pupils were told."""
        return tuple(each.pupil for each in self.facts if row in each.rows and column in each.columns)

    def only(self, holds: Callable[[P], bool]) -> "Tally[P]":
        """Of some of the pupils: of a grade."""
        return Tally(tuple(fact for fact in self.facts if holds(fact.pupil)))


@dataclass(frozen=True, slots=True)
class Line:
    """A row to be filled: `base` is the row that its shares are of, "" for a row that has none."""

    key: str
    label: str
    base: str = ""
    level: int = 0
    is_heading: bool = False
    number: str = ""

    @property
    def is_empty(self) -> bool:
        """A heading without figures of its own."""
        return self.is_heading and self.key.startswith("#")


SHARE = "%"
"""At the end of a column's key: the share of the column before."""


def with_shares(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Each column of counts with that of its shares beside it, under one head."""
    found: list[Column] = []
    for column in columns:
        found.append(Column(column.key, (*column.heads, "SL")))
        found.append(Column(f"{column.key}{SHARE}", (*column.heads, "%"), is_share=True))
    return tuple(found)


def rows_of(lines: Iterable[Line], columns: Sequence[Column], tally: Tally[P]) -> tuple[Row, ...]:
    return tuple(
        Row(
            line.key,
            line.label,
            () if line.is_empty else tuple(_figure(line, column, tally) for column in columns),
            level=line.level,
            is_heading=line.is_heading,
            number=line.number,
        )
        for line in lines
    )


def _figure(line: Line, column: Column, tally: Tally[P]) -> Figure:
    if not column.is_share:
        return tally.figure(line.key, column.key)
    of = column.key.removesuffix(SHARE)
    return share(tally.figure(line.key, of), tally.figure(line.base, of)) if line.base else None
