"""What goes up the hierarchy after the lock and comes down decided: correction requests with their evidence."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from approvals.reason_codes import ReasonCode
from approvals.workflow import ANSWERED, State
from gradebook.models import ENTRY_CHOICES, ENTRY_PERIODS, SubjectLine
from gradebook.paper_numbers import request_label
from students.models import SchoolClass, SchoolYear, Session, Student

STATE_CHOICES = State.pairs()


REASON_CHOICES = ReasonCode.pairs()


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    """Sets of requests, named as the pages name them."""

    def with_cells(self) -> Self:
        """Adds `cells`, how many a request names: counted for the rows of the page alone."""
        own = CorrectionItem.objects.filter(request=OuterRef("pk")).order_by()
        counted = own.values("request").annotate(n=Count("*")).values("n")
        return self.annotate(cells=Coalesce(Subquery(counted), 0))

    def with_news_for(self, person_id: int) -> Self:
        """The person's own that were answered since the person opened them last; of a closed year nothing is news."""
        answered = Greatest("decided_at", "consent_at", "applied_at")
        unread = Q(read_at__isnull=True) | Q(read_at__lt=answered)
        own = self.filter(unread, proposer=person_id, state__in=ANSWERED)
        return own.exclude(year__state=SchoolYear.State.CLOSED)

    def filed(self) -> Self:
        """Those that are documents of the year: filed once, whatever became of them."""
        return self.filter(number__isnull=False)


class CorrectionRequest(models.Model):
    """Phiếu đề nghị sửa điểm, đánh giá, nhận xét (PLAN IV; domain.md 2.5; rules R51–R54).

    About cells of a sheet at a `period` (`line` is empty for the homeroom sheet), or about the roll of a session of a
    class, `roll_day` and `roll_session`, whose month has closed (rule R72); with `roll_until` about several from that
    one to that day, and each cell names its own. State changes pass through
    `approvals.corrections` and its sisters alone. `gap_reason` says why cells that the sheet asks for shall be empty,
    where the request empties any. `document` names the paper of the former school whose results the request brings
    along (rule R12); "" for a correction. `due_on` is the day by which whoever is next should have acted, `effects`
    what followed when it was carried out, a line each; it is written then. `read_at` is the last moment at which the
    proposer looked at an answer. `cancel_note` says why the proposer cancelled it; what had been filed is not
    cancelled without (the database asks too). `number` is the next of the year's when it is filed for the first time;
    what never was filed has none, and is its proposer's alone.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="correction_requests")
    number = models.PositiveIntegerField("số phiếu", null=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="correction_requests")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="correction_requests", null=True)
    period = models.CharField("thời điểm", max_length=6, choices=ENTRY_CHOICES, blank=True)
    roll_day = models.DateField("ngày điểm danh", null=True)
    roll_session = models.CharField("buổi", max_length=9, blank=True)
    roll_until = models.DateField("đến ngày", null=True)
    state = models.CharField("trạng thái", max_length=10, choices=STATE_CHOICES, default=State.DRAFT)
    reason_code = models.CharField("loại sai sót", max_length=13, choices=REASON_CHOICES, blank=True)
    reason = models.TextField("lí do", max_length=1000, blank=True)
    gap_reason = models.TextField("lí do để trống", max_length=500, blank=True)
    document = models.CharField("giấy tờ của trường cũ", max_length=200, blank=True)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="filed_requests")
    created_at = models.DateTimeField(db_default=Now())
    filed_at = models.DateTimeField(null=True)
    due_on = models.DateField("hạn", null=True)
    opinion_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    opinion_at = models.DateTimeField(null=True)
    opinion = models.TextField("ý kiến tổ (khối) trưởng", max_length=1000, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    returned_at = models.DateTimeField(null=True)
    return_note = models.TextField("cần bổ sung", max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decided_requests", null=True
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField("ý kiến", max_length=1000, blank=True)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consented_requests", null=True
    )
    consent_at = models.DateTimeField(null=True)
    consent_note = models.TextField("ý kiến Hiệu trưởng", max_length=1000, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applied_requests", null=True
    )
    applied_at = models.DateTimeField(null=True)
    cancel_note = models.TextField("lí do huỷ", max_length=1000, blank=True)
    effects = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[CorrectionRequestQuerySet] = CorrectionRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["state", "due_on"],
                name="request_that_waits",
                condition=Q(state__in=["draft", "filed", "returned", "awaiting", "approved"]),
            ),
            models.Index(
                fields=["decided_by"],
                name="request_cancelled_after_all",
                condition=Q(state="cancelled", decided_by__isnull=False) & ~Q(cancel_note=""),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="request_number_once_a_year"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, filed_at__isnull=True)
                | Q(number__isnull=False, filed_at__isnull=False),
                name="request_is_numbered_when_filed",
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="request_state_is_known"),
            models.CheckConstraint(
                condition=Q(period__in=ENTRY_PERIODS, roll_day__isnull=True, roll_session="")
                | Q(period="", line__isnull=True, roll_day__isnull=False, roll_session__in=list(Session)),
                name="request_is_about_a_sheet_or_a_roll",
            ),
            models.CheckConstraint(
                condition=Q(roll_until__isnull=True) | Q(roll_until__gte=F("roll_day")),
                name="request_rolls_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(document="") | Q(roll_day__isnull=True),
                name="request_brings_along_results_only",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | (Q(filed_at__isnull=False) & ~Q(reason="") & Q(reason_code__in=list(ReasonCode))),
                name="request_filed_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(opinion_by__isnull=True, opinion_at__isnull=True, opinion="")
                | (Q(opinion_by__isnull=False, opinion_at__isnull=False) & ~Q(opinion="")),
                name="request_opinion_is_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned")
                | (Q(returned_by__isnull=False, returned_at__isnull=False) & ~Q(return_note="")),
                name="request_returned_says_what_for",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["awaiting", "approved", "refused", "applied"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="request_decided_has_a_decider",
            ),
            models.CheckConstraint(
                condition=Q(consent_by__isnull=True, consent_at__isnull=True)
                | Q(consent_by__isnull=False, consent_at__isnull=False, decided_by__isnull=False),
                name="request_consent_comes_after_deciding",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="request_applied_has_an_executor",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused")
                | (Q(consent_by__isnull=True) & ~Q(decision_note=""))
                | (Q(consent_by__isnull=False) & ~Q(consent_note="")),
                name="request_refused_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(opinion_by__isnull=True) | ~Q(opinion_by=F("proposer")))
                & (Q(returned_by__isnull=True) | ~Q(returned_by=F("proposer")))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("proposer"))),
                name="request_decider_is_not_proposer",
            ),
            models.CheckConstraint(
                condition=Q(consent_by__isnull=True)
                | (~Q(consent_by=F("proposer")) & ~Q(consent_by=F("decided_by"))),
                name="request_consenter_is_a_third_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True)
                | (
                    ~Q(applied_by=F("proposer"))
                    & ~Q(applied_by=F("decided_by"))
                    & (Q(consent_by__isnull=True) | ~Q(applied_by=F("consent_by")))
                ),
                name="request_executor_is_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def was_filed(self) -> bool:
        """Whether it ever was: then it is a document of the year."""
        return self.number is not None

    @property
    def is_unread(self) -> bool:
        """Whether the proposer has yet to look at an answer (`with_news_for`). Needs the class's year at hand."""
        if self.state not in ANSWERED or self.school_class.year.is_closed:
            return False
        answered = max(at for at in (self.decided_at, self.consent_at, self.applied_at) if at)
        return self.read_at is None or self.read_at < answered

    @property
    def label(self) -> str:
        return request_label(self.number, self.year_id)

    @property
    def title(self) -> str:
        return f"Phiếu đề nghị sửa số {self.label}" if self.was_filed else "Phiếu đề nghị sửa (nháp)"

    @property
    def reason_label(self) -> str:
        return ReasonCode(self.reason_code).label if self.reason_code else ""


class CorrectionItem(models.Model):
    """One cell of a request: what stood there at filing, and what shall stand there."""

    request = models.ForeignKey(CorrectionRequest, models.CASCADE, related_name="items")
    student = models.ForeignKey(Student, models.PROTECT)
    item = models.CharField(max_length=30)
    field = models.CharField(max_length=12)
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "student", "item", "field"], name="correction_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(field__in=["attainment", "mark", "comment", "rating", "repeat", "absence"]),
                name="correction_field_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(old_value=F("new_value")), name="correction_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.item} {self.field}"


def evidence_path(evidence: "Evidence", _filename: str) -> str:
    """A random name: what the teacher's phone called the file never reaches the disk."""
    return f"evidence/{evidence.request_id}/{uuid.uuid4().hex}.{evidence.extension}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> Self:
        """Without what its proposer has withdrawn."""
        return self.filter(withdrawn_at=None)


class Evidence(models.Model):
    """A picture or PDF that backs a request; outside the web root, seen only by those concerned (rule R54).

    What was filed once and turned out to be wrong is withdrawn by the proposer while the request is asked for more:
    row and bytes are kept, for somebody may have judged by them.
    """

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "Ảnh JPEG"
        PNG = "image/png", "Ảnh PNG"
        PDF = "application/pdf", "PDF"

    request = models.ForeignKey(CorrectionRequest, models.PROTECT, related_name="evidence")
    name = models.CharField("tên tệp", max_length=150)
    kind = models.CharField(max_length=20, choices=Kind)
    file = models.FileField(upload_to=evidence_path, max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField("rút lúc", null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[EvidenceQuerySet] = EvidenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="evidence_once_a_request",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def was_filed(self) -> bool:
        """Whether it has gone out with its request before, which was returned since: then it is never deleted."""
        returned_at = self.request.returned_at
        return returned_at is not None and self.uploaded_at < returned_at

    @property
    def extension(self) -> str:
        return {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}[self.kind]


class CancellationReading(models.Model):
    """Somebody who approved a request, or was to carry it out, has read that it was cancelled and why."""

    request = models.ForeignKey(CorrectionRequest, models.PROTECT, related_name="cancellation_readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "person"], name="cancellation_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.person_id}"
