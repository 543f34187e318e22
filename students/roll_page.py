"""What the page of one roll shows: the pupils of that day, who was absent, and whether it may be called now."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from students.attendance import Conflict, why_not_called
from students.attendance_months import MonthState, month_of, month_states, today
from students.calendar import Session, YearCalendar
from students.models import Absence, Enrolment, RollCall, SchoolClass

NOON = 12
LOOKS_BACK = datetime.timedelta(days=21)  # further than any holiday
KINDS = {Absence.Kind.WITH_LEAVE: "vắng có phép", Absence.Kind.WITHOUT_LEAVE: "vắng không phép", "": "có mặt"}


@dataclass(frozen=True, slots=True)
class RollLine:
    """A pupil of the roll; `stored` is set where somebody else's roll says otherwise."""

    number: int
    student_id: int
    name: str
    kind: str
    stored: str | None = None

    @property
    def name_of_field(self) -> str:
        return field_of(self.student_id)

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]

    @property
    def stored_label(self) -> str:
        return KINDS[self.stored or ""]


@dataclass(frozen=True, slots=True)
class SessionTab:
    session: Session
    roll: RollCall | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class RollPage:
    """One roll. `version` is what the form sends along; `why_not` the sentence why nobody may call it now, or ""."""

    school_class: SchoolClass
    day: datetime.date
    session: Session
    tabs: tuple[SessionTab, ...]
    lines: tuple[RollLine, ...]
    roll: RollCall | None
    version: int
    state: MonthState
    may_call: bool
    why_not: str
    earlier: datetime.date | None
    later: datetime.date | None
    calls_today: bool
    other_kinds: Mapping[int, str]
    may_propose: bool

    @property
    def absent(self) -> tuple[RollLine, ...]:
        return tuple(line for line in self.lines if line.kind)

    @property
    def with_leave(self) -> int:
        return sum(line.kind == Absence.Kind.WITH_LEAVE for line in self.lines)

    @property
    def without_leave(self) -> int:
        return sum(line.kind == Absence.Kind.WITHOUT_LEAVE for line in self.lines)

    @property
    def may_follow_other(self) -> bool:
        """Whether the other session of the day has absences that this one, not called yet, may start from."""
        return self.is_editable and self.roll is None and bool(self.absent_in_other)

    @property
    def absent_in_other(self) -> tuple[RollLine, ...]:
        kinds = self.other_kinds
        return tuple(
            replace(line, kind=kinds[line.student_id]) for line in self.lines if kinds.get(line.student_id)
        )

    @property
    def other(self) -> Session:
        return Session.AFTERNOON if self.session == Session.MORNING else Session.MORNING

    def like_other(self) -> "RollPage":
        """The same roll, not saved, with the absences of the other session."""
        kinds = self.other_kinds
        return replace(
            self, lines=tuple(replace(line, kind=kinds.get(line.student_id, "")) for line in self.lines)
        )

    @property
    def is_editable(self) -> bool:
        return self.may_call and not self.why_not

    @property
    def differing(self) -> int:
        return sum(line.stored is not None for line in self.lines)

    @property
    def weekday(self) -> str:
        return weekday_of(self.day)


def weekday_of(day: datetime.date) -> str:
    return (
        "Chủ nhật"
        if day.isoweekday() == 7
        else f"Thứ {('Hai', 'Ba', 'Tư', 'Năm', 'Sáu', 'Bảy')[day.weekday()]}"
    )


def field_of(student_id: int) -> str:
    return f"a.{student_id}"


def roster_on(school_class: SchoolClass, day: datetime.date) -> list[Enrolment]:
    """Who sits in the class that day, in class order. One statement."""
    seats = Enrolment.objects.filter(school_class=school_class).held_on(day)
    return list(seats.select_related("student").in_class_order())


def session_now(sessions: tuple[Session, ...]) -> Session:
    """The session that a teacher means who opens today's roll."""
    wanted = Session.MORNING if _is_before_noon() else Session.AFTERNOON
    return wanted if wanted in sessions else sessions[0]


def sessions_come(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """Those of today's sessions whose roll is to be called by now: the morning all day, the afternoon from noon."""
    return tuple(each for each in sessions if each == Session.MORNING or not _is_before_noon())


def _is_before_noon() -> bool:
    return timezone.localtime(clock.stamp()).hour < NOON


def read_roll(
    user: User,
    school_class: SchoolClass,
    day: datetime.date,
    session: str,
    *,
    typed: Mapping[int, str] | None = None,
    conflict: Conflict | None = None,
) -> RollPage:
    """The roll as stored; with `typed`, as somebody would have it who could not save it. Eight statements."""
    calendar = YearCalendar.of(school_class.year)
    sessions = calendar.sessions_of(day, school_class)
    now = today()
    state = month_states([school_class], [month_of(day)], now)[school_class.pk, month_of(day)]
    rolls, kinds = _rolls_of(school_class, day)
    shown = Session(session)
    roll = rolls.get(shown)
    own = kinds.get(shown, {}) if typed is None else typed
    differing = conflict.differences if conflict else {}
    return RollPage(
        school_class=school_class,
        day=day,
        session=shown,
        tabs=tuple(SessionTab(each, rolls.get(each), each == shown) for each in sessions),
        lines=tuple(
            RollLine(
                number,
                seat.student_id,
                seat.student.full_name,
                own.get(seat.student_id, ""),
                differing[seat.student_id][0] if seat.student_id in differing else None,
            )
            for number, seat in enumerate(roster_on(school_class, day), start=1)
        ),
        roll=roll,
        version=roll.version if roll else 0,
        state=state,
        may_call=permissions.may(user, Action.CALL_ROLL, school_class=school_class),
        why_not=why_not_called(
            day, shown, sessions, state, off="; ".join(each.name for each in calendar.off_on(day))
        ),
        earlier=_nearest(calendar, school_class, day, -1),
        later=_nearest(calendar, school_class, day, 1, until=now),
        calls_today=day == now,
        other_kinds=next((kinds[each] for each in kinds if each != shown), {}),
        may_propose=not (
            school_class.year.is_closed
            or state.is_open
            or why_not_called(day, shown, sessions, state, is_mandated=True)
        )
        and permissions.may(user, Action.PROPOSE_CORRECTION, school_class=school_class, line=None),
    )


def _rolls_of(
    school_class: SchoolClass, day: datetime.date
) -> tuple[dict[str, RollCall], dict[str, dict[int, str]]]:
    """The rolls of the day and who was absent from each, by session."""
    rolls = list(school_class.roll_calls.filter(day=day).select_related("called_by", "changed_by"))
    sessions = {roll.pk: roll.session for roll in rolls}
    kinds: dict[str, dict[int, str]] = {roll.session: {} for roll in rolls}
    for row in Absence.objects.filter(roll_call__in=rolls):
        kinds[sessions[row.roll_call_id]][row.student_id] = row.kind
    return {roll.session: roll for roll in rolls}, kinds


def _nearest(
    calendar: YearCalendar,
    school_class: SchoolClass,
    day: datetime.date,
    way: int,
    *,
    until: datetime.date | None = None,
) -> datetime.date | None:
    """The school day before or after, not later than `until`."""
    step = datetime.timedelta(days=1)
    if way < 0:
        days = calendar.school_days(day - LOOKS_BACK, day - step, school_class)
        return days[-1] if days else None
    last = min(day + LOOKS_BACK, until or day + LOOKS_BACK)
    days = calendar.school_days(day + step, last, school_class)
    return days[0] if days else None
