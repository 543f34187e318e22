"""When the books are open: the open window of a class or sheet, and words on why it is locked."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts import clock
from accounts.clock import now_in_sql
from accounts.history import Locks
from gradebook.models import ENTRY_PERIODS, ClassYearEnd, EntryWindow, EntryWindowQuerySet
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.spans import Span, longest_open, spans_at, with_answering, with_cuts
from gradebook.year_end_rules import State, against_entry
from students.models import SchoolClass, SchoolYear

# First key of the advisory locks that stand for a period; the second is the period (see `period_locks`).
_PERIOD_LOCKS = 27


class SheetPlace(Protocol):
    """What of a sheet is asked here (`gradebook.sheets.SheetRef`)."""

    @property
    def school_class(self) -> SchoolClass: ...
    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LockState:
    """Whether a sheet is open now, and in words since when, until when and by which order.

    `asked_at` is the moment of the answer by the clock that decided it; `is_over` tells locked from not yet open; then
    `closed_at` says since when.
    """

    window: Span | None
    sentence: str
    asked_at: datetime.datetime
    is_over: bool = False
    closed_at: datetime.datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.window is not None

    @property
    def left(self) -> datetime.timedelta | None:
        """Until the lock, None where it has fallen or nothing was opened yet."""
        return self.window.closes_at - self.asked_at if self.window else None


def period_locks(year: int, period: str, sheet: tuple[int, int]) -> Locks:
    """What a save holds (`acting`): it shares the period with other saves and keeps its own sheet to itself.

    An order takes the period alone (`take_period`), so it waits for saves under way, and saves that come after
    it see what it did. `sheet` is (class id, line id or 0).
    """
    class_id, line_id = sheet
    return (
        "pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(%s)",
        (_PERIOD_LOCKS, _period_key(year, period), (class_id << 32) + line_id),
    )


def whole_period_locks(year: int, periods: Collection[str]) -> Locks:
    """What an act holds that no save may meet, over these periods (`acting`); in the order of the year."""
    keys = sorted(_period_key(year, period) for period in periods)
    locks = ", ".join("pg_advisory_xact_lock(%s, %s)" for _key in keys)
    return locks, [part for key in keys for part in (_PERIOD_LOCKS, key)]


def hold_period(year: int, period: str, sheet: tuple[int, int]) -> None:
    """Inside an act that is under way already: holds what a save holds. One statement."""
    locks, keys = period_locks(year, period, sheet)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {locks}", keys)


def take_period(year: int, period: str) -> None:
    """Inside an order: alone with the period."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PERIOD_LOCKS, _period_key(year, period)])


def _period_key(year: int, period: str) -> int:
    return year * 10 + Period(period).order


def unopened_periods(year: SchoolYear) -> tuple[Period, ...]:
    """Of a year those in which no sheet has been open yet, in order. One statement."""
    begun = EntryWindow.objects.filter(year=year, opens_at__lte=now_in_sql(), closes_at__gt=F("opens_at"))
    opened = set(begun.order_by().values_list("period", flat=True).distinct())
    return tuple(period for period in Period if period.value not in opened)


def lock_state(school_class: SchoolClass, period: str, code: str = "") -> LockState:
    """The open window of a sheet and period by the database's clock, or why there is none. One statement.

    `code` is the line's, or HOMEROOM; without it the class is asked as a whole: open while any sheet of it is.
    """
    windows = EntryWindow.objects.covering(school_class, period)
    return _state(_spans(windows, school_class, code), Period(period))


def lock_states(school_class: SchoolClass, code: str = "") -> dict[Period, LockState]:
    """The same for each period of the class's year. One statement."""
    # A period equal to itself: covering() with every period.
    windows = EntryWindow.objects.covering(school_class, F("period"))  # type: ignore[arg-type]
    spans = _spans(windows, school_class, code)
    return {
        period: _state([each for each in spans if each.period == period], period) for period in ENTRY_PERIODS
    }


def lock_states_of(
    school_class: SchoolClass, answering: Mapping[str, Collection[int]]
) -> dict[tuple[str, Period], LockState]:
    """The same of several sheets of the class, by code and period; `answering`: who answers for each. One statement."""
    windows: Any = EntryWindow.objects.covering(school_class, F("period"))  # type: ignore[arg-type]
    found = list(_with_stage(windows, school_class))
    states = {}
    for code, teachers in answering.items():
        spans = spans_at(found, place_of(school_class, code, teachers))
        for period in ENTRY_PERIODS:
            states[code, period] = _state([each for each in spans if each.period == period], period)
    return states


def locks_of_sheets(
    year_id: int, period: Period, sheets: Sequence[tuple[SheetPlace, int]]
) -> list[LockState]:
    """The same of sheets of a year at one period, each with who answers for it. Two statements, however many."""
    found = list(with_cuts(EntryWindow.objects.filter(year=year_id, period=period)))
    stages = stages_of({ref.school_class.pk for ref, _teacher in sheets})
    return [
        _state(
            spans_at(found, place_of(ref.school_class, ref.code, [teacher])),
            period,
            stage=stages.get(ref.school_class.pk, ""),
        )
        for ref, teacher in sheets
    ]


def _spans(windows: EntryWindowQuerySet, school_class: SchoolClass, code: str) -> list[Span]:
    if not code:
        return spans_at(_with_stage(windows, school_class), place_of(school_class))
    found = list(with_answering(_with_stage(windows, school_class), school_class, code))
    teachers = found[0].answering if found else ()  # type: ignore[attr-defined]  # annotated above
    return spans_at(found, place_of(school_class, code, teachers))


def stages_of(class_ids: Collection[int]) -> dict[int, str]:
    """How far the results of these classes are on their way, as `against_entry` asks it. One statement."""
    return dict(_stages().filter(school_class__in=class_ids).values_list("school_class", "stage"))


def with_stages(classes: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
    """Classes that bring the same along, as `stage`: no statement more."""
    stage = _stages().filter(school_class=OuterRef("pk")).values("stage")
    return classes.annotate(stage=Coalesce(Subquery(stage), Value("")))


def _stages() -> Any:
    """Sent back after its first approval, a class has pupils on whom the principal has decided."""
    was_approved = When(state=State.OPEN, approved_by__isnull=False, then=Value(State.APPROVED.value))
    return ClassYearEnd.objects.annotate(stage=Case(was_approved, default="state"))


def _with_stage(windows: Any, school_class: SchoolClass) -> Any:
    """Windows that bring along how far the class's results are on their way to the principal: no statement more."""
    stage = _stages().filter(school_class=school_class).values("stage")
    return with_cuts(windows).annotate(stage=Coalesce(Subquery(stage), Value("")))


def _state(spans: list[Span], period: Period, *, stage: str | None = None) -> LockState:
    """Decides by one moment, the database's, so that a sentence never contradicts its answer.

    `stage` of the class, where the windows do not bring it along.
    """
    now = max((span.asked_at for span in spans), default=None) or clock.stamp()
    if window := longest_open(spans):
        if against := against_entry(window.window.stage if stage is None else stage, period):
            return LockState(None, against, now, is_over=True)
        return LockState(window, f"Mở đến {window.closes_label}", now)
    past = [span for span in spans if span.is_past]
    to_come = [span for span in spans if span.is_to_come]
    called_off = [span for span in spans if span.was_called_off]
    sentence = _why_locked(past, to_come, called_off) or (
        f"Chưa mở. Hiệu trưởng chưa ban hành lệnh mở nhập {period.label}."
    )
    closed_at = max((span.closes_at for span in past), default=None)
    return LockState(None, sentence, now, is_over=bool(past), closed_at=closed_at)


def last_round_closed() -> tuple[datetime.datetime, str] | None:
    """When the newest entry round ended, and its name; None before the first. One statement.

    A round is a window of the whole school or of a grade; a class, line or teacher let in for some hours more is none
    (docs/decisions/0010). Named in settings.ENTRY_ROUND_CLOSED.
    """
    rounds = EntryWindow.objects.of_all_sheets().filter(
        school_class__isnull=True, closes_at__lte=now_in_sql()
    )
    called_off = Q(locked_by__isnull=False, closes_at=F("opens_at"))
    last = rounds.exclude(called_off).select_related("year").order_by("-closes_at").first()
    if last is None:
        return None
    whom = f"khối {last.grade_level}" if last.grade_level else "toàn trường"
    return last.closes_at, f"{period_in_year(Period(last.period), last.year)} ({whom})"


def period_in_year(period: Period, year: SchoolYear) -> str:
    """«Giữa học kì I năm học 2026 - 2027», «Cuối năm học 2026 - 2027»."""
    return (
        f"{period.label} {year.label}"
        if period == Period.YEAR_END
        else f"{period.label} năm học {year.label}"
    )


def _why_locked(past: list[Span], to_come: list[Span], called_off: list[Span]) -> str:
    """What was, then what comes; of orders that came to nothing only where there is neither."""
    said = []
    if past:
        last = max(past, key=lambda span: span.closes_at)
        number = last.lock_number or last.number
        said.append(f"Đã khoá từ {last.closes_label} theo văn bản số {number}.")
    if to_come:
        first = min(to_come, key=lambda span: span.opens_at)
        begins = f"lúc {first.opens_label} theo văn bản số {first.number}."
        said.append(f"Mở lại {begins}" if past else f"Chưa mở. Đợt nhập bắt đầu {begins}")
    if called_off and not said:
        last = max(called_off, key=lambda span: span.window.order_id)
        said.append(
            f"Chưa mở. Lệnh số {last.number} đã được bãi bỏ bằng lệnh số {last.lock_number}. "
            "Chờ Hiệu trưởng ban hành lệnh mở mới."
        )
    return " ".join(said)
