"""Who sat in which class from when to when."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.dates import DatedQuerySet, day_range, ends_after_it_starts, same
from accounts.history import TracedRow
from students.models.movements import Movement
from students.models.pupils import Student
from students.models.years import SchoolClass


class EnrolmentQuerySet(DatedQuerySet):
    def in_class_order(self) -> Self:
        """The class's stored order (thứ tự), then the Vietnamese order of names (rule R92)."""
        return self.order_by("position", "student__sort_key", "student_id")

    def roster(self, school_class: SchoolClass) -> Self:
        """The pupils of a class on the day its sheets show, with the pupil at hand."""
        day = school_class.year.day_for_roster()
        return self.filter(school_class=school_class).held_on(day).select_related("student").in_class_order()


class Enrolment(models.Model):
    """A pupil sits in a class from a day to a day; the database keeps one pupil's intervals apart (rule R13).

    `students.movements` alone writes it. Without `ended_by` it ends with the year.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="enrolments")
    position = models.PositiveSmallIntegerField("thứ tự")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)
    began_by = models.OneToOneField(Movement, models.PROTECT, related_name="begun")
    ended_by = models.OneToOneField(Movement, models.PROTECT, related_name="ended", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("enrolment"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | (Q(ends_on__isnull=False) & ~Q(ended_by=F("began_by"))),
                name="enrolment_ended_has_an_end",
            ),
            ExclusionConstraint(
                name="enrolment_one_class_at_a_time",
                expressions=[
                    (same("student_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} – {self.school_class}"
