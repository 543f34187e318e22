"""Who came to the school when a period was locked already: nothing is owed of that period (rule R32).

What such a pupil brings from the former school may stand in the sheet; it counts neither as entered nor as missing.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from gradebook.scopes import place_of
from gradebook.spans import spans_at

Absent = Mapping[str, frozenset[int]]
"""By period the pupils of whom nothing is owed."""
NOBODY: Absent = {}


def absent_at(classes: Iterable[Any], windows: Sequence[Any]) -> Absent:
    """Of classes `with_pupil_counts`, by the windows `with_cuts` upon them. No statement."""
    of_classes = [window for window in windows if not (window.line_code or window.teacher_id)]
    found: dict[str, set[int]] = defaultdict(set)
    for school_class in classes:
        if not school_class.late:
            continue
        for period in {window.period for window in of_classes}:
            of_period = [window for window in of_classes if window.period == period]
            locked_on = closed_on(school_class, of_period)
            if locked_on is not None:
                found[period] |= {
                    each["student"]
                    for each in school_class.late
                    if datetime.date.fromisoformat(each["joined"]) > locked_on
                }
    return {period: frozenset(pupils) for period, pupils in found.items()}


def closed_on(school_class: Any, windows: Iterable[Any]) -> datetime.date | None:
    """The day on which the class was locked last; None while it is open, or was never.

    `windows`: of one period, `with_cuts`, and none for a line or a teacher alone.
    """
    spans = spans_at(windows, place_of(school_class))
    if any(span.is_open for span in spans):
        return None
    past = [span.closes_at for span in spans if span.is_past]
    return timezone.localtime(max(past)).date() if past else None
