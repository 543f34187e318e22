"""The classes as they stand today, and what has not been called or confirmed."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from students.absences import counted
from students.attendance_months import MonthState, month_states, months_over, today
from students.calendar import Session, YearCalendar
from students.confirmed_months import Change, read_changes
from students.models import RollCall, SchoolClass, SchoolYear
from students.roll_page import sessions_come


@dataclass(frozen=True, slots=True)
class SessionLine:
    session: Session
    is_called: bool


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class today; `month` is the last month that is over, None in the first."""

    school_class: SchoolClass
    sessions: tuple[SessionLine, ...]
    absent: int
    month: MonthState | None


CLASSES_ON_PAGE = 40
"""A school of the usual size is on one page; a larger one is looked through grade by grade, or page by page."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of the classes; `grades` are those to choose from, none where one page holds all classes."""

    day: datetime.date
    lines: tuple[ClassLine, ...]
    follows: bool
    page: Page[SchoolClass] | None = None
    grades: tuple[int, ...] = ()

    @property
    def not_called(self) -> int:
        return sum(any(not each.is_called for each in line.sessions) for line in self.lines)


def read_overview(user: User, *, grade: str = "", page: str = "") -> Overview:
    """The classes of a grade, or of all, as many as a page holds. Nine statements, whatever the number of classes."""
    now = today()
    follows = permissions.may(user, Action.FOLLOW_ATTENDANCE)
    year = SchoolYear.objects.current()
    if year is None:
        return Overview(now, (), follows)
    reach = permissions.reach_of(user, Action.SEE_ATTENDANCE)
    within = year.classes.filter(reach.condition())
    grades = tuple(sorted(within.order_by().values_list("grade_level", flat=True).distinct()))
    asked = within.filter(grade_level=grade) if grade.isdecimal() and len(grade) == 1 else within
    pages = Paginator(asked.select_related("year"), CLASSES_ON_PAGE)
    shown = pages.get_page(page)
    classes = list(shown.object_list)
    calendar = YearCalendar.of(year)
    months = months_over(calendar, now)[-1:]
    states = month_states(classes, months, now)
    called = set(
        RollCall.objects.filter(school_class__in=classes, day=now).values_list("school_class_id", "session")
    )
    absent: dict[int, set[int]] = {}
    rows = counted().filter(roll_call__school_class__in=classes, roll_call__day=now)
    for class_id, student in rows.values_list("roll_call__school_class_id", "student_id"):
        absent.setdefault(class_id, set()).add(student)
    return Overview(
        now,
        tuple(
            ClassLine(
                each,
                tuple(
                    SessionLine(session, (each.pk, session) in called)
                    for session in calendar.sessions_of(now, each)
                ),
                len(absent.get(each.pk, ())),
                states[each.pk, months[0]] if months else None,
            )
            for each in classes
        ),
        follows,
        shown,
        grades if asked is not within or pages.num_pages > 1 else (),
    )


@dataclass(frozen=True, slots=True)
class LateMonth:
    """A month that locked, with the classes whose homeroom teacher has not confirmed it."""

    state: MonthState
    classes: tuple[SchoolClass, ...]


@dataclass(frozen=True, slots=True)
class ChangedMonth:
    """A confirmed month of a class that movements have changed since."""

    state: MonthState
    school_class: SchoolClass
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the vice-principal follows: months locked without a confirmation, newest first, and changed ones, oldest
    first."""

    late: tuple[LateMonth, ...] = ()
    changed: tuple[ChangedMonth, ...] = ()


def read_follow_up() -> FollowUp:
    """Of the current year. Six statements, one more when a month has changed."""
    year, now = SchoolYear.objects.current(), today()
    if year is None:
        return FollowUp()
    months = months_over(YearCalendar.of(year), now)
    classes = list(year.classes.all())
    states = month_states(classes, months, now)
    return FollowUp(tuple(_late(months, classes, states, now)), tuple(_changed(months, classes, states)))


States = Mapping[tuple[int, datetime.date], MonthState]


def _late(
    months: list[datetime.date], classes: list[SchoolClass], states: States, now: datetime.date
) -> Iterator[LateMonth]:
    for month in reversed(months):
        missing = tuple(each for each in classes if states[each.pk, month].is_overdue)
        if missing:
            yield LateMonth(MonthState(month, now), missing)


def _changed(
    months: list[datetime.date], classes: list[SchoolClass], states: States
) -> Iterator[ChangedMonth]:
    changes = read_changes(states.values())
    for month in months:
        for each in classes:
            if (each.pk, month) in changes:
                yield ChangedMonth(states[each.pk, month], each, changes[each.pk, month])


def attendance_tasks(user: User) -> list[Task]:
    """Today's rolls and months to confirm for the homeroom teacher; classes that missed it for the vice-principal."""
    tasks = []
    if permissions.reach_of(user, Action.CALL_ROLL).classes:
        tasks += _own_tasks(user)
    if permissions.may(user, Action.FOLLOW_ATTENDANCE):
        tasks += _follow_up_tasks(read_follow_up())
    return tasks


def _follow_up_tasks(found: FollowUp) -> list[Task]:
    """One line for all that have changed: the page behind it tells each."""
    url = reverse("students:late_attendance")
    late = [
        Task(
            f"{len(late.classes)} lớp chưa xác nhận điểm danh {late.state.label}",
            ", ".join(each.name for each in late.classes),
            url,
            "refused",
            f"Đã khoá sau ngày {late.state.closes_on:%d/%m}",
        )
        for late in found.late
    ]
    if not found.changed:
        return late
    title = f"{len(found.changed)} sổ điểm danh đã xác nhận, sau đó sĩ số thay đổi"
    named = ", ".join(f"{each.school_class.name} ({each.state.month:%m/%Y})" for each in found.changed)
    return [Task(title, named, url, "warning", "Chờ giáo viên chủ nhiệm xem lại"), *late]


def _own_tasks(user: User) -> list[Task]:
    year, now = SchoolYear.objects.current(), today()
    if year is None:
        return []
    calendar = YearCalendar.of(year)
    classes = list(
        year.classes.filter(pk__in=permissions.reach_of(user, Action.CALL_ROLL).classes).select_related(
            "year"
        )
    )
    months = months_over(calendar, now)
    states = month_states(classes, months, now)
    called = set(
        RollCall.objects.filter(school_class__in=classes, day=now).values_list("school_class_id", "session")
    )
    found = []
    for each in classes:
        for session in sessions_come(calendar.sessions_of(now, each)):
            if (each.pk, session) not in called:
                url = reverse("students:roll", args=[each.pk, now, session])
                title = f"Điểm danh lớp {each.name} buổi {session.label} hôm nay"
                found.append(Task(title, f"{now:%d/%m/%Y}", url, "open", "Chưa điểm danh", due_on=now))
        for month in months:
            state = states[each.pk, month]
            if state.is_due or state.has_changed:
                url = reverse("students:attendance_confirm", args=[each.pk, month])
                act = "Xem lại, xác nhận lại" if state.has_changed else "Xác nhận"
                title = f"{act} điểm danh {state.label} lớp {each.name}"
                by = "" if state.has_changed else f"Hạn {state.closes_on:%d/%m/%Y}"
                found.append(
                    Task(
                        title,
                        by,
                        url,
                        state.kind,
                        state.word,
                        due_on=None if state.has_changed else state.closes_on,
                    )
                )
    return found
