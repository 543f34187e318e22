"""Years before Thông tư 27/2020, as the học bạ on paper has them."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.regulation import GRADES, Attainment, Rating
from gradebook.regulation_2016 import (
    FIRST_YEAR,
    HIGHEST_MARK,
    LOWEST_MARK,
    OLD_LINES,
    OLD_TRAITS,
    OldResult,
    OldYear,
    last_old_year,
)
from students.models import Student

_TESTED = [line.code for line in OLD_LINES if line.tested]
_BY_THE_ROADMAP = reduce(
    or_, (Q(grade_level=grade, year__range=(FIRST_YEAR, last_old_year(grade))) for grade in GRADES)
)


class OldYearRecord(models.Model):
    """A pupil's year under Thông tư 22/2016, copied from the signed học bạ that `source_paper` names.

    `year` is the first calendar year and no key: the school need not have kept that year here. Written by
    `gradebook.old_years` alone; each correction raises `version` and gives its `reason`, and the database deletes none.
    One that `is_struck` was recorded by mistake: it stands in no book.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="old_years")
    year = models.PositiveSmallIntegerField("năm học")
    grade_level = models.PositiveSmallIntegerField("khối")
    class_name = models.CharField("lớp", max_length=20)
    school_name = models.CharField("trường", max_length=150)
    height_cm = models.PositiveSmallIntegerField("chiều cao (cm)", null=True)
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=4, decimal_places=1, null=True)
    health = models.CharField("sức khoẻ", max_length=100, blank=True)
    absent_with_leave = models.DecimalField("số ngày nghỉ có phép", max_digits=4, decimal_places=1, null=True)
    absent_without_leave = models.DecimalField(
        "số ngày nghỉ không phép", max_digits=4, decimal_places=1, null=True
    )
    self_service = models.CharField("tự phục vụ, tự quản", max_length=1, blank=True)
    cooperation = models.CharField("hợp tác", max_length=1, blank=True)
    self_study = models.CharField("tự học, giải quyết vấn đề", max_length=1, blank=True)
    diligence = models.CharField("chăm học, chăm làm", max_length=1, blank=True)
    confidence = models.CharField("tự tin, trách nhiệm", max_length=1, blank=True)
    honesty = models.CharField("trung thực, kỉ luật", max_length=1, blank=True)
    solidarity = models.CharField("đoàn kết, yêu thương", max_length=1, blank=True)
    competency_comment = models.TextField("nhận xét năng lực", blank=True)
    quality_comment = models.TextField("nhận xét phẩm chất", blank=True)
    award = models.CharField("khen thưởng", max_length=500, blank=True)
    is_completed = models.BooleanField("hoàn thành chương trình", default=True)
    completion = models.CharField("hoàn thành chương trình lớp học, tiểu học", max_length=300)
    homeroom_teacher = models.CharField("giáo viên chủ nhiệm đã kí", max_length=150)
    principal = models.CharField("hiệu trưởng đã kí", max_length=150)
    is_signed_by_deputy = models.BooleanField("phó hiệu trưởng kí thay", default=False)
    source_paper = models.CharField("theo học bạ giấy", max_length=200)
    is_struck = models.BooleanField("ghi nhầm, không in", default=False)
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField("lí do sửa", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("year",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "year"], name="old_year_once"),
            models.CheckConstraint(condition=_BY_THE_ROADMAP, name="old_year_is_before_tt27"),
            models.CheckConstraint(
                condition=reduce(
                    lambda one, other: one & other,
                    (Q(**{f"{trait.code}__in": ["", *Rating]}) for trait in OLD_TRAITS),
                ),
                name="old_year_ratings_are_tdc",
            ),
            models.CheckConstraint(
                condition=(Q(height_cm__isnull=True) | Q(height_cm__range=(60, 220)))
                & (Q(weight_kg__isnull=True) | Q(weight_kg__range=(8, 150))),
                name="old_year_sizes_are_possible",
            ),
            models.CheckConstraint(
                condition=(Q(absent_with_leave__isnull=True) | Q(absent_with_leave__gte=0))
                & (Q(absent_without_leave__isnull=True) | Q(absent_without_leave__gte=0)),
                name="old_year_absences_are_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(class_name="")
                & ~Q(school_name="")
                & ~Q(completion="")
                & ~Q(homeroom_teacher="")
                & ~Q(principal="")
                & ~Q(source_paper=""),
                name="old_year_names_its_paper",
            ),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                name="old_year_corrected_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.year}"

    @property
    def told(self) -> OldYear:
        """What the paper says; `lines` come prefetched where there are many records."""
        own = {name: getattr(self, name) for name in OLD_YEAR_FIELDS}
        return OldYear(
            **own,
            lines={
                line.code: OldResult(line.attainment, line.mark, line.comment) for line in self.lines.all()
            },
            ratings={trait.code: getattr(self, trait.code) for trait in OLD_TRAITS},
        )


OLD_YEAR_FIELDS = (
    *("year", "grade_level", "class_name", "school_name", "height_cm", "weight_kg", "health"),
    *("absent_with_leave", "absent_without_leave", "competency_comment", "quality_comment", "award"),
    *("is_completed", "completion", "homeroom_teacher", "principal", "is_signed_by_deputy"),
    *("source_paper", "is_struck"),
)
"""Columns that `OldYear` has under the same names; the ratings have a column each."""


class OldYearLine(models.Model):
    """A row of part 1 of such a year page; a record has all of the form's rows. Blank and null: so on the paper.

    `student` is the record's, for the trail of the pupil; `version` that of the record with which it was written.
    """

    record = models.ForeignKey(
        OldYearRecord, models.PROTECT, verbose_name="năm học chép lại", related_name="lines"
    )
    student = models.ForeignKey(Student, models.PROTECT, related_name="old_year_lines", db_index=False)
    code = models.CharField("môn", max_length=10)
    attainment = models.CharField("mức đạt được", max_length=1, blank=True)
    mark = models.PositiveSmallIntegerField("điểm KTĐK", null=True)
    comment = models.TextField("nhận xét", blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "code"], name="old_year_line_once"),
            models.CheckConstraint(
                condition=Q(code__in=[line.code for line in OLD_LINES]), name="old_year_line_is_of_the_form"
            ),
            models.CheckConstraint(
                condition=Q(attainment__in=["", *Attainment]), name="old_year_line_attainment_is_thc"
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(mark__range=(LOWEST_MARK, HIGHEST_MARK), code__in=_TESTED),
                name="old_year_line_mark_is_1_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.code}"
