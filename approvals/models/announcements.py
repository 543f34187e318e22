"""What the principal tells the school and the head of a tổ the tổ, and who has read it (PLAN IV.1, IV.4)."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts import clock
from accounts.history import TracedRow
from accounts.models import Team
from approvals.announcement_workflow import AnnouncementState
from students.models import SchoolYear

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def announcement_path(announcement: "Announcement", _filename: str) -> str:
    """A random name: what the sender's computer called the file never reaches the disk."""
    return f"announcements/{uuid.uuid4().hex}.{announcement.extension}"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Sets of announcements, named as the pages name them."""

    def for_person(self, person_id: int) -> Self:
        """Told to the school or to the person's tổ, by somebody else. The tổ is asked of the database: a page keeps
        its statement ready for longer than somebody may stay in a tổ."""
        teams = Team.objects.filter(members=person_id)
        return self.filter(Q(team=None) | Q(team__in=teams)).exclude(author=person_id)

    def unread_by(self, person_id: int) -> Self:
        """What waits for the person to read it: until its last day what is shown, and of what the person has read that
        it was withdrawn. Of a closed year nothing does, for nothing can be noted there."""
        own = AnnouncementReading.objects.filter(announcement=OuterRef("pk"), person=person_id)
        read, told = (Exists(own.filter(state=state.value)) for state in AnnouncementState)
        today = clock.today()
        is_news = Q(
            Q(shown_until=None) | Q(shown_until__gte=today), ~read, state=AnnouncementState.SHOWN.value
        )
        # Withdrawing it oneself is knowing it.
        has_gone = Q(read, ~told, ~Q(withdrawn_by=person_id), state=AnnouncementState.WITHDRAWN.value)
        of_open_years = self.exclude(year__state=SchoolYear.State.CLOSED)
        return of_open_years.for_person(person_id).filter(is_news | has_gone)


class Announcement(models.Model):
    """Told to the school, or to one `team`; the database refuses every change but the withdrawal.

    Who has read it has read these words: what is to be said otherwise is said anew. `shown_until` is the last day on
    which it waits for those who have not read it.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="announcements")
    team = models.ForeignKey(Team, models.PROTECT, related_name="announcements", null=True)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung", max_length=4000)
    shown_until = models.DateField("hiện đến hết ngày", null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="announcements")
    role = models.CharField("chức vụ khi gửi", max_length=60)
    told_at = models.DateTimeField(db_default=Now())
    file = models.FileField(upload_to=announcement_path, max_length=200, blank=True)
    file_name = models.CharField("tên tệp", max_length=150, blank=True)
    file_kind = models.CharField(max_length=20, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    token = models.UUIDField(help_text="of the form: sent twice, it is one announcement")
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=AnnouncementState.pairs(),
        default=AnnouncementState.SHOWN.value,
    )
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField("lí do thu hồi", max_length=500, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ("-told_at", "-id")
        indexes: ClassVar = [models.Index(fields=["year", "state"], name="announcement_of_a_year")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "token"], name="announcement_form_sent_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="announcement_says_something"),
            models.CheckConstraint(
                condition=Q(state="shown", withdrawn_by=None, withdrawn_at=None, withdrawal_reason="")
                | (
                    Q(state="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                name="announcement_withdrawn_says_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_kind="", file_sha256="")
                | (Q(file_kind__in=list(EXTENSIONS)) & ~Q(file="") & ~Q(file_name="") & ~Q(file_sha256="")),
                name="announcement_file_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def to_whom(self) -> str:
        return self.team.name if self.team else "Toàn trường"

    @property
    def is_withdrawn(self) -> bool:
        return self.state == AnnouncementState.WITHDRAWN

    @property
    def is_over(self) -> bool:
        return self.shown_until is not None and self.shown_until < clock.today()

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.file_kind]


class AnnouncementReading(models.Model):
    """«Đã đọc»: somebody has opened an announcement, or said so; the database refuses to change or delete it.

    `state` is what the announcement was in when it was read: whoever has read it as shown reads once more that it was
    withdrawn, nobody else does.
    """

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(
        "trạng thái lúc đọc",
        max_length=10,
        choices=AnnouncementState.pairs(),
        default=AnnouncementState.SHOWN.value,
        db_default=AnnouncementState.SHOWN.value,
    )
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("read_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["announcement", "person", "state"], name="announcement_read_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.person_id}"
