"""Prints of many classes at once, and the paper copies that were made of prints."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gradebook.models import PERIOD_CHOICES
from students.models import SchoolYear


class PrintBatch(models.Model):
    """The books of a grade, or (`grade_level` None) of the whole school: a `PrintJob` a class, and one file of all.

    WAITING while its classes are printed, RUNNING while a worker binds their files. `started_at` is when the binding
    began; `content_hash` follows from those of the classes, in the file's order.
    """

    class Book(models.TextChoices):
        CLASS_TABLE = "thkqgd", "Sổ THKQGD"
        TRANSCRIPTS = "hocba", "Học bạ"

    class State(models.TextChoices):
        WAITING = "waiting", "Đang in các lớp"
        RUNNING = "running", "Đang ghép thành một tệp"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không in được"
        CANCELLED = "cancelled", "Đã huỷ"

    book = models.CharField("loại sổ", max_length=10, choices=Book)
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="print_batches", verbose_name="năm học")
    grade_level = models.PositiveSmallIntegerField("khối", null=True)
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="print_batches")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    pupils = models.PositiveIntegerField("số học sinh", null=True)
    pages = models.PositiveIntegerField(null=True)
    file = models.FileField(upload_to="books/", max_length=200, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    is_preview = models.BooleanField(default=True)
    failure = models.TextField(blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cancelled_batches"
    )
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | (Q(pages__isnull=False, pupils__isnull=False, finished_at__isnull=False) & ~Q(file="")),
                name="batch_done_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="batch_failed_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_by__isnull=False, cancelled_at__isnull=False),
                name="batch_cancelled_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.year_id} {self.grade_level or ''} {self.period}"

    @property
    def scope(self) -> str:
        """ "khối 4", "toàn trường"."""
        return f"khối {self.grade_level}" if self.grade_level else "toàn trường"

    @property
    def title(self) -> str:
        """What it is, in one line; needs the year at hand."""
        if self.book == self.Book.TRANSCRIPTS:
            return f"Học bạ {self.scope} · năm học {self.year.label}"
        return f"Sổ THKQGD {self.scope} · {self.get_period_display()} {self.year.label}"


class PrintCopies(models.Model):
    """Paper copies made of a finished print or batch: how many, for whom. A line is never changed or taken away."""

    job = models.ForeignKey(
        "reports.PrintJob", models.PROTECT, null=True, related_name="copies", verbose_name="bản in"
    )
    batch = models.ForeignKey(
        PrintBatch, models.PROTECT, null=True, related_name="copies", verbose_name="đợt in"
    )
    count = models.PositiveSmallIntegerField("số bản giấy")
    recipient = models.CharField("giao cho", max_length=200, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(job__isnull=False, batch__isnull=True) | Q(job__isnull=True, batch__isnull=False),
                name="copies_are_of_one_print",
            ),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=999), name="copies_are_some"),
        ]

    def __str__(self) -> str:
        return f"{self.count} bản, {self.recipient}"
