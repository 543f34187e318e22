"""Who teaches what, when the books are open, and what was entered.

Results hang on the pupil, the line (which fixes year and grade) and the period, not on an enrolment: a change
of class inside the year keeps them without a copy (rule R12; docs/decisions/0001).
"""

import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.clock import now_in_sql
from accounts.dates import (
    DatedQuerySet,
    Term,
    day_range,
    ends_after_it_starts,
    same,
    substitution_is_whole,
)
from accounts.history import TracedRow
from gradebook.regulation import LINES, Attainment, Award, Period, Rating, TraitGroup, YearResult
from gradebook.repeat_tests import REPEAT_PERIODS, KeepsMarks
from gradebook.scopes import LINE_CODES, scope_words
from gradebook.subject_lines import ClassLine, SubjectLine
from gradebook.year_end_rules import Exceptional, Promotion, State
from students.models import Movement, SchoolClass, SchoolYear, Student

__all__ = [
    "ENTRY_CHOICES",
    "ENTRY_PERIODS",
    "PERIOD_CHOICES",
    "Arrangement",
    "BankComment",
    "ClassLine",
    "ClassYearEnd",
    "Commendation",
    "DoubtAnswer",
    "EntryNotice",
    "EntryNoticeRecipient",
    "EntryOrder",
    "EntryWindow",
    "EntryWindowQuerySet",
    "Handover",
    "HandoverNote",
    "HandoverReceipt",
    "HiddenComment",
    "OrderExecution",
    "PupilYearEnd",
    "RollOver",
    "RollOverPlace",
    "SubjectLine",
    "SubjectResult",
    "TeachingAssignment",
    "TraitResult",
    "WindowCut",
    "YearOutcome",
]

PERIOD_CHOICES = [(period.value, period.label) for period in Period]
# What may be opened for entry: the four times of the year, and the assessment of the failing again (R41).
ENTRY_PERIODS = (*Period, Period.SUPPLEMENTARY)
ENTRY_CHOICES = [(period.value, period.label) for period in ENTRY_PERIODS]


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


class EntryOrder(models.Model):
    """The principal's written order to open or lock an entry period (PLAN IV.1; rule R49; domain.md 2.6)."""

    class Kind(models.TextChoices):
        OPEN = "open", "Mở nhập"
        LOCK = "lock", "Khoá sổ"

    number = models.CharField("số", max_length=60)
    dated = models.DateField("ngày")
    kind = models.CharField("loại", max_length=5, choices=Kind, default=Kind.OPEN)
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="orders")
    period = models.CharField("thời điểm đánh giá", max_length=6, choices=ENTRY_CHOICES)
    grade_level = models.PositiveSmallIntegerField("khối", null=True, blank=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, verbose_name="lớp")
    line_code = models.CharField(
        "môn học, hoạt động giáo dục", max_length=10, blank=True, default="", db_default=""
    )
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="orders_for_one",
        null=True,
        blank=True,
        verbose_name="giáo viên",
    )
    text = models.TextField("nội dung", max_length=4000)
    opens_at = models.DateTimeField("mở từ")
    closes_at = models.DateTimeField("đến", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    signed_at = models.DateTimeField(db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-signed_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="order_number_once_a_year"),
            models.CheckConstraint(condition=Q(kind__in=["open", "lock"]), name="order_kind_is_known"),
            models.CheckConstraint(condition=Q(period__in=ENTRY_PERIODS), name="order_period_is_known"),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(grade_level__range=(1, 5)),
                name="order_grade_is_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(school_class__isnull=True),
                name="order_has_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(kind="lock") | Q(closes_at__gt=F("opens_at")), name="order_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(kind="lock", closes_at__isnull=True) | Q(kind="open", closes_at__isnull=False),
                name="order_to_open_ends_by_itself",
            ),
            models.CheckConstraint(condition=Q(line_code__in=["", *LINE_CODES]), name="order_line_is_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def scope_label(self) -> str:
        return scope_words(self)

    @property
    def is_for_whole_classes(self) -> bool:
        return not self.line_code and self.teacher_id is None

    @property
    def takes_effect_at(self) -> datetime.datetime:
        """An order to lock that names an hour gone by locks when it is signed."""
        return max(self.opens_at, self.signed_at) if self.kind == self.Kind.LOCK else self.opens_at

    @property
    def is_extension(self) -> bool:
        """Opens for one person alone, until it ends by itself (rule R50)."""
        return self.kind == self.Kind.OPEN and self.teacher_id is not None


class EntryWindowQuerySet(models.QuerySet["EntryWindow"]):
    def covering(self, school_class: SchoolClass, period: str) -> Self:
        """The windows of a period for any sheet of the class, whether open, past or to come."""
        return self.filter(
            Q(grade_level__isnull=True) | Q(grade_level=school_class.grade_level),
            Q(school_class__isnull=True) | Q(school_class=school_class),
            year_id=school_class.year_id,
            period=period,
        )

    def of_all_sheets(self) -> Self:
        """Those of whole classes: limited to no line and no teacher."""
        return self.filter(line_code="", teacher__isnull=True)

    def open_now(self) -> Self:
        """Open by the database's own clock, read at this statement (rule R30)."""
        moment = now_in_sql()
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)


class EntryWindow(models.Model):
    """From when to when teachers may enter, for which period and whom. Shut by its end or by a further order."""

    order = models.OneToOneField(EntryOrder, models.PROTECT, related_name="window")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="windows")
    period = models.CharField(max_length=6, choices=ENTRY_CHOICES)
    grade_level = models.PositiveSmallIntegerField(null=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True)
    line_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="windows", null=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    locked_by = models.ForeignKey(EntryOrder, models.PROTECT, related_name="locked_windows", null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = EntryWindowQuerySet.as_manager()

    class Meta:
        ordering = ("opens_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("opens_at")), name="window_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(period__in=ENTRY_PERIODS), name="window_period_is_known"),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(school_class__isnull=True),
                name="window_has_one_scope",
            ),
            models.CheckConstraint(condition=Q(line_code__in=["", *LINE_CODES]), name="window_line_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "period"], name="window_of_a_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.opens_at:%d/%m/%Y %H:%M} – {self.closes_at:%d/%m/%Y %H:%M}"

    def is_open_at(self, moment: datetime.datetime) -> bool:
        return self.opens_at <= moment < self.closes_at

    @property
    def was_called_off(self) -> bool:
        """Locked by a further order before it ever opened."""
        return self.locked_by_id is not None and self.closes_at == self.opens_at

    @property
    def closes_label(self) -> str:
        return f"{timezone.localtime(self.closes_at):%H:%M %d/%m/%Y}"

    @property
    def opens_label(self) -> str:
        return f"{timezone.localtime(self.opens_at):%H:%M %d/%m/%Y}"


class SubjectResult(KeepsMarks, models.Model):
    """Level, KTĐK mark and comment of a pupil in a line at a period. Blank and null mean not entered.

    Written by `gradebook.entry.save_results` alone; `version` grows by one with each write. `mark` is the official
    one; after a repeat test `other_mark` is the one that does not count (rule R28). `brought` names the fields whose
    value came from a former school.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="subject_results")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="results")
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
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="trait_results")
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


class RollOver(models.Model):
    """The way from last year's classes to those of `year` (rule R17): one draft of places, carried out in one
    application or, when some pupils are decided later, in several. Acts hold its row."""

    year = models.OneToOneField(SchoolYear, models.PROTECT, primary_key=True, related_name="roll_over")

    history = HistoricalRecords(bases=[TracedRow])

    def __str__(self) -> str:
        return f"Xếp lớp {self.year_id}"


class RollOverApplication(models.Model):
    """The placed pupils of the draft were admitted, once; undone once at most, and otherwise it stands still.

    `left_out` names, in the words that the clerk confirmed, those who were left without a class for the time being.
    """

    roll_over = models.ForeignKey(RollOver, models.PROTECT, related_name="applications")
    applied_at = models.DateTimeField("ghi danh sách lớp lúc")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("số học sinh vào lớp")
    left_out = models.TextField("để lại, chưa xếp", blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    undo_reason = models.CharField("lí do hoàn tác", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("applied_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undo_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                name="application_undone_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Ghi danh sách lớp {self.roll_over_id}"

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class RollOverPlace(models.Model):
    """The class in which a pupil of last year is to sit, none while not yet placed.

    Once it is applied `application` says by which one and `movement` is the admission; while that is in force the
    database refuses any change. `version` grows with every change: whoever moves a pupil says which one was seen.
    """

    roll_over = models.ForeignKey(RollOver, models.PROTECT, related_name="places")
    student = models.ForeignKey(Student, models.PROTECT, related_name="roll_over_places")
    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="roll_over_places", null=True)
    version = models.PositiveIntegerField(default=1)
    application = models.ForeignKey(RollOverApplication, models.PROTECT, related_name="places", null=True)
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="roll_over_place", null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roll_over", "student"], name="roll_over_place_once_a_pupil"),
            models.CheckConstraint(
                condition=Q(movement__isnull=True) | Q(to_class__isnull=False),
                name="roll_over_place_applied_has_a_class",
            ),
            models.CheckConstraint(
                condition=Q(movement__isnull=True, application__isnull=True)
                | Q(movement__isnull=False, application__isnull=False),
                name="roll_over_place_comes_by_an_application",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} – {self.to_class_id}"


class Handover(models.Model):
    """What the homeroom teacher of a class tells whoever teaches its pupils next year (TT27 Điều 12; rule R17).

    A draft until `signed_at`; then it stays as it is. `receiving_school`: the lower secondary school of a class of
    grade 5. `version` grows with each save of the notes. `in_place_reason`: why the vice-principal signed in place of
    a homeroom teacher who has left.
    """

    school_class = models.OneToOneField(SchoolClass, models.PROTECT, related_name="handover")
    version = models.PositiveIntegerField(default=0)
    receiving_school = models.CharField("trường nhận", max_length=150, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField("bàn giao lúc", null=True)
    in_place_reason = models.CharField("lí do kí thay", max_length=200, blank=True, default="")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="handover_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Bàn giao lớp {self.school_class_id}"


class HandoverNote(models.Model):
    """What is told of one pupil: strengths, limits, and the help needed."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="notes")
    student = models.ForeignKey(Student, models.PROTECT, related_name="handover_notes")
    strengths = models.CharField("nét nổi bật", max_length=400, blank=True)
    limits = models.CharField("hạn chế", max_length=400, blank=True)
    help = models.CharField("cần giúp đỡ", max_length=400, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "student"], name="handover_note_once_a_pupil"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.student_id}"


class HandoverReceipt(models.Model):
    """The homeroom teacher of a class of the new year has read what an old class handed over of its pupils."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="receipts")
    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="handover_receipts")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField("tiếp nhận lúc")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "to_class"], name="handover_received_once_a_class"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} → {self.to_class_id}"


def _values(kind: type[StrEnum]) -> list[str]:
    """As plain text, so that no migration has to import them."""
    return [each.value for each in kind]


def _has_its_subject_and_level(name: str) -> models.CheckConstraint:
    """T, H, C for a line; T, Đ, C for a group of qualities or competencies."""
    return models.CheckConstraint(
        condition=Q(subject__in=[line.code for line in LINES], level__in=_values(Attainment))
        | Q(subject__in=_values(TraitGroup), level__in=_values(Rating)),
        name=f"{name}_level_fits_its_subject",
    )


class BankCommentQuerySet(models.QuerySet["BankComment"]):
    """Another teacher's own bank is nobody else's business."""

    def mine_or_schools(self, user: Any) -> Self:
        return self.filter(Q(owner=user) | Q(owner=None))


class BankComment(models.Model):
    """A ready comment (nhận xét): of the school's bank, or with an owner of that person's own.

    The bank that is shipped with the system is data of `gradebook.comment_bank` and no rows, so that it grows with
    the system; what the school does not want of it is a HiddenComment. `text` may hold places for the pupil's name
    and gender (`gradebook.comment_places`).
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="comments")
    subject = models.CharField("môn học, nhóm", max_length=10)
    level = models.CharField("mức độ", max_length=1)
    first_grade = models.PositiveSmallIntegerField("từ khối", default=1)
    last_grade = models.PositiveSmallIntegerField("đến khối", default=5)
    text = models.CharField("nội dung nhận xét", max_length=500)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = BankCommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "subject", "level", "text"],
                name="bank_comment_once",
                nulls_distinct=False,
            ),
            _has_its_subject_and_level("bank_comment"),
            models.CheckConstraint(
                condition=Q(first_grade__gte=1, last_grade__lte=5, first_grade__lte=F("last_grade")),
                name="bank_comment_grades_are_1_to_5",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="bank_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.level}: {self.text[:40]}"


class HiddenComment(models.Model):
    """A comment of the shipped bank that the school does not want to be offered; known by its very text."""

    subject = models.CharField("môn học, nhóm", max_length=10)
    level = models.CharField("mức độ", max_length=1)
    text = models.CharField("nội dung nhận xét", max_length=500)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "level", "text"], name="hidden_comment_once"),
            _has_its_subject_and_level("hidden_comment"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.level}: {self.text[:40]}"


class Arrangement(models.Model):
    """How a pupil with a disability is assessed in one line, quality or competency (TT27 Điều 8; rule R33).

    In force from `period` on until the year's next one for the same `item`; without any the pupil is assessed like
    everybody. What is exempt stands in the principal's decision and in the pupil's KHGDCN, named in `plan`.
    """

    class Kind(models.TextChoices):
        NORMAL = "normal", "Như mọi học sinh"
        ADJUSTED = "adjusted", "Điều chỉnh yêu cầu"
        EXEMPT = "exempt", "Miễn"

    student = models.ForeignKey(Student, models.PROTECT, related_name="arrangements")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="arrangements")
    item = models.CharField("nội dung", max_length=30)
    period = models.CharField("từ thời điểm", max_length=6, choices=PERIOD_CHOICES)
    kind = models.CharField("hình thức đánh giá", max_length=8, choices=Kind)
    adjusted = models.CharField("nội dung điều chỉnh", max_length=400, blank=True)
    plan = models.CharField("căn cứ trong KHGDCN", max_length=200)
    decision_no = models.CharField("số quyết định", max_length=60, blank=True)
    decision_on = models.DateField("ngày quyết định", null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["student", "year", "item", "period"], name="arrangement_once_a_period"
            ),
            models.CheckConstraint(condition=Q(period__in=list(Period)), name="arrangement_period_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["normal", "adjusted", "exempt"]), name="arrangement_kind_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(kind="adjusted") & ~Q(adjusted="")) | (~Q(kind="adjusted") & Q(adjusted="")),
                name="arrangement_says_what_is_adjusted",
            ),
            models.CheckConstraint(condition=~Q(plan=""), name="arrangement_names_the_plan"),
            models.CheckConstraint(
                condition=(~Q(decision_no="") & Q(decision_on__isnull=False))
                | (~Q(kind="exempt") & Q(decision_no="", decision_on__isnull=True)),
                name="arrangement_exempt_by_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.item} {self.period} {self.kind}"

    @property
    def decision(self) -> str:
        return (
            f"Quyết định số {self.decision_no} ngày {self.decision_on:%d/%m/%Y}" if self.decision_no else ""
        )


class WindowCut(models.Model):
    """An order locks a part of what a window opens: there, from `shut_at` on, the window is over (rule R50)."""

    window = models.ForeignKey(EntryWindow, models.PROTECT, related_name="cuts")
    order = models.ForeignKey(EntryOrder, models.PROTECT, related_name="cuts")
    shut_at = models.DateTimeField()

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["window", "order"], name="order_cuts_a_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.window_id} {self.order_id}"


class OrderExecution(models.Model):
    """«Đã thực hiện»: the vice-principal or the clerk has seen an order carried out (PLAN IV.2, IV.3; rule R49).

    `found` is what the system said of the order at that moment.
    """

    order = models.OneToOneField(EntryOrder, models.PROTECT, related_name="execution")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="executed_orders",
        verbose_name="người thực hiện",
    )
    done_at = models.DateTimeField("lúc", db_default=Now())
    found = models.CharField("tình trạng lúc đó", max_length=200)

    history = HistoricalRecords(bases=[TracedRow])

    def __str__(self) -> str:
        return f"{self.order_id}: {self.found}"


class EntryNotice(models.Model):
    """The head of a tổ announces a window to its teachers, or reminds those with gaps (PLAN IV.4)."""

    class Kind(models.TextChoices):
        ANNOUNCE = "announce", "Thông báo"
        REMIND = "remind", "Nhắc"

    window = models.ForeignKey(EntryWindow, models.PROTECT, related_name="notices")
    grade_level = models.PositiveSmallIntegerField("khối")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField("lời nhắn", max_length=500, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="entry_notices")
    sent_at = models.DateTimeField(db_default=Now())
    day = models.DateField()

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-sent_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["window", "grade_level", "kind", "day"], name="notice_once_a_day_at_most"
            ),
            models.CheckConstraint(condition=Q(kind__in=["announce", "remind"]), name="notice_kind_is_known"),
            models.CheckConstraint(condition=Q(grade_level__range=(1, 5)), name="notice_grade_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.window_id} {self.day}"


class EntryNoticeRecipient(models.Model):
    """Whom a notice was for, and how many cells they lacked when it was sent."""

    notice = models.ForeignKey(EntryNotice, models.PROTECT, related_name="recipients")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="received_entry_notices"
    )
    missing = models.PositiveIntegerField("số ô còn thiếu")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="notice_reaches_a_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.person_id}"


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
