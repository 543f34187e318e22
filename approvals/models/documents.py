"""Documents that the school keeps, every version of them (PLAN IV.1): its plan, its management board, others."""

import datetime
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models import SchoolYear


def document_path(version: "DocumentVersion", _filename: str) -> str:
    """A random name: what the sender's computer called the file never reaches the disk."""
    return f"documents/{version.document_id}/{uuid.uuid4().hex}.pdf"


class KeptDocument(models.Model):
    """A document with its versions; of the plan and of the board's decision there is one each."""

    class Kind(models.TextChoices):
        PLAN = "plan", "Kế hoạch quản lí và sử dụng CSDL"
        BOARD = "board", "Quyết định thành lập Ban quản lí CSDL"
        OTHER = "other", "Văn bản khác"

    kind = models.CharField("loại", max_length=5, choices=Kind)
    name = models.CharField("tên văn bản", max_length=200)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-kind", "name")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["plan", "board", "other"]), name="document_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="document_has_a_name"),
            models.UniqueConstraint(
                fields=["kind"], condition=~Q(kind="other"), name="document_one_plan_and_one_board"
            ),
            models.UniqueConstraint(fields=["name"], name="document_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_board(self) -> bool:
        return self.kind == self.Kind.BOARD


class DocumentVersion(models.Model):
    """One paper: the highest `version` of a document is in force; the database refuses to change or delete any.

    `year` gives the heading lines of its print. Uploaded by the clerk, it names on whose behalf. The decision on the
    board has its words in `text` and its `members`, and may do without a file: it is printed from here.
    """

    document = models.ForeignKey(KeptDocument, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField("bản thứ")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+")
    number = models.CharField("số, kí hiệu", max_length=60)
    dated = models.DateField("ngày kí")
    title = models.CharField("trích yếu", max_length=300)
    text = models.TextField("nội dung", max_length=4000, blank=True)
    note = models.CharField("thay đổi so với bản trước", max_length=500, blank=True)
    file = models.FileField(upload_to=document_path, max_length=200, blank=True)
    file_name = models.CharField("tên tệp", max_length=150, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField("chức vụ khi đưa lên", max_length=60)
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField(db_default=Now())
    token = models.UUIDField(help_text="of the form: sent twice, it is one version")

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "version"], name="document_version_once"),
            models.UniqueConstraint(fields=["uploaded_by", "token"], name="document_form_sent_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="document_versions_begin_at_one"),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title=""), name="document_version_has_number_and_title"
            ),
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_sha256="")
                | (~Q(file="") & ~Q(file_name="") & ~Q(file_sha256="")),
                name="document_file_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(on_behalf_of=F("uploaded_by")), name="document_on_behalf_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.version})"


class BoardMember(models.Model):
    """Somebody on the board that a decision sets up, from a day to a day; kept as it was signed."""

    class Role(models.TextChoices):
        HEAD = "head", "Trưởng ban"
        DEPUTY = "deputy", "Phó Trưởng ban"
        SECRETARY = "secretary", "Thư kí"
        MEMBER = "member", "Thành viên"

    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="members")
    place = models.PositiveSmallIntegerField("thứ tự")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    post = models.CharField("chức vụ ở trường", max_length=100, blank=True)
    role = models.CharField("nhiệm vụ trong Ban", max_length=9, choices=Role)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày", null=True)

    class Meta:
        ordering = ("place",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "person"], name="board_has_a_person_once"),
            models.UniqueConstraint(fields=["version", "place"], name="board_has_a_place_once"),
            models.UniqueConstraint(fields=["version"], condition=Q(role="head"), name="board_has_one_head"),
            models.CheckConstraint(
                condition=Q(role__in=["head", "deputy", "secretary", "member"]), name="board_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="board_member_leaves_after_joining",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    def is_on(self, day: datetime.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)
