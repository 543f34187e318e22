"""Print jobs: what was asked for, how far it is, what came out."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gradebook.models import PERIOD_CHOICES
from students.models import Movement, SchoolClass


class PrintJob(models.Model):
    """One book asked for by a person; rendered by a worker, checked by reading it back, kept (PLAN IV.3).

    What the finished book lacks is written down as it is bound: nothing stands in the way of printing, but who
    signs shall know. `print_code` is that of the paper's foot; pupils' books of a class have one each, so "".
    A transfer pack is of one pupil: of the `movement` by which the pupil leaves, out of that class; of no period of
    its own, so of the year's end as the học bạ in it.
    """

    class Book(models.TextChoices):
        CLASS_TABLE = "thkqgd", "Sổ THKQGD của lớp"
        TRANSCRIPTS = "hocba", "Học bạ của lớp"
        TRANSFER_PACK = "chuyen", "Hồ sơ chuyển trường"

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang in"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không in được"

    book = models.CharField("loại sổ", max_length=10, choices=Book)
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="print_jobs", verbose_name="lớp"
    )
    movement = models.ForeignKey(
        Movement, models.PROTECT, related_name="print_jobs", null=True, verbose_name="biến động"
    )
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="print_jobs")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    pupils_asked = models.PositiveIntegerField(null=True)
    pupils_done = models.PositiveIntegerField(default=0)
    lines_printed = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField(null=True)
    file = models.FileField(upload_to="books/", max_length=200, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    print_code = models.CharField("mã bản in", max_length=9, blank=True)
    # The head of the audit chain when the book was read, as it stands at the foot of its pages.
    audit_code = models.CharField("mã nhật kí", max_length=34, blank=True)
    is_preview = models.BooleanField(default=True)
    is_unopened = models.BooleanField(default=False)
    cells_missing = models.PositiveIntegerField("số ô chưa nhập", default=0)
    outcomes_missing = models.PositiveIntegerField("số học sinh chưa có kết quả năm học", default=0)
    has_homeroom_teacher = models.BooleanField(default=True)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | (
                    Q(pupils_asked__isnull=False, pages__isnull=False, pupils_done=F("pupils_asked"))
                    & ~Q(file="")
                ),
                name="print_done_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(book="chuyen", movement__isnull=False)
                | (~Q(book="chuyen") & Q(movement__isnull=True)),
                name="print_of_a_movement_is_a_pack",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="print_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.school_class} {self.period}"

    @property
    def is_pack(self) -> bool:
        return self.book == self.Book.TRANSFER_PACK

    @property
    def cells_missing_label(self) -> str:
        """ "130 ô chưa nhập", the thousands apart by a dot."""
        return f"{self.cells_missing:,} ô chưa nhập".replace(",", ".")
