"""A page of statistics put together: the table with its lists, the charts, what became of an item over the year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from gradebook.regulation import Period
from reports import attendance_tables, statistics_charts, statistics_tables
from reports.absence_counts import count_absences
from reports.attendance_tables import CALLED, Span
from reports.charts import Chart
from reports.figures import Column, Link, Row, Table
from reports.statistics_matters import Matter
from reports.statistics_scope import BEING_ENTERED, BY_CLASS, Asked, begun, is_being_entered
from reports.statistics_tables import Line, place_of
from reports.value_counts import Tallies, count


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page. `development`: the same over the times of the year, with its chart."""

    asked: Asked
    table: Table
    link: Link
    charts: Sequence[Chart]
    development: tuple[Table, Link, Chart] | None = None
    span: Span | None = None
    spans: Sequence[Span] = ()

    @property
    def is_empty(self) -> bool:
        return not self.table.rows


def read_page(asked: Asked, *, span: str = "") -> Page:
    """Two statements; of attendance three."""
    if asked.matter is Matter.ATTENDANCE:
        return _attendance(asked, span)
    wants_more = asked.by == BY_CLASS and asked.matter is not Matter.RESULTS and bool(asked.item)
    periods = begun(asked) if wants_more else (asked.period,)
    tallies = count(asked.question(periods, [asked.item] if wants_more else None))
    lines = statistics_tables.lines_for(asked)
    places = statistics_tables.places_for(asked)
    name = asked.matter.value, f"{asked.title}, {asked.where.words}, {asked.moment_words}"
    table = statistics_tables.table_of(name, tallies, lines, places, asked.row_head)
    return Page(
        asked,
        table,
        _link(asked, {line.key: line.query for line in lines}),
        statistics_charts.charts_of(asked, tallies, lines),
        _development(asked, tallies, periods) if len(periods) > 1 else None,
    )


def _development(
    asked: Asked, tallies: Tallies, periods: Sequence[Period]
) -> tuple[Table, Link, Chart] | None:
    cells = {
        period: tuple(cell for each in asked.counted if (cell := (each.pk, period, asked.item)) in tallies)
        for period in periods
    }
    lines = tuple(
        Line(
            period.value,
            _time_label(asked, period, cells),
            cells[period],
            {**asked.where.query, "item": asked.item, "period": period.value},
        )
        for period in periods
        if cells[period]
    )
    if len(lines) < 2:
        return None
    name = "dien-bien", f"{asked.title} qua các thời điểm, {asked.where.words}"
    places = statistics_tables.places_for(asked)
    table = statistics_tables.table_of(name, tallies, lines, places, "Thời điểm")
    chart = statistics_charts.development(asked, tallies, lines)
    return table, _link(asked, {line.key: line.query for line in lines}), chart


def _time_label(
    asked: Asked, period: Period, cells: Mapping[Period, Sequence[tuple[int, Period, str]]]
) -> str:
    """«Giữa học kì I (chỉ khối 4, 5)»: where other times hold more grades; and that it is being entered."""
    grade_of = {each.pk: each.grade_level for each in asked.counted}
    grades = {each: {grade_of[cell[0]] for cell in own} for each, own in cells.items()}
    said = []
    if grades[period] != set().union(*grades.values()):
        said.append(f"chỉ khối {', '.join(map(str, sorted(grades[period])))}")
    if is_being_entered(asked, period):
        said.append(BEING_ENTERED)
    return f"{period.label} ({'; '.join(said)})" if said else period.label


def _attendance(asked: Asked, wanted: str) -> Page:
    spans = attendance_tables.spans_of(asked.year)
    span = attendance_tables.chosen_span(spans, wanted)
    shown = (span,) if asked.by == BY_CLASS else spans
    found = count_absences(asked.counted, {each.key: each.days for each in shown})
    lines = attendance_tables.lines_for(asked, spans, span)
    places = attendance_tables.places_for(asked.shown_groups)
    when = f"{span.label.lower()}, " if asked.by == BY_CLASS else ""
    name = asked.matter.value, f"{asked.title}, {asked.where.words}, {when}{asked.moment_words}"
    table = attendance_tables.table_of(name, found, lines, places, asked.row_head)
    return Page(
        asked,
        table,
        _link(asked, {line.key: line.query for line in lines}),
        statistics_charts.absence_charts(asked, table),
        span=span,
        spans=spans,
    )


def _link(asked: Asked, queries: Mapping[str, Mapping[str, str]]) -> Callable[[Row, Column], str]:
    """From a figure to the pupils behind it: the row says where and of what, the column which values of whom."""
    address = reverse("reports:statistics_pupils", args=[asked.matter.value])
    own: dict[str, Any] = {"year": asked.year.pk, "period": asked.period.value}
    rows = {key: f"{address}?{urlencode({**own, **query})}" for key, query in queries.items()}
    columns: dict[str, str] = {}

    def link(row: Row, column: Column) -> str:
        if column.key not in columns:
            columns[column.key] = _column_query(column.key)
        return f"{rows[row.key]}&{columns[column.key]}" if columns[column.key] else ""

    return link


def _column_query(key: str) -> str:
    if key == CALLED:
        return ""
    place = place_of(key)
    return urlencode({"column": place.counted.key, "group": place.group.value}) if place else ""
