"""Attendance: rolls that were called, who was absent, months that were confirmed (domain.md 5.5; rules R71, R72)."""

import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models.movements import Movement
from students.models.pupils import Student
from students.models.years import SchoolClass


class RollCall(models.Model):
    """The roll of a class was called for a session of a day: on record also when nobody was absent.

    `share` is what an absence from it counts, in days: half a day where the class had two sessions. `token` is that
    of the save which made this version; those of earlier ones stand in the history, so that no save counts twice.
    """

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="roll_calls")
    day = models.DateField("ngày")
    session = models.CharField("buổi", max_length=9)
    share = models.DecimalField("tính là (ngày)", max_digits=2, decimal_places=1)
    version = models.PositiveIntegerField(default=1)
    token = models.UUIDField(db_index=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField("điểm danh lúc")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField("sửa lúc", null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("day", "-session")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school_class", "day", "session"], name="roll_once_a_session"),
            models.CheckConstraint(
                condition=Q(session__in=["morning", "afternoon"]), name="roll_session_is_known"
            ),
            models.CheckConstraint(condition=Q(share__in=[0.5, 1]), name="roll_share_is_half_or_whole"),
            models.CheckConstraint(
                condition=Q(changed_by__isnull=True, changed_at__isnull=True)
                | Q(changed_by__isnull=False, changed_at__isnull=False),
                name="roll_changed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.day} {self.session}"


class Absence(models.Model):
    """A pupil was absent from a session, with leave or without; taken back, the row stays with an empty kind."""

    class Kind(models.TextChoices):
        WITH_LEAVE = "P", "Có phép"
        WITHOUT_LEAVE = "K", "Không phép"
        TAKEN_BACK = "", "Có mặt"

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="absences")
    student = models.ForeignKey(Student, models.PROTECT, related_name="absences")
    kind = models.CharField("vắng", max_length=1, choices=Kind, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roll_call", "student"], name="absence_once_a_session"),
            models.CheckConstraint(condition=Q(kind__in=["P", "K", ""]), name="absence_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.roll_call_id} {self.student_id} {self.kind}"


class AttendanceMonthQuerySet(models.QuerySet["AttendanceMonth"]):
    def with_changes(self) -> Self:
        """Adds `changes`: ids of the movements recorded or cancelled since that give the month other pupils (R13)."""
        since = Coalesce(OuterRef("confirmed_again_at"), OuterRef("confirmed_at"))
        changing = Movement.objects.changing(OuterRef("school_class"), OuterRef("month"), since=since)
        return self.annotate(changes=ArraySubquery(changing.order_by("day", "pk").values("pk")))


class AttendanceMonth(models.Model):
    """The homeroom teacher has confirmed a month of a class, with the sums and gaps it had then (PLAN IV.5; R72).

    Confirmed again after a movement has changed it, the row has the sums of that moment; those of the first
    confirmation stand in the history, its moment stays here, for it tells whether it was late.
    """

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="attendance_months")
    month = models.DateField("tháng", help_text="its first day")
    with_leave = models.DecimalField("nghỉ có phép (ngày)", max_digits=5, decimal_places=1)
    without_leave = models.DecimalField("nghỉ không phép (ngày)", max_digits=5, decimal_places=1)
    not_called = models.PositiveSmallIntegerField("số buổi không điểm danh")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("xác nhận lúc")
    confirmed_again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    confirmed_again_at = models.DateTimeField("xác nhận lại lúc", null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = AttendanceMonthQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school_class", "month"], name="attendance_month_confirmed_once"),
            models.CheckConstraint(
                condition=Q(confirmed_again_by__isnull=True, confirmed_again_at__isnull=True)
                | Q(confirmed_again_by__isnull=False, confirmed_again_at__isnull=False),
                name="attendance_month_confirmed_again_by_somebody",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="attendance_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.month:%m/%Y}"

    @property
    def stands_since(self) -> datetime.datetime:
        """When somebody last put their name to it."""
        return self.confirmed_again_at or self.confirmed_at

    @property
    def stands_by(self) -> Any:
        return self.confirmed_again_by or self.confirmed_by
