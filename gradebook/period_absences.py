"""Days absent of a class by the periods of assessment, terms and year: what each book is told (PLAN IV.5; rule R73).

A half of a term ends on the day on which the principal's order first shuts the books of its middle for the class; a
term ends as the year's calendar says. So the two halves make the term, and no day counts twice.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.timezone import localdate

from accounts.dates import Days
from gradebook.models import EntryWindow
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.spans import spans_at, with_cuts
from students.attendance_month_page import WHOLE_YEAR, Column, SumRow, sum_rows
from students.models import SchoolClass

HALVES = ((Period.MID_TERM_1, Period.END_TERM_1), (Period.MID_TERM_2, Period.YEAR_END))
TERMS = ("Học kì I", "Học kì II")


@dataclass(frozen=True, slots=True)
class PeriodAbsences:
    """The page; `unknown` are the middles of terms that no order has opened yet."""

    school_class: SchoolClass
    columns: tuple[Column, ...]
    rows: tuple[SumRow, ...]
    unknown: tuple[str, ...]


def read_period_absences(school_class: SchoolClass) -> PeriodAbsences:
    """Six statements, whatever the number of pupils."""
    spans = spans_of(school_class)
    known = {Period.MID_TERM_1, Period.MID_TERM_2} & set(spans)
    return PeriodAbsences(
        school_class=school_class,
        columns=(*(Column(label, _short(days)) for label, days in spans.items()), WHOLE_YEAR),
        rows=sum_rows(school_class, spans),
        unknown=tuple(middle.label for middle, _end in HALVES if middle not in known),
    )


def spans_of(school_class: SchoolClass) -> Mapping[str, Days]:
    """By period and term, in the order of the year; the halves of a term only when its middle is known."""
    cuts = _days_of_locking(school_class)
    spans: dict[str, Days] = {}
    for (middle, end), label, term in zip(HALVES, TERMS, school_class.year.terms, strict=False):
        cut = cuts.get(middle)
        if cut and term.last and term.first <= cut < term.last:
            spans[middle] = Days(term.first, cut)
            spans[end] = Days(cut + datetime.timedelta(days=1), term.last)
        spans[label] = term
    return spans


def _days_of_locking(school_class: SchoolClass) -> dict[str, datetime.date]:
    """Of the middles: the day on which the books are first shut. Opened again for some, it stays. One statement."""
    first: dict[str, datetime.date] = {}
    middles = [middle for middle, _end in HALVES]
    windows = EntryWindow.objects.of_all_sheets().filter(year=school_class.year_id, period__in=middles)
    spans = spans_at(with_cuts(windows), place_of(school_class))
    for span in sorted(spans, key=lambda span: span.closes_at):
        if not span.was_called_off:
            first.setdefault(span.period, localdate(span.closes_at))
    return first


def _short(days: Days) -> str:
    return f"{days.first:%d/%m}–{days.last:%d/%m}" if days.last else f"từ {days.first:%d/%m}"
