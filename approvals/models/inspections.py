"""Inspections of the books, what they found, and what was decided upon staff (PLAN IV.1, IV.2)."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from approvals.inspection_workflow import FindingAct, FindingState, InspectionState, Verdict
from gradebook.models import ENTRY_CHOICES, ENTRY_PERIODS, SubjectLine
from students.models import SchoolClass, SchoolYear, Student

MOST_DRAWN = 60


class Inspection(models.Model):
    """A check of the books of a period by the principal or the vice-principal.

    `codes` are those of the sheets looked at, in every class of `InspectedClass`. With `drawn_per_class` so many pupils
    of each class were drawn by `seed` (`approvals.sampling`). `conclusion` is said at the end; of a cancelled one it is
    the reason. State changes pass through `approvals.inspections` alone.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", "Kiểm tra định kì"
        SURPRISE = "surprise", "Kiểm tra đột xuất"

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="inspections")
    number = models.PositiveIntegerField("số")
    kind = models.CharField("hình thức", max_length=10, choices=Kind)
    period = models.CharField("thời điểm đánh giá", max_length=6, choices=ENTRY_CHOICES)
    purpose = models.TextField("nội dung kiểm tra", max_length=1000)
    codes = ArrayField(models.CharField(max_length=10), verbose_name="sổ")
    drawn_per_class = models.PositiveSmallIntegerField("số em bốc thăm mỗi lớp", null=True)
    seed = models.CharField("số gốc bốc thăm", max_length=32, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="opened_inspections")
    opened_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=InspectionState.pairs(),
        default=InspectionState.OPEN,
    )
    conclusion = models.TextField("kết luận", max_length=2000, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="inspection_number_once_a_year"),
            models.CheckConstraint(
                condition=Q(state__in=list(InspectionState)), name="inspection_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["planned", "surprise"]), name="inspection_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(period__in=ENTRY_PERIODS), name="inspection_period_is_known"),
            models.CheckConstraint(condition=~Q(purpose=""), name="inspection_has_a_purpose"),
            models.CheckConstraint(condition=Q(codes__len__gte=1), name="inspection_has_sheets"),
            models.CheckConstraint(
                condition=Q(drawn_per_class__isnull=True, seed="")
                | (Q(drawn_per_class__range=(1, MOST_DRAWN)) & ~Q(seed="")),
                name="inspection_draws_by_a_seed",
            ),
            models.CheckConstraint(
                condition=Q(state="open", conclusion="", closed_by__isnull=True, closed_at__isnull=True)
                | (
                    ~Q(state="open") & ~Q(conclusion="") & Q(closed_by__isnull=False, closed_at__isnull=False)
                ),
                name="inspection_ended_has_a_conclusion",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.get_kind_display()} số {self.number}"

    @property
    def paper_number(self) -> str:
        """As its minutes are numbered."""
        return f"{self.number:02d}/BB-KT"


class InspectedClass(models.Model):
    """A class of an inspection, with the ids of its pupils on that day in class order: who could be drawn.

    The database refuses to change or delete it, so that the draw can be repeated for ever.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="classes")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="inspections")
    roster = ArrayField(models.BigIntegerField())

    class Meta:
        ordering = ("school_class__grade_level", "school_class__name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "school_class"], name="inspected_class_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.school_class_id}"


class InspectedPupil(models.Model):
    """A pupil whose cells are looked at: drawn by lot, or chosen. Of a class without any, all are looked at."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="pupils")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    is_drawn = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "student"], name="inspected_pupil_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.student_id}"


class Finding(models.Model):
    """What an inspection notes: against a cell with the value it had at that moment, or against a whole sheet.

    `responsible` answered for the sheet that day; nobody where no one did. State changes pass through
    `approvals.findings` alone; what was said stands in its entries. `read_at` is when `responsible` first had the
    conclusion before them.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    number = models.PositiveIntegerField("số")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="findings")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="findings", null=True)
    student = models.ForeignKey(Student, models.PROTECT, related_name="findings", null=True)
    item = models.CharField(max_length=30, blank=True)
    field = models.CharField(max_length=12, blank=True)
    value = models.TextField("giá trị lúc kiểm tra", blank=True)
    text = models.TextField("nội dung ghi nhận", max_length=2000)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(db_default=Now())
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="findings", null=True
    )
    due_on = models.DateField("hạn giải trình", null=True)
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=FindingState.pairs(),
        default=FindingState.NOTED,
    )
    verdict = models.CharField("kết luận", max_length=10, choices=Verdict.pairs(), blank=True)
    read_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("inspection_id", "number")
        indexes: ClassVar = [models.Index(fields=["responsible", "state"], name="finding_by_responsible")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "number"], name="finding_number_once"),
            models.CheckConstraint(condition=Q(state__in=list(FindingState)), name="finding_state_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="finding_says_something"),
            models.CheckConstraint(
                condition=Q(student__isnull=True, item="", field="", value="")
                | (Q(student__isnull=False) & ~Q(item="") & ~Q(field="")),
                name="finding_is_about_a_cell_or_a_sheet",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "answered"])
                | Q(responsible__isnull=False, due_on__isnull=False),
                name="finding_asked_has_a_day_and_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", verdict__in=list(Verdict)) | (~Q(state="closed") & Q(verdict="")),
                name="finding_closed_has_a_verdict",
            ),
            models.CheckConstraint(
                condition=Q(responsible__isnull=True) | ~Q(noted_by=models.F("responsible")),
                name="finding_is_not_ones_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}.{self.number}"


class FindingEntry(models.Model):
    """One act on a finding with its words; the database refuses to change or delete it."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="entries")
    act = models.CharField(max_length=10, choices=[(each.value, each.name) for each in FindingAct])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(db_default=Now())
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=list(FindingAct)), name="finding_act_is_known"),
            models.CheckConstraint(condition=Q(act="ask") | ~Q(text=""), name="finding_entry_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.finding_id}"


class StaffDecision(models.Model):
    """A violation dealt with or a merit commended, of one member of the staff, by the principal's decision.

    Or, of a finding concluded as a violation, that nothing is done about it, and why: such a one has no number.

    With `referred_to` the principal asks that authority to decide. Seen by the leaders and the person alone. It is
    never deleted: a mistaken one is revoked with the reason.
    """

    class Kind(models.TextChoices):
        VIOLATION = "violation", "Xử lí vi phạm"
        COMMENDATION = "commendation", "Khen thưởng"
        NO_ACTION = "no_action", "Không xử lí"

    class State(models.TextChoices):
        IN_FORCE = "in_force", "Có hiệu lực"
        REVOKED = "revoked", "Đã thu hồi"

    kind = models.CharField("loại", max_length=12, choices=Kind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="staff_decisions",
        verbose_name="người được ghi",
    )
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="decisions", null=True)
    content = models.TextField("nội dung", max_length=2000)
    measure = models.CharField("hình thức", max_length=200)
    referred_to = models.CharField("đề nghị cấp có thẩm quyền", max_length=200, blank=True)
    number = models.CharField("số quyết định", max_length=60, blank=True)
    dated = models.DateField("ngày quyết định")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decided_staff_decisions"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.IN_FORCE)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.TextField("lí do thu hồi", max_length=1000, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-dated", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number", "dated", "person", "kind"],
                condition=~Q(number=""),
                name="staff_decision_once",
            ),
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(kind="no_action", state="in_force"),
                name="staff_decision_lets_a_finding_rest_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["violation", "commendation"])
                | Q(kind="no_action", finding__isnull=False),
                name="staff_decision_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(content="")
                & ~Q(measure="")
                & (Q(kind="no_action", number="") | (~Q(kind="no_action") & ~Q(number=""))),
                name="staff_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("decided_by")), name="staff_decision_is_not_ones_own"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="in_force", revoked_by__isnull=True, revoked_at__isnull=True, revoked_why=""
                )
                | (
                    Q(state="revoked", revoked_by__isnull=False, revoked_at__isnull=False)
                    & ~Q(revoked_why="")
                ),
                name="staff_decision_revoked_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        named = f"số {self.number}" if self.number else f"ngày {self.dated:%d/%m/%Y}"
        return f"{self.get_kind_display()} {named}"
