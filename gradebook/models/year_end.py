"""What a year came to: proposed, confirmed, reviewed, approved; who is praised."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.regulation import Award, YearResult
from gradebook.year_end_rules import Exceptional, Promotion, State
from students.models import SchoolClass, Student


class YearOutcome(models.Model):
    """What the year came to for a pupil, as the principal approved it (TT27 Điều 9, 11, 13; rules R39–R45).

    `original_result` is what the year-end values came to, of a pupil who was assessed again (R41); `exception_reason`
    marks a result that is not the computed one but the principal's decision (R39).

    Without `result`: not assessed (KHGDCN, rule R33) or come too late to be; then the note says what the promotion
    was decided on.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="outcomes")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="outcomes")
    result = models.CharField("kết quả giáo dục", max_length=4, blank=True)
    award = models.CharField("khen thưởng", max_length=4, blank=True)
    award_reason = models.CharField("nội dung khen thưởng", max_length=300, blank=True)
    is_promoted = models.BooleanField("được lên lớp")
    promotion_note = models.CharField("ghi chú xét lên lớp", max_length=300, blank=True)
    original_result = models.CharField("kết quả trước khi đánh giá bổ sung", max_length=4, blank=True)
    exception_reason = models.CharField("lí do ngoại lệ", max_length=300, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="approved_outcomes"
    )
    approved_on = models.DateField("ngày phê duyệt")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "school_class"], name="outcome_once_a_class"),
            models.CheckConstraint(
                condition=Q(result__in=list(YearResult)) | (Q(result="") & ~Q(promotion_note="")),
                name="outcome_result_is_known",
            ),
            models.CheckConstraint(
                condition=Q(original_result__in=["", *YearResult]), name="outcome_original_is_known"
            ),
            models.CheckConstraint(condition=Q(award__in=["", *Award]), name="outcome_award_is_known"),
            models.CheckConstraint(
                condition=~Q(award="HSXS") | Q(result="HTXS"), name="outcome_hsxs_needs_htxs"
            ),
            models.CheckConstraint(
                condition=~Q(award="HSTB") | Q(result="HTT"), name="outcome_hstb_needs_htt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.result}"


class ClassYearEnd(models.Model):
    """How far the results of a class's year have come on their way to the principal (PLAN IV; rule R47).

    Each step says who and when. `return_reason` stays until the class is complete again. Acts hold the class's row.
    """

    school_class = models.OneToOneField(SchoolClass, models.PROTECT, related_name="year_end")
    state = models.CharField("trạng thái", max_length=9, choices=State.pairs(), default=State.OPEN)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    completed_at = models.DateTimeField("hoàn thành lúc", null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField("rà soát lúc", null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField("phê duyệt lúc", null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    return_reason = models.CharField("lí do trả lại", max_length=500, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(State)), name="year_end_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["reviewed", "approved"])
                | Q(completed_by__isnull=False, reviewed_by__isnull=False),
                name="year_end_reviewed_after_it_was_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False),
                name="year_end_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True) | ~Q(return_reason=""),
                name="year_end_returned_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Kết quả năm học lớp {self.school_class_id}"


class PupilYearEnd(models.Model):
    """What the homeroom teacher says of a pupil's year before the principal decides (rules R39, R42, R45, R48).

    `confirmed_result` is the computed result that was confirmed, or from which the exception is asked: when another is
    computed since, the confirmation no longer holds. `wanted_result` with its reason asks for an exception.
    """

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="pupil_year_ends")
    student = models.ForeignKey(Student, models.PROTECT, related_name="year_ends")
    confirmed_result = models.CharField("kết quả đã xác nhận", max_length=4, blank=True)
    wanted_result = models.CharField("kết quả đề nghị", max_length=4, blank=True)
    exception_reason = models.CharField("lí do đề nghị ngoại lệ", max_length=300, blank=True)
    exception = models.CharField("ngoại lệ", max_length=7, choices=Exceptional.pairs(), blank=True)
    exception_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    exception_note = models.CharField("ý kiến về ngoại lệ", max_length=300, blank=True)
    promotion = models.CharField("đề nghị", max_length=8, choices=Promotion.pairs(), blank=True)
    promotion_note = models.CharField("kế hoạch giúp đỡ hoặc lí do", max_length=300, blank=True)
    outstanding_lines = ArrayField(models.CharField(max_length=10), verbose_name="môn nổi trội", default=list)
    progress_traits = ArrayField(models.CharField(max_length=30), verbose_name="tiến bộ", default=list)
    is_recognised = models.BooleanField("được tập thể lớp công nhận", default=False)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school_class", "student"], name="pupil_year_end_once"),
            models.CheckConstraint(
                condition=Q(confirmed_result__in=["", *YearResult], wanted_result__in=["", *YearResult]),
                name="pupil_year_end_results_are_known",
            ),
            models.CheckConstraint(
                condition=Q(wanted_result="", exception="", exception_reason="")
                | (~Q(wanted_result="") & ~Q(exception="") & ~Q(exception_reason="")),
                name="pupil_year_end_exception_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(exception__in=["", "asked"], exception_by__isnull=True)
                | Q(exception__in=["granted", "refused"], exception_by__isnull=False),
                name="pupil_year_end_exception_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(promotion__in=["", *Promotion]), name="pupil_year_end_promotion_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.confirmed_result}"


class CommendationQuerySet(models.QuerySet["Commendation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(taken_back_for="").order_by("given_on", "pk")


class Commendation(models.Model):
    """Praise of a pupil at any time of the year, beside the title at its end (TT27 Điều 13; rule R45)."""

    KINDS = (
        ("surprise", "Khen thưởng đột xuất"),
        ("letter", "Thư khen"),
        ("higher", "Khen thưởng của cấp trên"),
    )

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="commendations")
    student = models.ForeignKey(Student, models.PROTECT, related_name="commendations")
    kind = models.CharField("hình thức", max_length=8, choices=KINDS)
    text = models.CharField("nội dung", max_length=300)
    given_on = models.DateField("ngày")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_back_for = models.CharField("lí do rút lại", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = CommendationQuerySet.as_manager()

    class Meta:
        ordering = ("given_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["surprise", "letter", "higher"]), name="commendation_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="commendation_says_what_for"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.kind}"

    @property
    def words(self) -> str:
        return f"{self.get_kind_display()} ({self.given_on:%d/%m/%Y}): {self.text}"
