"""A pupil: the record that goes with them through the years, and what one year's books say of their body and days."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from students.models.years import SchoolYear


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


class YearProfile(models.Model):
    """What the học bạ says of a pupil's body and days in one year (domain.md 2.1).

    The absences are those of days whose roll was not called here: of years before the system, and of the months at the
    former school. What is called here comes on top (`students.absences`).
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="year_profiles")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="profiles")
    height_cm = models.PositiveSmallIntegerField("chiều cao (cm)", null=True)
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=4, decimal_places=1, null=True)
    absent_with_leave = models.DecimalField(
        "nghỉ có phép ngoài sổ điểm danh (ngày)", max_digits=4, decimal_places=1, null=True
    )
    absent_without_leave = models.DecimalField(
        "nghỉ không phép ngoài sổ điểm danh (ngày)", max_digits=4, decimal_places=1, null=True
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
