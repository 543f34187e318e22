"""How a pupil with a disability is assessed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.models.periods import PERIOD_CHOICES
from gradebook.regulation import Period
from students.models import SchoolYear, Student


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
