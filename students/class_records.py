"""What the records of a class or of many lack, its sheet of measures and its papers, in constant queries."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from students.models import (
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    Student,
    YearProfile,
)
from students.record_rules import YEAR_FIELDS, Gap, gaps, lacks_for_teacher
from students.record_sections import BY_CODE, SECTION_OF, SECTIONS, label, shown
from students.records import record_of


@dataclass(frozen=True, slots=True)
class PupilGaps:
    """A pupil of a class with what the record lacks, by the section in which it is filled."""

    number: int
    student: Student
    profile: YearProfile
    gaps: tuple[Gap, ...]

    @property
    def by_section(self) -> list[tuple[str, str, list[Gap]]]:
        """(code, title, gaps) of the sections that lack something."""
        found: dict[str, list[Gap]] = defaultdict(list)
        for gap in self.gaps:
            found[SECTION_OF[gap.field].code].append(gap)
        return [(each.code, each.title, found[each.code]) for each in SECTIONS if each.code in found]


@dataclass(frozen=True, slots=True)
class ClassGaps:
    """How far the records of a class are."""

    school_class: SchoolClass
    pupils: tuple[PupilGaps, ...]

    @property
    def whole(self) -> int:
        return sum(not pupil.gaps for pupil in self.pupils)

    @property
    def lacking(self) -> int:
        return len(self.pupils) - self.whole

    @property
    def missing(self) -> int:
        return sum(len(pupil.gaps) for pupil in self.pupils)

    @property
    def lacking_for_teacher(self) -> int:
        """Pupils whose record lacks what the homeroom teacher writes: ids are the clerk's."""
        return sum(any(not gap.is_the_clerks for gap in pupil.gaps) for pupil in self.pupils)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What is missing and for how many pupils, the commonest first."""
        return Counter(gap.words for pupil in self.pupils for gap in pupil.gaps).most_common()


def read_class(school_class: SchoolClass) -> ClassGaps:
    """Two statements."""
    return _class_gaps(
        school_class,
        list(Enrolment.objects.roster(school_class)),
        _profiles(school_class.year, [school_class]),
    )


def read_classes(classes: Sequence[SchoolClass], year: SchoolYear) -> list[ClassGaps]:
    """The classes in their order. Two statements, whatever the number of classes."""
    seats: dict[int, list[Enrolment]] = defaultdict(list)
    held = Enrolment.objects.filter(school_class__in=classes).held_on(year.day_for_roster())
    for seat in held.select_related("student").in_class_order():
        seats[seat.school_class_id].append(seat)
    profiles = _profiles(year, classes)
    return [_class_gaps(each, seats[each.pk], profiles) for each in classes]


def with_homeroom_teacher(year: SchoolYear) -> QuerySet[SchoolClass]:
    """The year's classes, each with the name of its `homeroom_teacher`."""
    held = HomeroomAssignment.objects.held_on(year.day_for_roster()).filter(school_class=OuterRef("pk"))
    return year.classes.select_related("year").annotate(
        homeroom_teacher=Subquery(held.values("teacher__full_name")[:1])
    )


def classes_lacking_for_teacher(year: SchoolYear) -> list[Any]:
    """Those with a pupil whose record lacks what the homeroom teacher writes. Three statements.

    It is asked for a start page: the rows are read without being made into objects.
    """
    own = [field.attname for field in Student._meta.concrete_fields]  # noqa: SLF001 - Django's documented API
    of_year = sorted(YEAR_FIELDS)
    profiles = {
        student_id: dict(zip(of_year, values, strict=True))
        for student_id, *values in YearProfile.objects.filter(year=year).values_list("student_id", *of_year)
    }
    nothing = record_of(Student(), YearProfile())
    lacking = set()
    seats = Enrolment.objects.filter(school_class__year=year).held_on(year.day_for_roster()).order_by()
    for class_id, *values in seats.values_list("school_class_id", *(f"student__{name}" for name in own)):
        if class_id not in lacking:
            record = nothing | dict(zip(own, values, strict=True))
            if lacks_for_teacher(record | profiles.get(record["id"], {})):
                lacking.add(class_id)
    return [each for each in with_homeroom_teacher(year) if each.pk in lacking]


def _profiles(year: SchoolYear, classes: Sequence[SchoolClass]) -> Mapping[int, YearProfile]:
    seated = Enrolment.objects.filter(school_class__in=classes).values("student_id")
    rows: QuerySet[YearProfile] = YearProfile.objects.filter(year=year, student_id__in=seated)
    return {row.student_id: row for row in rows}


def _class_gaps(
    school_class: SchoolClass, seats: Iterable[Enrolment], profiles: Mapping[int, YearProfile]
) -> ClassGaps:
    pupils = []
    for number, seat in enumerate(seats, start=1):
        profile = profiles.get(seat.student_id) or YearProfile()
        pupils.append(PupilGaps(number, seat.student, profile, gaps(record_of(seat.student, profile))))
    return ClassGaps(school_class, tuple(pupils))


# -- Height and weight -------------------------------------------------------------------------------------


@dataclass(slots=True)
class MeasureRow:
    """A pupil on the sheet of measures: as text what is in the two cells, as stored what the page showed."""

    number: int
    student: Student
    height: str
    weight: str
    measured_on: datetime.date | None
    seen: str
    errors: tuple[str, ...] = ()


def read_measures(school_class: SchoolClass) -> list[MeasureRow]:
    """Two statements."""
    return [
        MeasureRow(
            number=pupil.number,
            student=pupil.student,
            height=shown("height_cm", pupil.profile.height_cm),
            weight=shown("weight_kg", pupil.profile.weight_kg),
            measured_on=pupil.profile.measured_on,
            seen=seen_text(pupil.profile.height_cm, pupil.profile.weight_kg),
        )
        for pupil in read_class(school_class).pupils
    ]


def seen_text(height: int | None, weight: Decimal | None) -> str:
    """What the page showed of a pupil, as a hidden field carries it."""
    return f"{shown('height_cm', height)}|{shown('weight_kg', weight)}"


# -- Papers for parents ------------------------------------------------------------------------------------

ON_THE_SLIP = (
    *("national_id", "full_name", "birth", "gender", "ethnic_code", "religion_code", "nationality"),
    *("birth_place", "origin", "home_address", "permanent", "phone", "email"),
    *("father_name", "father_birth_year", "father_job", "father_phone"),
    *("mother_name", "mother_birth_year", "mother_job", "mother_phone"),
    *("guardian_name", "guardian_relation", "guardian_birth_year", "guardian_phone"),
    *("policy_code", "disability_code", "disability_certificate_no"),
)
_WORDS = {"birth": "Ngày, tháng, năm sinh", "permanent": "Nơi thường trú"}
_SECTIONS = {
    "national_id": BY_CODE["person"].title,
    "birth": BY_CODE["person"].title,
    "permanent": BY_CODE["address"].title,
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What the school has on record of one child, for the parents to check; of that child only (R68).

    `groups` are the sections of the record, each with its lines (label, value; "" is not on record).
    """

    number: int
    student: Student
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def read_slips(school_class: SchoolClass) -> list[Slip]:
    """Two statements."""
    return [
        Slip(pupil.number, pupil.student, tuple(_slip_groups(pupil.student, pupil.profile)))
        for pupil in read_class(school_class).pupils
    ]


def _slip_groups(student: Student, profile: YearProfile) -> Iterable[tuple[str, tuple[tuple[str, str], ...]]]:
    for title, lines in groupby(_slip_lines(student, profile), key=itemgetter(0)):
        yield title, tuple((words, value) for _title, words, value in lines)


def _slip_lines(student: Student, profile: YearProfile) -> Iterable[tuple[str, str, str]]:
    """(section, label, value); of a guardian, policy or disability only what there is."""
    record = record_of(student, profile)
    special = {"birth": student.birth_label, "permanent": student.permanent_address}
    for name in ON_THE_SLIP:
        if name in special:
            yield _SECTIONS[name], _WORDS[name], special[name]
        elif record[name] or not name.startswith(("guardian", "policy", "disability")):
            yield _SECTIONS.get(name, SECTION_OF[name].title), label(name), shown(name, record[name])
