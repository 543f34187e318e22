"""A year that was closed and opened again: by whom, when and why, and that it is to be closed anew (PLAN IV.1)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from accounts import clock, permissions
from accounts.models import Post, User
from accounts.powers import Action
from accounts.start_page import Task
from students.models import SchoolYear

STANDS_OPEN = datetime.timedelta(days=14)
"""How long a correction of a past year may take: from then on it is overdue."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """The last opening of a year that had been closed before, and stands open since."""

    year: int
    label: str
    at: datetime.datetime
    by: str
    reason: str

    @property
    def due_on(self) -> datetime.date:
        return localdate(self.at) + STANDS_OPEN

    @property
    def words(self) -> str:
        """«mở lại từ 08:15 27/11/2026, Nguyễn Thị Bích; lí do: …»."""
        return (
            f"mở lại từ {localtime(self.at):%H:%M %d/%m/%Y}, {self.by}; lí do: {self.reason or 'không ghi'}"
        )


def reopenings(*, year: SchoolYear | None = None) -> list[Reopening]:
    """Of the years, or one of them, that stand open after having been closed. One statement."""
    years = SchoolYear.objects.filter(state=SchoolYear.State.OPEN)
    if year is not None:
        years = years.filter(pk=year.pk)
    # Any: the type checker does not know the class that simple-history makes.
    history: Any = SchoolYear.history
    closed = history.filter(year=OuterRef("year"), state=SchoolYear.State.CLOSED).order_by("-history_id")
    since = history.filter(
        year__in=years.values("pk"), history_id__gt=Subquery(closed.values("history_id")[:1])
    )
    first = since.select_related("history_user").order_by("year", "history_id").distinct("year")
    return [
        Reopening(
            each.year,
            each.instance.label,
            each.history_date,
            str(each.history_user or "Hệ thống"),
            each.history_change_reason or "",
        )
        for each in first
    ]


def reopened_tasks(user: User) -> Iterator[Task]:
    """One statement for the principal, who closes it, and the clerk, who carries out what it was opened for."""
    closes = permissions.may(user, Action.CLOSE_YEAR)
    if not closes and not permissions.has_post(user, Post.Kind.CLERK):
        return
    to_do = "sửa xong thì đóng lại" if closes else "sửa xong thì báo Hiệu trưởng đóng lại"
    for each in reopenings():
        is_late = each.due_on < clock.today()
        yield Task(
            f"Năm học {each.label} đang mở lại",
            f"{each.words} · {to_do}, hạn {each.due_on:%d/%m/%Y}",
            reverse("approvals:year_closing", args=[each.year]),
            "refused" if is_late else "warning",
            "Quá hạn" if is_late else "Đang mở lại",
            each.due_on,
        )
