"""The charts of a page of statistics, made of the same tallies as its table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reports.attendance_tables import DAYS
from reports.charts import Band, Bar, Chart, Part, bands, stacked
from reports.figures import Row, Table, figure_words, share
from reports.statistics_matters import (
    BAND_COLUMNS,
    BELOW,
    LEAVE,
    LEVEL_COLUMNS,
    MISSING,
    OTHER,
    RATING_COLUMNS,
    RESULT_COLUMNS,
    Column,
    Matter,
    Whom,
)
from reports.statistics_scope import BY_CLASS, Asked
from reports.statistics_tables import Line
from reports.value_counts import ByValue, Tallies, sum_of

MANY = 0.1
"""Of those with a level: fewer not entered than this change no bar, and the table has them."""
SEE_TABLE = "Số liệu của từng thanh có trong bảng."
_LOOKS = {"t": "part-1", "h": "part-2", "d": "part-2", "c": "part-4"}
_RESULT_LOOKS = {"htxs": "part-1", "htt": "part-3", "ht": "part-2", "cht": "part-4"}
# The steps at which a mark opens another result of the year (Điều 9): seven bands side by side in a bar say nothing.
_STEPS = (
    ("9–10", "Điểm 9, 10", ("10", "9"), "part-1"),
    ("7–8", "Điểm 7, 8", ("8", "7"), "part-3"),
    ("5–6", "Điểm 5, 6", ("6", "5"), "part-2"),
    ("<5", "Điểm dưới 5", (BELOW,), "part-4"),
)
Piece = tuple[str, str, tuple[str, ...], str]
"""Letter, words, values, look."""


def charts_of(asked: Asked, tallies: Tallies, lines: Sequence[Line]) -> list[Chart]:
    """By item one chart; of marks one a line; by class one a grade."""
    group = asked.shown_groups[0]
    rows = [line for line in lines if line.cells and not line.is_total]
    if asked.matter is Matter.MARKS and asked.by != BY_CLASS:
        return [_bands_of(line, tallies, group) for line in rows if _has_any(line, tallies)]
    pieces = pieces_of(asked.matter)
    if asked.by != BY_CLASS:
        bars = [bar_of(line, tallies, pieces, group) for line in rows]
        return _whole([stacked("noi-dung", _title(asked, group), _said(bars), bars)] if bars else [])
    found = []
    for grade, own in _by_grade(asked, rows):
        bars = [bar_of(line, tallies, pieces, group) for line in own]
        found.append(stacked(f"khoi-{grade}", f"{_title(asked, group)}: khối {grade}", _said(bars), bars))
    return _whole(found)


def development(asked: Asked, tallies: Tallies, lines: Sequence[Line]) -> Chart:
    """The times of the year one below the other."""
    group = asked.shown_groups[0]
    bars = [bar_of(line, tallies, pieces_of(asked.matter), group) for line in lines]
    return stacked("dien-bien", f"{_title(asked, group)} qua các thời điểm", _said(bars), bars)


def pieces_of(matter: Matter) -> list[Piece]:
    """The parts of a bar."""
    if matter is Matter.MARKS:
        return list(_STEPS)
    columns: Mapping[Matter, Iterable[Column]] = {
        Matter.LEVELS: LEVEL_COLUMNS,
        Matter.TRAITS: RATING_COLUMNS,
        Matter.RESULTS: (each for each in RESULT_COLUMNS if each.key in _RESULT_LOOKS),
    }
    looks = _LOOKS | _RESULT_LOOKS
    return [(each.label, each.full, each.values, looks[each.key]) for each in columns[matter]]


def bar_of(line: Line, tallies: Tallies, pieces: Sequence[Piece], group: Whom, label: str = "") -> Bar:
    numbers = line.of(tallies, NO_ITEM)
    parts = tuple(
        Part(letter, words, look, _of(numbers, values, group)) for letter, words, values, look in pieces
    )
    bar = Bar(label or line.label, parts, "")
    missing = _of(numbers, (MISSING,), group)
    said = [f"{part.letter} {figure_words(int(part.number))}" for part in parts if part.number]
    if missing > MANY * bar.total:
        said.append(f"chưa nhập {figure_words(missing)}")
    return replace(bar, said=" · ".join(said))


NO_ITEM = Column("", "", ())
"""A column that counts in the row's own item."""


def absence_charts(asked: Asked, table: Table) -> list[Chart]:
    """Days with leave and without: of months, or of the classes of each grade, each bar as long as its days."""
    group = asked.shown_groups[0]
    keys = [f"{group}.{kind}.{DAYS}" for kind in (LEAVE, OTHER)]
    rows = [row for row in table.rows if row.level == 1 or row.key[:4].isdecimal()]
    bars = {row.key: _absence_bar(table, row, keys) for row in rows}
    whole = max((bar.total for bar in bars.values()), default=0)
    if not whole:
        return []
    title = "Số ngày nghỉ học" if group is Whom.ALL else f"Số ngày nghỉ học ({group.label.lower()})"
    if asked.by != BY_CLASS:
        own = list(bars.values())
        return [stacked("thang", f"{title} từng tháng", _said(own), own, whole=whole)]
    grade_of = {f"lop {each.pk}": each.grade_level for each in asked.classes}
    return [
        stacked(f"khoi-{grade}", f"{title}: khối {grade}", SEE_TABLE, own, whole=whole)
        for grade in asked.grades
        if (own := [bar for key, bar in bars.items() if grade_of[key] == grade])
    ]


def _absence_bar(table: Table, row: Row, keys: Sequence[str]) -> Bar:
    days = [table.figure(row.key, key) or 0 for key in keys]
    words = (("P", "Có phép", "part-1"), ("K", "Không phép", "part-4"))
    parts = tuple(
        Part(letter, full, look, float(number))
        for (letter, full, look), number in zip(words, days, strict=True)
    )
    said = " · ".join(
        f"{part.letter} {figure_words(number)}" for part, number in zip(parts, days, strict=True) if number
    )
    return Bar(row.label, parts, said)


def _bands_of(line: Line, tallies: Tallies, group: Whom) -> Chart:
    numbers = line.of(tallies, NO_ITEM)
    whole = _of(numbers, BAND_COLUMNS[0].of, group)
    rows = [
        Band(
            each.label,
            number := _of(numbers, each.values, group),
            f"{figure_words(number)} ({figure_words(share(number, whole) or Decimal(0))}%)",
            "part-4" if each.values == (BELOW,) else "part-1",
        )
        for each in BAND_COLUMNS
    ]
    said = f"{whole} bài; dưới 5: {rows[-1].number}. {SEE_TABLE}"
    return bands(f"diem-{line.key.lower()}", f"Điểm KTĐK {line.label}", said, rows)


def _of(numbers: ByValue, values: Sequence[str], group: Whom) -> int:
    return sum_of(numbers, values).of[list(Whom).index(group)]


def _has_any(line: Line, tallies: Tallies) -> bool:
    return bool(sum_of(line.of(tallies, NO_ITEM), BAND_COLUMNS[0].of).all)


def _by_grade(asked: Asked, rows: Sequence[Line]) -> Iterator[tuple[int, list[Line]]]:
    grade_of: dict[Any, int] = {f"lop {each.pk}": each.grade_level for each in asked.classes}
    for grade in asked.grades:
        own = [line for line in rows if grade_of[line.key] == grade]
        if own:
            yield grade, own


def _title(asked: Asked, group: Whom) -> str:
    words = asked.matter.label if not asked.item_name else f"{asked.matter.label} {asked.item_name}"
    return words if group is Whom.ALL else f"{words} ({group.label.lower()})"


def _said(bars: Sequence[Bar]) -> str:
    """Who cannot see the bars hears those of a short chart; of a long one that the table tells them."""
    if len(bars) > 6:
        return SEE_TABLE
    return f"{'; '.join(f'{bar.label}: {bar.said}' for bar in bars if bar.said)}. {SEE_TABLE}"


def _whole(charts: Iterable[Chart]) -> list[Chart]:
    """Without those in which nothing is to be seen."""
    return [each for each in charts if "<rect" in each.svg]
