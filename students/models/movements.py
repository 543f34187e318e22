"""What makes a class grow and shrink: one row an event, never deleted, undone only by a recorded cancellation."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncMonth
from simple_history.models import HistoricalRecords

from accounts.clock import today
from accounts.history import TracedRow
from students.code_lists import destinations, leave_reasons, pupil_statuses
from students.models.pupils import Student
from students.models.years import SchoolClass, SchoolYear
from students.movement_rules import (
    ABROAD,
    DEPARTURES,
    ENTRY_KINDS,
    RULES,
    Kind,
    statuses_of,
)

KIND_CHOICES = [(kind.value, rule.label) for kind, rule in RULES.items()]
_DATA = ("entry_code", "leave_reason", "destination_code", "other_school", "other_province")


class MovementQuerySet(models.QuerySet["Movement"]):
    def in_force(self) -> Self:
        return self.filter(cancelled_at__isnull=True)

    def last_of(self, student: Student) -> "Movement | None":
        """The pupil's last movement in force that holds today: it gives the status."""
        return self.in_force().filter(student=student, day__lte=today()).newest_first().first()

    def changing(self, school_class: Any, month: Any, *, since: Any) -> Self:
        """Those that give the month of the class other pupils than it had at `since`: recorded or cancelled after.

        Values, or references to an outer query. One recorded and cancelled meanwhile changes nothing.
        """
        return self.alias(month=TruncMonth("day")).filter(
            Q(from_class=school_class) | Q(to_class=school_class),
            Q(recorded_at__gt=since, cancelled_at__isnull=True)
            | Q(recorded_at__lte=since, cancelled_at__gt=since),
            month__lte=month,
        )

    def newest_first(self) -> Self:
        return self.order_by("-day", "-id")


def _said(field: str) -> Q:
    return ~Q(**{field: ""})


def _data_is_whole() -> Q:
    """Of every kind what it needs is there, and nothing that belongs to another kind (rule R10)."""
    whole = Q()
    for kind, rule in RULES.items():
        of_kind = Q(kind=kind.value, status_code__in=sorted(statuses_of(kind)))
        of_kind &= Q(from_class__isnull=not kind.ends, to_class__isnull=not kind.begins)
        for field in _DATA:
            if field in rule.needs:
                of_kind &= _said(field)
            elif field not in rule.fields:
                of_kind &= Q(**{field: rule.reason if field == "leave_reason" else ""})
        if "decision_number" in rule.needs:
            of_kind &= _said("decision_number")
        whole |= of_kind
    return whole


class Movement(models.Model):
    """One pupil's coming, going or change of class, from a day on (domain.md 5.6; rules R10–R14).

    `students.movements` alone writes it. What it says is never changed: a mistake is cancelled and recorded anew.
    `other_school` and `other_province` are where the pupil comes from or goes to (abroad: the country).
    """

    kind = models.CharField("loại biến động", max_length=16, choices=KIND_CHOICES)
    student = models.ForeignKey(Student, models.PROTECT, related_name="movements")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="movements")
    day = models.DateField("từ ngày")
    from_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="departures", null=True)
    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="arrivals", null=True)
    status_code = models.CharField("trạng thái học sinh", max_length=2)
    entry_code = models.CharField(
        "hình thức nhập học", max_length=1, choices=list(ENTRY_KINDS.items()), blank=True
    )
    leave_reason = models.CharField("lí do thôi học", max_length=2, blank=True)
    destination_code = models.CharField("nơi chuyển đi", max_length=2, blank=True)
    other_school = models.CharField("trường", max_length=150, blank=True)
    other_province = models.CharField("tỉnh (thành phố)", max_length=100, blank=True)
    decision_number = models.CharField("số quyết định, giấy tờ", max_length=60, blank=True)
    decision_date = models.DateField("ngày kí", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    recorded_at = models.DateTimeField("ghi nhận lúc", db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    cancelled_at = models.DateTimeField("huỷ lúc", null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    cancel_reason = models.CharField("lí do huỷ", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = MovementQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["year", "day"], name="movement_by_year_and_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_data_is_whole(), name="movement_data_is_whole"),
            models.CheckConstraint(
                condition=Q(from_class__isnull=True) | ~Q(from_class=F("to_class")),
                name="movement_goes_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(leave_reason__in=["", *leave_reasons().names]), name="movement_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(destination_code__in=["", *destinations().names])
                & (~Q(kind=Kind.TRANSFERRED_OUT.value) | Q(destination_code=ABROAD) | _said("other_school")),
                name="movement_destination_is_known",
            ),
            models.CheckConstraint(
                condition=Q(decision_number="", decision_date__isnull=True)
                | (_said("decision_number") & Q(decision_date__isnull=False)),
                name="movement_decision_has_number_and_date",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & _said("cancel_reason")),
                name="movement_cancelled_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["student", "day"],
                condition=Q(cancelled_at__isnull=True),
                name="movement_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.student} {self.day:%d/%m/%Y}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def force(self) -> tuple[str, str]:
        """Whether what is not cancelled holds already: words, and their kind of state."""
        return (
            ("Có hiệu lực", "ok")
            if self.day <= today()
            else (f"Chưa đến ngày {self.day:%d/%m/%Y}", "waiting")
        )

    @property
    def is_departure(self) -> bool:
        return Kind(self.kind) in DEPARTURES

    @property
    def has_transfer_pack(self) -> bool:
        """Only who goes to another school takes a pack along."""
        return self.kind == Kind.TRANSFERRED_OUT and not self.is_cancelled

    @property
    def status(self) -> str:
        return pupil_statuses().names[self.status_code]

    @property
    def reason(self) -> str:
        return leave_reasons().names.get(self.leave_reason, "")

    @property
    def destination(self) -> str:
        return destinations().names.get(self.destination_code, "")

    @property
    def decision(self) -> str:
        return f"{self.decision_number} ngày {self.decision_date:%d/%m/%Y}" if self.decision_date else ""
