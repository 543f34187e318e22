"""Who teaches what to whom."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from simple_history.models import HistoricalRecords

from accounts.dates import DatedQuerySet, Term, day_range, ends_after_it_starts, same, substitution_is_whole
from accounts.history import TracedRow
from gradebook.subject_lines import SubjectLine
from students.models import SchoolClass


class TeachingAssignment(Term):
    """A teacher answers for a line in a class from a day to a day; one at a time (rule R6)."""

    PERSON = "teacher"

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="teaching_assignments")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="assignments")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="teaching_assignments")

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [("view_assignment_sheets", "Xem sổ của một phân công")]
        constraints: ClassVar = [
            ends_after_it_starts("teaching"),
            substitution_is_whole("teaching", "teacher"),
            ExclusionConstraint(
                name="teaching_one_teacher_at_a_time",
                expressions=[
                    (same("school_class_id"), RangeOperators.OVERLAPS),
                    (same("line_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} – {self.line} {self.school_class}"

    @property
    def duty(self) -> dict[str, Any]:
        return {"school_class_id": self.school_class_id, "line_id": self.line_id}

    @property
    def duty_label(self) -> str:
        return f"{self.line.line.short_name} lớp {self.school_class.name}"
