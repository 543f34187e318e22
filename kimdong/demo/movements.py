"""A dozen movements of all kinds in the current year of the demo, recorded by the clerk on their days."""

import datetime
from dataclasses import replace
from typing import Any

from accounts import clock
from accounts.history import CLERK_ROLE, Source, acting
from accounts.models import User
from kimdong.demo.school import DemoSchool
from students import movements
from students.models import Enrolment, Movement, SchoolClass, Student
from students.movement_plans import Draft
from students.movement_rules import Kind
from students.names import search_key, sort_key

DAY = datetime.timedelta(days=1)
SCHOOL: dict[str, Any] = {
    "other_school": "Trường Tiểu học Lê Hồng Phong",
    "other_province": "Thành phố Hải Phòng",
}
ELSEWHERE: dict[str, Any] = {"other_school": "Trường Tiểu học Ba Đình", "other_province": "Thành phố Hà Nội"}
NEWCOMERS = (("Vũ Hải Đăng", "male", 2018, 4, 12), ("Đoàn Thị Ánh Dương", "female", 2019, 10, 3))

# (days ago, kind, class, place in it, other class, data); a returning pupil's place is that of the one who left.
PLANNED: tuple[tuple[int, Kind, str, int, str, dict[str, Any]], ...] = (
    (60, Kind.CHANGED_CLASS, "2A", 3, "2B", {"note": "Theo đơn của cha mẹ học sinh"}),
    (55, Kind.TRANSFERRED_OUT, "3B", 5, "", {"destination_code": "02", **ELSEWHERE}),
    (50, Kind.LEFT, "5B", 7, "", {"leave_reason": "09"}),
    (45, Kind.TRANSFERRED_OUT, "5C", 2, "", {"destination_code": "01", **SCHOOL}),
    (40, Kind.SKIPPED_GRADE, "1B", 1, "2C", {}),
    (35, Kind.TRANSFERRED_OUT, "1C", 4, "", {"destination_code": "03", "other_province": "Nhật Bản"}),
    (30, Kind.DIED, "3C", 9, "", {}),
    (25, Kind.LEFT, "2D", 6, "", {"leave_reason": "01"}),
    (20, Kind.RETURNED, "5B", 7, "5B", {}),
    (15, Kind.CHANGED_CLASS, "3D", 8, "3E", {}),
)
ARRIVING = ((48, "3A", ELSEWHERE), (12, "2A", SCHOOL))
# (days ago, recorded days ago, class, place, other class): a month that both classes had confirmed changes by it.
BACK_DATED = (40, 3, "1D", 6, "1E")
MISTAKEN = (10, "1D", 2, "1E")


def load(school: DemoSchool) -> None:
    """Two arrivals, ten other movements, and one recorded by mistake and cancelled; none before the year."""
    school.say("ghi biến động sĩ số")
    clerk = User.objects.get(username="vanthu")
    classes = {each.name: each for each in SchoolClass.objects.filter(year_id=school.year)}
    for days, kind, name, place, other, data in PLANNED:
        pupil = _pupil(classes[name], place)
        _record(school, clerk, days, Draft(kind, pupil, _day(school, days), classes.get(other), **data))
    for (days, name, data), facts in zip(ARRIVING, NEWCOMERS, strict=True):
        newcomer = _newcomer(clerk, facts)
        draft = Draft(Kind.TRANSFERRED_IN, newcomer, _day(school, days), classes[name], **data)
        _record(school, clerk, days, draft)
    days, name, place, other = MISTAKEN
    wrong = Draft(Kind.CHANGED_CLASS, _pupil(classes[name], place), _day(school, days), classes[other])
    mistake = _record(school, clerk, days, wrong)
    if mistake:
        with clock.travelling(school.now - (days - 1) * DAY):
            movements.cancel(mistake, reason="Ghi nhầm học sinh cùng tên", by=clerk)


def load_back_dated(school: DemoSchool) -> None:
    """A change of class that the clerk heard of late; after the attendance of its days, which it changes."""
    days, recorded, name, place, other = BACK_DATED
    classes = {each.name: each for each in SchoolClass.objects.filter(year_id=school.year)}
    draft = Draft(
        Kind.CHANGED_CLASS,
        _pupil(classes[name], place),
        _day(school, days),
        classes[other],
        note="Đơn của cha mẹ học sinh nộp muộn",
    )
    _record(school, User.objects.get(username="vanthu"), recorded, draft)


def _day(school: DemoSchool, days: int) -> datetime.date:
    return (school.now - days * DAY).date()


def _pupil(school_class: SchoolClass, place: int) -> Student:
    return Enrolment.objects.filter(school_class=school_class, position=place).get().student


def _record(school: DemoSchool, clerk: User, days: int, draft: Draft) -> Movement | None:
    """On its day, under a decision of that day."""
    if draft.day <= datetime.date(school.year, 8, 1):
        return None
    signed = replace(draft, decision_number=f"{days:02d}/QĐ-THKĐ", decision_date=draft.day)
    with clock.travelling(school.now - days * DAY):
        return movements.record(signed, by=clerk, source=Source.DEMO)


def _newcomer(clerk: User, facts: tuple[str, str, int, int, int]) -> Student:
    name, gender, year, month, day = facts
    with acting(clerk, role=CLERK_ROLE, source=Source.DEMO):
        return Student.objects.create(
            full_name=name,
            sort_key=sort_key(name),
            search_key=search_key(name),
            gender=gender,
            birth_year=year,
            birth_month=month,
            birth_day=day,
            ethnic_code="01",
        )
