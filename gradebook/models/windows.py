"""When the books are open: the principal's orders, the windows they make, cut and close."""

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import ExtractYear, Now, Upper
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.clock import now_in_sql
from accounts.history import TracedRow
from gradebook.models.periods import ENTRY_CHOICES, ENTRY_PERIODS
from gradebook.scopes import LINE_CODES, scope_words
from students.models import SchoolClass, SchoolYear


class EntryOrder(models.Model):
    """The principal's written order to open or lock an entry period (PLAN IV.1; rule R49; domain.md 2.6)."""

    class Kind(models.TextChoices):
        OPEN = "open", "Mở nhập"
        LOCK = "lock", "Khoá sổ"

    number = models.CharField("số", max_length=60)
    dated = models.DateField("ngày")
    kind = models.CharField("loại", max_length=5, choices=Kind, default=Kind.OPEN)
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="orders")
    period = models.CharField("thời điểm đánh giá", max_length=6, choices=ENTRY_CHOICES)
    grade_level = models.PositiveSmallIntegerField("khối", null=True, blank=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, verbose_name="lớp")
    line_code = models.CharField(
        "môn học, hoạt động giáo dục", max_length=10, blank=True, default="", db_default=""
    )
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="orders_for_one",
        null=True,
        blank=True,
        verbose_name="giáo viên",
    )
    text = models.TextField("nội dung", max_length=4000)
    opens_at = models.DateTimeField("mở từ")
    closes_at = models.DateTimeField("đến", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    signed_at = models.DateTimeField(db_default=Now())

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-signed_at", "-id")
        constraints: ClassVar = [
            # As the school's register has it: numbers begin anew on 1 January, and «3/TB» is «03/TB» (Nghị định 30).
            # Over school years a trigger sees to it, which lets the numbers of old orders be.
            models.UniqueConstraint(
                F("year"),
                ExtractYear("dated"),
                Upper(Func(F("number"), Value("0"), function="LTRIM")),
                name="order_number_once_a_calendar_year",
            ),
            models.CheckConstraint(condition=Q(kind__in=["open", "lock"]), name="order_kind_is_known"),
            models.CheckConstraint(condition=Q(period__in=ENTRY_PERIODS), name="order_period_is_known"),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(grade_level__range=(1, 5)),
                name="order_grade_is_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(school_class__isnull=True),
                name="order_has_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(kind="lock") | Q(closes_at__gt=F("opens_at")), name="order_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(kind="lock", closes_at__isnull=True) | Q(kind="open", closes_at__isnull=False),
                name="order_to_open_ends_by_itself",
            ),
            models.CheckConstraint(condition=Q(line_code__in=["", *LINE_CODES]), name="order_line_is_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def scope_label(self) -> str:
        return scope_words(self)

    @property
    def is_for_whole_classes(self) -> bool:
        return not self.line_code and self.teacher_id is None

    @property
    def takes_effect_at(self) -> datetime.datetime:
        """An order to lock that names an hour gone by locks when it is signed."""
        return max(self.opens_at, self.signed_at) if self.kind == self.Kind.LOCK else self.opens_at

    @property
    def is_extension(self) -> bool:
        """Opens for one person alone, until it ends by itself (rule R50)."""
        return self.kind == self.Kind.OPEN and self.teacher_id is not None


class EntryWindowQuerySet(models.QuerySet["EntryWindow"]):
    def covering(self, school_class: SchoolClass, period: str) -> Self:
        """The windows of a period for any sheet of the class, whether open, past or to come."""
        return self.filter(
            Q(grade_level__isnull=True) | Q(grade_level=school_class.grade_level),
            Q(school_class__isnull=True) | Q(school_class=school_class),
            year_id=school_class.year_id,
            period=period,
        )

    def of_all_sheets(self) -> Self:
        """Those of whole classes: limited to no line and no teacher."""
        return self.filter(line_code="", teacher__isnull=True)

    def open_now(self) -> Self:
        """Open by the database's own clock, read at this statement (rule R30)."""
        moment = now_in_sql()
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)


class EntryWindow(models.Model):
    """From when to when teachers may enter, for which period and whom. Shut by its end or by a further order."""

    order = models.OneToOneField(EntryOrder, models.PROTECT, related_name="window")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="windows")
    period = models.CharField(max_length=6, choices=ENTRY_CHOICES)
    grade_level = models.PositiveSmallIntegerField(null=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True)
    line_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="windows", null=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    locked_by = models.ForeignKey(EntryOrder, models.PROTECT, related_name="locked_windows", null=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = EntryWindowQuerySet.as_manager()

    class Meta:
        ordering = ("opens_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("opens_at")), name="window_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(period__in=ENTRY_PERIODS), name="window_period_is_known"),
            models.CheckConstraint(
                condition=Q(grade_level__isnull=True) | Q(school_class__isnull=True),
                name="window_has_one_scope",
            ),
            models.CheckConstraint(condition=Q(line_code__in=["", *LINE_CODES]), name="window_line_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "period"], name="window_of_a_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.opens_at:%d/%m/%Y %H:%M} – {self.closes_at:%d/%m/%Y %H:%M}"

    def is_open_at(self, moment: datetime.datetime) -> bool:
        return self.opens_at <= moment < self.closes_at

    @property
    def was_called_off(self) -> bool:
        """Locked by a further order before it ever opened."""
        return self.locked_by_id is not None and self.closes_at == self.opens_at

    @property
    def closes_label(self) -> str:
        return f"{timezone.localtime(self.closes_at):%H:%M %d/%m/%Y}"

    @property
    def opens_label(self) -> str:
        return f"{timezone.localtime(self.opens_at):%H:%M %d/%m/%Y}"


class WindowCut(models.Model):
    """An order locks a part of what a window opens: there, from `shut_at` on, the window is over (rule R50)."""

    window = models.ForeignKey(EntryWindow, models.PROTECT, related_name="cuts")
    order = models.ForeignKey(EntryOrder, models.PROTECT, related_name="cuts")
    shut_at = models.DateTimeField()

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["window", "order"], name="order_cuts_a_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.window_id} {self.order_id}"


class OrderExecution(models.Model):
    """«Đã thực hiện»: the vice-principal or the clerk has seen an order carried out (PLAN IV.2, IV.3; rule R49).

    `found` is what the system said of the order at that moment.
    """

    order = models.OneToOneField(EntryOrder, models.PROTECT, related_name="execution")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="executed_orders",
        verbose_name="người thực hiện",
    )
    done_at = models.DateTimeField("lúc", db_default=Now())
    found = models.CharField("tình trạng lúc đó", max_length=200)

    history = HistoricalRecords(bases=[TracedRow])

    def __str__(self) -> str:
        return f"{self.order_id}: {self.found}"


class OrderReading(models.Model):
    """«Đã đọc» of an order that locks books, by a teacher whose books it locks; the database refuses to change it."""

    order = models.ForeignKey(EntryOrder, models.PROTECT, related_name="readings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người đọc"
    )
    read_at = models.DateTimeField("đọc lúc", db_default=Now())

    class Meta:
        ordering = ("read_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "person"], name="order_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.person_id}"
