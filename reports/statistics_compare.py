"""Two periods of a year, or the same period of two years, side by side: how many, which share, and what has changed.

Shares differ by percentage points. Of two years classes of one name hold other pupils, so there it is the grades and
the school that are compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import User
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import Period
from gradebook.windows import period_in_year
from reports.charts import Bar, Chart, stacked
from reports.figures import Column, Figure, Row, Table
from reports.period_rosters import roster_days_of
from reports.statistics_charts import SEE_TABLE, bar_of, pieces_of
from reports.statistics_matters import COLUMNS, Matter
from reports.statistics_scope import (
    BEING_ENTERED,
    BY_CLASS,
    Asked,
    Where,
    WrongAddress,
    begun,
    classes_of,
    is_being_entered,
    item_name,
)
from reports.statistics_tables import NUMBER, SHARE, Line, Place, figure_at, lines_for
from reports.value_counts import ByValue, Question, Tallies, count, items_of
from students.models import SchoolYear

BEFORE, AFTER, CHANGE = "a", "b", "doi"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared, as a question of its own."""

    asked: Asked
    period: Period

    @property
    def is_being_entered(self) -> bool:
        return is_being_entered(self.asked, self.period)

    @property
    def words(self) -> str:
        words = period_in_year(self.period, self.asked.year)
        return f"{words} ({BEING_ENTERED})" if self.is_being_entered else words

    @property
    def place(self) -> tuple[int, int]:
        """In time."""
        return self.asked.year.pk, self.period.order


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Side
    after: Side
    table: Table
    link: Callable[[Row, Column], str]
    charts: tuple[Chart, ...]


def other_choices(asked: Asked) -> list[tuple[str, str]]:
    """What the page's own can be compared with: its period of the other years, the other periods of its year; none
    in which nothing was entered. One statement; of attendance nothing and none."""
    if asked.matter is Matter.ATTENDANCE:
        return []
    others = [
        (f"{year.pk}-{asked.period.value}", period_in_year(asked.period, year)) for year in _entered_in(asked)
    ]
    of_year = [
        (f"{asked.year.pk}-{side.period.value}", side.words)
        for side in (Side(asked, period) for period in begun(asked))
        if side.period is not asked.period and asked.matter is not Matter.RESULTS
    ]
    return [*others, *of_year]


def _entered_in(asked: Asked) -> list[SchoolYear]:
    """The other years that have anything of the page's period."""
    period = asked.period
    of_lines = SubjectResult.objects.filter(line__year=OuterRef("pk"), period=period)
    entered: Mapping[Matter, QuerySet[Any]] = {
        Matter.LEVELS: of_lines.exclude(attainment=""),
        Matter.MARKS: of_lines.exclude(mark=None),
        Matter.TRAITS: TraitResult.objects.filter(year=OuterRef("pk"), period=period).exclude(rating=""),
        Matter.RESULTS: YearOutcome.objects.filter(school_class__year=OuterRef("pk")),
    }
    others = [each.pk for each in asked.years if each.pk != asked.year.pk]
    found = SchoolYear.objects.filter(Exists(entered[asked.matter]), pk__in=others)
    known = set(found.values_list("pk", flat=True))
    return [each for each in asked.years if each.pk in known]


def chosen_other(
    asked: Asked, choices: Sequence[tuple[str, str]], wanted: str
) -> tuple[SchoolYear, Period] | None:
    """One of the choices as asked; else the same period a year before, else the period before, which both are over;
    else the first there is. None where there is nothing to compare with. Raises WrongAddress."""
    keys = [key for key, _words in choices]
    if wanted and wanted not in keys:
        raise WrongAddress("Không so được với thời điểm này: chưa có số liệu. Chọn ở ô «So với».")
    if not keys:
        return None
    year_before = f"{asked.year.pk - 1}-{asked.period.value}"
    before = f"{asked.year.pk}-{list(Period)[max(asked.period.order - 2, 0)].value}"
    key = next(each for each in (wanted, year_before, before, keys[0]) if each in keys)
    year, _dash, period = key.partition("-")
    return next(each for each in asked.years if str(each.pk) == year), Period(period)


def read_comparison(user: User, asked: Asked, other: tuple[SchoolYear, Period]) -> Comparison:
    """One statement; of two years three."""
    year, period = other
    sides = [Side(asked, asked.period), Side(_of_year(user, asked, year), period)]
    before, after = sorted(sides, key=lambda side: side.place)
    classes = {each.pk: each for side in sides for each in side.asked.counted}
    moments = {**before.asked.moments, **after.asked.moments}
    items = [asked.item] if asked.by == BY_CLASS and asked.matter is not Matter.RESULTS else None
    periods = tuple(dict.fromkeys((before.period, after.period)))
    tallies = count(Question(asked.matter, list(classes.values()), periods, moments, items))
    rows = list(_pairs(before, after))
    places = _places(asked)
    table = Table(
        "so-sanh",
        f"{asked.title}: {before.words} và {after.words}",
        tuple(_columns(before, after, places)),
        tuple(_row(first, second, tallies, places) for first, second in rows),
        asked.row_head,
        " ".join(_notes(before, after)),
    )
    return Comparison(
        before, after, table, _link(before, after, rows), _charts(asked, (before, after), rows, tallies)
    )


def _notes(before: Side, after: Side) -> Iterator[str]:
    """What the differences are, and what makes them speak of more than of the pupils."""
    yield "Chênh lệch = thời điểm sau trừ thời điểm trước; của tỉ lệ tính bằng điểm phần trăm."
    for side in (before, after):
        if side.is_being_entered:
            yield f"{period_in_year(side.period, side.asked.year)} đang nhập: số liệu chưa đủ, còn thay đổi."
    old, new = (_grades_by_item(side) for side in (before, after))
    unlike: dict[tuple[str, str], list[str]] = {}
    for item in [each for each in new if each in old and old[each] != new[each]]:
        unlike.setdefault((old[item], new[item]), []).append(item_name(item))
    if set(old) != set(new):
        yield "«×»: không đánh giá ở thời điểm ấy."
    for (first, second), names in unlike.items():
        yield (
            f"{', '.join(names)}: không cùng nhóm học sinh, {before.period.value} là của khối {first}, "
            f"{after.period.value} của khối {second}."
        )


def _grades_by_item(side: Side) -> dict[str, str]:
    """«4, 5» of what is assessed in grades 4 and 5."""
    asked = side.asked
    found: dict[str, set[int]] = {}
    items = items_of(asked.matter, asked.counted, side.period)
    for each in asked.counted:
        for code, _line in items[each.pk]:
            found.setdefault(code, set()).add(each.grade_level)
    wanted = [asked.item] if asked.by == BY_CLASS else list(found)
    return {code: ", ".join(map(str, sorted(found[code]))) for code in wanted if code in found}


def _of_year(user: User, asked: Asked, year: SchoolYear) -> Asked:
    """The same question of another year; a class is there its grade."""
    if year.pk == asked.year.pk:
        return asked
    classes = classes_of(user, [year])
    where = asked.where
    if where.school_class is not None:
        where = Where(where.school_class.grade_level)
    return replace(
        asked, year=year, classes=classes, moments=roster_days_of(classes, list(Period)), where=where
    )


def _pairs(before: Side, after: Side) -> Iterator[tuple[Line | None, Line | None]]:
    """The rows of both sides by their keys, in the order of the later one."""
    is_one_year = before.asked.year.pk == after.asked.year.pk
    found: list[dict[str, Line]] = []
    for side in (before, after):
        lines = lines_for(side.asked, side.period)
        found.append({line.key: line for line in lines if is_one_year or not line.key.startswith("lop ")})
    first, second = found
    for key in [*second, *(key for key in first if key not in second)]:
        yield first.get(key), second.get(key)


def _places(asked: Asked) -> tuple[tuple[Place, Place], ...]:
    group = asked.shown_groups[0]
    return tuple(
        (Place(group, counted, NUMBER), Place(group, counted, SHARE))
        for counted in COLUMNS[asked.matter]
        if counted.of
    )


def _columns(before: Side, after: Side, places: Sequence[tuple[Place, Place]]) -> Iterator[Column]:
    for number, part in places:
        label = number.counted.label
        for side, words in ((BEFORE, before.words), (AFTER, after.words)):
            yield Column(f"{side}.{number.key}", (label, words, "SL"))
            yield Column(f"{side}.{part.key}", (label, words, "%"), is_share=True)
        yield Column(f"{CHANGE}.{number.key}", (label, "Chênh lệch", "SL"), is_change=True)
        yield Column(f"{CHANGE}.{part.key}", (label, "Chênh lệch", "điểm %"), is_share=True, is_change=True)


def _row(
    first: Line | None, second: Line | None, tallies: Tallies, places: Sequence[tuple[Place, Place]]
) -> Row:
    line = second or first
    assert line is not None  # noqa: S101 - a pair has one of them
    if not line.cells:
        return Row(line.key, line.label, is_heading=True)
    figures: list[Figure] = []
    not_asked: list[str] = []
    for number, part in places:
        old, new = (_sums(each, tallies, number) for each in (first, second))
        for own in (old, new):
            figures += [figure_at(own, number) if own else None, figure_at(own, part) if own else None]
        for side, there in ((BEFORE, first), (AFTER, second)):
            if there is None:
                not_asked += [f"{each}.{place.key}" for each in (side, CHANGE) for place in (number, part)]
        before, before_share, after, after_share = figures[-4:]
        figures += [_change(before, after), _change(before_share, after_share)]
        if number.counted.key in line.not_asked:
            keys = (number.key, part.key)
            not_asked += [f"{side}.{key}" for side in (BEFORE, AFTER, CHANGE) for key in keys]
    return Row(
        line.key,
        line.label,
        tuple(figures),
        level=line.level,
        is_heading=line.is_total,
        not_asked=tuple(not_asked),
    )


def _sums(line: Line | None, tallies: Tallies, place: Place) -> ByValue:
    return line.of(tallies, place.counted) if line else {}


def _change(before: Figure, after: Figure) -> Figure:
    if before is None or after is None:
        return None
    change = after - before
    return change if isinstance(change, int) else Decimal(change)


def _link(
    before: Side, after: Side, rows: Sequence[tuple[Line | None, Line | None]]
) -> Callable[[Row, Column], str]:
    """Of each side to its own pupils; a difference has none."""
    address = reverse("reports:statistics_pupils", args=[after.asked.matter.value])
    found: dict[tuple[str, str], str] = {}
    for pair in rows:
        for key, side, line in zip((BEFORE, AFTER), (before, after), pair, strict=True):
            if line is not None:
                query: Mapping[str, Any] = {
                    "year": side.asked.year.pk,
                    "period": side.period.value,
                    **line.query,
                }
                found[key, line.key] = f"{address}?{urlencode(query)}"

    def link(row: Row, column: Column) -> str:
        side, _dot, rest = column.key.partition(".")
        place = rest.split(".")
        if (side, row.key) not in found:
            return ""
        return f"{found[side, row.key]}&{urlencode({'column': place[1], 'group': place[0]})}"

    return link


def _charts(
    asked: Asked,
    sides: tuple[Side, Side],
    rows: Sequence[tuple[Line | None, Line | None]],
    tallies: Tallies,
) -> tuple[Chart, ...]:
    """Two bars a row, the earlier above the later."""
    pieces = pieces_of(asked.matter)
    bars: list[Bar] = []
    for pair in rows:
        for side, line in zip(sides, pair, strict=True):
            if line is not None and line.cells:
                label = f"{line.label} · {side.period.value} {side.asked.year.label.replace(' ', '')}"
                bars.append(bar_of(line, tallies, pieces, asked.shown_groups[0], label))
    bars = [bar for bar in bars if bar.total]
    return (stacked("so-sanh", f"{asked.title}: hai thời điểm", SEE_TABLE, bars),) if bars else ()
