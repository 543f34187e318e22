"""The day by which the records of the year's classes are whole, and what is left to do for it (PLAN IV.5)."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts import permissions
from accounts.clock import today
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action
from students.class_records import ClassGaps, classes_lacking_for_teacher, read_classes
from students.models import SchoolYear

MOST_NAMED = 3
MOST_CLASSES = 6


@dataclass(frozen=True, slots=True)
class Due:
    """`day` is set with the year's days; None while it is not."""

    day: datetime.date | None
    now: datetime.date

    @classmethod
    def of(cls, year: SchoolYear) -> "Due":
        return cls(year.records_due_on, today())

    @property
    def is_past(self) -> bool:
        return self.day is not None and self.day < self.now

    @property
    def kind(self) -> str:
        """The state of what still lacks something."""
        return "refused" if self.is_past else "warning"

    @property
    def word(self) -> str:
        if self.day is None:
            return "Chưa đặt hạn"
        if self.is_past:
            return f"Quá hạn {(self.now - self.day).days} ngày"
        left = (self.day - self.now).days
        return f"Còn {left} ngày" if left else "Hạn hôm nay"


@dataclass(frozen=True, slots=True)
class RecordTask:
    """Records to be completed, for the start page of the homeroom teacher, or of whoever follows what is overdue."""

    title: str
    detail: str
    url: str
    due: Due

    @property
    def due_on(self) -> datetime.date | None:
        return self.due.day


def record_tasks(user: User) -> list[RecordTask]:
    """Of the classes that the person leads, those whose records lack what the homeroom teacher writes.

    None for whoever leads no class; else four statements. For the vice-principal, once the day is over, one task for
    all classes: four statements.
    """
    return [*_own_tasks(user), *_follow_up(user)]


def _own_tasks(user: User) -> list[RecordTask]:
    led = powers_of(user).homeroom_classes
    year = SchoolYear.objects.current() if led else None
    if year is None or year.is_closed:
        return []
    classes = list(year.classes.filter(pk__in=led))
    return [_task(line, Due.of(year)) for line in read_classes(classes, year) if line.lacking_for_teacher]


def _task(line: ClassGaps, due: Due) -> RecordTask:
    by = f"hạn {due.day:%d/%m/%Y}" if due.day else "chưa đặt hạn"
    own = Counter(gap.words for pupil in line.pupils for gap in pupil.gaps if not gap.is_the_clerks)
    gaps = ", ".join(f"{words} ({count})" for words, count in own.most_common(MOST_NAMED))
    return RecordTask(
        f"Hoàn thành hồ sơ lớp {line.school_class.name}: {line.lacking_for_teacher}/{len(line.pupils)} em còn thiếu",
        f"{by}; thiếu nhiều nhất: {gaps}",
        reverse("students:class_records", args=[line.school_class.pk]),
        due,
    )


def _follow_up(user: User) -> Iterator[RecordTask]:
    """Who follows the homeroom teachers' monthly duties follows this one too."""
    if not permissions.may(user, Action.FOLLOW_ATTENDANCE):
        return
    year = SchoolYear.objects.current()
    if year is None or year.is_closed or not Due.of(year).is_past:
        return
    late = classes_lacking_for_teacher(year)
    if not late:
        return
    named = ", ".join(
        f"{each.name} ({each.homeroom_teacher or 'chưa phân công'})" for each in late[:MOST_CLASSES]
    )
    others = f" và {len(late) - MOST_CLASSES} lớp khác" if len(late) > MOST_CLASSES else ""
    yield RecordTask(
        f"{len(late)} lớp chưa hoàn thành hồ sơ học sinh",
        f"{named}{others}",
        reverse("students:records"),
        Due.of(year),
    )
