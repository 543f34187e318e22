"""The one way in for attendance: page, phone that was offline, correction, demo data (rules R56, R71, R72).

Who, when, what, trace, in this order, inside one transaction (design.md, section 3):

    the class's row is held                       one roll of a class after the other, confirmations too
    WHO    permissions.require                    or the mandate's executor
    WHEN   attendance_months                      the database's clock; or the mandate
    WHAT   calendar, enrolments                   a session that the class has, pupils who sit there that day
    versions compared                             what somebody else wrote is handed back, never overwritten
    TRACE  rolls, absences and their history, in bulk
"""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, Sum

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from students.absences import NONE, counted
from students.attendance_months import MonthState, last_day_of, month_of, month_states, today
from students.calendar import Session, YearCalendar
from students.models import Absence, AttendanceMonth, Enrolment, RollCall, SchoolClass
from students.years import hold_class, hold_year

HALF, WHOLE = Decimal("0.5"), Decimal(1)
WHO_CALLS = "Chỉ giáo viên chủ nhiệm (hoặc người dạy thay) của lớp {name} điểm danh lớp này."
CHANGED_MEANWHILE = "Số liệu vừa thay đổi sau khi thầy cô mở trang. Xem lại tổng số rồi xác nhận lần nữa."
Seat = tuple[datetime.date, str]
"""A day and a session of a class."""


@dataclass(frozen=True, slots=True)
class Call:
    """The roll of a session as somebody would have it: who was absent how, by pupil id; all others were there.

    `version` is that of the roll its writer saw, 0 for none. `token` names this save: sent twice, it is one. `after`
    are saves that its writer sent before without hearing what became of them: what they made, the writer has seen.
    """

    day: datetime.date
    session: str
    absent: Mapping[int, str]
    version: int
    token: uuid.UUID
    after: frozenset[uuid.UUID] = frozenset()

    def has_seen(self, roll: RollCall) -> bool:
        return self.version == roll.version or roll.token in self.after

    @property
    def seat(self) -> Seat:
        return self.day, self.session


@dataclass(frozen=True, slots=True)
class Saved:
    """The call stands as roll of this version; `was_known`: it had been saved before."""

    call: Call
    version: int
    was_known: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    call: Call
    message: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody called this roll meanwhile: the pupils on whom both differ, as (stored, wanted) by pupil id."""

    call: Call
    roll: RollCall
    differences: Mapping[int, tuple[str, str]]


@dataclass(slots=True)
class RollReport:
    """What became of each call."""

    saved: list[Saved] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.refused or self.conflicts)


class Mandate(Protocol):
    """The paper under which an approved correction may be carried out after the month has closed."""

    pk: int

    def check_execution(self, *, by: User, calls: Sequence[Call]) -> None:
        """Raises PermissionDenied unless `by` may write exactly these rolls, once, now."""


class MonthRefused(Exception):
    """A month cannot be confirmed; the text says why and what to do."""


def call_roll(
    school_class: SchoolClass,
    calls: Sequence[Call],
    *,
    by: User,
    source: Source,
    under: Mandate | None = None,
    why: str = "",
) -> RollReport:
    """Records rolls of one class, each at most once, and who was absent; raises PermissionDenied for the wrong person.

    Calls are judged one by one: good ones are written, refused ones and conflicts come back. `under` replaces the
    questions WHO and WHEN by the mandate's own. A constant number of statements, whatever the number of calls.
    """
    role = permissions.acting_role(by, school_class, None)
    request_id = under.pk if under else None
    with acting(by, role=role, source=source, request_id=request_id):
        hold_class(school_class)
        if under is not None:
            under.check_execution(by=by, calls=calls)
        else:
            _require_caller(by, school_class)
        register = _Register.read(school_class, calls)
        report = RollReport()
        wanted = [call for call in calls if _judge(call, register, report, is_mandated=under is not None)]
        _write(wanted, register, by=by, why=why)
    return report


def _require_caller(by: User, school_class: SchoolClass) -> None:
    permissions.require(
        by, Action.CALL_ROLL, WHO_CALLS.format(name=school_class.name), school_class=school_class
    )


@dataclass(slots=True)
class _Register:
    """What calls are judged by, read at once: calendar, months, who sits there when, rolls as they stand."""

    school_class: SchoolClass
    calendar: YearCalendar
    months: Mapping[tuple[int, datetime.date], MonthState]
    seats: list[Enrolment]
    rolls: dict[Seat, RollCall]
    absences: dict[int, dict[int, Absence]]
    saves: dict[uuid.UUID, tuple[Seat, int]]

    @classmethod
    def read(cls, school_class: SchoolClass, calls: Sequence[Call]) -> "_Register":
        days = {call.day for call in calls}
        rolls = list(school_class.roll_calls.filter(day__in=days).select_related("called_by", "changed_by"))
        absences: dict[int, dict[int, Absence]] = {roll.pk: {} for roll in rolls}
        for row in Absence.objects.filter(roll_call__in=rolls):
            absences[row.roll_call_id][row.student_id] = row
        return cls(
            school_class=school_class,
            calendar=YearCalendar.of(school_class.year),
            months=month_states([school_class], {month_of(day) for day in days}, today()),
            seats=list(school_class.enrolments.all()),
            rolls={(roll.day, roll.session): roll for roll in rolls},
            absences=absences,
            saves=_saves_known(calls),
        )

    def pupils_on(self, day: datetime.date) -> set[int]:
        return {
            seat.student_id
            for seat in self.seats
            if seat.starts_on <= day and (seat.ends_on is None or seat.ends_on >= day)
        }

    def kinds(self, roll: RollCall) -> dict[int, str]:
        return {student: row.kind for student, row in self.absences[roll.pk].items()}

    def share(self, day: datetime.date) -> Decimal:
        return HALF if len(self.calendar.sessions_of(day, self.school_class)) > 1 else WHOLE


def _saves_known(calls: Sequence[Call]) -> dict[uuid.UUID, tuple[Seat, int]]:
    """The saves among these that have been made before, with their roll and the version they made."""
    rows = RollCall.history.filter(token__in=[call.token for call in calls])
    return {
        token: ((day, session), version)
        for token, day, session, version in rows.values_list("token", "day", "session", "version")
    }


def _judge(call: Call, register: _Register, report: RollReport, *, is_mandated: bool) -> bool:
    """Whether the call is to be written; if not, the report says what became of it."""
    known = register.saves.get(call.token)
    if known and known[0] == call.seat:
        report.saved.append(Saved(call, known[1], was_known=True))
        return False
    problem = _why_not(call, register, is_mandated=is_mandated)
    if problem:
        report.refused.append(Refused(call, problem))
        return False
    roll = register.rolls.get(call.seat)
    if roll is None:
        report.saved.append(Saved(call, 1))
        return True
    differences = _differences(call, register, roll)
    if differences and not call.has_seen(roll):
        report.conflicts.append(Conflict(call, roll, differences))
        return False
    report.saved.append(Saved(call, roll.version + bool(differences)))
    return bool(differences)


def _why_not(call: Call, register: _Register, *, is_mandated: bool) -> str:
    """The sentence why the roll cannot be called so, or ""."""
    sessions = register.calendar.sessions_of(call.day, register.school_class)
    state = register.months[register.school_class.pk, month_of(call.day)]
    problem = why_not_called(call.day, call.session, sessions, state, is_mandated=is_mandated)
    if problem:
        return problem
    if not set(call.absent) <= register.pupils_on(call.day):
        return (
            f"Danh sách lớp ngày {call.day:%d/%m/%Y} đã thay đổi: có học sinh không còn trong lớp. Xem lại rồi "
            "lưu lần nữa."
        )
    return ""


def why_not_called(
    day: datetime.date,
    session: str,
    sessions: Sequence[str],
    state: MonthState,
    *,
    is_mandated: bool = False,
    off: str = "",
) -> str:
    """Why nobody can call the roll of this session now, or "". A mandate opens a month that has closed, no more.

    `off` names the holiday or day off.
    """
    because = f" ({off})" if off else ""
    if day > state.today:
        return f"Chưa đến ngày {day:%d/%m/%Y}. Điểm danh trong ngày, hoặc điểm danh bù các ngày đã qua."
    if not sessions:
        return f"Ngày {day:%d/%m/%Y} lớp không học{because} nên không điểm danh. Lịch năm học do văn thư giữ."
    if session not in sessions:
        return f"Ngày {day:%d/%m/%Y} lớp không học buổi {Session(session).label}{because}. Chọn buổi khác."
    return "" if is_mandated else state.why_closed


def _differences(call: Call, register: _Register, roll: RollCall) -> dict[int, tuple[str, str]]:
    """Of the pupils who sit there that day; what stands for one who has left since is let alone."""
    stored = register.kinds(roll)
    return {
        pupil: (stored.get(pupil, ""), call.absent.get(pupil, ""))
        for pupil in register.pupils_on(call.day)
        if stored.get(pupil, "") != call.absent.get(pupil, "")
    }


def _write(calls: Sequence[Call], register: _Register, *, by: User, why: str) -> None:
    """New rolls and changed ones, then their absences; history for each, all in bulk."""
    if not calls:
        return
    new = [_new_roll(call, register, by) for call in calls if call.seat not in register.rolls]
    changed = [_changed_roll(call, register, by) for call in calls if call.seat in register.rolls]
    record_bulk(RollCall.objects.bulk_create(new), changed=False, why=why)
    if changed:
        RollCall.objects.bulk_update(changed, ["version", "token", "share", "changed_by", "changed_at"])
        record_bulk(changed, changed=True, why=why)
    rolls = {(roll.day, roll.session): roll for roll in (*new, *changed)}
    _write_absences(calls, rolls, register, why=why)


def _new_roll(call: Call, register: _Register, by: User) -> RollCall:
    return RollCall(
        school_class=register.school_class,
        day=call.day,
        session=call.session,
        share=register.share(call.day),
        token=call.token,
        called_by=by,
        called_at=clock.stamp(),
    )


def _changed_roll(call: Call, register: _Register, by: User) -> RollCall:
    roll = register.rolls[call.seat]
    roll.version += 1
    roll.token, roll.share = call.token, register.share(call.day)
    roll.changed_by, roll.changed_at = by, clock.stamp()
    return roll


def _write_absences(
    calls: Sequence[Call], rolls: Mapping[Seat, RollCall], register: _Register, *, why: str
) -> None:
    new, changed = [], []
    for call in calls:
        roll = rolls[call.seat]
        rows = register.absences.get(roll.pk, {})
        for pupil in register.pupils_on(call.day):
            kind, row = call.absent.get(pupil, ""), rows.get(pupil)
            if row is None and kind:
                new.append(Absence(roll_call=roll, student_id=pupil, kind=kind))
            elif row is not None and row.kind != kind:
                row.kind = kind
                changed.append(row)
    record_bulk(Absence.objects.bulk_create(new), changed=False, why=why)
    if changed:
        Absence.objects.bulk_update(changed, ["kind"])
        record_bulk(changed, changed=True, why=why)


Place = tuple[datetime.date, str]
"""A session of a day."""


def standing_roll(school_class: SchoolClass, day: datetime.date, session: str) -> Call:
    """The roll as it stands, of the pupils who sit there that day; of version 0 where it was never called."""
    return standing_rolls(school_class, [(day, session)])[day, session]


def standing_rolls(school_class: SchoolClass, places: Iterable[Place]) -> dict[Place, Call]:
    """The same of several sessions. Two statements."""
    wanted = dict.fromkeys(places)
    rolls = {
        (roll.day, roll.session): roll
        for roll in school_class.roll_calls.filter(day__in={day for day, _session in wanted})
        if (roll.day, roll.session) in wanted
    }
    absent = _absent_in([roll.pk for roll in rolls.values()])
    return {
        (day, session): Call(
            day=day,
            session=session,
            absent=absent.get(roll.pk, {}) if (roll := rolls.get((day, session))) else {},
            version=roll.version if roll else 0,
            token=roll.token if roll else uuid.uuid4(),
        )
        for day, session in wanted
    }


def _absent_in(rolls: Collection[int]) -> dict[int, dict[int, str]]:
    """Roll → pupil → answer, of those who sit in the class that day. One statement, if any."""
    if not rolls:
        return {}
    seated = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("roll_call__day")),
        starts_on__lte=OuterRef("roll_call__day"),
        school_class=OuterRef("roll_call__school_class"),
        student=OuterRef("student"),
    )
    rows = Absence.objects.filter(Exists(seated), roll_call__in=rolls).exclude(kind=Absence.Kind.TAKEN_BACK)
    found: dict[int, dict[int, str]] = {}
    for roll, pupil, kind in rows.values_list("roll_call_id", "student_id", "kind"):
        found.setdefault(roll, {})[pupil] = kind
    return found


# -- The month ---------------------------------------------------------------------------------------------


Seen = tuple[Decimal, Decimal, int]
"""The sums on the page that is confirmed: days with leave, days without, sessions not called."""


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What a homeroom teacher puts their name to: days absent in the class, and sessions whose roll was not called."""

    with_leave: Decimal
    without_leave: Decimal
    not_called: tuple[Seat, ...]
    sessions: int

    @property
    def seen(self) -> Seen:
        return self.with_leave, self.without_leave, len(self.not_called)


def month_sums(school_class: SchoolClass, month: datetime.date) -> MonthSums:
    """The sums of a month as they stand. Four statements."""
    calendar = YearCalendar.of(school_class.year)
    last = min(last_day_of(month), today())
    called = set(school_class.roll_calls.filter(day__range=(month, last)).values_list("day", "session"))
    seats = [
        (day, session)
        for day in calendar.school_days(month, last, school_class)
        for session in calendar.sessions_of(day, school_class)
    ]
    absences = counted().filter(roll_call__school_class=school_class, roll_call__day__range=(month, last))
    sums: dict[Any, Decimal] = dict(
        absences.values_list("kind").annotate(days=Sum("roll_call__share")).order_by()
    )
    return MonthSums(
        with_leave=sums.get(Absence.Kind.WITH_LEAVE, NONE),
        without_leave=sums.get(Absence.Kind.WITHOUT_LEAVE, NONE),
        not_called=tuple(seat for seat in seats if seat not in called),
        sessions=len(seats),
    )


def confirm_month(
    school_class: SchoolClass,
    month: datetime.date,
    *,
    seen: Seen,
    by: User,
    source: Source = Source.PAGE,
) -> AttendanceMonth:
    """The homeroom teacher confirms a month that is over: from then on corrections only.

    In time (days 1 to 3) every roll must have been called; later gaps stay, and are on record. Raises
    PermissionDenied, MonthRefused.
    """
    with acting(by, role=permissions.acting_role(by, school_class, None), source=source):
        state, sums = _hold_month(school_class, month, by)
        problem = _why_not_confirmed(state, sums, seen)
        if problem:
            raise MonthRefused(problem)
        return AttendanceMonth.objects.create(
            school_class=school_class,
            month=month,
            confirmed_by=by,
            confirmed_at=clock.now(),
            **_stored(sums),
        )


def confirm_again(
    school_class: SchoolClass,
    month: datetime.date,
    *,
    seen: Seen,
    changes: Collection[int],
    by: User,
    source: Source = Source.PAGE,
) -> AttendanceMonth:
    """The homeroom teacher has looked again at a confirmed month that movements have changed, `changes` by their ids.

    The sums become those of now; what was confirmed first stays in the history. Raises PermissionDenied, MonthRefused.
    """
    with acting(by, role=permissions.acting_role(by, school_class, None), source=source):
        state, sums = _hold_month(school_class, month, by)
        confirmed = state.confirmation
        if confirmed is None or not state.has_changed:
            raise MonthRefused(
                f"Sĩ số {state.label} không thay đổi từ lần xác nhận trước: không phải xác nhận lại."
            )
        if set(changes) != set(state.changes) or seen != sums.seen:
            raise MonthRefused(CHANGED_MEANWHILE)
        for name, value in _stored(sums).items():
            setattr(confirmed, name, value)
        confirmed.confirmed_again_by, confirmed.confirmed_again_at = by, clock.now()
        confirmed.save(update_fields=[*_stored(sums), "confirmed_again_by", "confirmed_again_at"])
        return confirmed


def _hold_month(school_class: SchoolClass, month: datetime.date, by: User) -> tuple[MonthState, MonthSums]:
    """The year too: a movement under way is over before the month is judged, a later one counts as later."""
    hold_year(school_class.year)
    hold_class(school_class)
    _require_caller(by, school_class)
    state = month_states([school_class], [month], today())[school_class.pk, month]
    return state, month_sums(school_class, month)


def _stored(sums: MonthSums) -> dict[str, Any]:
    return {
        "with_leave": sums.with_leave,
        "without_leave": sums.without_leave,
        "not_called": len(sums.not_called),
    }


def _why_not_confirmed(state: MonthState, sums: MonthSums, seen: Seen) -> str:
    if state.confirmation is not None:
        who, at = state.confirmation.stands_by, clock.moment_label(state.confirmation.stands_since)
        return f"Điểm danh {state.label} đã được {who.full_name} xác nhận lúc {at}."
    if not state.is_over:
        return f"Hết {state.label} mới xác nhận được, từ ngày 01 đến ngày {state.closes_on:%d/%m/%Y}."
    if not sums.sessions:
        return f"Lớp không học ngày nào trong {state.label}: không có gì để xác nhận."
    if sums.not_called and not state.is_locked:
        return (
            f"Còn {len(sums.not_called)} buổi chưa điểm danh trong {state.label}. Điểm danh bù các buổi đó rồi "
            "xác nhận."
        )
    return "" if seen == sums.seen else CHANGED_MEANWHILE
