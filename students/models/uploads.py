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
    `errors` is what had to be mended when the list was last sent (None: not counted).
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="roster_uploads")
    name = models.CharField("tên tệp", max_length=150)
    file = models.FileField(upload_to=upload_path, max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    errors = models.PositiveIntegerField("chỗ phải sửa lúc tải lên", null=True)
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
