"""The school year, its classes and who leads them."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.clock import today
from accounts.dates import (
    DatedQuerySet,
    Days,
    Term,
    day_range,
    ends_after_it_starts,
    same,
    substitution_is_whole,
)
from accounts.history import TracedRow


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def current(self) -> "SchoolYear | None":
        """The year that contains today, or the last one begun."""
        return self.filter(starts_on__lte=today()).order_by("-year").first()


class SchoolYear(models.Model):
    """Everything legal hangs on the year, the heading lines of its papers too (rules R1, R2; domain.md 8.3)."""

    year = models.PositiveSmallIntegerField("năm bắt đầu", primary_key=True)
    starts_on = models.DateField("ngày bắt đầu")
    first_term_ends_on = models.DateField("ngày kết thúc học kì I")
    ends_on = models.DateField("ngày kết thúc")
    school_name = models.CharField("tên trường", max_length=150)
    parent_body = models.CharField("cơ quan chủ quản", max_length=150)
    ward = models.CharField("xã (phường, đặc khu)", max_length=100)
    province = models.CharField("tỉnh (thành phố)", max_length=100)
    place = models.CharField("địa danh ghi trên văn bản", max_length=100)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = SchoolYearQuerySet.as_manager()

    class Meta:
        ordering = ("-year",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("first_term_ends_on"), first_term_ends_on__lt=F("ends_on")),
                name="school_year_days_are_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The official form with spaces: "2026 - 2027"."""
        return f"{self.year} - {self.year + 1}"

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)

    def day_for_roster(self) -> datetime.date:
        """The day whose roster a sheet of this year shows: today, or the nearest day of the year."""
        return min(max(today(), self.starts_on), self.ends_on)


class SchoolClass(models.Model):
    """A class of one year; its name is free text, its grade is not (rule R8)."""

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="classes")
    name = models.CharField("tên lớp", max_length=30)
    grade_level = models.PositiveSmallIntegerField("khối")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("grade_level", "name")
        permissions: ClassVar = [("view_class_results", "Xem kết quả của lớp")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "name"], name="class_name_once_a_year"),
            models.CheckConstraint(condition=Q(grade_level__range=(1, 5)), name="class_grade_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.name


class HomeroomAssignment(Term):
    """Giáo viên chủ nhiệm of a class from a day to a day; one at a time (rule R6)."""

    PERSON = "teacher"

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="homeroom_assignments")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="homeroom_assignments")

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("homeroom"),
            substitution_is_whole("homeroom", "teacher"),
            ExclusionConstraint(
                name="homeroom_one_teacher_at_a_time",
                expressions=[
                    (same("school_class_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} – {self.school_class}"

    @property
    def duty(self) -> dict[str, Any]:
        return {"school_class_id": self.school_class_id}

    @property
    def duty_label(self) -> str:
        return f"Chủ nhiệm lớp {self.school_class.name}"
