"""Find the columns of a list by the text of their headings, wherever the heading stands (R87).

Headings may be merged, stand in up to three rows, be repeated further down, and be written in many ways.
Shared by all readers of lists; what a heading means is the reader's own table of synonyms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from students.cell_values import text_of
from students.names import search_key
from students.workbooks import Row, Table, column_letter

SEARCHED_ROWS = 30
MOST_HEADING_ROWS = 3
PERSON = re.compile(r"\b(cha|bo|me|ba|giam ho|phu huynh)\b")

OWNED = frozenset({"nam sinh", "ngay sinh", "nghe nghiep", "nghe", "noi lam viec", "noi cong tac"})
_OPENING = re.compile(r"^thông tin (về |của )?", re.IGNORECASE)

Synonyms = Mapping[str, tuple[str, ...]]
"""Field → its headings, best first, folded as by folded_heading(): "ma dinh danh bo gd dt"."""

Meanings = dict[str, tuple[str, int]]
"""Heading → its field and its rank there."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: index 0 is A; `heading` is the text as written, the rows joined by " – "."""

    index: int
    heading: str

    @property
    def letter(self) -> str:
        return column_letter(self.index + 1)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the headings are and what they mean. `first` and `end` are positions in table.rows.

    columns: field → its columns, best synonym first. `unknown`: headings that mean nothing to the reader.
    """

    first: int
    end: int
    columns: Mapping[str, tuple[Column, ...]]
    unknown: tuple[Column, ...]


@lru_cache(maxsize=4096)
def folded_heading(text: str) -> str:
    """Return "ho ten cha" for "Họ tên (cha)*": folded, words only."""
    return " ".join(re.findall(r"[a-z0-9]+", search_key(text)))


def find_header(table: Table, synonyms: Synonyms, required: tuple[frozenset[str], ...]) -> Header | None:
    """Return the best header within the first SEARCHED_ROWS rows of the sheet, or None.

    `required`: sets of fields of which one must be there completely. A header has at least two fields.
    Of equals, the first block of rows wins, without the titles above it.
    """
    found: Header | None = None
    for first, row in enumerate(table.rows):
        if row.number > SEARCHED_ROWS:
            break
        candidate = header_at(table, first, synonyms, required)
        if candidate and (found is None or _is_better(candidate, found)):
            found = candidate
    return found


def columns_apart(header: Header) -> tuple[Column, ...]:
    """Columns of one heading and meaning that do not stand side by side, as a merged one's do: who knows whose."""
    for columns in header.columns.values():
        same = sorted(
            (column for column in columns if column.heading == columns[0].heading),
            key=lambda each: each.index,
        )
        if any(after.index - before.index > 1 for before, after in pairwise(same)):
            return tuple(same)
    return ()


def _is_better(candidate: Header, found: Header) -> bool:
    """More columns are better; of two blocks with one end, the lower one, which has no title in it.

    But the upper one where the lower lacks the groups, without which several columns are called the same.
    """
    if candidate.end == found.end and bool(columns_apart(candidate)) != bool(columns_apart(found)):
        return not columns_apart(candidate)
    more = len(candidate.columns) - len(found.columns)
    return more > 0 or (more == 0 and candidate.end == found.end)


def header_at(
    table: Table, first: int, synonyms: Synonyms, required: tuple[frozenset[str], ...]
) -> Header | None:
    """Return the header whose first row is table.rows[first], or None."""
    meanings = _meanings(synonyms)
    found: Header | None = None
    for height in range(_merged_height(table, table.rows[first].number), MOST_HEADING_ROWS + 1):
        block = table.rows[first : first + height]
        if len(block) < height or block[-1].number != block[0].number + height - 1:
            break
        columns, unknown = _read_columns(_headings(block, table), meanings)
        is_header = len(columns) > 1 and any(fields <= columns.keys() for fields in required)
        if is_header and (found is None or len(columns) > len(found.columns)):
            found = Header(first, first + height, columns, unknown)
    return found


def _merged_height(table: Table, number: int) -> int:
    """Return how many rows the headings merged downwards from row `number` take."""
    heights = [area.last_row - number + 1 for area in table.merged if area.first_row == number]
    return max((height for height in heights if height <= MOST_HEADING_ROWS), default=1)


def _meanings(synonyms: Synonyms) -> Meanings:
    """Return heading → (field, rank)."""
    return {text: (field, rank) for field, texts in synonyms.items() for rank, text in enumerate(texts)}


def _read_columns(
    headings: list[tuple[str, ...]], meanings: Meanings
) -> tuple[dict[str, tuple[Column, ...]], tuple[Column, ...]]:
    ranked: dict[str, list[tuple[int, Column]]] = {}
    unknown = []
    for index, parts in enumerate(_with_owners(headings, meanings)):
        column = Column(index, " – ".join(headings[index]))
        meaning = _meaning(parts, meanings)
        if meaning:
            ranked.setdefault(meaning[0], []).append((meaning[1], column))
        elif parts:
            unknown.append(column)
    columns = {
        field: tuple(column for _, column in sorted(found, key=lambda pair: (pair[0], pair[1].index)))
        for field, found in ranked.items()
    }
    return columns, tuple(unknown)


def _with_owners(headings: list[tuple[str, ...]], meanings: Meanings) -> list[tuple[str, ...]]:
    """Give «Năm sinh | Nghề nghiệp» right behind «Họ tên cha» to the father, for they say of nobody else."""
    found, owner = [], ""
    for parts in headings:
        folded = folded_heading(" ".join(parts))
        person = PERSON.search(folded)
        if person:
            owner = person[0] if _meaning(parts, meanings) else ""
        elif not (owner and len(parts) == 1 and folded in OWNED):
            owner = ""
        is_owned = owner and not person and f"{owner} {folded}" in meanings
        found.append((owner, *parts) if is_owned else parts)
    return found


def _meaning(parts: tuple[str, ...], meanings: Meanings) -> tuple[str, int] | None:
    """Return (field, rank) of a column headed by `parts`, the upper row first.

    All rows together come first ("Cha" over "Năm sinh"); the lowest alone only where the rows above
    do not name another person. Remarks in brackets are left out unless they do.
    """
    whole = " ".join(parts)
    candidates = [whole, _without_remark(whole), _OPENING.sub("", _without_remark(whole))]
    if len(parts) > 1 and not PERSON.search(folded_heading(" ".join(parts[:-1]))):
        candidates += [parts[-1], _without_remark(parts[-1])]
    folded = (folded_heading(text) for text in candidates)
    return next((meanings[text] for text in folded if text in meanings), None)


def _without_remark(text: str) -> str:
    return re.sub(
        r"\(([^)]*)\)", lambda match: match[0] if PERSON.search(folded_heading(match[1])) else " ", text
    )


def _headings(block: tuple[Row, ...], table: Table) -> list[tuple[str, ...]]:
    """Return per column its heading texts from top to bottom, each once; merged ones filled forward."""
    width = max(len(row.values) for row in block)
    lines = [[text_of(cell) for cell in row.values] + [""] * (width - len(row.values)) for row in block]
    for line, row in zip(lines, block, strict=True):
        _fill_merged(line, row.number, table)
    for line, below in pairwise(lines):
        _fill_groups(line, below)
    return [tuple(dict.fromkeys(filter(None, column))) for column in zip(*lines, strict=True)]


def _fill_merged(line: list[str], number: int, table: Table) -> None:
    for area in table.merged:
        if area.first_row == number and area.first_column <= len(line):
            for column in range(area.first_column, min(area.last_column, len(line))):
                line[column] = line[area.first_column - 1]


def _fill_groups(line: list[str], below: list[str]) -> None:
    """Carry a group heading over its columns where the file lost the merging: "Cha | | " over "Họ tên | Năm sinh"."""
    group = ""
    for index, text in enumerate(line):
        if text:
            group = text if below[index] else ""
        elif group and below[index]:
            line[index] = group
        else:
            group = ""
