"""When things happened in the demo school: years, terms and days off, entry periods and the moment of each sheet."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from gradebook.regulation import Period
from students.calendar import national_holidays
from students.models import CalendarEntry, SchoolYear

WEEK = datetime.timedelta(days=7)
DAY = datetime.timedelta(days=1)
# Term I of 18 weeks; term II of 17 and two for Tết.
FIRST_TERM, SECOND_TERM = 18 * WEEK, 19 * WEEK


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """An entry period of the demo: when the order was signed, from when to when it opened."""

    period: Period
    opens_at: datetime.datetime
    closes_at: datetime.datetime

    @property
    def signed_at(self) -> datetime.datetime:
        return self.opens_at - datetime.timedelta(days=4)

    def moment(self, part: float, until: datetime.datetime) -> datetime.datetime:
        """A moment inside the period, at `part` (0 to 1) of the time up to its end or `until`."""
        end = min(self.closes_at, until) - datetime.timedelta(minutes=1)
        return self.opens_at + (end - self.opens_at) * part


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, minute, tzinfo=timezone.get_default_timezone())


def year_of(day: datetime.date) -> int:
    """The school year that contains a day; the office's year runs from 1/8 to 31/7."""
    return day.year if day.month >= 8 else day.year - 1


@dataclass(frozen=True, slots=True)
class Lessons:
    """The days of the two terms."""

    starts_on: datetime.date
    first_term_ends_on: datetime.date
    second_term_starts_on: datetime.date
    ends_on: datetime.date


def lessons_of(year: int) -> Lessons:
    """From the Monday after the opening of the year on 5 September; every term ends with a weekend."""
    first = _monday_of(datetime.date(year, 9, 5) + 6 * DAY)
    second = first + FIRST_TERM
    return Lessons(first, second - DAY, second, second + SECOND_TERM - DAY)


def entries_of(year: SchoolYear) -> list[CalendarEntry]:
    """Public holidays, and two weeks at Tết that the school adds around them."""
    holidays = national_holidays(year)
    tet = [
        CalendarEntry(
            year=year,
            kind=CalendarEntry.Kind.OFF,
            name="Nghỉ Tết Nguyên đán theo kế hoạch năm học",
            starts_on=_monday_of(each.starts_on),
            ends_on=_monday_of(each.starts_on) + 2 * WEEK - DAY,
        )
        for each in holidays
        if each.name == "Tết Nguyên Đán"
    ]
    return [*holidays, *tet]


def _monday_of(day: datetime.date) -> datetime.date:
    return day - DAY * day.weekday()


def past_windows(year: int) -> tuple[PlannedWindow, ...]:
    """The four entry periods of a finished year."""
    return (
        PlannedWindow(Period.MID_TERM_1, at(year, 11, 3, 7), at(year, 11, 14, 17)),
        PlannedWindow(Period.END_TERM_1, at(year + 1, 1, 5, 7), at(year + 1, 1, 16, 17)),
        PlannedWindow(Period.MID_TERM_2, at(year + 1, 3, 16, 7), at(year + 1, 3, 27, 17)),
        PlannedWindow(Period.YEAR_END, at(year + 1, 5, 11, 7), at(year + 1, 5, 22, 17)),
    )


def summer_window(year: int) -> PlannedWindow:
    """In which those are assessed again who did not complete the year."""
    return PlannedWindow(Period.SUPPLEMENTARY, at(year + 1, 6, 15, 7), at(year + 1, 6, 19, 17))


def current_windows(year: int, now: datetime.datetime) -> tuple[PlannedWindow, ...]:
    """The periods of the year in progress: one after the other, so that one is open on any day of a demo."""
    # Mid-term falls at the end of October; a demo in August opens it at once, so as to have something open.
    begin = min(at(year, 10, 26, 7), max(now - datetime.timedelta(days=5), at(year, 8, 5, 7)))
    return (
        PlannedWindow(Period.MID_TERM_1, begin, at(year, 11, 10, 17)),
        PlannedWindow(Period.END_TERM_1, at(year, 11, 10, 17), at(year + 1, 1, 20, 17)),
        PlannedWindow(Period.MID_TERM_2, at(year + 1, 1, 20, 17), at(year + 1, 3, 31, 17)),
        PlannedWindow(Period.YEAR_END, at(year + 1, 3, 31, 17), at(year + 1, 7, 31, 23, 59)),
    )
