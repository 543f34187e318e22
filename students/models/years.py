"""The school year, its classes and who leads them."""

import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.clock import today
from accounts.dates import (
    DatedQuerySet,
    Days,
    Term,
    day_range,
    ends_after_it_starts,
    same,
    substitution_is_whole,
)
from accounts.history import TracedRow
from students.school_code import code_of

# The rule sets of gradebook.regulation, each named after the first year to which it applied.
RULE_SET_CODES = ("2020", "2026")


def proposed_rule_set(year: int) -> str:
    """The newest that there was when the year began; "" for a year before the first."""
    return max((code for code in RULE_SET_CODES if int(code) <= year), default="")


def _rule_set_was_there() -> Q:
    first = int(RULE_SET_CODES[0])
    of_its_time = (Q(rule_set=code, year__gte=int(code)) for code in RULE_SET_CODES)
    return Q(Q(rule_set="", year__lt=first), *of_its_time, _connector=Q.OR)


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def begun(self) -> Self:
        """Years that have been opened and have begun, newest first; one still being prepared is nobody's year yet."""
        return self.filter(starts_on__lte=today()).exclude(state=SchoolYear.State.PREPARING).order_by("-year")

    def current(self) -> "SchoolYear | None":
        """The year that contains today, or the last one begun."""
        return self.begun().first()


class YearIsClosed(Exception):
    """Something of a closed year was to be changed; the text is for the user."""


class SchoolYear(models.Model):
    """Everything legal hangs on the year, the heading lines of its papers too (rules R1, R2; domain.md 8.3).

    `starts_on` to `ends_on` is the office's year, 1 August to 31 July, which enrolments and duties fill. Lessons are
    taught in its two terms; the days of these may be unknown while the year is prepared. The clerk prepares a year,
    the principal opens it; a closed one is read-only, in the database too.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", "Đang chuẩn bị"
        OPEN = "open", "Đang mở"
        CLOSED = "closed", "Đã đóng"

    year = models.PositiveSmallIntegerField("năm bắt đầu", primary_key=True)
    state = models.CharField("trạng thái", max_length=9, choices=State, default=State.PREPARING)
    starts_on = models.DateField("ngày bắt đầu")
    lessons_start_on = models.DateField("ngày bắt đầu học kì I", null=True, blank=True)
    first_term_ends_on = models.DateField("ngày kết thúc học kì I")
    second_term_starts_on = models.DateField("ngày bắt đầu học kì II", null=True, blank=True)
    lessons_end_on = models.DateField("ngày kết thúc học kì II", null=True, blank=True)
    ends_on = models.DateField("ngày kết thúc")
    school_name = models.CharField("tên trường", max_length=150)
    parent_body = models.CharField("cơ quan chủ quản", max_length=150)
    ward = models.CharField("xã (phường, đặc khu)", max_length=100)
    province = models.CharField("tỉnh (thành phố)", max_length=100)
    place = models.CharField("địa danh ghi trên văn bản", max_length=100)
    records_due_on = models.DateField("hạn hoàn thành hồ sơ học sinh", null=True, blank=True)
    # Which rules hold in this year (domain.md 0.1), whatever comes after; fixed with the first entry window or result.
    rule_set = models.CharField("bộ quy định", max_length=4, default=RULE_SET_CODES[-1])
    # What the regulation leaves to the school (domain.md 1.3); fixed when the year opens.
    mark_floor = models.PositiveSmallIntegerField(
        "điểm KTĐK thấp nhất", choices=[(0, "0 (có nhắc khi ghi điểm 0)"), (1, "1")], default=0
    )

    # School practice, not law (domain.md 1.5): what is pointed out while results are entered. May change at any time.
    warns_on_level_and_mark = models.BooleanField("mức đạt được và điểm KTĐK", default=True, db_default=True)
    warns_on_competency_pairs = models.BooleanField("môn học và năng lực", default=True, db_default=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = SchoolYearQuerySet.as_manager()

    class Meta:
        ordering = ("-year",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("first_term_ends_on"), first_term_ends_on__lt=F("ends_on")),
                name="school_year_days_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    lessons_start_on__isnull=True,
                    second_term_starts_on__isnull=True,
                    lessons_end_on__isnull=True,
                )
                | Q(
                    lessons_start_on__isnull=False,
                    second_term_starts_on__isnull=False,
                    lessons_end_on__isnull=False,
                    lessons_start_on__gte=F("starts_on"),
                    lessons_start_on__lt=F("first_term_ends_on"),
                    second_term_starts_on__gt=F("first_term_ends_on"),
                    second_term_starts_on__lt=F("lessons_end_on"),
                    lessons_end_on__lte=F("ends_on"),
                ),
                name="school_year_terms_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "open", "closed"]), name="school_year_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(records_due_on__isnull=True)
                | Q(records_due_on__gte=F("starts_on"), records_due_on__lte=F("ends_on")),
                name="school_year_records_are_due_in_it",
            ),
            models.CheckConstraint(
                condition=Q(mark_floor__in=[0, 1]), name="school_year_mark_floor_is_known"
            ),
            models.CheckConstraint(condition=_rule_set_was_there(), name="school_year_rule_set_was_there"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The official form with spaces: "2026 - 2027"."""
        return f"{self.year} - {self.year + 1}"

    @property
    def paper_code(self) -> str:
        """«THKĐ»: what the school's papers are signed with after their kind, as long as nobody has written another."""
        return code_of(self.school_name)

    @classmethod
    def label_of(cls, field: str) -> str:
        """What a field is called: "ngày bắt đầu học kì II"."""
        return str(cls._meta.get_field(field).verbose_name)  # type: ignore[union-attr]  # of this table

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed; it may be open still, or again."""
        return self.ends_on < today()

    @property
    def terms(self) -> tuple[Days, ...]:
        """The days of term I and of term II; none while they are not fixed."""
        if self.lessons_start_on is None or self.second_term_starts_on is None:
            return ()
        return (
            Days(self.lessons_start_on, self.first_term_ends_on),
            Days(self.second_term_starts_on, self.lessons_end_on),
        )

    def require_not_closed(self) -> None:
        """The guard of every act that changes something of a year; raises YearIsClosed."""
        if self.is_closed:
            raise YearIsClosed(self.why_closed)

    @property
    def why_closed(self) -> str:
        """Why nothing of a closed year is changed, and who could change that."""
        return (
            f"Năm học {self.label} đã đóng: số liệu của năm học này chỉ còn để xem và in, không thay đổi được nữa. "
            "Thật cần sửa thì Hiệu trưởng mở lại năm học, có ghi lí do."
        )

    def day_for_roster(self) -> datetime.date:
        """The day whose roster a sheet of this year shows: today, or the nearest day of the year."""
        return min(max(today(), self.starts_on), self.ends_on)


class ForeignLanguage(models.TextChoices):
    """Ngoại ngữ 1 of a class, by the codes of the sector database (DM_NGOAI_NGU)."""

    ENGLISH = "01", "Tiếng Anh"
    RUSSIAN = "02", "Tiếng Nga"
    FRENCH = "03", "Tiếng Pháp"
    GERMAN = "04", "Tiếng Đức"
    CHINESE = "05", "Tiếng Trung Quốc"
    OTHER = "06", "Ngoại ngữ khác"
    JAPANESE = "10", "Tiếng Nhật"
    KOREAN = "11", "Tiếng Hàn"
    LAO = "12", "Tiếng Lào"
    THAI = "13", "Tiếng Thái"


class SchoolClass(models.Model):
    """A class of one year; its name is free text, its grade is not (rule R8).

    `combined_with` are the other grades taught in the same room (lớp ghép), none as a rule. When it has lessons is a
    WeekPattern.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="classes")
    name = models.CharField("tên lớp", max_length=30)
    grade_level = models.PositiveSmallIntegerField("khối")
    site = models.CharField("điểm trường", max_length=100, blank=True)
    combined_with = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="ghép với khối", default=list, blank=True
    )
    is_semi_boarding = models.BooleanField("lớp bán trú", default=False)
    foreign_language = models.CharField(
        "ngoại ngữ 1", max_length=2, choices=ForeignLanguage, default=ForeignLanguage.ENGLISH
    )

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("grade_level", "name")
        permissions: ClassVar = [("view_class_results", "Xem kết quả của lớp")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "name"], name="class_name_once_a_year"),
            models.CheckConstraint(condition=Q(grade_level__range=(1, 5)), name="class_grade_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(combined_with__contained_by=[1, 2, 3, 4, 5], combined_with__len__lte=2),
                name="class_combines_up_to_three_grades",
            ),
            models.CheckConstraint(
                condition=Q(foreign_language__in=ForeignLanguage.values),
                name="class_foreign_language_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HomeroomAssignment(Term):
    """Giáo viên chủ nhiệm of a class from a day to a day; one at a time (rule R6)."""

    PERSON = "teacher"

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="homeroom_assignments")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="homeroom_assignments")

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("homeroom"),
            substitution_is_whole("homeroom", "teacher"),
            ExclusionConstraint(
                name="homeroom_one_teacher_at_a_time",
                expressions=[
                    (same("school_class_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} – {self.school_class}"

    @property
    def duty(self) -> dict[str, Any]:
        return {"school_class_id": self.school_class_id}

    @property
    def duty_label(self) -> str:
        return f"Chủ nhiệm lớp {self.school_class.name}"
