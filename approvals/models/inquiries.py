"""Questions and incidents, and what was answered."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from accounts.models import Team
from approvals.inquiry_workflow import Desk, InquiryAct, InquiryState


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Sets of questions and incidents, named as the pages name them."""

    def with_news_for(self, person_id: int) -> Self:
        """The person's own in which somebody has written what the person has not opened yet."""
        unread = Q(read_at__isnull=True) | Q(read_at__lt=F("told_at"))
        return self.filter(unread, asker=person_id, told_at__isnull=False)


class Inquiry(models.Model):
    """A question or an incident, sent from a page to the grade head or the clerk (PLAN IV.3 to IV.6).

    `team` is set where it went to a grade head, and stays when it is handed over. `told_at` is the last moment at
    which somebody else wrote to the asker, `read_at` the last at which the asker looked. State changes pass through
    `approvals.inquiries` alone.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "Câu hỏi"
        INCIDENT = "incident", "Sự cố"

    class Urgency(models.TextChoices):
        NORMAL = "normal", "Vẫn làm việc được"
        URGENT = "urgent", "Gấp: không làm việc được"

    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    kind = models.CharField("loại", max_length=10, choices=Kind)
    urgency = models.CharField("mức độ", max_length=10, choices=Urgency, blank=True)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inquiries")
    desk = models.CharField("nơi xử lí", max_length=10, choices=Desk.pairs())
    team = models.ForeignKey(Team, models.PROTECT, related_name="inquiries", null=True)
    text = models.TextField("nội dung", max_length=2000)
    page_path = models.CharField("trang", max_length=500, blank=True)
    page_title = models.CharField("tên trang", max_length=200, blank=True)
    browser = models.CharField("trình duyệt", max_length=300, blank=True)
    token = models.UUIDField(help_text="of the form: sent twice, it is one inquiry")
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=InquiryState.pairs(),
        default=InquiryState.NEW,
    )
    asked_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["Inquiry"]] = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["state", "desk"], name="inquiry_by_desk")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="inquiry_number_once_a_year"),
            models.UniqueConstraint(fields=["asker", "token"], name="inquiry_form_sent_once"),
            models.CheckConstraint(condition=Q(state__in=list(InquiryState)), name="inquiry_state_is_known"),
            models.CheckConstraint(
                condition=Q(kind="question", urgency="")
                | Q(kind="incident", urgency__in=["normal", "urgent"]),
                name="inquiry_incident_has_an_urgency",
            ),
            models.CheckConstraint(
                condition=Q(desk="clerk") | Q(desk="grade_head", team__isnull=False),
                name="inquiry_grade_head_has_a_team",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="inquiry_says_something"),
            models.CheckConstraint(
                condition=Q(page_path="") | (Q(page_path__startswith="/") & ~Q(page_path__startswith="//")),
                name="inquiry_page_is_ours",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False, told_at__isnull=False),
                name="inquiry_answered_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="inquiry_closed_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """«Câu hỏi số 12/2026»."""
        return f"{self.get_kind_display()} số {self.number}/{self.year}"

    @property
    def is_urgent(self) -> bool:
        return self.urgency == self.Urgency.URGENT

    @property
    def is_unread(self) -> bool:
        """Whether the asker has yet to look at what somebody else wrote."""
        return self.told_at is not None and (self.read_at is None or self.read_at < self.told_at)


class InquiryEntry(models.Model):
    """One act on an inquiry with its words; the database refuses to change or delete it."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="entries")
    act = models.CharField(max_length=10, choices=[(each.value, each.name) for each in InquiryAct])
    state = models.CharField(max_length=10, choices=InquiryState.pairs())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(db_default=Now())
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=list(InquiryAct)), name="inquiry_act_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=list(InquiryState)), name="inquiry_entry_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(act__in=["accept", "hand_over", "close"]) | ~Q(text=""),
                name="inquiry_entry_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.inquiry_id}"
