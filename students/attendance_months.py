"""When attendance may be written: a month stays open until the third day of the next one (PLAN IV.5; rule R72).

Nothing has to run for a month to lock: it follows from the database's date. A month that its homeroom teacher has
confirmed is closed from then on.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts import clock
from students.calendar import YearCalendar
from students.models import AttendanceMonth, SchoolClass

CONFIRMED_UNTIL = 3  # the day of the next month


def month_of(day: datetime.date) -> datetime.date:
    """The first day of the month."""
    return day.replace(day=1)


def next_month(month: datetime.date) -> datetime.date:
    return month_of(month + datetime.timedelta(days=31))


def last_day_of(month: datetime.date) -> datetime.date:
    return next_month(month) - datetime.timedelta(days=1)


def today() -> datetime.date:
    """The school's day by the database's clock: the one that locks."""
    return timezone.localdate(clock.now())


def begun_months(calendar: YearCalendar, until: datetime.date) -> list[datetime.date]:
    """The months of the year with lessons, as far as they have begun on that day; oldest first."""
    end = min(until, calendar.year.ends_on)
    return sorted({month_of(day) for day in calendar.school_days(calendar.year.starts_on, end)})


def months_over(calendar: YearCalendar, on: datetime.date) -> list[datetime.date]:
    """Of the begun months those that are over on that day, and so are to be confirmed; oldest first."""
    return [month for month in begun_months(calendar, on) if MonthState(month, on).is_over]


@dataclass(frozen=True, slots=True)
class MonthState:
    """How a month of a class stands on a day: open, to be confirmed, confirmed, or locked without a confirmation.

    `changes`: ids of the movements recorded or cancelled since it was confirmed that give it other pupils.
    """

    month: datetime.date
    today: datetime.date
    confirmation: AttendanceMonth | None = None
    changes: tuple[int, ...] = ()

    @property
    def opens_on(self) -> datetime.date:
        """The first day on which it may be confirmed."""
        return next_month(self.month)

    @property
    def closes_on(self) -> datetime.date:
        """The last day on which rolls of this month may be written."""
        return next_month(self.month).replace(day=CONFIRMED_UNTIL)

    @property
    def label(self) -> str:
        return f"tháng {self.month:%m/%Y}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmation is not None

    @property
    def has_changed(self) -> bool:
        return bool(self.changes)

    @property
    def is_over(self) -> bool:
        return self.today >= next_month(self.month)

    @property
    def is_locked(self) -> bool:
        return self.today > self.closes_on

    @property
    def is_open(self) -> bool:
        return not (self.is_locked or self.is_confirmed)

    @property
    def is_due(self) -> bool:
        """Over, and not confirmed yet: in time or late."""
        return self.is_over and not self.is_confirmed

    @property
    def is_overdue(self) -> bool:
        return self.is_locked and not self.is_confirmed

    @property
    def was_late(self) -> bool:
        return self.confirmation is not None and (
            timezone.localdate(self.confirmation.confirmed_at) > self.closes_on
        )

    @property
    def word(self) -> str:
        if self.has_changed:
            return "Đã xác nhận, sau đó sĩ số thay đổi"
        if self.is_confirmed:
            return "Xác nhận muộn" if self.was_late else "Đã xác nhận"
        if self.is_locked:
            return "Đã khoá, chưa xác nhận"
        until = f"{self.closes_on:%d/%m/%Y}"
        return f"Chờ xác nhận đến hết ngày {until}" if self.is_over else f"Đang ghi, khoá sau ngày {until}"

    @property
    def kind(self) -> str:
        if self.has_changed:
            return "warning"
        if self.is_confirmed:
            return "ok"
        if self.is_locked:
            return "refused"
        return "waiting" if self.is_over else "open"

    @property
    def why_closed(self) -> str:
        """Why nothing of this month may be written directly any more, since when, and what to do; "" while it may."""
        remedy = "Cần sửa thì lập phiếu đề nghị sửa điểm danh."
        if self.confirmation is not None:
            at = clock.moment_label(self.confirmation.stands_since)
            who = self.confirmation.stands_by.full_name
            return f"Điểm danh {self.label} đã được {who} xác nhận lúc {at}. {remedy}"
        if self.is_locked:
            return f"Điểm danh {self.label} đã khoá sau ngày {self.closes_on:%d/%m/%Y}. {remedy}"
        return ""


def month_states(
    classes: Iterable[SchoolClass], months: Iterable[datetime.date], on: datetime.date
) -> Mapping[tuple[int, datetime.date], MonthState]:
    """The state of each of the months for each of the classes, by (class id, month). One statement."""
    ids, wanted = [each.pk for each in classes], sorted(set(months))
    confirmed = {
        (row.school_class_id, row.month): row
        for row in AttendanceMonth.objects.filter(school_class__in=ids, month__in=wanted)
        .with_changes()
        .select_related("confirmed_by", "confirmed_again_by")
    }
    return {(pk, month): _state(month, on, confirmed.get((pk, month))) for pk in ids for month in wanted}


def _state(month: datetime.date, on: datetime.date, confirmation: Any) -> MonthState:
    """`confirmation` with its changes, or None."""
    return MonthState(month, on, confirmation, tuple(confirmation.changes) if confirmation else ())
