"""Months of attendance that are over, confirmed as a class's homeroom teacher would."""

import datetime

from accounts import clock
from accounts.history import Source, acting
from students.attendance_months import months_over
from students.calendar import YearCalendar
from students.models import AttendanceMonth, SchoolClass
from tests.gradebook.school import School


def months_before(school: School) -> list[datetime.date]:
    return months_over(YearCalendar.of(school.year), clock.today())


def confirm_months(school: School, school_class: SchoolClass) -> None:
    """Those that are not confirmed yet."""
    with acting(school.lan, role="Giáo viên chủ nhiệm", source=Source.PAGE):
        known = set(school_class.attendance_months.values_list("month", flat=True))
        for month in {*months_before(school)} - known:
            AttendanceMonth.objects.create(
                school_class=school_class,
                month=month,
                confirmed_by=school.lan,
                confirmed_at=clock.now(),
                with_leave=0,
                without_leave=0,
                not_called=0,
            )
