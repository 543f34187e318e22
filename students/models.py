"""The school year, its classes, its pupils and who sat where from when to when."""

import datetime
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
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


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def current(self) -> "SchoolYear | None":
        """The year that contains today, or the last one begun."""
        return self.filter(starts_on__lte=today()).order_by("-year").first()


class SchoolYear(models.Model):
    """Everything legal hangs on the year, the heading lines of its papers too (rules R1, R2; domain.md 8.3)."""

    year = models.PositiveSmallIntegerField("năm bắt đầu", primary_key=True)
    starts_on = models.DateField("ngày bắt đầu")
    first_term_ends_on = models.DateField("ngày kết thúc học kì I")
    ends_on = models.DateField("ngày kết thúc")
    school_name = models.CharField("tên trường", max_length=150)
    parent_body = models.CharField("cơ quan chủ quản", max_length=150)
    ward = models.CharField("xã (phường, đặc khu)", max_length=100)
    province = models.CharField("tỉnh (thành phố)", max_length=100)
    place = models.CharField("địa danh ghi trên văn bản", max_length=100)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = SchoolYearQuerySet.as_manager()

    class Meta:
        ordering = ("-year",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("first_term_ends_on"), first_term_ends_on__lt=F("ends_on")),
                name="school_year_days_are_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The official form with spaces: "2026 - 2027"."""
        return f"{self.year} - {self.year + 1}"

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)

    def day_for_roster(self) -> datetime.date:
        """The day whose roster a sheet of this year shows: today, or the nearest day of the year."""
        return min(max(today(), self.starts_on), self.ends_on)


class SchoolClass(models.Model):
    """A class of one year; its name is free text, its grade is not (rule R8)."""

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="classes")
    name = models.CharField("tên lớp", max_length=30)
    grade_level = models.PositiveSmallIntegerField("khối")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("grade_level", "name")
        permissions: ClassVar = [("view_class_results", "Xem kết quả của lớp")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "name"], name="class_name_once_a_year"),
            models.CheckConstraint(condition=Q(grade_level__range=(1, 5)), name="class_grade_is_1_to_5"),
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


class Student(models.Model):
    """A pupil's record (sơ yếu lí lịch): the fields that the demo rosters and the books need (domain.md 5.4).

    Ids are text and unique when known. A birth date may be a year, or a month and year (rule R15).
    """

    class Gender(models.TextChoices):
        MALE = "male", "Nam"
        FEMALE = "female", "Nữ"
        UNKNOWN = "", "Chưa có"

    moet_id = models.CharField("mã định danh Bộ GD&ĐT", max_length=10, unique=True, null=True)  # noqa: DJ001 - unknown ids must not collide
    national_id = models.CharField("số định danh cá nhân", max_length=12, unique=True, null=True)  # noqa: DJ001 - as above
    school_code = models.CharField("mã học sinh", max_length=30, unique=True, null=True)  # noqa: DJ001 - as above
    register_no = models.CharField("số đăng bộ", max_length=30, blank=True)
    full_name = models.CharField("họ và tên", max_length=150)
    sort_key = models.CharField(max_length=600, db_collation="C")
    search_key = models.CharField(max_length=200)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True)
    birth_month = models.PositiveSmallIntegerField("tháng sinh", null=True)
    birth_day = models.PositiveSmallIntegerField("ngày sinh", null=True)
    gender = models.CharField("giới tính", max_length=6, choices=Gender, blank=True)
    ethnic_code = models.CharField("dân tộc", max_length=2, blank=True)
    nationality = models.CharField("quốc tịch", max_length=60, default="Việt Nam")
    birth_place = models.CharField("nơi sinh", max_length=300, blank=True)
    origin = models.CharField("quê quán", max_length=300, blank=True)
    home_address = models.CharField("nơi ở hiện nay", max_length=300, blank=True)
    phone = models.CharField("điện thoại liên hệ", max_length=30, blank=True)
    father_name = models.CharField("họ và tên cha", max_length=150, blank=True)
    father_birth_year = models.PositiveSmallIntegerField("năm sinh của cha", null=True)
    father_job = models.CharField("nghề nghiệp của cha", max_length=100, blank=True)
    mother_name = models.CharField("họ và tên mẹ", max_length=150, blank=True)
    mother_birth_year = models.PositiveSmallIntegerField("năm sinh của mẹ", null=True)
    mother_job = models.CharField("nghề nghiệp của mẹ", max_length=100, blank=True)
    guardian_name = models.CharField("người giám hộ", max_length=150, blank=True)
    policy_code = models.CharField("diện chính sách", max_length=2, blank=True)
    disability_code = models.CharField("loại khuyết tật", max_length=2, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("sort_key", "id")
        indexes: ClassVar = [models.Index(fields=["search_key"], name="student_by_search_key")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gender__in=["", "male", "female"]), name="student_gender_is_known"
            ),
            models.CheckConstraint(
                condition=Q(moet_id__isnull=True) | Q(moet_id__regex=r"^[0-9]{10}$"),
                name="student_moet_id_has_10_digits",
            ),
            models.CheckConstraint(
                condition=Q(national_id__isnull=True) | Q(national_id__regex=r"^[0-9]{12}$"),
                name="student_national_id_has_12_digits",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True)
                | Q(birth_month__range=(1, 12), birth_year__isnull=False),
                name="student_birth_month_fits",
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | Q(birth_day__range=(1, 31), birth_month__isnull=False),
                name="student_birth_day_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def birth_label(self) -> str:
        """The birth date as far as it is known: 05/09/2019, 09/2019 or 2019 (rule R15)."""
        known = (self.birth_day, self.birth_month)
        parts = [f"{part:02d}" for part in known if part]
        return "/".join([*parts, str(self.birth_year)]) if self.birth_year else ""


class EnrolmentQuerySet(DatedQuerySet):
    def in_class_order(self) -> Self:
        """The class's stored order (thứ tự), then the Vietnamese order of names (rule R92)."""
        return self.order_by("position", "student__sort_key", "student_id")

    def roster(self, school_class: SchoolClass) -> Self:
        """The pupils of a class on the day its sheets show, with the pupil at hand."""
        day = school_class.year.day_for_roster()
        return self.filter(school_class=school_class).held_on(day).select_related("student").in_class_order()


class Enrolment(models.Model):
    """A pupil sits in a class from a day to a day; the database keeps one pupil's intervals apart (rule R13)."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="enrolments")
    position = models.PositiveSmallIntegerField("thứ tự")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)
    came_by = models.CharField("hình thức vào lớp", max_length=60, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("enrolment"),
            ExclusionConstraint(
                name="enrolment_one_class_at_a_time",
                expressions=[
                    (same("student_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} – {self.school_class}"


class YearProfile(models.Model):
    """What the học bạ says of a pupil's body and days in one year (domain.md 2.1): size and absences."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="year_profiles")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="profiles")
    height_cm = models.PositiveSmallIntegerField("chiều cao (cm)", null=True)
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=4, decimal_places=1, null=True)
    absent_with_leave = models.DecimalField("nghỉ có phép (ngày)", max_digits=4, decimal_places=1, null=True)
    absent_without_leave = models.DecimalField(
        "nghỉ không phép (ngày)", max_digits=4, decimal_places=1, null=True
    )

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "year"], name="profile_once_a_year"),
            models.CheckConstraint(
                condition=Q(height_cm__isnull=True) | Q(height_cm__range=(60, 220)),
                name="profile_height_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(weight_kg__isnull=True) | Q(weight_kg__range=(8, 150)),
                name="profile_weight_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(absent_with_leave__isnull=True) | Q(absent_with_leave__gte=0),
                name="profile_leave_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(absent_without_leave__isnull=True) | Q(absent_without_leave__gte=0),
                name="profile_absence_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.year_id}"


def upload_path(upload: "RosterUpload", _filename: str) -> str:
    """A random name: what the clerk called the file never reaches the disk."""
    return f"uploads/{upload.year_id}/{uuid.uuid4().hex}.xlsx"


class RosterUpload(models.Model):
    """A pupil list that the clerk has sent: kept as it came, shown as a dry run, carried out at most once (R85).

    The file lies outside the web root and is never handed out. The counts are those of the plan carried out;
    `errors` is what had to be mended when the list was last sent (None: not counted).
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="roster_uploads")
    name = models.CharField("tên tệp", max_length=150)
    file = models.FileField(upload_to=upload_path, max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    errors = models.PositiveIntegerField("chỗ phải sửa lúc tải lên", null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    applied_at = models.DateTimeField(null=True)
    created = models.PositiveIntegerField("học sinh thêm mới", default=0)
    changed = models.PositiveIntegerField("học sinh có thay đổi", default=0)
    kept = models.PositiveIntegerField("học sinh giữ nguyên", default=0)
    enrolled = models.PositiveIntegerField("học sinh xếp vào lớp", default=0)
    classes = ArrayField(models.CharField(max_length=30), verbose_name="các lớp trong tệp", default=list)
    new_classes = ArrayField(models.CharField(max_length=30), verbose_name="lớp lập mới", default=list)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-uploaded_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="roster_upload_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_applied(self) -> bool:
        return self.applied_at is not None
