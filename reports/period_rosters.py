"""Whom the statistics of a period count: the pupils of each class at the period's moment (rules R13, R32).

The moment is the day on which the class was locked last; while it is open, or was never opened, today or the nearest
day of the year. So who came after the lock, of whom nothing is owed, is not counted, and who left after it still is.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradebook.late_comers import closed_on
from gradebook.models import EntryWindow
from gradebook.progress_sheets import Standing
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.spans import spans_at, with_cuts


@dataclass(frozen=True, slots=True)
class RosterDay:
    """Of one class at one period: the day that is counted, and how the books stand."""

    day: datetime.date
    standing: Standing


RosterDays = Mapping[tuple[int, Period], RosterDay]
"""By class id and period."""


def roster_days_of(classes: Sequence[Any], periods: Collection[Period]) -> RosterDays:
    """Of classes with their year at hand, which may be of several years. One statement."""
    years = {each.year_id for each in classes}
    asked = EntryWindow.objects.of_all_sheets().filter(year__in=years, period__in=periods)
    windows = list(with_cuts(asked))
    return {
        (each.pk, period): _roster_day(each, [window for window in windows if window.period == period])
        for each in classes
        for period in periods
    }


def _roster_day(school_class: Any, windows: Sequence[Any]) -> RosterDay:
    spans = spans_at(windows, place_of(school_class))
    year = school_class.year
    if any(span.is_open for span in spans):
        return RosterDay(year.day_for_roster(), Standing.OPEN)
    locked_on = closed_on(school_class, windows)
    if locked_on is None:
        return RosterDay(year.day_for_roster(), Standing.SHUT)
    return RosterDay(min(max(locked_on, year.starts_on), year.ends_on), Standing.LOCKED)
