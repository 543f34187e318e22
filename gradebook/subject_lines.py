"""The lines of the books in a year, by grade, and what a class has chosen otherwise: two tables and their one rule."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.regulation import GRADES, LINES, RULE_SETS, Line, line_by_code
from students.models import SchoolClass, SchoolYear


def _is_optional() -> Q:
    """Lines that some rule set leaves to the school, by grade (rule R4)."""
    codes = {
        grade: sorted({code for rules in RULE_SETS for code in rules.optional[grade]}) for grade in GRADES
    }
    return Q(*(Q(grade_level=grade, code__in=codes[grade]) for grade in GRADES), _connector=Q.OR)


class SubjectLineQuerySet(models.QuerySet["SubjectLine"]):
    """Which lines a class has: by its own choice, else by that of its grade. The rule is said here alone."""

    def taught_in(self, school_class: SchoolClass) -> Self:
        return self._taught(school_class.pk, school_class.year_id, school_class.grade_level)

    def taught_in_each(self) -> Self:
        """The same within a subquery over classes."""
        return self._taught(OuterRef(OuterRef("pk")), OuterRef("year_id"), OuterRef("grade_level"))

    def _taught(self, class_pk: Any, year: Any, grade_level: Any) -> Self:
        own = ClassLine.objects.filter(line=OuterRef("pk"), school_class=class_pk).values("is_taught")
        is_taught = Coalesce(Subquery(own), F("is_for_grade"), output_field=models.BooleanField())
        return self.filter(is_taught, year_id=year, grade_level=grade_level)


class SubjectLine(models.Model):
    """A line of the books (dòng môn học) in one year and grade (rules R3, R4).

    An optional line is `is_for_grade` when the grade has it; a class may choose otherwise (ClassLine).
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="lines")
    grade_level = models.PositiveSmallIntegerField("khối")
    code = models.CharField("mã môn", max_length=10)
    is_for_grade = models.BooleanField("cả khối học", default=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = SubjectLineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "grade_level", "code"], name="line_once_a_grade"),
            models.CheckConstraint(
                condition=Q(code__in=[line.code for line in LINES]), name="line_code_is_known"
            ),
            models.CheckConstraint(condition=Q(grade_level__range=(1, 5)), name="line_grade_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(is_for_grade=True) | _is_optional(), name="line_left_out_is_optional"
            ),
        ]

    def __str__(self) -> str:
        return self.line.short_name

    @property
    def line(self) -> Line:
        """What the regulation says of this line: its names and its place in the books."""
        return line_by_code(self.code)


class ClassLine(models.Model):
    """What a class itself has chosen of an optional line; without a row it follows its grade (rule R4)."""

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="line_choices")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="class_choices")
    is_taught = models.BooleanField("lớp học môn này")

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school_class", "line"], name="class_chooses_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.school_class} {self.line}: {'học' if self.is_taught else 'không học'}"
