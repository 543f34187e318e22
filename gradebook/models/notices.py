"""What the head of a tổ, or the clock, told those with gaps."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.models.windows import EntryWindow


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
    """Whom a notice was for, how many cells they lacked when it was sent, and when they said that they had read it."""

    notice = models.ForeignKey(EntryNotice, models.PROTECT, related_name="recipients")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="received_entry_notices"
    )
    missing = models.PositiveIntegerField("số ô còn thiếu")
    read_at = models.DateTimeField("đã đọc lúc", null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="notice_reaches_a_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.person_id}"
