"""Days absent as tables of figures: by class in one span, or by month, term and year in one scope (rules R71, R73)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts import clock
from accounts.dates import Days
from reports.absence_counts import NOT_ABSENT, WHOLE_YEAR, Absences, Absent
from reports.figures import Column, Figure, Row, Table
from reports.statistics_matters import ATTENDANCE_COLUMNS, Whom
from reports.statistics_matters import Column as Counted
from reports.statistics_scope import BY_CLASS, Asked
from students.attendance_months import last_day_of, month_of, next_month
from students.models import SchoolYear

DAYS, PUPILS, CALLED = "ngay", "em", "diem-danh"
TERMS = (("hk1", "Học kì I"), ("hk2", "Học kì II"))
NOTE = (
    "Số ngày của các buổi đã điểm danh, nửa ngày tính 0,5; em đổi lớp có ở cả hai lớp. «Cả năm học» gồm cả số ngày ghi "
    "ngoài sổ điểm danh. Đi muộn không tính."
)


@dataclass(frozen=True, slots=True)
class Span:
    key: str
    label: str
    days: Days

    @property
    def is_month(self) -> bool:
        return self.key[:4].isdecimal()


def spans_of(year: SchoolYear) -> tuple[Span, ...]:
    """The months of the year as far as they have begun, its terms, and the whole of it."""
    first = year.lessons_start_on or year.starts_on
    last = min(year.lessons_end_on or year.ends_on, clock.today())
    months = []
    month = month_of(first)
    while month <= last:
        months.append(Span(f"{month:%Y-%m}", f"Tháng {month:%m/%Y}", Days(month, last_day_of(month))))
        month = next_month(month)
    terms = [
        Span(key, label, term)
        for (key, label), term in zip(TERMS, year.terms, strict=False)
        if term.first <= last
    ]
    return (*months, *terms, Span(WHOLE_YEAR, "Cả năm học", Days(year.starts_on, year.ends_on)))


def chosen_span(spans: Sequence[Span], wanted: str) -> Span:
    """As asked, else the whole year."""
    return next((each for each in spans if each.key == wanted), spans[-1])


@dataclass(frozen=True, slots=True)
class Line:
    """A row to be: classes and span that it adds up, and the part of the address of its lists."""

    key: str
    label: str
    classes: tuple[int, ...]
    span: str
    query: Mapping[str, str] = field(default_factory=dict)
    level: int = 0
    is_total: bool = False

    def of(self, found: Absences, counted: Counted) -> Absent:
        total = NOT_ABSENT
        for class_id in self.classes:
            for kind in counted.values:
                own = found.of.get((class_id, self.span, kind))
                total = total + own if own else total
        return total

    def called(self, found: Absences) -> int:
        """Days on which a class called its roll, of all classes together."""
        return sum(found.called.get((class_id, self.span), 0) for class_id in self.classes)


@dataclass(frozen=True, slots=True)
class Place:
    group: Whom
    counted: Counted
    kind: str

    @property
    def key(self) -> str:
        return f"{self.group}.{self.counted.key}.{self.kind}"


def lines_for(asked: Asked, spans: Sequence[Span], span: Span) -> tuple[Line, ...]:
    if asked.by == BY_CLASS:
        return tuple(_by_class(asked, span))
    classes = tuple(each.pk for each in asked.counted)
    query = asked.where.query
    return tuple(
        Line(
            each.key,
            each.label,
            classes,
            each.key,
            {**query, "span": each.key},
            is_total=each.key == WHOLE_YEAR,
        )
        for each in spans
    )


def _by_class(asked: Asked, span: Span) -> Iterator[Line]:
    classes = asked.counted
    for grade in sorted({each.grade_level for each in classes}):
        own = [each for each in classes if each.grade_level == grade]
        for each in own:
            query = {"class": str(each.pk), "span": span.key}
            yield Line(f"lop {each.pk}", each.name, (each.pk,), span.key, query, 1)
        if asked.where.school_class is None:
            query = {"grade": str(grade), "span": span.key}
            yield Line(f"khoi {grade}", f"Khối {grade}", _keys(own), span.key, query, is_total=True)
    if not asked.where.query and classes:
        yield Line(
            "truong", asked.where.sum_name, _keys(classes), span.key, {"span": span.key}, is_total=True
        )


def _keys(classes: Sequence[Any]) -> tuple[int, ...]:
    return tuple(each.pk for each in classes)


def places_for(groups: Sequence[Whom]) -> tuple[Place, ...]:
    return tuple(
        Place(group, counted, kind)
        for group in groups
        for counted in ATTENDANCE_COLUMNS
        for kind in (DAYS, PUPILS)
        if kind == DAYS or len(counted.values) == 1
    )


def table_of(
    name: tuple[str, str], found: Absences, lines: Sequence[Line], places: Sequence[Place], row_head: str
) -> Table:
    """`name`: key and title. On how many days the roll was called is said of one class, not of several together."""
    key, title = name
    has_classes = any(len(line.classes) == 1 for line in lines)
    columns = tuple(
        Column(place.key, (place.group.label, place.counted.label, _HEADS[place.kind])) for place in places
    )
    rows = tuple(_row(line, found, places, says_called=has_classes) for line in lines)
    called = (Column(CALLED, ("Ngày điểm danh",)),) if has_classes else ()
    return Table(key, title, (*called, *columns), rows, row_head, NOTE)


_HEADS = {DAYS: "Ngày", PUPILS: "Em"}


def _row(line: Line, found: Absences, places: Sequence[Place], *, says_called: bool) -> Row:
    sums = {place.counted.key: line.of(found, place.counted) for place in places}
    called = line.called(found)
    is_known = bool(called or any(each.pupils[0] for each in sums.values()))
    figures = tuple(_figure(sums[place.counted.key], place) if is_known else None for place in places)
    return Row(
        line.key,
        line.label,
        (called or None, *figures) if says_called else figures,
        level=line.level,
        is_heading=line.is_total,
        not_asked=(CALLED,) if len(line.classes) > 1 else (),
    )


def _figure(own: Absent, place: Place) -> Figure:
    """Of a group nothing, where it is not recorded who belongs to it."""
    number = list(Whom).index(place.group)
    if not own.pupils[number] and own.unknown[number]:
        return None
    return own.pupils[number] if place.kind == PUPILS else _plain(own.days[number])


def _plain(days: Decimal) -> int | Decimal:
    """3, 0.5: whole days as a whole number."""
    return int(days) if days == int(days) else days.normalize()
