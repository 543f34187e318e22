"""When there are lessons: the days that differ from an ordinary week, and what an ordinary week is."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.dates import Days
from accounts.history import TracedRow
from students.models.years import SchoolClass, SchoolYear

ISO_WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]


class Session(models.TextChoices):
    """A buổi: half a school day."""

    MORNING = "morning", "sáng"
    AFTERNOON = "afternoon", "chiều"


class CalendarEntry(models.Model):
    """Days without lessons, or a day on which lessons are made up (ngày nghỉ, ngày học bù) of one year.

    `session` names the half of the day it is about; empty: both. A day that is made up follows the timetable of the
    weekday `taught_as` (1 is Monday).
    """

    class Kind(models.TextChoices):
        NATIONAL = "national", "Nghỉ lễ, Tết"
        OFF = "off", "Trường cho nghỉ"
        MAKE_UP = "make_up", "Học bù"

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="calendar_entries")
    kind = models.CharField("loại", max_length=8, choices=Kind)
    name = models.CharField("lí do", max_length=150)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    session = models.CharField("buổi", max_length=9, choices=Session, blank=True)
    taught_as = models.PositiveSmallIntegerField("học theo thời khoá biểu thứ", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("starts_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="calendar_entry_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["national", "off"], taught_as__isnull=True)
                | Q(kind="make_up", taught_as__isnull=False, taught_as__range=(1, 7), ends_on=F("starts_on")),
                name="calendar_entry_is_off_or_made_up",
            ),
            models.CheckConstraint(
                condition=Q(session__in=["", "morning", "afternoon"]), name="calendar_entry_session_is_known"
            ),
            models.UniqueConstraint(
                fields=["year", "starts_on"],
                condition=Q(kind="make_up"),
                name="calendar_day_is_made_up_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on:%d/%m/%Y}"

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)


class WeekPattern(models.Model):
    """Which weekdays have lessons in which session, from a day on until the next pattern (1 is Monday).

    Without a class it is the school's; a class with a pattern of its own follows that one.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="week_patterns")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="week_patterns", null=True, blank=True
    )
    starts_on = models.DateField("áp dụng từ ngày")
    mornings = ArrayField(models.PositiveSmallIntegerField(), verbose_name="buổi sáng", default=list)
    afternoons = ArrayField(models.PositiveSmallIntegerField(), verbose_name="buổi chiều", default=list)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("starts_on", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "school_class", "starts_on"],
                name="week_pattern_once_a_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(mornings__contained_by=ISO_WEEKDAYS, afternoons__contained_by=ISO_WEEKDAYS),
                name="week_pattern_names_weekdays",
            ),
            models.CheckConstraint(
                condition=Q(mornings__len__gt=0) | Q(afternoons__len__gt=0),
                name="week_pattern_has_lessons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class or self.year} {self.starts_on:%d/%m/%Y}"
