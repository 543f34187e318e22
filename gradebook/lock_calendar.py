"""The calendar of what is open and locked: by grade and period, and in a grade by line (PLAN IV.1; rule R49)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gradebook.class_lines import lines_brought, with_lines
from gradebook.models import ENTRY_PERIODS, EntryWindow
from gradebook.regulation import LINES, Period
from gradebook.scopes import HOMEROOM, place_of
from gradebook.spans import Span, longest_open, spans_at, with_cuts
from students.models import SchoolClass, SchoolYear


@dataclass(frozen=True, slots=True)
class Standing:
    """How sheets stand: a state in word and colour, and since or until when."""

    word: str
    kind: str
    detail: str = ""


NOT_OPENED = Standing("Chưa mở", "neutral")


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """How most sheets of the cell stand; `others` are classes that stand otherwise, by how they do."""

    standing: Standing
    others: tuple[tuple[str, Standing], ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarRow:
    label: str
    cells: tuple[CalendarCell, ...]
    grade_level: int


@dataclass(frozen=True, slots=True)
class LockCalendar:
    """`grades` has a row a grade; `lines` a row for each line of the chosen grade; `personal` are windows for one
    teacher that are not over. The supplementary assessment is among the `periods` once an order was for it."""

    year: SchoolYear
    periods: tuple[Period, ...]
    grades: tuple[CalendarRow, ...]
    chosen: int
    lines: tuple[CalendarRow, ...]
    personal: tuple[Any, ...]


Sheet = tuple[SchoolClass, str]


def read_calendar(year: SchoolYear, grade: int | None) -> LockCalendar:
    """Two statements, whatever the number of classes and orders."""
    windows: list[Any] = list(with_cuts(EntryWindow.objects.filter(year=year)))
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for each in with_lines(SchoolClass.objects.filter(year=year)):
        sheets[each.grade_level] += [(each, line.code) for line in lines_brought(each)]
        sheets[each.grade_level].append((each, HOMEROOM))
    ordered = {window.period for window in windows}
    periods = tuple(each for each in ENTRY_PERIODS if each is not Period.SUPPLEMENTARY or each in ordered)
    grades = sorted(sheets)
    chosen = grade if grade in sheets else (grades or [1])[0]
    return LockCalendar(
        year=year,
        periods=periods,
        grades=tuple(_row(f"Khối {each}", windows, sheets[each], each, periods) for each in grades),
        chosen=chosen,
        lines=tuple(_line_rows(windows, sheets[chosen], chosen, periods)) if grades else (),
        personal=tuple(each for each in windows if each.teacher_id and each.closes_at > each.asked_at),
    )


def _line_rows(
    windows: Sequence[Any], sheets: Iterable[Sheet], grade: int, periods: Sequence[Period]
) -> list[CalendarRow]:
    by_code: dict[str, list[Sheet]] = defaultdict(list)
    for school_class, code in sheets:
        by_code[code].append((school_class, code))
    named = [(line.code, line.name) for line in LINES] + [(HOMEROOM, "Phẩm chất và năng lực")]
    return [_row(name, windows, by_code[code], grade, periods) for code, name in named if code in by_code]


def _row(
    label: str, windows: Sequence[Any], sheets: Sequence[Sheet], grade: int, periods: Sequence[Period]
) -> CalendarRow:
    return CalendarRow(label, tuple(_cell(windows, sheets, period) for period in periods), grade)


def _cell(windows: Sequence[Any], sheets: Sequence[Sheet], period: Period) -> CalendarCell:
    of_period = [window for window in windows if window.period == period]
    found: dict[Standing, list[str]] = defaultdict(list)
    for school_class, code in sheets:
        found[_standing(spans_at(of_period, place_of(school_class, code)))].append(school_class.name)
    main = max(found, key=lambda each: (len(found[each]), each.kind == "open"), default=NOT_OPENED)
    others = tuple(
        (", ".join(dict.fromkeys(names)), standing) for standing, names in found.items() if standing != main
    )
    return CalendarCell(main, others)


def _standing(spans: Sequence[Span]) -> Standing:
    if window := longest_open(spans):
        return Standing("Đang mở", "open", f"đến {window.closes_label}")
    to_come = min((span for span in spans if span.is_to_come), key=lambda span: span.opens_at, default=None)
    if to_come:
        return Standing("Sắp mở", "waiting", f"từ {to_come.opens_label}")
    past = max((span for span in spans if span.is_past), key=lambda span: span.closes_at, default=None)
    return Standing("Đã khoá", "locked", f"từ {past.closes_label}") if past else NOT_OPENED
