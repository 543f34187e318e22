"""A year that has begun and is still being prepared: nobody can call a roll or enter a result in it (PLAN IV.1)."""

from collections.abc import Iterator

from django.urls import reverse

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from students.models import SchoolYear


def years_to_open(user: User) -> Iterator[Task]:
    """For the clerk, who prepares it, and the principal, who opens it. One statement; none for others."""
    opens = permissions.may(user, Action.OPEN_YEAR)
    if not opens and not permissions.may(user, Action.PREPARE_YEAR):
        return
    to_do = "xem việc còn thiếu, rồi mở năm học" if opens else "làm các việc còn thiếu để Hiệu trưởng mở"
    begun = SchoolYear.objects.filter(state=SchoolYear.State.PREPARING, starts_on__lte=clock.today())
    for year in begun.order_by("year"):
        yield Task(
            f"Năm học {year.label} chưa mở",
            f"bắt đầu ngày {year.starts_on:%d/%m/%Y} · {to_do}",
            reverse("gradebook:opening", args=[year.pk]),
            "waiting",
            "Chờ mở",
        )
