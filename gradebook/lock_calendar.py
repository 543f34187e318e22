"""The calendar of what is open and locked: by grade and period, and in a grade by line (PLAN IV.1; rule R49)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gradebook.calendar_names import NOT_OPENED, Standing, named_sheets
from gradebook.class_lines import lines_brought, with_lines
from gradebook.models import ENTRY_PERIODS, EntryWindow
from gradebook.progress_sheets import HeldSheet, held_sheets, with_holders
from gradebook.regulation import LINES, Period
from gradebook.scopes import HOMEROOM, place_of
from gradebook.spans import Span, longest_open, spans_at, with_cuts
from students.models import SchoolClass, SchoolYear


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """How most sheets of the cell stand; `others` names those that stand otherwise, by how they do."""

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


def read_calendar(
    year: SchoolYear, grade: int | None, own_classes: Collection[int] = frozenset()
) -> LockCalendar:
    """Two statements, whatever the number of classes and orders. Without a grade: that of the first of the own
    classes, or the lowest."""
    windows: list[Any] = list(with_cuts(EntryWindow.objects.filter(year=year)))
    sheets: dict[int, list[HeldSheet]] = defaultdict(list)
    for each in with_holders(with_lines(SchoolClass.objects.filter(year=year))):
        sheets[each.grade_level] += held_sheets(each, lines_brought(each))
    ordered = {window.period for window in windows}
    periods = tuple(each for each in ENTRY_PERIODS if each is not Period.SUPPLEMENTARY or each in ordered)
    grades = sorted(sheets)
    own = (each for each in grades if any(sheet.school_class.pk in own_classes for sheet in sheets[each]))
    chosen = grade if grade in sheets else next(own, (grades or [1])[0])
    return LockCalendar(
        year=year,
        periods=periods,
        grades=tuple(_row(f"Khối {each}", windows, sheets[each], each, periods) for each in grades),
        chosen=chosen,
        lines=tuple(_line_rows(windows, sheets[chosen], chosen, periods)) if grades else (),
        personal=tuple(each for each in windows if each.teacher_id and each.closes_at > each.asked_at),
    )


def _line_rows(
    windows: Sequence[Any], sheets: Iterable[HeldSheet], grade: int, periods: Sequence[Period]
) -> list[CalendarRow]:
    by_code: dict[str, list[HeldSheet]] = defaultdict(list)
    for sheet in sheets:
        by_code[sheet.code].append(sheet)
    named = [(line.code, line.name) for line in LINES] + [(HOMEROOM, "Phẩm chất và năng lực")]
    return [_row(name, windows, by_code[code], grade, periods) for code, name in named if code in by_code]


def _row(
    label: str, windows: Sequence[Any], sheets: Sequence[HeldSheet], grade: int, periods: Sequence[Period]
) -> CalendarRow:
    return CalendarRow(label, tuple(_cell(windows, sheets, period) for period in periods), grade)


def _cell(windows: Sequence[Any], sheets: Sequence[HeldSheet], period: Period) -> CalendarCell:
    of_period = [window for window in windows if window.period == period]
    stands = {sheet: _stands(of_period, sheet) for sheet in sheets}
    count = Counter(standing for standing, _is_personal in stands.values())
    main = max(count, key=lambda each: (count[each], each.kind == "open"), default=NOT_OPENED)
    others = tuple((named_sheets(stands, standing), standing) for standing in count if standing != main)
    return CalendarCell(main, others)


def _stands(windows: Sequence[Any], sheet: HeldSheet) -> tuple[Standing, bool]:
    """How the sheet stands, and whether it is so by an order for its teacher alone."""
    standing = _standing(spans_at(windows, place_of(sheet.school_class, sheet.code, sheet.teachers)))
    if not any(_is_personal(window) for window in windows):
        return standing, False
    return standing, standing != _standing(spans_at(windows, place_of(sheet.school_class, sheet.code)))


def _is_personal(window: Any) -> bool:
    return bool(window.teacher_id or any(cut["teacher_id"] for cut in window.cuts_brought))


def _standing(spans: Sequence[Span]) -> Standing:
    if window := longest_open(spans):
        return Standing("Đang mở", "open", f"đến {window.closes_label}")
    to_come = min((span for span in spans if span.is_to_come), key=lambda span: span.opens_at, default=None)
    if to_come:
        return Standing("Sắp mở", "waiting", f"từ {to_come.opens_label}")
    past = max((span for span in spans if span.is_past), key=lambda span: span.closes_at, default=None)
    return Standing("Đã khoá", "locked", f"từ {past.closes_label}") if past else NOT_OPENED
