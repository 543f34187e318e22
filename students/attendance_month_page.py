"""What the month of a class shows: pupils by days, with sums; and the class's months side by side."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts import permissions
from accounts.dates import Days
from accounts.models import User
from accounts.powers import Action
from students.absences import Absences, absence_totals, absences_within, days_label
from students.attendance_months import (
    MonthState,
    begun_months,
    last_day_of,
    month_states,
    today,
)
from students.calendar import Session, YearCalendar
from students.confirmed_months import Change, Record, read_changes, records_of
from students.models import Absence, Enrolment, HomeroomAssignment, RollCall, SchoolClass
from students.stranded_absences import Stranded, stranded_in

SHORT_DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
HALVES = {Session.MORNING: "s", Session.AFTERNOON: "c"}
NOT_HERE = "–"


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A day of the month; `sessions` are those with lessons, `not_called` those of them whose roll is missing."""

    day: datetime.date
    sessions: tuple[Session, ...]
    not_called: tuple[Session, ...]
    absent: int

    @property
    def weekday(self) -> str:
        return SHORT_DAYS[self.day.weekday()]

    @property
    def is_off(self) -> bool:
        return not self.sessions

    @property
    def css(self) -> str:
        return "is-off" if self.is_off else "is-not-called" if self.not_called else ""

    @property
    def session_to_call(self) -> Session:
        """Where a click on the day leads: to the first session that is missing."""
        return (self.not_called or self.sessions)[0]

    @property
    def missing(self) -> str:
        return " và ".join(session.label for session in self.not_called)


@dataclass(frozen=True, slots=True)
class MonthRow:
    number: int
    student_id: int
    name: str
    days: tuple[DayColumn, ...]
    cells: tuple[str, ...]
    absences: Absences

    @property
    def by_day(self) -> list[tuple[DayColumn, str]]:
        return list(zip(self.days, self.cells, strict=True))

    @property
    def absent_on(self) -> list[tuple[DayColumn, str, str]]:
        """The days that say something of the pupil, all that a telephone has room for, and the session told of."""
        return [
            (day, cell, _session_told(day, cell)) for day, cell in self.by_day if cell not in ("", NOT_HERE)
        ]

    @property
    def with_leave(self) -> str:
        return days_label(self.absences.with_leave)

    @property
    def without_leave(self) -> str:
        return days_label(self.absences.without_leave)


@dataclass(frozen=True, slots=True)
class MonthPage:
    """The month of one class. `months` are those of the year that have begun, with their states.

    `may_propose`: the month is closed, and the person may file a request for what is wrong in it.
    """

    school_class: SchoolClass
    state: MonthState
    months: tuple[MonthState, ...]
    days: tuple[DayColumn, ...]
    rows: tuple[MonthRow, ...]
    homeroom_teacher: str
    may_call: bool
    may_propose: bool
    changes: tuple[Change, ...]
    records: tuple[Record, ...]
    stranded: tuple[Stranded, ...]

    @property
    def with_leave(self) -> Decimal:
        return sum((row.absences.with_leave or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def without_leave(self) -> Decimal:
        return sum((row.absences.without_leave or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def with_leave_label(self) -> str:
        return days_label(self.with_leave)

    @property
    def without_leave_label(self) -> str:
        return days_label(self.without_leave)

    @property
    def absent_rows(self) -> tuple[MonthRow, ...]:
        return tuple(row for row in self.rows if row.absent_on)

    @property
    def not_called(self) -> tuple[DayColumn, ...]:
        return tuple(day for day in self.days if day.not_called)

    @property
    def sessions_not_called(self) -> int:
        return sum(len(day.not_called) for day in self.days)

    @property
    def has_halves(self) -> bool:
        return any(len(day.sessions) > 1 for day in self.days)

    @property
    def may_confirm(self) -> bool:
        return self.may_call and (self.state.is_due or self.state.has_changed)


def read_month(user: User, school_class: SchoolClass, month: datetime.date) -> MonthPage:
    """Eleven statements at most, whatever the number of pupils and days."""
    now = today()
    calendar = YearCalendar.of(school_class.year)
    months = begun_months(calendar, now)
    states = month_states([school_class], {*months, month}, now)
    span = Days(month, last_day_of(month))
    seats = _seats(school_class, span)
    rolls = {
        (roll.day, roll.session): roll
        for roll in school_class.roll_calls.filter(day__range=(span.first, span.last))
    }
    kinds = _kinds(rolls.values())
    days = tuple(
        _column(day, calendar.sessions_of(day, school_class), rolls, kinds, now) for day in _days(span)
    )
    sums = absences_within({seat.student_id for seat in seats}, {month: span}, of_class=school_class)
    return MonthPage(
        school_class=school_class,
        state=states[school_class.pk, month],
        months=tuple(states[school_class.pk, each] for each in months),
        days=days,
        rows=tuple(_rows(seats, days, rolls, kinds, {key[0]: value for key, value in sums.items()})),
        homeroom_teacher=_homeroom_teacher(school_class, min(now, last_day_of(month))),
        may_call=permissions.may(user, Action.CALL_ROLL, school_class=school_class),
        may_propose=not (school_class.year.is_closed or states[school_class.pk, month].is_open)
        and permissions.may(user, Action.PROPOSE_CORRECTION, school_class=school_class, line=None),
        changes=read_changes([states[school_class.pk, month]]).get((school_class.pk, month), ()),
        records=records_of(states[school_class.pk, month].confirmation),
        stranded=tuple(stranded_in(school_class, month)),
    )


def _homeroom_teacher(school_class: SchoolClass, day: datetime.date) -> str:
    held = HomeroomAssignment.objects.held_on(day).filter(school_class=school_class)
    return held.values_list("teacher__full_name", flat=True).first() or ""


def _seats(school_class: SchoolClass, span: Days) -> list[Enrolment]:
    """Whoever sat in the class on one of the days, in class order."""
    seats = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=span.first),
        school_class=school_class,
        starts_on__lte=span.last,
    )
    return list(seats.select_related("student").in_class_order())


def _kinds(rolls: Collection[RollCall]) -> dict[tuple[int, int], str]:
    """P or K by (roll, pupil)."""
    rows = Absence.objects.filter(roll_call__in=list(rolls))
    return {(row.roll_call_id, row.student_id): row.kind for row in rows if row.kind}


def _days(span: Days) -> list[datetime.date]:
    last = span.last or span.first
    return [span.first + datetime.timedelta(days=number) for number in range((last - span.first).days + 1)]


def _column(
    day: datetime.date,
    sessions: tuple[Session, ...],
    rolls: Mapping[tuple[datetime.date, str], RollCall],
    kinds: Mapping[tuple[int, int], str],
    now: datetime.date,
) -> DayColumn:
    missing = () if day > now else tuple(each for each in sessions if (day, each) not in rolls)
    own = {roll.pk for (of_day, _session), roll in rolls.items() if of_day == day}
    absent = {student for (roll, student) in kinds if roll in own}
    return DayColumn(day, sessions, missing, len(absent))


def _rows(
    seats: Sequence[Enrolment],
    days: Sequence[DayColumn],
    rolls: Mapping[tuple[datetime.date, str], RollCall],
    kinds: Mapping[tuple[int, int], str],
    sums: Mapping[int, Absences],
) -> list[MonthRow]:
    rows: dict[int, MonthRow] = {}
    for seat in seats:
        cells = tuple(_cell(seat, column, rolls, kinds) for column in days)
        before = rows.get(seat.student_id)
        if before:  # left the class and came back within the month: one row
            cells = tuple(
                old if new == NOT_HERE else new for old, new in zip(before.cells, cells, strict=True)
            )
        rows[seat.student_id] = MonthRow(
            number=before.number if before else len(rows) + 1,
            student_id=seat.student_id,
            name=seat.student.full_name,
            days=tuple(days),
            cells=cells,
            absences=sums.get(seat.student_id, Absences()),
        )
    return list(rows.values())


def _cell(
    seat: Enrolment,
    column: DayColumn,
    rolls: Mapping[tuple[datetime.date, str], RollCall],
    kinds: Mapping[tuple[int, int], str],
) -> str:
    """P or K for the day; Ps, Kc where it was one session of two; both where they differ."""
    if column.day < seat.starts_on or (seat.ends_on and column.day > seat.ends_on):
        return "" if column.is_off else NOT_HERE
    found = {
        session: kind
        for session in Session
        if (roll := rolls.get((column.day, session))) and (kind := kinds.get((roll.pk, seat.student_id)))
    }
    is_whole = len(found) == len(column.sessions) and len(set(found.values())) == 1
    if is_whole or len(column.sessions) < 2:
        return next(iter(found.values()), "")
    return " ".join(f"{kind}{HALVES[session]}" for session, kind in found.items())


def _session_told(column: DayColumn, cell: str) -> str:
    """The session that an absence leads to: the first it names; "" on a day without lessons."""
    named = (session for session, half in HALVES.items() if cell.split(maxsplit=1)[0].endswith(half))
    return next(named, "" if column.is_off else column.session_to_call)


# -- The year ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SumRow:
    """A pupil's days absent, one cell a column."""

    number: int
    name: str
    cells: tuple[Absences, ...]

    @property
    def labels(self) -> list[tuple[str, str]]:
        return [(days_label(cell.with_leave), days_label(cell.without_leave)) for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Column:
    """What is summed under a heading; `days` in words."""

    label: str
    days: str = ""


@dataclass(frozen=True, slots=True)
class YearPage:
    """Days absent of a class by months, terms and year."""

    school_class: SchoolClass
    months: tuple[MonthState, ...]
    columns: tuple[Column, ...]
    rows: tuple[SumRow, ...]
    may_call: bool


def read_year(user: User, school_class: SchoolClass) -> YearPage:
    """Nine statements, whatever the number of pupils."""
    now = today()
    calendar = YearCalendar.of(school_class.year)
    months = begun_months(calendar, now)
    states = month_states([school_class], months, now)
    spans = {f"{month:%m/%Y}": Days(month, last_day_of(month)) for month in months}
    spans |= dict(zip(("Học kì I", "Học kì II"), school_class.year.terms, strict=False))
    return YearPage(
        school_class=school_class,
        months=tuple(states[school_class.pk, each] for each in months),
        columns=(*(Column(each) for each in spans), WHOLE_YEAR),
        rows=sum_rows(school_class, spans),
        may_call=permissions.may(user, Action.CALL_ROLL, school_class=school_class),
    )


WHOLE_YEAR = Column("Cả năm", "như ở học bạ")


def sum_rows(school_class: SchoolClass, spans: Mapping[str, Days]) -> tuple[SumRow, ...]:
    """Whoever sat in the class in the year, with the days absent within each span, and last those of the year.

    The year's are those that the books print: with what was brought along, blank where no roll was ever called. Five
    statements.
    """
    seats = _seats(school_class, school_class.year.days)
    names = {seat.student_id: seat.student.full_name for seat in seats}
    sums = absences_within(names, spans)
    totals = absence_totals(names, until=school_class.year_id)
    nobody_knows = Absences(None, None)
    return tuple(
        SumRow(
            number,
            name,
            (
                *(sums.get((pupil, span), Absences()) for span in spans),
                totals.get((pupil, school_class.year_id), nobody_knows),
            ),
        )
        for number, (pupil, name) in enumerate(names.items(), start=1)
    )
