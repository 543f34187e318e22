"""Pupils with a disability of the demo's present year: one exempt from a line, others with adjusted requirements.

From the open period on where nothing is entered yet, else from the next one.
"""

from accounts import clock
from accounts.models import User
from gradebook.arrangements import ArrangementRefused, Wanted, arrange
from gradebook.models import Arrangement
from gradebook.regulation import Period
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.models import Enrolment, SchoolYear

_PLAN = "KHGDCN lập ngày 15/9, mục III"
_ADJUSTED = "Đọc đoạn văn bằng nửa độ dài của lớp; viết câu thay cho đoạn."


def load(school: DemoSchool) -> None:
    """The clerk records them a week ago."""
    year = SchoolYear.objects.get(pk=school.year)
    windows = calendar.current_windows(year.pk, school.now)
    periods = [Period(window.period) for window in windows if window.closes_at > school.now]
    school.say(f"ghi hình thức đánh giá học sinh khuyết tật năm học {year.label}")
    seats = Enrolment.objects.filter(school_class__year=year).select_related("student", "school_class__year")
    in_order = seats.order_by("school_class__name", "pk")
    certified = [seat for seat in in_order if seat.student.disability_certificate_on is not None]
    clerk = User.objects.get(username="vanthu")
    with clock.travelling(school.now):
        for number, seat in enumerate(certified[:4]):
            _arrange(seat, [_wanted(number, period, school) for period in periods], clerk)


def _arrange(seat: Enrolment, choices: list[Wanted], clerk: User) -> None:
    for wanted in choices:
        try:
            arrange(seat.student, seat.school_class, wanted, by=clerk)
        except ArrangementRefused:
            continue
        return


def _wanted(number: int, period: Period, school: DemoSchool) -> Wanted:
    if number % 2:
        return Wanted(("TV",), Arrangement.Kind.ADJUSTED, period, _PLAN, adjusted=_ADJUSTED)
    return Wanted(
        ("GDTC", "the_chat"),
        Arrangement.Kind.EXEMPT,
        period,
        _PLAN,
        decision_no=f"{21 + number}/QĐ-THKĐ",
        decision_on=calendar.at(school.year, 9, 18, 8).date(),
    )
