"""The monthly check of the data: a round, and the answer of each teacher (PLAN IV.3)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from approvals.reconciliation_workflow import ReplyState, RoundState
from students.models import SchoolClass, SchoolYear


class ReconciliationRound(models.Model):
    """Đợt đối chiếu of a month, `month` its first day. State changes pass through `approvals.reconciliations` alone.

    `report` holds the figures of the clerk's monthly report as they were at closing; `read_at` is when the principal
    first opened it.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="reconciliation_rounds")
    month = models.DateField("tháng")
    due_on = models.DateField("hạn trả lời")
    note = models.TextField("ghi chú", max_length=1000, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=RoundState.pairs(),
        default=RoundState.OPEN,
    )
    summary = models.TextField("nhận xét chung", max_length=2000, blank=True)
    report = models.JSONField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-month",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "month"], name="reconciliation_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="reconciliation_month_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("month")), name="reconciliation_is_due_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(state="open", report__isnull=True, closed_by__isnull=True, closed_at__isnull=True)
                | (
                    Q(state="closed", report__isnull=False, closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(summary="")
                ),
                name="reconciliation_closed_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Đối chiếu tháng {self.month:%m/%Y}"


class ReconciliationReply(models.Model):
    """The answer of a class's homeroom teacher, or of a teacher for all lines that they teach.

    `numbers` are the figures that the teacher saw when answering: headings and rows, as text. `teacher` answered for
    the data when the round was opened; of a class whoever leads it on the day may answer. `read_at` is the last moment
    at which the teacher looked at how a difference was resolved.
    """

    class Kind(models.TextChoices):
        CLASS = "class", "Số liệu lớp chủ nhiệm"
        LINES = "lines", "Tiến độ các sổ môn học"

    round = models.ForeignKey(ReconciliationRound, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=10, choices=Kind)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", null=True)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reconciliation_replies", null=True
    )
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=ReplyState.pairs(),
        default=ReplyState.WAITING,
    )
    numbers = models.JSONField(null=True)
    words = models.TextField("sai khác", max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    resolution = models.TextField("giải quyết", max_length=2000, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    resolved_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "school_class"], name="reconciliation_reply_once_a_class"
            ),
            models.UniqueConstraint(
                fields=["round", "teacher"],
                condition=Q(kind="lines"),
                name="reconciliation_reply_once_a_teacher",
            ),
            models.CheckConstraint(
                condition=Q(kind="class", school_class__isnull=False)
                | Q(kind="lines", school_class__isnull=True, teacher__isnull=False),
                name="reconciliation_reply_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "lapsed"], numbers__isnull=True, answered_by__isnull=True)
                | Q(
                    state__in=["confirmed", "differs", "resolved"],
                    numbers__isnull=False,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="reconciliation_answered_keeps_the_numbers",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["differs", "resolved"]) | ~Q(words=""),
                name="reconciliation_difference_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved")
                | (Q(resolved_by__isnull=False, resolved_at__isnull=False) & ~Q(resolution="")),
                name="reconciliation_resolved_has_words",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True) | ~Q(resolved_by=F("answered_by")),
                name="reconciliation_is_resolved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind} {self.school_class_id or self.teacher_id}"

    @property
    def is_unread(self) -> bool:
        """Whether its teacher has yet to look at the resolution. Needs the round's year at hand."""
        if self.state != ReplyState.RESOLVED or self.resolved_at is None or self.round.year.is_closed:
            return False
        return self.read_at is None or self.read_at < self.resolved_at
