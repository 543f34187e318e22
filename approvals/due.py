"""By when whoever is next should have acted: so many school days after the request came to them (`workflow`)."""

import datetime

from approvals.workflow import SCHOOL_DAYS_FOR, State
from students.calendar import YearCalendar
from students.models import SchoolYear

FRIDAY = 5


def due_on(state: State, since: datetime.date, year: SchoolYear) -> datetime.date | None:
    """The last day for the next move; None where nobody is next, and of a draft. Two statements, if any.

    In the holidays between the terms and in summer the office works on weekdays.
    """
    left = SCHOOL_DAYS_FOR.get(state, 0)
    if not left:
        return None
    calendar = YearCalendar.of(year)
    day = since
    while left:
        day += datetime.timedelta(days=1)
        left -= is_working_day(calendar, day)
    return day


def is_working_day(calendar: YearCalendar, day: datetime.date) -> bool:
    if calendar.term_containing(day) is not None or calendar.make_up_on(day):
        return calendar.is_school_day(day)
    return day.isoweekday() <= FRIDAY and not calendar.off_on(day)
