"""What was entered, and why what was doubted stands.

Results hang on the pupil, the line (which fixes year and grade) and the period, not on an enrolment: a change
of class inside the year keeps them without a copy (rule R12; docs/decisions/0001).
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.models.periods import ENTRY_CHOICES, ENTRY_PERIODS
from gradebook.regulation import Attainment, Rating
from gradebook.repeat_tests import REPEAT_PERIODS, KeepsMarks
from gradebook.subject_lines import SubjectLine
from students.models import SchoolYear, Student


class SubjectResult(KeepsMarks, models.Model):
    """Level, KTĐK mark and comment of a pupil in a line at a period. Blank and null mean not entered.

    Written by `gradebook.entry.save_results` alone; `version` grows by one with each write. `mark` is the official
    one; after a repeat test `other_mark` is the one that does not count (rule R28). `brought` names the fields whose
    value came from a former school.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="subject_results")
    # subject_result_once begins with it: an index of its own would be written for nothing.
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="results", db_index=False)
    period = models.CharField(max_length=6, choices=ENTRY_CHOICES)
    attainment = models.CharField("mức đạt được", max_length=1, blank=True)
    mark = models.PositiveSmallIntegerField("điểm KTĐK", null=True)
    other_mark = models.PositiveSmallIntegerField("điểm KTĐK không lấy", null=True)
    is_repeat_official = models.BooleanField("lấy điểm kiểm tra lại", default=False)
    repeat_reason = models.CharField("lí do kiểm tra lại", max_length=300, blank=True, default="")
    comment = models.TextField("nhận xét", blank=True)
    brought = models.CharField("mang từ trường cũ", max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])

    history = HistoricalRecords(bases=[KeepsMarks, TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "period", "student"], name="subject_result_once"),
            models.CheckConstraint(
                condition=Q(period__in=ENTRY_PERIODS), name="subject_result_period_is_known"
            ),
            models.CheckConstraint(
                condition=Q(attainment__in=["", *Attainment]), name="subject_result_attainment_is_thc"
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(mark__lte=10), name="subject_result_mark_is_0_to_10"
            ),
            models.CheckConstraint(
                condition=Q(other_mark__isnull=True, is_repeat_official=False, repeat_reason="")
                | (
                    Q(other_mark__lte=10, mark__isnull=False, period__in=list(REPEAT_PERIODS))
                    & ~Q(repeat_reason="")
                ),
                name="subject_result_repeat_test_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.line_id} {self.period}"


class TraitResult(models.Model):
    """Rating of one quality or competency, or the comment on a group of them, at a period (domain.md 1.4).

    `item` is a trait's code with a rating, or a group's code with a comment. Written by `save_results` alone.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="trait_results")
    # Half of the table is of one year: before PostgreSQL has counted it, it would read all that for each pupil.
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="trait_results", db_index=False)
    period = models.CharField(max_length=6, choices=ENTRY_CHOICES)
    item = models.CharField(max_length=30)
    rating = models.CharField("mức đạt được", max_length=1, blank=True)
    comment = models.TextField("nhận xét", blank=True)
    brought = models.CharField("mang từ trường cũ", max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "year", "period", "item"], name="trait_result_once"),
            models.CheckConstraint(
                condition=Q(period__in=ENTRY_PERIODS), name="trait_result_period_is_known"
            ),
            models.CheckConstraint(condition=Q(rating__in=["", *Rating]), name="trait_result_rating_is_tdc"),
            models.CheckConstraint(
                condition=Q(item__in=["quality", "general", "specific"], rating="")
                | (~Q(item__in=["quality", "general", "specific"]) & Q(comment="")),
                name="trait_result_groups_have_comments_and_traits_ratings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.item} {self.period}"


class DoubtAnswer(models.Model):
    """Why values that seldom go together are right for this pupil (rules R25, R26), in a teacher's words.

    `sentence` is the warning that was answered: once a value changes it is another warning, and this one's answer
    is not shown with it. `item` is the code of the line, or of the competency where a subject and a competency
    disagree. Written by `gradebook.doubt_answers` alone.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="doubt_answers")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="doubt_answers")
    period = models.CharField(max_length=6, choices=ENTRY_CHOICES)
    item = models.CharField(max_length=30)
    sentence = models.CharField("điều cần xem lại", max_length=300)
    reason = models.CharField("lí do", max_length=300)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("lúc")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["student", "year", "period", "item", "sentence"], name="doubt_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(period__in=ENTRY_PERIODS), name="doubt_answer_period_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="doubt_answer_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.item} {self.period}"
