"""A class handed over to its next homeroom teacher."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models import SchoolClass, Student


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
