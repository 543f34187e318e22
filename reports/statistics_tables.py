"""Tallies as tables of figures: rows are lines, qualities and competencies, or classes with their grade and the school.

A row says which cells of the tallies it adds up and under which address its pupils are listed, so that a figure and its
list cannot part. Classes stand in their own order, never by result (Thông tư 27/2020, Điều 4).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradebook.regulation import Period, trait_by_code
from reports.figures import Column, Figure, Row, Table, share
from reports.statistics_matters import (
    COLUMNS,
    MISSING,
    PRIMARY,
    Matter,
    Whom,
)
from reports.statistics_matters import Column as Counted
from reports.statistics_scope import BY_CLASS, Asked, item_name, items_in
from reports.value_counts import ByValue, Tallies, added_up, items_of, sum_of

NUMBER, SHARE = "sl", "pct"
PRIMARY_GRADE = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A row to be: the (class, period, item) that it adds up, and the part of the address of its lists.

    Without `cells` a heading. `not_asked`: keys of counted columns that have no meaning here.
    """

    key: str
    label: str
    cells: tuple[tuple[int, Period, str], ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    level: int = 0
    is_total: bool = False
    not_asked: frozenset[str] = frozenset()

    def of(self, tallies: Tallies, counted: Counted) -> ByValue:
        """All that the row adds up of what a column counts, by value."""
        if not counted.item:
            return added_up(tallies, self.cells)
        return added_up(tallies, ((class_id, period, counted.item) for class_id, period, _item in self.cells))


@dataclass(frozen=True, slots=True)
class Place:
    """What a column of figures counts."""

    group: Whom
    counted: Counted
    kind: str = NUMBER

    @property
    def key(self) -> str:
        return f"{self.group}.{self.counted.key}.{self.kind}"


def place_of(key: str) -> Place | None:
    """Of a column's key, for the kind of matter it was made for; None for another key."""
    group, _dot, rest = key.partition(".")
    name, _dot, kind = rest.rpartition(".")
    found = next((each for columns in COLUMNS.values() for each in columns if each.key == name), None)
    return Place(Whom(group), found, kind) if found and group in set(Whom) else None


def lines_for(
    asked: Asked, period: Period | None = None, classes: Sequence[Any] | None = None
) -> tuple[Line, ...]:
    """The rows of a page, of its period or another."""
    period = period or asked.period
    counted = asked.counted if classes is None else classes
    return tuple(
        _by_class(asked, counted, period) if asked.by == BY_CLASS else _by_item(asked, counted, period)
    )


def _by_item(asked: Asked, classes: Sequence[Any], period: Period) -> Iterator[Line]:
    last_group = None
    for item in items_in(asked.matter, classes, period):
        if asked.matter is Matter.TRAITS:
            group = trait_by_code(item).group
            if group is not last_group:
                yield Line(f"nhom {group}", group.label)
                last_group = group
        cells = tuple((each.pk, period, item) for each in classes)
        level = 1 if asked.matter is Matter.TRAITS else 0
        yield Line(item, item_name(item), cells, {**asked.where.query, "item": item}, level)


def _by_class(asked: Asked, classes: Sequence[Any], period: Period) -> Iterator[Line]:
    """Each grade's classes, the grade, and last the school; one class alone has no sum."""
    items = items_of(asked.matter, classes, period)
    with_item = [each for each in classes if any(code == asked.item for code, _line in items[each.pk])]
    for grade in sorted({each.grade_level for each in with_item}):
        own = [each for each in with_item if each.grade_level == grade]
        not_asked = frozenset() if grade == PRIMARY_GRADE else _OF_PRIMARY
        for each in own:
            query = {"class": str(each.pk), "item": asked.item}
            yield Line(
                f"lop {each.pk}", each.name, ((each.pk, period, asked.item),), query, 1, not_asked=not_asked
            )
        if asked.where.school_class is None:
            cells = tuple((each.pk, period, asked.item) for each in own)
            query = {"grade": str(grade), "item": asked.item}
            yield Line(f"khoi {grade}", f"Khối {grade}", cells, query, 0, is_total=True, not_asked=not_asked)
    if not asked.where.query and with_item:
        cells = tuple((each.pk, period, asked.item) for each in with_item)
        yield Line("truong", asked.where.sum_name, cells, {"item": asked.item}, 0, is_total=True)


_OF_PRIMARY = frozenset(each.key for each in COLUMNS[Matter.RESULTS] if each.item == PRIMARY)


def places_for(asked: Asked) -> tuple[Place, ...]:
    """The columns: of the first group with shares, of the others the pupils and their levels."""
    first = asked.shown_groups[0]
    return tuple(place for group in asked.shown_groups for place in _places(asked.matter, group, first))


def _places(matter: Matter, group: Whom, first: Whom) -> Iterator[Place]:
    for counted in COLUMNS[matter]:
        if group is first or (counted.is_level and not counted.is_minor) or counted.key == "tat-ca":
            yield Place(group, counted)
        if group is first and counted.of:
            yield Place(group, counted, SHARE)


def table_of(
    name: tuple[str, str], tallies: Tallies, lines: Sequence[Line], places: Sequence[Place], row_head: str
) -> Table:
    """`name`: key and title. What is not recorded of pupils is said below the table."""
    key, title = name
    return Table(
        key,
        title,
        tuple(_columns(places)),
        tuple(_row(line, tallies, places) for line in lines),
        row_head,
        unknown_words(tallies, lines, {place.group for place in places}),
    )


def _columns(places: Sequence[Place]) -> Iterator[Column]:
    """Number and share stand under one head; a number without its share is named by the head alone."""
    with_share = {(place.group, place.counted.key) for place in places if place.kind == SHARE}
    for place in places:
        kind = "%" if place.kind == SHARE else "SL"
        is_pair = (place.group, place.counted.key) in with_share
        heads = (place.group.label, place.counted.label, *((kind,) if is_pair else ()))
        yield Column(place.key, heads, is_share=place.kind == SHARE)


def _row(line: Line, tallies: Tallies, places: Sequence[Place]) -> Row:
    if not line.cells:
        return Row(line.key, line.label, is_heading=True)
    by_item: dict[str, ByValue] = {}
    for place in places:
        if place.counted.item not in by_item:
            by_item[place.counted.item] = line.of(tallies, place.counted)
    figures = tuple(figure_at(by_item[place.counted.item], place) for place in places)
    not_asked = tuple(place.key for place in places if place.counted.key in line.not_asked)
    return Row(line.key, line.label, figures, level=line.level, is_heading=line.is_total, not_asked=not_asked)


def figure_at(numbers: ByValue, place: Place) -> Figure:
    """None for a zero that comes of nothing entered, or of nothing recorded of the pupils (rule R81)."""
    figure = _known(numbers, place, place.counted.values)
    if place.kind == SHARE:
        return share(figure, _known(numbers, place, place.counted.of))
    return figure


def _known(numbers: ByValue, place: Place, values: Sequence[str]) -> int | None:
    counted, group = place.counted, list(Whom).index(place.group)
    if counted.is_level and MISSING in numbers and not any(value in numbers for value in counted.of):
        return None
    own = sum_of(numbers, values)
    return None if not own.of[group] and own.unknown[group] else own.of[group]


def unknown_words(tallies: Tallies, lines: Sequence[Line], groups: Iterable[Whom]) -> str:
    """«Chưa ghi giới tính: 2 em»: of the row that has most of them, for the pupils are the same in each."""
    sums = [sum_of(numbers := added_up(tallies, line.cells), numbers) for line in lines]
    wanted = set(groups)
    told = []
    for group, words in ((Whom.GIRLS, "giới tính"), (Whom.MINORITY, "dân tộc")):
        number = list(Whom).index(group)
        most = max((each.unknown[number] for each in sums), default=0)
        if most and wanted & {group, Whom.MINORITY_GIRLS}:
            told.append(f"{words}: {most} em")
    return f"Chưa ghi {'; chưa ghi '.join(told)}; các em này không tính vào cột tương ứng." if told else ""
