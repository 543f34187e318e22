"""The pupils' places in the next year."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models import Movement, SchoolClass, SchoolYear, Student


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
