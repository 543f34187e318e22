"""When there are lessons: the school days of a year, their sessions and the weeks as the school counts them (R2, R71).

`YearCalendar.of(year)` reads a year's calendar once, in two statements, and answers everything else without one. The
functions below it are for one question only.
"""

import csv
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from students.models import CalendarEntry, SchoolClass, SchoolYear, Session, WeekPattern

__all__ = [
    "Session",
    "Week",
    "YearCalendar",
    "is_school_day",
    "national_holidays",
    "school_days",
    "sessions_of",
]

DAY = datetime.timedelta(days=1)
WEEKS_OF_TERMS = (18, 17)
HOLIDAYS = Path(__file__).parent / "data" / "national_holidays.csv"

# Until the school says otherwise: both sessions from Monday to Friday.
ORDINARY_WEEK = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday. `number` counts weeks with lessons over the whole year; None for a week of holidays."""

    number: int | None
    term: int
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """The calendar of one year as it stood when it was read."""

    year: SchoolYear
    entries: tuple[CalendarEntry, ...]
    patterns: tuple[WeekPattern, ...]

    @classmethod
    def of(cls, year: SchoolYear) -> Self:
        """Two statements."""
        return cls(
            year,
            tuple(CalendarEntry.objects.filter(year=year).order_by("starts_on", "pk")),
            tuple(WeekPattern.objects.filter(year=year).order_by("starts_on", "pk")),
        )

    def is_school_day(self, day: datetime.date, school_class: SchoolClass | None = None) -> bool:
        """Whether the class has lessons that day; without a class: whether the school does by its own pattern."""
        return bool(self.sessions_of(day, school_class))

    def sessions_of(self, day: datetime.date, school_class: SchoolClass | None = None) -> tuple[Session, ...]:
        """The sessions with lessons, morning first; () on a day without."""
        made_up = self.make_up_on(day)
        if made_up and made_up.taught_as:
            ordinary = self._sessions_of_weekday(made_up.taught_as, day, school_class)
            return tuple(each for each in ordinary if made_up.session in ("", each))
        if not self.term_containing(day):
            return ()
        ordinary = self._sessions_of_weekday(day.isoweekday(), day, school_class)
        off = self.off_on(day)
        return tuple(each for each in ordinary if not any(entry.session in ("", each) for entry in off))

    def school_days(
        self, start: datetime.date, end: datetime.date, school_class: SchoolClass | None = None
    ) -> list[datetime.date]:
        """The days with lessons from `start` to `end`, both included."""
        return [day for day in _days(start, end) if self.is_school_day(day, school_class)]

    def off_on(self, day: datetime.date) -> list[CalendarEntry]:
        """The holidays and days off that cover the day."""
        return [each for each in self._entries_on(day) if each.kind != CalendarEntry.Kind.MAKE_UP]

    def make_up_on(self, day: datetime.date) -> CalendarEntry | None:
        return next((each for each in self._entries_on(day) if each.kind == CalendarEntry.Kind.MAKE_UP), None)

    def term_containing(self, day: datetime.date) -> int | None:
        """1 or 2; None outside both terms."""
        return next(
            (
                number
                for number, term in enumerate(self.year.terms, start=1)
                if term.first <= day and (term.last is None or day <= term.last)
            ),
            None,
        )

    def pattern_on(self, day: datetime.date, school_class: SchoolClass | None = None) -> WeekPattern:
        """The week that holds that day: the class's own, else the school's, else the ordinary one."""
        begun = [each for each in self.patterns if each.starts_on <= day]
        own = [each for each in begun if school_class and each.school_class_id == school_class.pk]
        common = [each for each in begun if each.school_class_id is None]
        return next(reversed(own or common), None) or ordinary_week(self.year)

    def weeks(self) -> tuple[Week, ...]:
        """Every week from the first day of lessons to the last, as the school counts them: weeks without a lesson
        have no number."""
        weeks, number = [], 0
        for monday, days in self._weeks_of_terms():
            taught = [day for day in days if self.is_school_day(day)]
            number += bool(taught)
            terms = [self.term_containing(day) for day in (*taught, *days)]
            term = next((each for each in terms if each), 2)
            weeks.append(Week(number if taught else None, term, monday, days[-1]))
        return tuple(weeks)

    def week_of(self, day: datetime.date) -> Week | None:
        return next((week for week in self.weeks() if week.first <= day <= week.last), None)

    def weeks_taught(self) -> tuple[int, int]:
        """How many weeks with lessons each term has, to hold against 18 and 17 (domain.md 8.2)."""
        taught = [week.term for week in self.weeks() if week.number]
        return taught.count(1), taught.count(2)

    def _weeks_of_terms(self) -> Iterator[tuple[datetime.date, list[datetime.date]]]:
        if not self.year.terms:
            return
        first, last = self.year.terms[0].first, self.year.lessons_end_on
        monday = first - DAY * (first.isoweekday() - 1)
        while last and monday <= last:
            yield monday, list(_days(monday, monday + 6 * DAY))
            monday += 7 * DAY

    def _entries_on(self, day: datetime.date) -> Iterator[CalendarEntry]:
        return (each for each in self.entries if each.starts_on <= day <= each.ends_on)

    def _sessions_of_weekday(
        self, weekday: int, day: datetime.date, school_class: SchoolClass | None
    ) -> tuple[Session, ...]:
        return sessions_in(self.pattern_on(day, school_class), weekday)


def school_days(year: SchoolYear, start: datetime.date, end: datetime.date) -> list[datetime.date]:
    """The days with lessons in the school from `start` to `end`, both included."""
    return YearCalendar.of(year).school_days(start, end)


def is_school_day(school_class: SchoolClass, day: datetime.date) -> bool:
    """Whether the class has lessons that day. For more than one question read `YearCalendar.of(year)` once."""
    return bool(sessions_of(school_class, day))


def sessions_of(school_class: SchoolClass, day: datetime.date) -> tuple[Session, ...]:
    """The sessions that the class has that day, morning first; () on a day without lessons."""
    return YearCalendar.of(school_class.year).sessions_of(day, school_class)


def ordinary_week(year: SchoolYear, school_class: SchoolClass | None = None) -> WeekPattern:
    """Both sessions from Monday to Friday, not saved."""
    return WeekPattern(
        year=year,
        school_class=school_class,
        starts_on=year.starts_on,
        mornings=list(ORDINARY_WEEK),
        afternoons=list(ORDINARY_WEEK),
    )


def sessions_in(pattern: WeekPattern, weekday: int) -> tuple[Session, ...]:
    """The sessions that a week has on a weekday (1 is Monday)."""
    pairs = ((Session.MORNING, pattern.mornings), (Session.AFTERNOON, pattern.afternoons))
    return tuple(session for session, weekdays in pairs if weekday in weekdays)


def national_holidays(year: SchoolYear) -> list[CalendarEntry]:
    """The public holidays that fall into the year, not saved (students/data/README.md)."""
    return [
        CalendarEntry(year=year, kind=CalendarEntry.Kind.NATIONAL, name=name, starts_on=day, ends_on=day)
        for day, name in _known_holidays()
        if year.starts_on <= day <= year.ends_on
    ]


@cache
def _known_holidays() -> Sequence[tuple[datetime.date, str]]:
    with HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        return tuple(
            (datetime.date.fromisoformat(row["date"]), row["name_vi"]) for row in csv.DictReader(lines)
        )


def _days(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    day = start
    while day <= end:
        yield day
        day += DAY
