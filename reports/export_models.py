"""What leaves the school as data: the outbox for the sector database, and archives of everything the school has."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.sealed import SealedField
from accounts.words import grouped
from gradebook.regulation import Period
from students.models import SchoolYear


class SyncBatch(models.Model):
    """What the clerk prepared at once for the sector database, of one year (domain.md 5.3; rules R90, R91).

    `digest` is the SHA-256 of its file, which is made of its records and so is the same whenever it is taken. `held`:
    how many records were kept back because something of them was not ready. `unopened`: the periods that had never been
    open then, in order; the file says so. Never changed, never removed. Written by
    `reports.sync_outbox` alone.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="sync_batches", verbose_name="năm học")
    number = models.PositiveIntegerField("đợt số")
    new = models.PositiveIntegerField("số bản ghi mới")
    changed = models.PositiveIntegerField("số bản ghi thay đổi")
    cancelled = models.PositiveIntegerField("số bản ghi huỷ")
    held = models.PositiveIntegerField("số bản ghi chưa gửi được")
    unopened = ArrayField(
        models.CharField(max_length=6), default=list, blank=True, verbose_name="thời điểm chưa mở nhập"
    )
    digest = models.CharField("SHA-256", max_length=64)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người chuẩn bị"
    )
    role = models.CharField("tư cách", max_length=60)
    prepared_at = models.DateTimeField("chuẩn bị lúc")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="sync_batch_number_once_a_year"),
            models.CheckConstraint(
                condition=Q(new__gt=0) | Q(changed__gt=0) | Q(cancelled__gt=0), name="sync_batch_has_records"
            ),
        ]

    def __str__(self) -> str:
        return f"Đợt {self.number} năm học {self.year_id}"

    @property
    def unopened_words(self) -> str:
        """«Giữa học kì II, Cuối năm học»."""
        return ", ".join(Period(each).label for each in self.unopened)

    @property
    def records_count(self) -> int:
        return self.new + self.changed + self.cancelled


class SyncRecord(models.Model):
    """A record as it goes out: the envelope of domain.md 5.3 and its content. Append-only.

    `version` grows by one with each change of the content, so it never is 0; CANCEL is soft and repeats the content.
    `content` is canonical JSON, which has identity numbers and telephones in it: the database holds it sealed and takes
    nothing else (docs/decisions/0201). A changed one no longer opens; two exchanged ones break the batch's digest.
    """

    class Kind(models.TextChoices):
        SCHOOL = "truong", "Trường"
        CLASS = "lop", "Lớp"
        PUPIL = "hocsinh", "Học sinh"
        RESULT = "ketqua", "Kết quả học tập"
        TRANSCRIPT = "hocba", "Học bạ số"

    class Event(models.TextChoices):
        NEW = "NEW", "Mới"
        UPDATE = "UPDATE", "Thay đổi"
        CANCEL = "CANCEL", "Huỷ"

    batch = models.ForeignKey(SyncBatch, models.PROTECT, related_name="records", verbose_name="đợt")
    kind = models.CharField("loại", max_length=7, choices=Kind)
    record_id = models.CharField("mã bản ghi", max_length=60)
    version = models.PositiveIntegerField("phiên bản")
    event = models.CharField("sự kiện", max_length=6, choices=Event)
    content = SealedField("nội dung")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "record_id", "version"], name="sync_record_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="sync_record_version_from_one"),
            models.CheckConstraint(
                condition=Q(event="NEW") | Q(event__in=["UPDATE", "CANCEL"], version__gte=2),
                name="sync_record_begins_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.version}"


class SyncSending(models.Model):
    """That a batch was sent: who says so, when. Sent once more is a line more. Append-only."""

    batch = models.ForeignKey(SyncBatch, models.PROTECT, related_name="sendings", verbose_name="đợt")
    note = models.CharField("gửi bằng cách nào", max_length=300, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người gửi"
    )
    role = models.CharField("tư cách", max_length=60)
    sent_at = models.DateTimeField("gửi lúc", db_default=Now())

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.sent_at}"


class DataArchive(models.Model):
    """Everything the school has in one ZIP, made by a worker for the principal (domain.md 9.9; PLAN IV.1).

    `progress`: how far it is, in thousandths. The file is taken away after some days (`reports.archives`), the row
    stays. Which states follow which: `reports.print_moves`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang lập"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không lập được"
        CANCELLED = "cancelled", "Đã huỷ"

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField("phần nghìn đã xong", default=0)
    tables = models.PositiveSmallIntegerField("số bảng", null=True)
    rows = models.PositiveBigIntegerField("số dòng", null=True)
    size = models.PositiveBigIntegerField("cỡ tệp", null=True)
    file = models.FileField(upload_to="archives/", max_length=200, blank=True)
    content_hash = models.CharField("SHA-256", max_length=64, blank=True)
    failure = models.TextField(blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | (
                    Q(tables__isnull=False, rows__isnull=False, size__isnull=False, finished_at__isnull=False)
                    & ~Q(file="")
                    & ~Q(content_hash="")
                ),
                name="archive_done_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="archive_failed_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_by__isnull=False, cancelled_at__isnull=False),
                name="archive_cancelled_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"Gói dữ liệu số {self.pk}"

    @property
    def rows_label(self) -> str:
        """ "520.761", the thousands apart by a dot; "" before it is done."""
        return "" if self.rows is None else grouped(self.rows)
