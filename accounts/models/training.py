"""Who has been trained for the system, when and by whom (PLAN III.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from accounts.models.people import User


class TrainingRecord(models.Model):
    """«Đã tập huấn»: a person was shown how to work with the system (PLAN III.2).

    Cancelled on record, never deleted.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="trainings")
    subject = models.CharField("nội dung", max_length=200)
    trained_on = models.DateField("ngày tập huấn")
    trainer = models.CharField("người tập huấn", max_length=150)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    cancelled_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField("lí do huỷ", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-trained_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person=F("recorded_by")), name="training_is_recorded_by_another"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True, cancelled_at__isnull=True, cancel_reason="")
                | (Q(cancelled_by__isnull=False, cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="training_cancelled_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | ~Q(cancelled_by=F("person")),
                name="training_is_cancelled_by_another",
            ),
            models.UniqueConstraint(
                fields=["person", "subject", "trained_on"],
                condition=Q(cancelled_by__isnull=True),
                name="training_counts_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
