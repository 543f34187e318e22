"""Puts year-end records into the small school of the tests, so that it has books worth printing."""

import datetime

from accounts.history import Source, acting
from accounts.models import Post, User
from gradebook.models import SubjectLine, SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import Period, TraitGroup, has_mark, lines_for, traits_for
from gradebook.year_rules import rules_of
from students.models import (
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    Student,
    YearProfile,
    proposed_rule_set,
)
from tests.gradebook.school import School
from tests.students.seats import seat

MARKS = (10, 9, 7, 8, 6)


def fill(school_class: SchoolClass, pupils: list[Student], period: Period = Period.YEAR_END) -> None:
    """Levels, marks, ratings and comments of every cell, no two comments alike."""
    year, grade, rules = school_class.year_id, school_class.grade_level, rules_of(school_class.year)
    lines = SubjectLine.objects.filter(year_id=year, grade_level=grade)
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        SubjectResult.objects.bulk_create(
            SubjectResult(
                student=pupil,
                line=line,
                period=period,
                attainment="TH"[(at + place) % 2],
                mark=MARKS[(at + place) % 5]
                if has_mark(year, grade, line.code, period, rules=rules)
                else None,
                comment=f"Nhận xét {line.line.short_name} năm {year} của {pupil.full_name}.",
            )
            for at, pupil in enumerate(pupils)
            for place, line in enumerate(lines)
        )
        TraitResult.objects.bulk_create(
            TraitResult(
                student=pupil, year_id=year, period=period, item=trait.code, rating="TĐ"[(at + place) % 2]
            )
            for at, pupil in enumerate(pupils)
            for place, trait in enumerate(traits_for(year, grade, rules=rules))
        )
        TraitResult.objects.bulk_create(
            TraitResult(
                student=pupil,
                year_id=year,
                period=period,
                item=group.value,
                comment=f"Lời về {group.label.lower()} năm {year} của {pupil.full_name}.",
            )
            for pupil in pupils
            for group in TraitGroup
        )


def approve(
    school_class: SchoolClass, pupils: list[Student], *, by: User, on: datetime.date, **other: object
) -> None:
    """The principal approves the year of these pupils: HTT and promoted, unless told otherwise."""
    fields = {"result": "HTT", "award": "HSTB", "is_promoted": True, **other}
    with acting(by, role="Hiệu trưởng", source=Source.PAGE):
        YearOutcome.objects.bulk_create(
            YearOutcome(student=pupil, school_class=school_class, approved_by=by, approved_on=on, **fields)
            for pupil in pupils
        )


def add_profile(year: SchoolYear, pupil: Student) -> None:
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        YearProfile.objects.create(
            student=pupil,
            year=year,
            height_cm=128,
            weight_kg="27.5",
            absent_with_leave="3",
            absent_without_leave="0.5",
        )


def add_past_years(school: School, count: int) -> list[SchoolClass]:
    """The pupils of 4A sat in 3A, 2A, … in the years before; oldest first, filled but not approved."""
    year = school.year
    classes = []
    for back in range(1, count + 1):
        with acting(None, role="Kiểm thử", source=Source.SYSTEM):
            classes.append(_past_class(school, year, back))
        fill(classes[-1], school.pupils)
    return classes[::-1]


def _past_class(school: School, year: SchoolYear, back: int) -> SchoolClass:
    start = year.year - back
    past = SchoolYear.objects.create(
        year=start,
        rule_set=proposed_rule_set(start),
        starts_on=datetime.date(start, 8, 1),
        first_term_ends_on=datetime.date(start + 1, 1, 15),
        ends_on=datetime.date(start + 1, 7, 31),
        school_name=f"Trường Tiểu học Kim Đồng {back}",
        parent_body=year.parent_body,
        ward=year.ward,
        province=year.province,
        place=year.place,
    )
    grade = 4 - back
    SubjectLine.objects.bulk_create(
        SubjectLine(year=past, grade_level=grade, code=line.code)
        for line in lines_for(start, grade, rules=rules_of(past))
    )
    school_class = SchoolClass.objects.create(year=past, name=f"{grade}A", grade_level=grade)
    HomeroomAssignment.objects.create(
        school_class=school_class, teacher=school.minh, starts_on=past.starts_on
    )
    seat(school.pupils, school_class, ends_on=past.ends_on)
    return school_class


def add_former_principal(school: School, holder: User) -> None:
    """Somebody else was principal until the day before this school year."""
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        Post.objects.create(
            holder=holder,
            kind=Post.Kind.PRINCIPAL,
            starts_on=datetime.date(2018, 8, 1),
            ends_on=school.year.starts_on - datetime.timedelta(days=1),
        )
