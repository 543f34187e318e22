"""Of all that waits for a person what has a day: in the order of the days, across the kinds of «Việc của tôi».

A task is of any kind that has `title` and `url`; it has a day if it has `due_on`.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from accounts.clock import today
from approvals.sheet_tasks import EntryTask
from approvals.tasks import TasksPage

MOST_SHOWN: Final = 6
SOON: Final = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DueTask:
    """One line of «Đến hạn trước»."""

    title: str
    url: str
    due_on: datetime.date
    now: datetime.date

    @property
    def is_overdue(self) -> bool:
        return self.due_on < self.now

    @property
    def kind(self) -> str:
        """Overdue, within three days, later."""
        if self.is_overdue:
            return "refused"
        return "warning" if self.due_on <= self.now + datetime.timedelta(days=3) else "neutral"

    @property
    def word(self) -> str:
        days = (self.due_on - self.now).days
        if days < 0:
            return f"Quá hạn {-days} ngày"
        return f"Còn {days} ngày" if days else "Hạn hôm nay"


def due_tasks(page: TasksPage) -> list[DueTask]:
    """All with a day, the earliest first. No statement."""
    now = today()
    found = [DueTask(each.title, each.url, each.due_on, now) for each in _with_a_day(page)]
    return sorted(found, key=lambda task: task.due_on)


def _with_a_day(page: TasksPage) -> Iterator[Any]:
    for part in fields(page):
        tasks = getattr(page, part.name)
        if isinstance(tasks, tuple):
            yield from (each for each in tasks if getattr(each, "due_on", None) is not None)


def nearest(page: TasksPage) -> list[DueTask]:
    """What is overdue or due within two weeks, for the head of the page; none where sheets alone have days, for they
    stand first in order themselves."""
    if all(isinstance(each, EntryTask) for each in _with_a_day(page)):
        return []
    soon = today() + SOON
    return [task for task in due_tasks(page) if task.due_on <= soon][:MOST_SHOWN]
