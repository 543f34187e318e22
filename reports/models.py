"""Print jobs: what was asked for, how far it is, what came out."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.words import grouped
from approvals.models import CorrectionRequest
from gradebook.models import PERIOD_CHOICES, ResultsDecision
from reports.batch_models import PrintBatch, PrintCopies
from reports.export_models import DataArchive, SyncBatch, SyncRecord, SyncSending
from students.models import Movement, SchoolClass, SchoolYear, Student

__all__ = [
    "DataArchive",
    "KeptReport",
    "PrintBatch",
    "PrintCopies",
    "PrintJob",
    "PrintedContent",
    "PrintedPart",
    "SyncBatch",
    "SyncRecord",
    "SyncSending",
]


class PrintJob(models.Model):
    """One book asked for by a person; rendered by a worker, checked by reading it back, kept (PLAN IV.3).

    What the finished book lacks is written down as it is bound: nothing stands in the way of printing, but who
    signs shall know. `print_code` is that of the paper's foot; pupils' books of a class have one each, so "".
    A transfer pack is of one pupil: of the `movement` by which the pupil leaves, out of that class; of no period of
    its own, so of the year's end as the học bạ in it. A decision on results and the certificates that follow from it
    are of that `decision`, of a class where it is only that class.

    `correction`: only those pages of the book are printed that the request has changed, to be put in the place of the
    old ones. `places` tells on which pages of the file a pupil stands: by code (of a decision and its certificates by
    the pupil's id), then by the year of the pages ("" where they are of no year); empty of books that were printed
    before it was kept.

    `paper` is what a report or list on paper is of (`reports.paper_wishes`), `paper_title` its title; such a print is
    of a year, and of a period as little as a transfer pack. Of a decision for the school that lists some classes only,
    and of its certificates, `paper_title` names these.

    `student`: the học bạ or the slip of that pupil alone, out of that class. `batch`: a class of a batch, cancelled and
    resumed as a whole. Which states follow which: `reports.print_moves`.
    """

    class Book(models.TextChoices):
        CLASS_TABLE = "thkqgd", "Sổ THKQGD của lớp"
        TRANSCRIPTS = "hocba", "Học bạ của lớp"
        SLIPS = "phieu", "Phiếu kết quả của lớp"
        OWN_BOOK = "canhan", "Sổ THKQGD cá nhân"
        TRANSFER_PACK = "chuyen", "Hồ sơ chuyển trường"
        DECISION = "quyetdinh", "Quyết định"
        CERTIFICATES = "giaykhen", "Giấy khen"
        REPORT = "baocao", "Báo cáo, danh sách"

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang in"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không in được"
        CANCELLED = "cancelled", "Đã huỷ"

    book = models.CharField("loại sổ", max_length=10, choices=Book)
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="print_jobs", null=True, verbose_name="lớp"
    )
    movement = models.ForeignKey(
        Movement, models.PROTECT, related_name="print_jobs", null=True, verbose_name="biến động"
    )
    decision = models.ForeignKey(
        ResultsDecision, models.PROTECT, related_name="print_jobs", null=True, verbose_name="quyết định"
    )
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="own_books",
        null=True,
        verbose_name="giáo viên",
    )
    school_year = models.ForeignKey(
        SchoolYear, models.PROTECT, related_name="own_books", null=True, verbose_name="năm học"
    )
    correction = models.ForeignKey(
        CorrectionRequest, models.PROTECT, related_name="reprints", null=True, verbose_name="phiếu đề nghị"
    )
    batch = models.ForeignKey(
        PrintBatch, models.PROTECT, related_name="jobs", null=True, verbose_name="đợt in"
    )
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="print_jobs", null=True, verbose_name="học sinh"
    )
    paper = models.JSONField("báo cáo, danh sách nào", default=dict)
    paper_title = models.CharField("tên báo cáo, danh sách", max_length=200, blank=True)
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
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
    places = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cancelled_prints"
    )
    cancelled_at = models.DateTimeField(null=True)

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
                condition=Q(book__in=["quyetdinh", "giaykhen"], decision__isnull=False)
                | Q(book__in=["canhan", "baocao"], decision__isnull=True, school_class__isnull=True)
                | (
                    ~Q(book__in=["quyetdinh", "giaykhen", "canhan", "baocao"])
                    & Q(decision__isnull=True, school_class__isnull=False)
                ),
                name="print_is_of_a_class_or_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(book="canhan", teacher__isnull=False, school_year__isnull=False)
                | Q(book="baocao", teacher__isnull=True, school_year__isnull=False)
                | (~Q(book__in=["canhan", "baocao"]) & Q(teacher__isnull=True, school_year__isnull=True)),
                name="print_of_a_teacher_is_an_own_book",
            ),
            models.CheckConstraint(
                condition=(Q(book="baocao") & ~Q(paper={}) & ~Q(paper_title=""))
                | (Q(book__in=["quyetdinh", "giaykhen"]) & Q(paper={}))
                | (~Q(book__in=["baocao", "quyetdinh", "giaykhen"]) & Q(paper={}, paper_title="")),
                name="print_of_a_paper_says_of_what",
            ),
            models.CheckConstraint(
                condition=Q(correction__isnull=True) | Q(book__in=["thkqgd", "hocba"]),
                name="print_of_a_correction_is_of_a_book",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="print_failed_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_by__isnull=False, cancelled_at__isnull=False),
                name="print_cancelled_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(student__isnull=True) | Q(book__in=["hocba", "phieu"], batch__isnull=True),
                name="print_of_a_pupil_is_a_transcript_or_a_slip",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | Q(book__in=["thkqgd", "hocba"], correction__isnull=True),
                name="print_of_a_batch_is_of_a_book",
            ),
            models.UniqueConstraint(fields=["batch", "school_class"], name="print_of_a_class_once_a_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.school_class or self.decision_id or self.teacher_id} {self.period}"

    @property
    def year_id(self) -> int:
        """Of the class, of the decision, or that of an own book; needs them at hand."""
        return self.school_year_id or self._of.year_id

    @property
    def year(self) -> SchoolYear:
        """The same with its year at hand."""
        return self.school_year or self._of.year

    @property
    def _of(self) -> ResultsDecision | SchoolClass:
        of = self.decision or self.school_class
        assert of is not None  # noqa: S101 - the database keeps one of the two
        return of

    @property
    def title(self) -> str:
        """What it is, in one line; needs class, year, decision, pupil, teacher and request at hand."""
        name = self.school_class.name if self.school_class else ""
        if self.movement:
            return f"Hồ sơ chuyển trường · {self.movement.student.full_name}"
        if self.decision:
            kind = (
                f"Giấy khen · {self.decision}" if self.book == self.Book.CERTIFICATES else str(self.decision)
            )
            whose = f"lớp {name}" if name else self.paper_title or "toàn trường"
            return f"{kind} · {self.decision.title} · {whose} {self.year.label}"
        return self.paper_title or self._book_title(name)

    def _book_title(self, name: str) -> str:
        """`name` of the class."""
        if self.student and self.book == self.Book.SLIPS:
            whose = f"em {self.student.full_name} · lớp {name}"
            title = f"Phiếu kết quả của {whose} · {self.get_period_display()} {self.year.label}"
        elif self.student:
            title = f"Học bạ của em {self.student.full_name} · lớp {name} · năm học {self.year.label}"
        elif self.book == self.Book.TRANSCRIPTS:
            title = f"Học bạ lớp {name} · năm học {self.year.label}"
        elif self.teacher:
            title = f"Sổ THKQGD cá nhân · {self.teacher.full_name} · {self.get_period_display()} {self.year.label}"
        elif self.book == self.Book.SLIPS:
            title = f"Phiếu kết quả lớp {name} · {self.get_period_display()} {self.year.label}"
        else:
            title = f"Sổ THKQGD lớp {name} · {self.get_period_display()} {self.year.label}"
        return f"{title} · trang thay theo phiếu {self.correction.label}" if self.correction else title

    @property
    def is_pack(self) -> bool:
        return self.book == self.Book.TRANSFER_PACK

    @property
    def lines_label(self) -> str:
        """ "1.202 dòng"."""
        return f"{grouped(self.lines_printed or 0)} dòng"

    @property
    def cells_missing_label(self) -> str:
        """ "130 ô chưa nhập", the thousands apart by a dot."""
        return f"{grouped(self.cells_missing)} ô chưa nhập"


class PrintedContent(models.Model):
    """What a part of a print says, under the hash of its drawing; `code` stands at the foot of its pages.

    Written by `reports.printed_parts` alone. The database refuses to change or delete it.
    """

    content_hash = models.CharField(max_length=64, unique=True)
    code = models.CharField("mã bản in", max_length=9, db_index=True)
    words = models.JSONField("nội dung")

    def __str__(self) -> str:
        return self.code


class PrintedPart(models.Model):
    """A part of a finished print: a pupil's học bạ or a class's table, in the order of the file. As its content."""

    job = models.ForeignKey(PrintJob, models.PROTECT, related_name="parts")
    place = models.PositiveSmallIntegerField()
    content = models.ForeignKey(PrintedContent, models.PROTECT, related_name="parts")
    student = models.ForeignKey(Student, models.PROTECT, related_name="printed_parts", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "place"], name="printed_part_has_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.place}"


class KeptReport(models.Model):
    """A report as it was when somebody kept it: never changed, never removed (R82).

    Of a `period` or of a `day`; `number` counts the copies of one report in a year, whatever moment they are of: two
    never have one name. `contents` is what `reports.figures.as_text` writes and `digest` its SHA-256: the database
    refuses a row where the two differ. `lock_state` says how far the books were shut then. Written by
    `reports.kept_reports` alone.
    """

    kind = models.CharField("báo cáo", max_length=40)
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="kept_reports", verbose_name="năm học")
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES, blank=True)
    day = models.DateField("ngày", null=True)
    number = models.PositiveSmallIntegerField("bản số")
    title = models.CharField("tên", max_length=200)
    contents = models.TextField("nội dung")
    digest = models.CharField("SHA-256", max_length=64)
    lock_state = models.CharField("tình trạng sổ", max_length=300)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="kept_reports", verbose_name="người chốt"
    )
    role = models.CharField("tư cách", max_length=60)
    kept_at = models.DateTimeField("chốt lúc", db_default=Now())

    class Meta:
        ordering = ("-kept_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "year", "period", "day", "number"],
                name="kept_report_number_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(period="", day__isnull=False) | (~Q(period="") & Q(day__isnull=True)),
                name="kept_report_is_of_a_period_or_a_day",
            ),
            models.CheckConstraint(
                condition=Q(period__in=["", *(value for value, _label in PERIOD_CHOICES)]),
                name="kept_report_period_is_known",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="kept_report_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · bản {self.number}"

    @property
    def short_digest(self) -> str:
        """As paper and pages show it."""
        return self.digest[:8]
