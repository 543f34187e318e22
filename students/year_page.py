"""What the page of a school year shows: its months day by day, its weeks, its classes' sessions, its history."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from accounts.clock import today
from students.calendar import DAY, Session, YearCalendar
from students.models import CalendarEntry, SchoolYear, WeekPattern

WEEKDAY_LETTERS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the grid. `kind`: taught, half, off, made_up, outside (no lessons by the week or the terms), other (of
    the neighbouring month); `word` stands under the number, `why` is spoken and listed."""

    day: datetime.date
    kind: str
    word: str = ""
    why: str = ""
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class WeekRow:
    number: int | None
    cells: tuple[DayCell, ...]


@dataclass(frozen=True, slots=True)
class Month:
    first: datetime.date
    rows: tuple[WeekRow, ...]
    school_days: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its days, how many weeks and days have lessons, and how many weeks the programme wants."""

    number: str
    first: datetime.date
    last: datetime.date
    weeks: int
    wanted: int
    school_days: int


def months_of(calendar: YearCalendar) -> list[Month]:
    """The months from the first day of lessons to the last."""
    if not calendar.year.terms:
        return []
    numbers = {week.first: week.number for week in calendar.weeks()}
    first, last = calendar.year.terms[0].first, calendar.year.lessons_end_on or calendar.year.ends_on
    return [_month(calendar, numbers, month) for month in _months(first, last)]


def _months(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + 31 * DAY).replace(day=1)


def _month(calendar: YearCalendar, numbers: dict[datetime.date, int | None], first: datetime.date) -> Month:
    following = (first + 31 * DAY).replace(day=1)
    monday = first - first.weekday() * DAY
    rows = []
    while monday < following:
        days = [monday + offset * DAY for offset in range(7)]
        cells = tuple(_cell(calendar, day, is_other=day.month != first.month) for day in days)
        rows.append(WeekRow(numbers.get(monday), cells))
        monday += 7 * DAY
    taught = sum(cell.kind in ("taught", "half", "made_up") for row in rows for cell in row.cells)
    return Month(first, tuple(rows), taught)


def _cell(calendar: YearCalendar, day: datetime.date, *, is_other: bool) -> DayCell:
    if is_other:
        return DayCell(day, "other")
    is_today = day == today()
    made_up = calendar.make_up_on(day)
    if made_up:
        return DayCell(day, "made_up", "bù", made_up.name, is_today)
    sessions = calendar.sessions_of(day)
    off = ", ".join(entry.name for entry in calendar.off_on(day))
    if off and not sessions:
        return DayCell(day, "off", "nghỉ", off, is_today)
    if len(sessions) == 1:
        return DayCell(day, "half", sessions[0].label, off or f"chỉ học buổi {sessions[0].label}", is_today)
    return DayCell(day, "taught" if sessions else "outside", is_today=is_today)


def terms_of(calendar: YearCalendar) -> list[Term]:
    weeks = calendar.weeks_taught()
    return [
        Term(number, term.first, term.last or term.first, taught, wanted, _count(calendar, term))
        for number, term, taught, wanted in zip(
            ("I", "II"), calendar.year.terms, weeks, (18, 17), strict=False
        )
    ]


def _count(calendar: YearCalendar, term: Any) -> int:
    return len(calendar.school_days(term.first, term.last))


def week_words(pattern: WeekPattern) -> str:
    """ "sáng T2 đến T6, chiều T2 đến T5 (9 buổi/tuần)"."""
    pairs = ((Session.MORNING, pattern.mornings), (Session.AFTERNOON, pattern.afternoons))
    parts = [f"{session.label} {_weekdays(days)}" for session, days in pairs if days]
    return f"{', '.join(parts)} ({len(pattern.mornings) + len(pattern.afternoons)} buổi/tuần)"


def _weekdays(days: list[int]) -> str:
    """Runs of three and more as from – to."""
    runs = []
    for _key, group in groupby(enumerate(sorted(days)), lambda pair: pair[1] - pair[0]):
        run = [WEEKDAY_LETTERS[day - 1] for _index, day in group]
        runs.append(f"{run[0]} đến {run[-1]}" if len(run) > 2 else ", ".join(run))
    return ", ".join(runs)


# -- History -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done to the year or its calendar."""

    at: datetime.datetime
    what: str
    who: str
    role: str
    why: str


_DONE = {"+": "Thêm", "~": "Sửa", "-": "Bỏ"}
_STATES = {
    SchoolYear.State.PREPARING: "Trở lại chuẩn bị",
    SchoolYear.State.OPEN: "Mở năm học",
    SchoolYear.State.CLOSED: "Đóng năm học",
}


def steps_of(year: SchoolYear, most: int = 20) -> list[Step]:
    """The latest steps, newest first, in two statements. The holidays that came with the year are not listed."""
    years = list(
        SchoolYear.history.filter(year=year.pk).select_related("history_user").order_by("history_id")
    )
    steps = [_year_step(row, before) for before, row in zip([None, *years], years, strict=False)]
    entries = CalendarEntry.history.filter(year_id=year.pk).exclude(history_type="+", kind="national")
    steps += [
        _entry_step(row) for row in entries.select_related("history_user").order_by("-history_id")[:most]
    ]
    return sorted(steps, key=lambda step: step.at, reverse=True)[:most]


def _year_step(row: Any, before: Any) -> Step:
    if before is None:
        what = "Lập năm học"
    elif row.state != before.state:
        what = _STATES[row.state]
    else:
        changes = row.diff_against(before).changes
        what = f"Sửa {'; '.join(_from_to(change) for change in changes)}"
    return _step(row, what)


def _from_to(change: Any) -> str:
    old, new = (_in_words(value) for value in (change.old, change.new))
    return f"{SchoolYear.label_of(change.field)}: {old} → {new}"


def _in_words(value: Any) -> str:
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    return "trống" if value in (None, "") else f"«{value}»"


def _entry_step(row: Any) -> Step:
    entry = f"{row.name} {row.starts_on:%d/%m/%Y}"
    if row.ends_on != row.starts_on:
        entry += f" đến {row.ends_on:%d/%m/%Y}"
    return _step(row, f"{_DONE[row.history_type]} {CalendarEntry.Kind(row.kind).label.lower()}: {entry}")


def _step(row: Any, what: str) -> Step:
    who = row.history_user.full_name if row.history_user else "Hệ thống"
    return Step(row.history_date, what, who, row.acting_role, row.history_change_reason or "")
