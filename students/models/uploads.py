"""The pupil lists that the clerk has sent."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models.years import SchoolYear


def upload_path(upload: "RosterUpload", _filename: str) -> str:
    """A random name: what the clerk called the file never reaches the disk."""
    return f"uploads/{upload.year_id}/{uuid.uuid4().hex}.xlsx"


class RosterUpload(models.Model):
    """A pupil list that the clerk has sent: kept as it came, shown as a dry run, carried out at most once (R85).

    The file lies outside the web root and is never handed out. The counts are those of the plan carried out;
    `errors` is what had to be mended when the list was last sent, `has_news` whether it had anything to write then
    (None: not counted).
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="roster_uploads")
    name = models.CharField("tên tệp", max_length=150)
    file = models.FileField(upload_to=upload_path, max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    errors = models.PositiveIntegerField("chỗ phải sửa lúc tải lên", null=True)
    has_news = models.BooleanField("có điều mới lúc tải lên", null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    applied_at = models.DateTimeField(null=True)
    created = models.PositiveIntegerField("học sinh thêm mới", default=0)
    changed = models.PositiveIntegerField("học sinh có thay đổi", default=0)
    kept = models.PositiveIntegerField("học sinh giữ nguyên", default=0)
    enrolled = models.PositiveIntegerField("học sinh xếp vào lớp", default=0)
    classes = ArrayField(models.CharField(max_length=30), verbose_name="các lớp trong tệp", default=list)
    new_classes = ArrayField(models.CharField(max_length=30), verbose_name="lớp lập mới", default=list)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-uploaded_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="roster_upload_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_applied(self) -> bool:
        return self.applied_at is not None


class RosterRun(models.Model):
    """A list handed to the background worker: how far it is, and why not when it could not be carried out (R85).

    Progress is written beside the transaction that writes the pupils, on a connection of its own, so that a page sees
    it; that transaction therefore never touches this row before its end.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang nạp"
        DONE = "done", "Đã nạp"
        FAILED = "failed", "Không nạp được"

    upload = models.ForeignKey(RosterUpload, models.PROTECT, related_name="runs")
    previewed = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    step = models.CharField("việc đang làm", max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["upload"],
                condition=Q(state__in=["waiting", "running"]),
                name="roster_run_one_open_an_upload",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="roster_run_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload} ({self.get_state_display()})"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)
