"""Pupils as the sector database wants them: one each in a year, with class, status and its day (domain.md 5.4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Min, OuterRef, Subquery

from accounts.clock import today
from accounts.tables import Value
from gradebook.exemptions import with_arrangements
from students.code_lists import (
    day_boarding_kinds,
    disability_kinds,
    ethnic_groups,
    policy_groups,
    pupil_statuses,
    religions,
)
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student, YearProfile
from students.movement_rules import ENTRY_KINDS

POOR_HOUSEHOLD = "08"
"""Of the policy groups: hộ nghèo."""
ATTENDING = "01"
_TERM_OF_STATUS: Mapping[str, int] = {"04": 1, "05": 1, "08": 2, "09": 2}


@dataclass(frozen=True, slots=True)
class SectorPupil:
    """`seat` is the pupil's last of the year, `first_seat` the first (whose class never changes for the sector)."""

    seat: Any
    first_seat: Enrolment
    profile: YearProfile

    @property
    def student(self) -> Student:
        return self.seat.student

    @property
    def school_class(self) -> SchoolClass:
        return self.seat.school_class

    @property
    def departure(self) -> Movement | None:
        """By which the pupil has left; None while the pupil is here."""
        last = self.seat.ended_by
        return last if last is not None and last.is_departure and last.day <= today() else None

    @property
    def status_code(self) -> str:
        return (self.departure or self.seat.began_by).status_code

    @property
    def status_day(self) -> Any:
        """The day of the movement that brought the status; of who learns on, the day the pupil came to the school."""
        if self.departure:
            return self.departure.day
        began = self.seat.began_by
        return self.seat.joined_on if began.status_code == ATTENDING else began.day


def read_pupils(
    year: SchoolYear, *, grade: int | None = None, school_class: SchoolClass | None = None
) -> list[SectorPupil]:
    """Everybody who had a seat in the year, in the books' order, who left included. Two statements.

    Of a grade or a class: those whose last seat of the year is there.
    """
    seats = here = Enrolment.objects.filter(school_class__year=year)
    if school_class is not None:
        here = seats.filter(school_class=school_class)
    elif grade is not None:
        here = seats.filter(school_class__grade_level=grade)
    if here is not seats:
        seats = seats.filter(student__in=here.values("student"))
    found = _pupils(seats, year)
    return [
        pupil
        for pupil in found
        if (school_class is None or pupil.school_class.pk == school_class.pk)
        and (grade is None or pupil.school_class.grade_level == grade)
    ]


def _pupils(seats: Any, year: SchoolYear) -> list[SectorPupil]:
    first_day = (
        Enrolment.objects.filter(student=OuterRef("student"))
        .order_by()
        .values("student")
        .annotate(day=Min("starts_on"))
        .values("day")
    )
    rows = list(
        with_arrangements(seats)
        .annotate(joined_on=Subquery(first_day))
        .select_related("student", "school_class", "began_by", "ended_by")
        .order_by("student_id", "starts_on")
    )
    profiles = {row.student_id: row for row in YearProfile.objects.filter(year=year)}
    pupils = []
    for student_id, group in groupby(rows, key=lambda seat: seat.student_id):
        own: Sequence[Any] = list(group)
        pupils.append(SectorPupil(own[-1], own[0], profiles.get(student_id) or YearProfile()))
    return sorted(pupils, key=_place)


def _place(pupil: SectorPupil) -> tuple[int, str, int, str, int]:
    seat = pupil.seat
    return (
        seat.school_class.grade_level,
        seat.school_class.name,
        seat.position,
        seat.student.sort_key,
        seat.student_id,
    )


# -- What stands in a column -------------------------------------------------------------------------------


def code_of_pupil(student: Student) -> str:
    """«Mã học sinh» of the sector's files: the ministry's number, else the school's; "" where there is neither."""
    return student.moet_id or student.school_code or ""


def day_words(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def term_left(pupil: SectorPupil) -> int | None:
    """Thời điểm rời trường: 1 in term I, 2 in term II; None of the summer, and of who is here."""
    return _TERM_OF_STATUS.get(pupil.status_code)


def origin_parts(origin: str) -> dict[str, str]:
    """Quê quán in free text, taken apart by the words that name units; what names none stays together in `rest`.

    "Tổ 3, Phường Lê Chân, Thành phố Hải Phòng" has a province, a ward and the rest «Tổ 3».
    """
    parts = [part.strip() for part in origin.split(",") if part.strip()]
    found = dict.fromkeys(("province", "district", "ward"), "")
    for name, words in _UNITS.items():
        if parts and parts[-1].lower().startswith(words):
            found[name] = parts.pop()
    return {**found, "rest": ", ".join(parts)}


# «Thành phố» is looked for as a province first: of an address in three levels the district comes before it.
_UNITS: Mapping[str, tuple[str, ...]] = {
    "province": ("tỉnh ", "thành phố ", "tp ", "tp. "),
    "district": ("quận ", "huyện ", "thị xã ", "thành phố "),
    "ward": ("phường ", "xã ", "thị trấn ", "đặc khu "),
}


def _yes(value: bool) -> str:
    return "Có" if value else ""


def _entered_by(pupil: SectorPupil) -> Movement:
    return pupil.first_seat.began_by


VALUES: Mapping[str, Callable[[SectorPupil], Value]] = {
    "class_name": lambda pupil: pupil.school_class.name,
    "grade_name": lambda pupil: f"Khối {pupil.school_class.grade_level}",
    "code": lambda pupil: code_of_pupil(pupil.student),
    "birth_date": lambda pupil: pupil.student.birth_label,
    "gender": lambda pupil: pupil.student.get_gender_display() if pupil.student.gender else "",
    "status": lambda pupil: pupil_statuses().names[pupil.status_code],
    "status_day": lambda pupil: day_words(pupil.status_day),
    "ethnic_group": lambda pupil: ethnic_groups().names.get(pupil.student.ethnic_code, ""),
    "religion": lambda pupil: religions().names.get(pupil.student.religion_code, ""),
    "disability": lambda pupil: disability_kinds().names.get(pupil.student.disability_code, ""),
    "policy_group": lambda pupil: policy_groups().names.get(pupil.student.policy_code, ""),
    "is_not_assessed": lambda pupil: _yes(pupil.student.is_exempt_from_assessment),
    "is_poor": lambda pupil: _yes(pupil.student.policy_code == POOR_HOUSEHOLD),
    "is_pioneer": lambda pupil: _yes(pupil.student.is_pioneer),
    "pioneer_since": lambda pupil: day_words(pupil.student.pioneer_since),
    "origin_province": lambda pupil: origin_parts(pupil.student.origin)["province"],
    "origin_district": lambda pupil: origin_parts(pupil.student.origin)["district"],
    "origin_ward": lambda pupil: origin_parts(pupil.student.origin)["ward"],
    "origin_rest": lambda pupil: origin_parts(pupil.student.origin)["rest"],
    "position": lambda pupil: pupil.seat.position,
    "joined_on": lambda pupil: day_words(pupil.seat.joined_on),
    "entry_kind": lambda pupil: ENTRY_KINDS.get(_entered_by(pupil).entry_code, ""),
    "came_from": lambda pupil: _entered_by(pupil).other_province,
    "destination": lambda pupil: pupil.departure.destination if pupil.departure else "",
    "went_to": lambda pupil: pupil.departure.other_province if pupil.departure else "",
    "leave_reason": lambda pupil: pupil.departure.reason if pupil.departure else "",
    "left_in": lambda pupil: {1: "Học kì I", 2: "Học kì II"}.get(term_left(pupil) or 0, ""),
    "day_boarding": lambda pupil: day_boarding_kinds().names.get(pupil.profile.day_boarding_code, ""),
    "is_boarder": lambda pupil: _yes(pupil.profile.boarding == YearProfile.Boarding.FULL),
    "height": lambda pupil: pupil.profile.height_cm,
    "weight": lambda pupil: pupil.profile.weight_kg,
}
"""By the field of a column; any other field is the record's own."""


def value_of(pupil: SectorPupil, field: str) -> Value:
    """What stands in a column; "" in one that the school does not keep."""
    if not field:
        return ""
    told = VALUES.get(field)
    if told is not None:
        return told(pupil)
    value: Value = getattr(pupil.student, field)
    return "" if value is None else value
