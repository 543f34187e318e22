"""The principal's decisions on the results of a year, as documents with a number, a date and their lists."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.decision_rules import DecisionKind, DecisionState
from students.models import SchoolClass, SchoolYear, Student


class ResultsDecision(models.Model):
    """A decision on results, of the whole school or of one class (PLAN IV.1; rules R46, R48).

    The office drafts it, the principal issues it with its number and day; then its lists stay as they are, in the
    database too, and a mistake is mended by withdrawing it, for a reason, and issuing another.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="results_decisions")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="results_decisions", null=True, verbose_name="lớp"
    )
    kind = models.CharField("loại quyết định", max_length=7, choices=DecisionKind.pairs())
    state = models.CharField(
        "trạng thái", max_length=9, choices=DecisionState.pairs(), default=DecisionState.DRAFT
    )
    number = models.CharField("số quyết định", max_length=60, blank=True)
    dated = models.DateField("ngày kí", null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("soạn lúc", db_default=Now())
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    issued_at = models.DateTimeField("ban hành lúc", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True)
    withdrawn_for = models.CharField("lí do thu hồi", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(DecisionState)), name="results_decision_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(DecisionKind)), name="results_decision_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "dropped"], number="", dated__isnull=True, issued_by__isnull=True
                )
                | Q(
                    ~Q(number=""),
                    state__in=["issued", "withdrawn"],
                    dated__isnull=False,
                    issued_by__isnull=False,
                    issued_at__isnull=False,
                ),
                name="results_decision_issued_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(~Q(withdrawn_for=""), state="withdrawn", withdrawn_by__isnull=False)
                | Q(~Q(state="withdrawn"), withdrawn_for="", withdrawn_by__isnull=True),
                name="results_decision_withdrawn_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["year", "number"], condition=~Q(number=""), name="results_decision_number_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """«Quyết định số 45/QĐ-THKĐ», «Dự thảo quyết định»."""
        return f"Quyết định số {self.number}" if self.number else "Dự thảo quyết định"

    @property
    def dated_label(self) -> str:
        """«Quyết định số 45/QĐ-THKĐ ngày 28/05/2027», of one that was issued."""
        return f"{self.label} ngày {self.dated:%d/%m/%Y}"

    @property
    def title(self) -> str:
        return DecisionKind(self.kind).label

    @property
    def about(self) -> str:
        """What it is about, as the paper has it."""
        return DecisionKind(self.kind).about

    @property
    def scope(self) -> str:
        return f"lớp {self.school_class.name}" if self.school_class else "toàn trường"

    @property
    def is_draft(self) -> bool:
        return self.state == DecisionState.DRAFT

    @property
    def is_issued(self) -> bool:
        return self.state == DecisionState.ISSUED


class ResultsDecisionLineQuerySet(QuerySet["ResultsDecisionLine"]):
    """Lines of decisions, read in sets."""

    def in_force(self) -> "ResultsDecisionLineQuerySet":
        """What the school's decisions say of pupils today: issued, and by no later one replaced or struck."""
        later = ResultsDecisionLine.objects.filter(
            replaces=OuterRef("pk"), decision__state=DecisionState.ISSUED
        )
        return self.filter(~Exists(later), decision__state=DecisionState.ISSUED, is_struck=False)


class ResultsDecisionLine(models.Model):
    """A pupil on a list of a decision, in the words in which it was issued; the database refuses to change it.

    `replaces`: the line of an earlier decision of the same kind that this one amends. One that `is_struck` puts
    nothing in its place: the pupil is on the list no more.
    """

    decision = models.ForeignKey(ResultsDecision, models.PROTECT, related_name="lines")
    part = models.CharField("danh sách", max_length=20)
    position = models.PositiveIntegerField("thứ tự")
    student = models.ForeignKey(Student, models.PROTECT, related_name="decision_lines")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+")
    words = ArrayField(models.TextField(blank=True), verbose_name="nội dung")
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="replaced_by", null=True, verbose_name="thay thế dòng"
    )
    is_struck = models.BooleanField("thôi có tên", default=False)

    objects = ResultsDecisionLineQuerySet.as_manager()

    class Meta:
        ordering = ("decision", "part", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision", "part", "student"], name="results_decision_names_a_pupil_once"
            ),
            models.CheckConstraint(
                condition=Q(is_struck=False) | Q(replaces__isnull=False),
                name="results_decision_strikes_what_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.part} {self.student_id}"
