"""A pupil: the record that goes with them through the years, and what one year's books say of their body and days."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import validate_email
from django.db import IntegrityError, models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from accounts.sealed import SealedField
from accounts.veiled import VeiledDateField, VeiledField
from students.administrative_units import AddressForm
from students.models.years import SchoolYear


class RecordUnsound(IntegrityError):
    """A record that contradicts itself in columns that the database cannot read: what a CHECK would say of them."""


class Pupils(models.QuerySet["Student"]):
    """Pupils, written in bulk under the same rule as one by one."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Raises RecordUnsound; then nothing is written."""
        pupils = list(objs)
        for each in pupils:
            each.require_sound_support()
        return super().bulk_create(pupils, *args, **kwargs)


class Student(models.Model):
    """A pupil's record (sơ yếu lí lịch): the fields of the sector's description that a primary school needs (R9).

    Ids are text and unique when known; until the ministry gives one, `school_code` holds a temporary TAM-… code. A
    birth date may be a year, or a month and year (rule R15). Codes are those of students.code_lists; what must be
    filled, and what one field asks of another, is said by students.record_rules. Blood group, photo and other data
    that need a consent of their own are not kept (domain.md 7.1). What identifies a family outside school stands sealed
    (docs/decisions/0201): these columns are looked up by their whole value alone, and the database refuses plain text.
    Ethnic group, religion, policy group and disability are veiled with `veil` as their salt: nothing is looked up by
    them, and what one asks of another the model asks where it is written.
    """

    TEMPORARY = "TAM-"

    class Gender(models.TextChoices):
        MALE = "male", "Nam"
        FEMALE = "female", "Nữ"
        UNKNOWN = "", "Chưa có"

    class DisabilityLevel(models.TextChoices):
        """The three levels of the certificate (Luật Người khuyết tật, Điều 3 khoản 2)."""

        EXTREME = "extreme", "Đặc biệt nặng"
        SEVERE = "severe", "Nặng"
        MILD = "mild", "Nhẹ"

    moet_id = models.CharField("mã định danh Bộ GD&ĐT", max_length=10, unique=True, null=True)  # noqa: DJ001 - unknown ids must not collide
    national_id = SealedField("số định danh cá nhân", max_length=12, unique=True, null=True)
    school_code = models.CharField("mã học sinh", max_length=30, unique=True, null=True)  # noqa: DJ001 - as above
    register_no = models.CharField("số đăng bộ", max_length=30, blank=True)
    full_name = models.CharField("họ và tên", max_length=150)
    sort_key = models.CharField(max_length=600, db_collation="C")
    search_key = models.CharField(max_length=200)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True)
    birth_month = models.PositiveSmallIntegerField("tháng sinh", null=True)
    birth_day = models.PositiveSmallIntegerField("ngày sinh", null=True)
    gender = models.CharField("giới tính", max_length=6, choices=Gender, blank=True)
    ethnic_code = VeiledField("dân tộc", max_length=2, blank=True)
    religion_code = VeiledField("tôn giáo", max_length=2, blank=True)
    nationality = models.CharField("quốc tịch", max_length=60, default="Việt Nam")
    birth_place = models.CharField("nơi sinh", max_length=300, blank=True)
    origin = models.CharField("quê quán", max_length=300, blank=True)
    home_address = models.CharField("nơi ở hiện nay", max_length=300, blank=True)
    permanent_detail = models.CharField("thường trú: số nhà, đường", max_length=200, blank=True)
    permanent_hamlet = models.CharField("thường trú: tổ dân phố, thôn", max_length=100, blank=True)
    permanent_form = models.CharField(
        "thường trú: ghi theo",
        max_length=11,
        choices=[(each.value, each.label) for each in AddressForm],
        blank=True,
    )
    permanent_ward_code = models.CharField("thường trú: mã xã (phường)", max_length=5, blank=True)
    permanent_ward = models.CharField("thường trú: xã (phường)", max_length=100, blank=True)
    permanent_district = models.CharField("thường trú: huyện (quận)", max_length=100, blank=True)
    permanent_province_code = models.CharField("thường trú: mã tỉnh (thành phố)", max_length=2, blank=True)
    permanent_province = models.CharField("thường trú: tỉnh (thành phố)", max_length=100, blank=True)
    phone = SealedField("điện thoại liên hệ", max_length=30, blank=True)
    email = SealedField("thư điện tử liên hệ", max_length=150, blank=True, validators=[validate_email])
    father_name = models.CharField("họ và tên cha", max_length=150, blank=True)
    father_birth_year = models.PositiveSmallIntegerField("năm sinh của cha", null=True)
    father_job = models.CharField("nghề nghiệp của cha", max_length=100, blank=True)
    father_phone = SealedField("điện thoại của cha", max_length=30, blank=True)
    father_workplace = models.CharField("nơi làm việc của cha", max_length=150, blank=True)
    mother_name = models.CharField("họ và tên mẹ", max_length=150, blank=True)
    mother_birth_year = models.PositiveSmallIntegerField("năm sinh của mẹ", null=True)
    mother_job = models.CharField("nghề nghiệp của mẹ", max_length=100, blank=True)
    mother_phone = SealedField("điện thoại của mẹ", max_length=30, blank=True)
    mother_workplace = models.CharField("nơi làm việc của mẹ", max_length=150, blank=True)
    guardian_name = models.CharField("người giám hộ", max_length=150, blank=True)
    guardian_relation = models.CharField("quan hệ của người giám hộ với học sinh", max_length=60, blank=True)
    guardian_birth_year = models.PositiveSmallIntegerField("năm sinh của người giám hộ", null=True)
    guardian_job = models.CharField("nghề nghiệp của người giám hộ", max_length=100, blank=True)
    guardian_phone = SealedField("điện thoại của người giám hộ", max_length=30, blank=True)
    guardian_workplace = models.CharField("nơi làm việc của người giám hộ", max_length=150, blank=True)
    policy_code = VeiledField("diện chính sách", max_length=2, blank=True)
    disability_code = VeiledField("loại khuyết tật", max_length=2, blank=True)
    disability_level = VeiledField("mức độ khuyết tật", max_length=7, choices=DisabilityLevel, blank=True)
    disability_certificate_no = VeiledField("số giấy xác nhận khuyết tật", max_length=60, blank=True)
    disability_certificate_on = VeiledDateField("ngày cấp giấy xác nhận khuyết tật", null=True)
    is_exempt_from_assessment = models.BooleanField("khuyết tật không đánh giá", default=False)
    exemption_decision_no = models.CharField("số quyết định không đánh giá", max_length=60, blank=True)
    exemption_decision_on = models.DateField("ngày quyết định không đánh giá", null=True)
    is_pioneer = models.BooleanField("đội viên", default=False)
    pioneer_since = models.DateField("ngày vào Đội", null=True)
    pioneer_place = models.CharField("nơi vào Đội", max_length=150, blank=True)
    veil = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    objects = Pupils.as_manager()
    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("sort_key", "id")
        indexes: ClassVar = [
            models.Index(fields=["search_key"], name="student_by_search_key"),
            models.Index(fields=["register_no"], name="student_by_register_no"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gender__in=["", "male", "female"]), name="student_gender_is_known"
            ),
            models.CheckConstraint(
                condition=Q(moet_id__isnull=True) | Q(moet_id__regex=r"^[0-9]{10}$"),
                name="student_moet_id_has_10_digits",
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
            models.CheckConstraint(
                condition=Q(
                    permanent_form="",
                    permanent_ward_code="",
                    permanent_ward="",
                    permanent_district="",
                    permanent_province_code="",
                    permanent_province="",
                )
                | (
                    Q(permanent_form="two_level", permanent_district="")
                    & ~Q(permanent_ward="")
                    & ~Q(permanent_province="")
                )
                | (Q(permanent_form="three_level") & ~Q(permanent_district="") & ~Q(permanent_province="")),
                name="student_permanent_address_fits_its_form",
            ),
            models.CheckConstraint(
                condition=Q(permanent_ward_code__regex=r"^([0-9]{5})?$")
                & Q(permanent_province_code__regex=r"^([0-9]{2})?$"),
                name="student_unit_codes_have_their_digits",
            ),
            models.CheckConstraint(
                condition=Q(
                    is_exempt_from_assessment=False,
                    exemption_decision_no="",
                    exemption_decision_on__isnull=True,
                )
                | (
                    Q(is_exempt_from_assessment=True, exemption_decision_on__isnull=False)
                    & ~Q(exemption_decision_no="")
                ),
                name="student_exemption_has_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(is_pioneer=True) | Q(pioneer_since__isnull=True, pioneer_place=""),
                name="student_pioneer_day_is_a_pioneers",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises RecordUnsound."""
        self.require_sound_support()
        super().save(*args, **kwargs)

    def require_sound_support(self) -> None:
        """A level is one of the three, and what is said of a disability names its kind (R10). Raises RecordUnsound."""
        level = self.disability_level
        if level and level not in self.DisabilityLevel.values:
            raise RecordUnsound(f"No level of disability: {level}")
        details = (level, self.disability_certificate_no, self.disability_certificate_on)
        if not self.disability_code and any((*details, self.is_exempt_from_assessment)):
            raise RecordUnsound("A disability without its kind")

    @property
    def birth_label(self) -> str:
        """The birth date as far as it is known: 05/09/2019, 09/2019 or 2019 (rule R15)."""
        known = (self.birth_day, self.birth_month)
        parts = [f"{part:02d}" for part in known if part]
        return "/".join([*parts, str(self.birth_year)]) if self.birth_year else ""

    @property
    def permanent_address(self) -> str:
        """Nơi thường trú as it stands on paper, from the house to the province, in the form it was recorded in."""
        parts = (self.permanent_detail, self.permanent_hamlet, self.permanent_ward, self.permanent_district)
        return ", ".join(part for part in (*parts, self.permanent_province) if part)

    @property
    def has_temporary_code(self) -> bool:
        return (self.school_code or "").startswith(self.TEMPORARY)


class PupilWords(models.Model):
    """What a pupil is found by, folded, in narrow rows and in the order of names: for `students.search`.

    The database writes them itself (migration 0100), so that no way of renaming can forget it; nothing else does.
    """

    student = models.OneToOneField(Student, models.CASCADE, primary_key=True, related_name="words")
    sort_key = models.CharField(max_length=600, db_collation="C")
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sort_key", "student"], include=["words"], name="pupil_words_in_order"),
            GinIndex(fields=["words"], name="pupil_by_words"),
        ]

    def __str__(self) -> str:
        return str(self.words)


class YearProfile(models.Model):
    """What is said of a pupil in one year (domain.md 2.1, 5.4): size, absences, meals and bed at school.

    A second measuring in the year writes over the first, as the học bạ has room for one; the history keeps both.
    The absences are those of days whose roll was not called here: of years before the system, and of the months at the
    former school. What is called here comes on top (`students.absences`).
    """

    class Boarding(models.TextChoices):
        NONE = "", "Không"
        DAY = "day", "Bán trú"
        FULL = "full", "Nội trú"

    student = models.ForeignKey(Student, models.PROTECT, related_name="year_profiles")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="profiles")
    height_cm = models.PositiveSmallIntegerField("chiều cao (cm)", null=True)
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=4, decimal_places=1, null=True)
    measured_on = models.DateField("ngày đo", null=True)
    boarding = models.CharField("bán trú, nội trú", max_length=4, choices=Boarding, blank=True)
    day_boarding_code = models.CharField("loại bán trú", max_length=2, blank=True)
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
            models.CheckConstraint(
                condition=(Q(boarding="day") & ~Q(day_boarding_code=""))
                | Q(boarding__in=["", "full"], day_boarding_code=""),
                name="profile_day_boarding_has_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.year_id}"
