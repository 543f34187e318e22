"""Where a pupil who completes the primary programme goes on, when it is not where the class as a whole goes."""

from typing import ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models.pupils import Student
from students.models.years import SchoolYear


class NextSchool(models.Model):
    """The lower secondary school that receives a pupil's file at the end of a year (TT27 Điều 12).

    Written with the handover of a class of grade 5; a pupil without a row goes to the school that the handover names.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="next_schools")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="next_schools")
    name = models.CharField("trường nhận", max_length=150, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "year"], name="next_school_once_a_year"),
        ]

    def __str__(self) -> str:
        return self.name
