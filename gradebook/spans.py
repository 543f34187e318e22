"""Windows as they are for one class or sheet: a lock of some of the classes or lines ends them there and not elsewhere.

An order that locks less than a window opens leaves the window to the others and cuts it (WindowCut). The cut holds
until a further order opens: that one has a window of its own, which nothing has cut.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.clock import now_in_sql, today
from gradebook.json_rows import JsonRows
from gradebook.models import EntryWindow, TeachingAssignment, WindowCut
from gradebook.scopes import HOMEROOM, Place, Scope, scope_of
from students.models import HomeroomAssignment, SchoolClass


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a window is open for a place; `lock_number` is the order that ended it, "" if its hour did."""

    window: Any
    closes_at: datetime.datetime
    lock_number: str = ""

    @property
    def pk(self) -> int:
        return self.window.pk

    @property
    def period(self) -> str:
        return self.window.period

    @property
    def opens_at(self) -> datetime.datetime:
        return self.window.opens_at

    @property
    def asked_at(self) -> datetime.datetime:
        """The database's moment of reading."""
        return self.window.asked_at

    @property
    def number(self) -> str:
        return self.window.order.number

    @property
    def is_open(self) -> bool:
        return self.opens_at <= self.asked_at < self.closes_at

    @property
    def is_to_come(self) -> bool:
        return self.asked_at < self.opens_at < self.closes_at

    @property
    def is_past(self) -> bool:
        """Open once and over by now; one that was called off never was."""
        return self.closes_at <= self.asked_at and not self.was_called_off

    @property
    def was_called_off(self) -> bool:
        """Locked by a further order before it ever opened."""
        return bool(self.lock_number) and self.closes_at <= self.opens_at

    @property
    def closes_label(self) -> str:
        return f"{timezone.localtime(self.closes_at):%H:%M %d/%m/%Y}"

    @property
    def opens_label(self) -> str:
        return f"{timezone.localtime(self.opens_at):%H:%M %d/%m/%Y}"


def with_cuts(windows: QuerySet[EntryWindow]) -> QuerySet[EntryWindow]:
    """Windows that bring along what `spans_at` asks for: no statement more. `asked_at` is the database's moment."""
    cuts = WindowCut.objects.filter(window=OuterRef("pk")).order_by("shut_at")
    cut = JSONObject(
        shut_at="shut_at",
        number="order__number",
        grade_level="order__grade_level",
        class_id="order__school_class_id",
        class_name="order__school_class__name",
        line_code="order__line_code",
        teacher_id="order__teacher_id",
        teacher_name="order__teacher__full_name",
    )
    return windows.select_related("order", "locked_by", "school_class", "teacher").annotate(
        asked_at=now_in_sql(), cuts_brought=JsonRows(cuts.values(json=cut))
    )


def with_answering(
    windows: QuerySet[EntryWindow], school_class: SchoolClass, code: str
) -> QuerySet[EntryWindow]:
    """Windows that bring along who answers for the sheet today, as `answering`: whom a personal order would let in."""
    return windows.annotate(answering=ArraySubquery(_holders(school_class, code)))


def _holders(school_class: SchoolClass, code: str) -> QuerySet[Any]:
    held: Any
    if code == HOMEROOM:
        held = HomeroomAssignment.objects.held_on(today()).filter(school_class=school_class)
    else:
        held = TeachingAssignment.objects.held_on(today()).filter(school_class=school_class, line__code=code)
    return held.order_by().values("teacher_id")


def spans_at(windows: Iterable[Any], place: Place) -> list[Span]:
    """What the windows are for the place, in their order. No statement: for windows `with_cuts`."""
    return [
        _span(window, place)
        for window in windows
        if window.year_id == place.year_id and scope_of(window).opens(place)
    ]


def _span(window: Any, place: Place) -> Span:
    """The first lock that shuts the place counts, its own or the window's."""
    own_number = window.locked_by.number if window.locked_by_id else ""
    ends = [(window.closes_at, own_number)]
    ends += [
        (max(_moment_of(cut), window.opens_at), cut["number"])
        for cut in window.cuts_brought
        if _scope_of_cut(cut).shuts(place)
    ]
    closes_at, number = min(ends, key=lambda end: end[0])
    return Span(window, closes_at, number)


def is_cut_for(scope: Scope, window: Any, moment: datetime.datetime) -> bool:
    """Whether a lock has shut all of the scope in the window by then; for windows `with_cuts`."""
    return any(_scope_of_cut(cut).holds(scope) and _moment_of(cut) <= moment for cut in window.cuts_brought)


def cuts_by_now(window: Any) -> Iterable[tuple[Scope, dict[str, Any]]]:
    """The locks that have shut a part of the window by now, with their scope; for a window `with_cuts`."""
    return ((_scope_of_cut(cut), cut) for cut in window.cuts_brought if _moment_of(cut) <= window.asked_at)


def _moment_of(cut: dict[str, Any]) -> datetime.datetime:
    return datetime.datetime.fromisoformat(cut["shut_at"])


def _scope_of_cut(cut: dict[str, Any]) -> Scope:
    return Scope(
        grade_level=cut["grade_level"],
        class_id=cut["class_id"],
        line_code=cut["line_code"],
        teacher_id=cut["teacher_id"],
    )


def longest_open(spans: Sequence[Span]) -> Span | None:
    """The span that is open now, the latest to close of several."""
    return max((span for span in spans if span.is_open), key=lambda span: span.closes_at, default=None)
