"""What goes up the hierarchy after the lock and comes down decided."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from approvals.workflow import State
from gradebook.models import PERIOD_CHOICES, SubjectLine
from gradebook.regulation import Period
from students.models import SchoolClass, SchoolYear, Student

STATE_CHOICES = [(state.value, state.label) for state in State]


class CorrectionRequest(models.Model):
    """Phiếu đề nghị sửa điểm, đánh giá, nhận xét (PLAN IV; domain.md 2.5; rules R51–R54).

    `line` is empty for the homeroom sheet (qualities and competencies). State changes pass through
    `approvals.corrections` alone.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="correction_requests")
    number = models.PositiveIntegerField("số phiếu")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="correction_requests")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="correction_requests", null=True)
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    state = models.CharField("trạng thái", max_length=10, choices=STATE_CHOICES, default=State.DRAFT)
    reason = models.TextField("lí do", max_length=1000, blank=True)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="filed_requests")
    created_at = models.DateTimeField(db_default=Now())
    filed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decided_requests", null=True
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField("ý kiến", max_length=1000, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applied_requests", null=True
    )
    applied_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="request_number_once_a_year"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="request_state_is_known"),
            models.CheckConstraint(condition=Q(period__in=list(Period)), name="request_period_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(filed_at__isnull=False),
                name="request_filed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused", "applied"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="request_decided_has_a_decider",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="request_applied_has_an_executor",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(decision_note=""), name="request_refused_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposer")),
                name="request_decider_is_not_proposer",
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True)
                | (~Q(applied_by=F("proposer")) & ~Q(applied_by=F("decided_by"))),
                name="request_executor_is_a_third_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as the paper form shows it."""
        return f"{self.number:02d}/PĐN"


class CorrectionItem(models.Model):
    """One cell of a request: what stood there at filing, and what shall stand there."""

    request = models.ForeignKey(CorrectionRequest, models.CASCADE, related_name="items")
    student = models.ForeignKey(Student, models.PROTECT)
    item = models.CharField(max_length=30)
    field = models.CharField(max_length=12)
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "student", "item", "field"], name="correction_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(field__in=["attainment", "mark", "comment", "rating"]),
                name="correction_field_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(old_value=F("new_value")), name="correction_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.item} {self.field}"


def evidence_path(evidence: "Evidence", _filename: str) -> str:
    """A random name: what the teacher's phone called the file never reaches the disk."""
    return f"evidence/{evidence.request_id}/{uuid.uuid4().hex}.{evidence.extension}"


class Evidence(models.Model):
    """A picture or PDF that backs a request; outside the web root, seen only by those concerned (rule R54)."""

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "Ảnh JPEG"
        PNG = "image/png", "Ảnh PNG"
        PDF = "application/pdf", "PDF"

    request = models.ForeignKey(CorrectionRequest, models.PROTECT, related_name="evidence")
    name = models.CharField("tên tệp", max_length=150)
    kind = models.CharField(max_length=20, choices=Kind)
    file = models.FileField(upload_to=evidence_path, max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "sha256"], name="evidence_once_a_request"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        return {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}[self.kind]
