"""Personal data: why they are processed, who agreed to it, what people ask, what went wrong, what went when its time
was over (domain.md 7.1).

Purposes, consents and removals are only ever added to: what changed is a new row, and the database refuses all else.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from approvals.data_rules import NOTIFY_WITHIN, RequestKind
from approvals.data_workflow import OPEN_REQUESTS, IncidentState, RequestState
from students.models import Student


class PurposeQuerySet(models.QuerySet["ProcessingPurpose"]):
    """Sets of purposes, named as the pages name them."""

    def in_force(self) -> Self:
        return self.filter(state=ProcessingPurpose.State.IN_FORCE)

    def to_agree_to(self) -> Self:
        """Those that need a consent, in the order of the register."""
        return self.in_force().filter(needs_consent=True)


class ProcessingPurpose(models.Model):
    """One line of the school's register of processing (rule R66).

    New wording is a new row with the same `code`, and the row before it ends on that day. Consents hang on the row, for
    they were given to these words: to others people are asked anew.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force", "Đang áp dụng"
        ENDED = "ended", "Đã thôi áp dụng"

    code = models.SlugField("mã", max_length=40)
    title = models.CharField("mục đích", max_length=200)
    categories = models.TextField("dữ liệu", max_length=1000)
    basis = models.TextField("căn cứ", max_length=500)
    recipients = models.TextField("ai nhận", max_length=1000)
    kept_for = models.CharField("lưu đến khi nào", max_length=300)
    needs_consent = models.BooleanField("cần đồng ý", default=False)
    starts_on = models.DateField("áp dụng từ ngày")
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.IN_FORCE)
    ends_on = models.DateField("thôi áp dụng từ ngày", null=True)
    end_reason = models.CharField("vì sao thôi áp dụng", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người ghi"
    )
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["ProcessingPurpose"]] = PurposeQuerySet.as_manager()

    class Meta:
        ordering = ("needs_consent", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="in_force"), name="purpose_in_force_once"
            ),
            models.CheckConstraint(
                condition=Q(state="in_force", ends_on__isnull=True, end_reason="")
                | (Q(state="ended", ends_on__gte=F("starts_on")) & ~Q(end_reason="")),
                name="purpose_ended_has_a_day_and_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(title="")
                & ~Q(categories="")
                & ~Q(basis="")
                & ~Q(recipients="")
                & ~Q(kept_for=""),
                name="purpose_is_told_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Consent(models.Model):
    """What one giver said to one purpose on a paper: the newest row of pupil, purpose and giver is the one that counts.

    `paper` says where the signed slip lies. A withdrawal follows a consent, and is a row of its own.
    """

    class Giver(models.TextChoices):
        REPRESENTATIVE = "representative", "Người đại diện"
        CHILD = "child", "Học sinh"

    class Said(models.TextChoices):
        GIVEN = "given", "Đồng ý"
        REFUSED = "refused", "Không đồng ý"
        WITHDRAWN = "withdrawn", "Đã rút lại"

    student = models.ForeignKey(Student, models.PROTECT, related_name="consents")
    purpose = models.ForeignKey(
        ProcessingPurpose, models.PROTECT, related_name="consents", verbose_name="mục đích"
    )
    giver = models.CharField("bên đồng ý", max_length=14, choices=Giver)
    said = models.CharField("ý kiến", max_length=9, choices=Said)
    signer = models.CharField("người kí", max_length=200)
    said_on = models.DateField("ngày kí phiếu")
    paper = models.CharField("phiếu lưu ở", max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi"
    )
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now())

    class Meta:
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=["student", "purpose", "giver", "id"], name="consent_newest_of_a_pupil")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(giver__in=["representative", "child"]), name="consent_giver_is_known"
            ),
            models.CheckConstraint(
                condition=Q(said__in=["given", "refused", "withdrawn"]), name="consent_says_something"
            ),
            models.CheckConstraint(condition=~Q(signer="") & ~Q(paper=""), name="consent_can_be_proven"),
        ]

    def __str__(self) -> str:
        return f"{self.get_giver_display()}: {self.get_said_display()}"


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_REQUESTS)


class DataRequest(models.Model):
    """What a person, or who represents them, asks of their data (NĐ 356/2025 Điều 5; rule R67).

    It is about a pupil or somebody of the staff. Both days are those of the law when it was written down. State changes
    pass through `approvals.data_requests` alone.
    """

    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    kind = models.CharField("yêu cầu", max_length=10, choices=RequestKind.pairs())
    student = models.ForeignKey(Student, models.PROTECT, related_name="data_requests", null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="data_requests", null=True
    )
    requester = models.CharField("người yêu cầu", max_length=150)
    relation = models.CharField("quan hệ với người có dữ liệu", max_length=100)
    identity = models.CharField("đã xác minh bằng", max_length=200)
    text = models.TextField("nội dung yêu cầu", max_length=2000)
    received_on = models.DateField("ngày nhận")
    answer_due_on = models.DateField("hạn phản hồi")
    due_on = models.DateField("hạn thực hiện")
    state = models.CharField(
        "trạng thái", max_length=10, choices=RequestState.pairs(), default=RequestState.RECEIVED
    )
    answered_at = models.DateTimeField("phản hồi lúc", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người phản hồi"
    )
    answer = models.TextField("phản hồi tiếp nhận", max_length=2000, blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người quyết định"
    )
    decision = models.TextField("quyết định", max_length=2000, blank=True)
    closed_at = models.DateTimeField("xong lúc", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người thực hiện"
    )
    reply = models.TextField("đã làm gì, trả lời thế nào", max_length=2000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi"
    )
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["DataRequest"]] = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-number")
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="data_request_by_due_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="data_request_number_once_a_year"),
            models.CheckConstraint(
                condition=Q(state__in=list(RequestState)), name="data_request_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(RequestKind)), name="data_request_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(student__isnull=False, person__isnull=True)
                | Q(student__isnull=True, person__isnull=False),
                name="data_request_is_about_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(requester="") & ~Q(identity=""),
                name="data_request_is_told_whole",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("received_on"), answer_due_on__gt=F("received_on")),
                name="data_request_is_due_later",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "done", "refused"])
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="data_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "cancelled"])
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reply="")),
                name="data_request_closed_with_a_reply",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """«Yêu cầu số 3/2026»."""
        return f"Yêu cầu số {self.number}/{self.year}"

    @property
    def subject(self) -> str:
        """Whose data it is about; the row comes with pupil and person."""
        found = self.student or self.person
        return found.full_name if found else ""


class DataIncidentQuerySet(models.QuerySet["DataIncident"]):
    def to_notify(self) -> Self:
        return self.filter(state=IncidentState.OPEN)


class DataIncident(models.Model):
    """A breach of personal data, from its discovery to its end (Luật Điều 23, NĐ Điều 28; rule R67).

    The 72 hours run from `discovered_at`. State changes pass through `approvals.data_incidents` alone.
    """

    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    happened = models.CharField("xảy ra khi nào, ở đâu", max_length=300)
    discovered_at = models.DateTimeField("phát hiện lúc")
    discovered_by = models.CharField("ai phát hiện, bằng cách nào", max_length=300)
    what = models.TextField("chuyện gì đã xảy ra", max_length=3000)
    categories = models.TextField("dữ liệu bị ảnh hưởng", max_length=2000)
    people = models.PositiveIntegerField("số người bị ảnh hưởng")
    consequences = models.TextField("hậu quả đã có, có thể có", max_length=2000)
    measures = models.TextField("biện pháp đã làm, sẽ làm", max_length=3000)
    contact = models.CharField("người liên hệ của trường", max_length=200)
    state = models.CharField(
        "trạng thái", max_length=10, choices=IncidentState.pairs(), default=IncidentState.OPEN
    )
    notified_at = models.DateTimeField("thông báo lúc", null=True)
    notified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người thông báo"
    )
    notified_to = models.CharField("cơ quan nhận", max_length=200, blank=True)
    notice = models.CharField("số văn bản, cách gửi", max_length=200, blank=True)
    late_reason = models.TextField("lí do thông báo muộn", max_length=1000, blank=True)
    closed_at = models.DateTimeField("kết thúc lúc", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="người kết thúc"
    )
    conclusion = models.TextField("kết luận", max_length=3000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi"
    )
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["DataIncident"]] = DataIncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-discovered_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="data_incident_number_once_a_year"),
            models.CheckConstraint(
                condition=Q(state__in=list(IncidentState)), name="data_incident_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(categories="") & ~Q(measures=""),
                name="data_incident_is_told_whole",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True, notified_by__isnull=True, notified_to="", notice="")
                | (Q(notified_at__gte=F("discovered_at"), notified_by__isnull=False) & ~Q(notified_to="")),
                name="data_incident_notified_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="notified") | Q(notified_at__isnull=False),
                name="data_incident_notified_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True)
                | Q(notified_at__lte=F("discovered_at") + NOTIFY_WITHIN)
                | ~Q(late_reason=""),
                name="data_incident_late_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(conclusion="")
                | (~Q(state="closed") & Q(closed_at__isnull=True, conclusion="")),
                name="data_incident_closed_with_a_conclusion",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """«Sự cố dữ liệu số 1/2026»."""
        return f"Sự cố dữ liệu số {self.number}/{self.year}"


class ExpiredRemoval(models.Model):
    """What the principal removed once its time was over: how much of which line of the retention table (rule R70).

    The line's words are those of that day. It is for ever, and names nobody but who removed. Lines of the access log
    went from before `kept_from`; files, those of the years that were closed on `day`, have no such day.
    """

    code = models.SlugField("dòng của bảng thời hạn lưu", max_length=40)
    what = models.CharField("dữ liệu", max_length=300)
    period = models.CharField("giữ bao lâu", max_length=200)
    basis = models.CharField("theo", max_length=300)
    day = models.DateField("tính đến ngày")
    kept_from = models.DateField("giữ lại từ ngày", null=True)
    count = models.PositiveIntegerField("số đã xoá")
    unit = models.CharField("đơn vị", max_length=20)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người xoá"
    )
    removed_at = models.DateTimeField("xoá lúc", db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(count__gt=0), name="expired_removal_removed_something"),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(period="") & ~Q(basis="") & ~Q(unit=""),
                name="expired_removal_is_told_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.count} {self.unit}"
