"""Attendance of the demo school: every roll of the year so far, months confirmed by all but two classes."""

import datetime
import random
import uuid

from accounts import clock
from accounts.history import Source
from accounts.models import User
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.attendance import Call, call_roll, confirm_month, month_sums
from students.attendance_months import MonthState, begun_months, last_day_of
from students.calendar import YearCalendar
from students.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear

WITH_LEAVE, WITHOUT_LEAVE = 0.018, 0.002  # of pupils on a day
MISSING = ("2C", "5D")


def load(demo: DemoSchool) -> None:
    """Each class's rolls by its homeroom teacher, a month at a time; what is over is confirmed on the second.

    After the movements: nobody is absent from a class that they have left.
    """
    year = SchoolYear.objects.get(pk=demo.year)
    seed, now = demo.seed, demo.now
    demo.say(f"điểm danh năm học {year.label}")
    school = YearCalendar.of(year)
    teachers = dict(
        HomeroomAssignment.objects.filter(school_class__year=year).values_list(
            "school_class_id", "teacher_id"
        )
    )
    people = User.objects.in_bulk(teachers.values())
    seats: dict[int, list[Enrolment]] = {}
    for seat in Enrolment.objects.filter(school_class__year=year):
        seats.setdefault(seat.school_class_id, []).append(seat)
    yesterday = now.date() - datetime.timedelta(days=1)
    for month in begun_months(school, yesterday):
        for each in year.classes.select_related("year"):
            last = min(last_day_of(month), yesterday)
            calls = _calls(each, school.school_days(month, last, each), school, seats.get(each.pk, []), seed)
            teacher = people[teachers[each.pk]]
            with clock.travelling(calendar.at(last.year, last.month, last.day, 16, 30)):
                call_roll(each, calls, by=teacher, source=Source.DEMO)
            _confirm(each, month, teacher, now)


def _calls(
    school_class: SchoolClass,
    days: list[datetime.date],
    school: YearCalendar,
    seats: list[Enrolment],
    seed: int,
) -> list[Call]:
    chance = random.Random(f"{seed}-{school_class.name}-{days[:1]}")  # noqa: S311 - invented
    calls = []
    for day in days:
        absent = {}
        for seat in seats:
            drawn = chance.random()
            is_seated = seat.starts_on <= day and (seat.ends_on is None or day <= seat.ends_on)
            if is_seated and drawn < WITH_LEAVE + WITHOUT_LEAVE:
                absent[seat.student_id] = "P" if drawn < WITH_LEAVE else "K"
        for session in school.sessions_of(day, school_class):
            # Some are ill for half a day only.
            there = {pupil: kind for pupil, kind in absent.items() if chance.random() < 0.8}
            calls.append(Call(day, session, there, 0, uuid.UUID(int=chance.getrandbits(128))))
    return calls


def _confirm(school_class: SchoolClass, month: datetime.date, teacher: User, now: datetime.datetime) -> None:
    closes_on = MonthState(month, now.date()).closes_on
    moment = calendar.at(closes_on.year, closes_on.month, 2, 16)
    if moment > now or (school_class.name in MISSING and closes_on.month == now.month):
        return
    with clock.travelling(moment):
        sums = month_sums(school_class, month)
        seen = (sums.with_leave, sums.without_leave, len(sums.not_called))
        confirm_month(school_class, month, seen=seen, by=teacher, source=Source.DEMO)
