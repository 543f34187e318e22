"""The end of the small school's year: decisions of the principal, and next year as the clerk prepares it."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from gradebook.models import YearOutcome
from students.models import Enrolment, SchoolClass, SchoolYear, Student
from students.years import prepare_year
from tests.gradebook.school import School, add_pupils, make_school


@dataclass(slots=True)
class Ending:
    """`school` at the end of its year (1A, 4A, 4B and also 5A), `following` the next, being prepared."""

    school: School
    following: SchoolYear
    class_5a: SchoolClass

    @property
    def clerk(self):
        return self.school.tuan

    def made(self, name: str) -> SchoolClass:
        """The class of that name in the next year."""
        return self.following.classes.get(name=name)


def make_ending(*, pupils: int = 5) -> Ending:
    """4A has `pupils` pupils, 4B three, 1A two, 5A two; nothing is decided yet."""
    school = make_school(pupils=pupils)
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        class_5a = SchoolClass.objects.create(year=school.year, name="5A", grade_level=5)
        add_pupils(class_5a, 2)
        Enrolment.objects.update(ends_on=school.year.ends_on)
    return Ending(school, prepare_after(school.year, by=school.tuan), class_5a)


def prepare_after(now: SchoolYear, *, by: User) -> SchoolYear:
    """The year after this one, as the clerk makes it."""
    number = now.year + 1

    def later(day: datetime.date) -> datetime.date:
        return day.replace(year=day.year + 1)

    return prepare_year(
        SchoolYear(
            year=number,
            starts_on=now.ends_on + datetime.timedelta(days=1),
            lessons_start_on=later(now.lessons_start_on),
            first_term_ends_on=later(now.first_term_ends_on),
            second_term_starts_on=later(now.second_term_starts_on),
            lessons_end_on=later(now.lessons_end_on),
            ends_on=later(now.ends_on),
            records_due_on=later(now.records_due_on) if now.records_due_on else None,
            school_name=now.school_name,
            parent_body=now.parent_body,
            ward=now.ward,
            province=now.province,
            place=now.place,
        ),
        by=by,
    )


def decide(ending: Ending, *, repeating: Collection[Student] = (), without: Collection[Student] = ()) -> None:
    """The principal's decisions on everybody who sits in a class, but for those `without` one."""
    seats = Enrolment.objects.filter(school_class__year=ending.school.year, ended_by=None)
    staying = {pupil.pk for pupil in repeating}
    decide_on(seats.exclude(student__in=without), repeating=staying, by=ending.school.bich)


def decide_on(seats: Iterable[Enrolment], *, repeating: Collection[int], by: User) -> None:
    with acting(by, role="Hiệu trưởng", source=Source.PAGE):
        YearOutcome.objects.bulk_create(
            YearOutcome(
                student_id=seat.student_id,
                school_class_id=seat.school_class_id,
                result="CHT" if seat.student_id in repeating else "HTT",
                is_promoted=seat.student_id not in repeating,
                promotion_note="Chưa hoàn thành sau rèn luyện hè" if seat.student_id in repeating else "",
                approved_by=by,
                approved_on=clock.today(),
            )
            for seat in seats
        )


def end_the_demo_year() -> SchoolYear:
    """The demo school as in summer: everything decided, two pupils of grade 1 repeat, next year is being prepared."""
    now = SchoolYear.objects.latest("year")
    principal, clerk = (User.objects.get(username=name) for name in ("hieutruong", "vanthu"))
    seats = Enrolment.objects.filter(school_class__year=now, ended_by=None).order_by("pk")
    repeating = seats.filter(school_class__grade_level=1).values_list("student_id", flat=True)[:2]
    decide_on(seats, repeating=set(repeating), by=principal)
    return prepare_after(now, by=clerk)
