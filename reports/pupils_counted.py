"""The pupils that a report counts: who sits in which class on a day, and what the columns of reports ask of them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradebook.computed_results import seats_of
from reports.figures import Column
from reports.report_kind import PupilLine
from students.code_lists import disability_kinds, ethnic_groups, policy_groups
from students.head_counts import NOT_A_MINORITY
from students.models import Enrolment, SchoolClass, SchoolYear, Student

ALL, GIRLS, MINORITY, MINORITY_GIRLS, COMBINED, DISABLED = (
    *("all", "girls", "minority"),
    *("minority_girls", "combined", "disabled"),
)
PEOPLE = (
    Column(ALL, ("Tổng số",)),
    Column(GIRLS, ("Nữ",)),
    Column(MINORITY, ("Dân tộc",)),
    Column(MINORITY_GIRLS, ("Nữ dân tộc",)),
    Column(COMBINED, ("Lớp ghép",)),
    Column(DISABLED, ("Khuyết tật",)),
)
PARTS = (
    (GIRLS, ALL),
    (MINORITY, ALL),
    (MINORITY_GIRLS, GIRLS),
    (MINORITY_GIRLS, MINORITY),
    (COMBINED, ALL),
    (DISABLED, ALL),
)
"""Columns that cannot exceed others."""
SECRET_COLUMNS = frozenset({MINORITY, MINORITY_GIRLS, DISABLED})


@dataclass(frozen=True, slots=True)
class Seated:
    """A pupil in a class on the day, with what `gradebook.exemptions.terms_of` needs at hand."""

    seat: Enrolment

    @property
    def student(self) -> Student:
        return self.seat.student

    @property
    def school_class(self) -> SchoolClass:
        return self.seat.school_class

    @property
    def grade(self) -> int:
        return self.seat.school_class.grade_level

    @property
    def is_girl(self) -> bool:
        return self.student.gender == Student.Gender.FEMALE

    @property
    def is_of_minority(self) -> bool:
        return self.student.ethnic_code not in NOT_A_MINORITY

    @property
    def columns(self) -> frozenset[str]:
        """Of PEOPLE, in which the pupil is known to stand."""
        found = {ALL}
        if self.is_girl:
            found.add(GIRLS)
        if self.is_of_minority:
            found.add(MINORITY)
            if self.is_girl:
                found.add(MINORITY_GIRLS)
        if self.school_class.combined_with:
            found.add(COMBINED)
        if self.student.disability_code:
            found.add(DISABLED)
        return frozenset(found)

    @property
    def unknown_columns(self) -> frozenset[str]:
        """Those that the record does not tell."""
        found = set()
        no_gender, no_group = not self.student.gender, not self.student.ethnic_code
        if no_gender:
            found.add(GIRLS)
        if no_group:
            found.add(MINORITY)
        is_boy = self.student.gender == Student.Gender.MALE
        if (no_group and not is_boy) or (no_gender and self.is_of_minority):
            found.add(MINORITY_GIRLS)
        return frozenset(found)


def classes_of(year: SchoolYear) -> list[SchoolClass]:
    """By grade and name, with the year at hand. One statement."""
    classes = list(SchoolClass.objects.filter(year=year).order_by("grade_level", "name"))
    for each in classes:
        each.year = year
    return classes


def seated_in(classes: Sequence[SchoolClass], day: datetime.date) -> tuple[Seated, ...]:
    """By class and in class order. One statement."""
    return tuple(Seated(seat) for seat in seats_of(classes, on=day))


def lacking_words(pupils: Iterable[Seated]) -> tuple[str, ...]:
    """What records lack, each as a sentence with the number of pupils (R81)."""
    pupils = list(pupils)
    asked = (
        ("giới tính", "gender", "Cột nữ"),
        ("dân tộc", "ethnic_code", "Cột dân tộc"),
        ("năm sinh", "birth_year", "Các dòng độ tuổi"),
    )
    found = []
    for words, field, where in asked:
        lacking = sum(1 for each in pupils if not getattr(each.student, field))
        if lacking:
            found.append(
                f"{lacking}/{len(pupils)} em chưa có {words} trong hồ sơ. {where} chỉ tính các em đã có; số 0 mà em "
                "ấy có thể thuộc về thì để «…»."
            )
    return tuple(found)


def pupil_lines(pupils: Iterable[Seated], column: str = ALL, *, why: str = "") -> tuple[PupilLine, ...]:
    """For the list behind a figure; of the columns that say it, which group or disability."""
    return tuple(
        PupilLine(
            each.student.pk,
            each.school_class.name,
            each.student.full_name,
            each.student.birth_label,
            why or why_counted(each.student, column),
        )
        for each in pupils
    )


def why_counted(student: Student, column: str) -> str:
    """Of a column that says it, which group or disability; "" of others."""
    if column in (MINORITY, MINORITY_GIRLS):
        return ethnic_groups().names.get(student.ethnic_code, "")
    if column == DISABLED:
        return disability_kinds().names.get(student.disability_code, "")
    return ""


def policy_words(student: Student) -> str:
    return policy_groups().names.get(student.policy_code, "")
