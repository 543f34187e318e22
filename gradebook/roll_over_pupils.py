"""Every pupil of last year and where the way into the new year leads (rules R17, R39–R42), in constant statements.

Each pupil who sat in a class of last year goes exactly one way: up, again in the grade, out with the primary programme
completed, gone before the year's end, or not known yet, because no decision on promotion is approved.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, F, Q

from accounts.clock import today
from gradebook.labels import Labelled
from gradebook.models import RollOverApplication, RollOverPlace, YearOutcome
from students.models import Enrolment, RollCall, SchoolClass, SchoolYear, Student
from students.promotion import LAST_GRADE, LastClass, against_the_grade

SHOWN = ("id", "full_name", "sort_key", "search_key", "gender", "moet_id", "school_code", "national_id")
BIRTH = ("birth_year", "birth_month", "birth_day")
ASSESSED = "is_exempt_from_assessment"


class Way(Labelled):
    PROMOTED = "promoted", "Lên lớp"
    REPEATING = "repeating", "Ở lại lớp"
    COMPLETED = "completed", "Hoàn thành chương trình tiểu học"
    LEFT = "left", "Đã rời trường"
    UNDECIDED = "undecided", "Chưa có kết quả phê duyệt"

    @property
    def goes_on(self) -> bool:
        """The pupil is to sit in a class of the new year."""
        return self in (Way.PROMOTED, Way.REPEATING)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil of last year. `note` is the principal's (why not promoted, on what it was decided), or how they left.

    `place` is the draft's class of the new year, `seat` the class where they sit there already; both by id.
    `version` is that of the place, 0 while there is none; `has_come`: by it, an application admitted the pupil.
    `seat` is the class of the new year where the pupil sits, or sat last before `has_gone`.
    """

    student: Student
    old_class: SchoolClass
    way: Way
    note: str = ""
    place: int | None = None
    version: int = 0
    has_come: bool = False
    seat: int | None = None
    has_gone: bool = False

    @property
    def pk(self) -> int:
        return self.student.pk

    @property
    def name(self) -> str:
        return self.student.full_name

    @property
    def is_girl(self) -> bool:
        return self.student.gender == Student.Gender.FEMALE

    @property
    def grade(self) -> int | None:
        """That of the new year; None for whoever does not go on, or nobody knows."""
        if not self.way.goes_on:
            return None
        return self.old_class.grade_level + (self.way is Way.PROMOTED)

    @property
    def last_class(self) -> LastClass:
        decided = {Way.UNDECIDED: None, Way.REPEATING: False}
        old = self.old_class
        return LastClass(old.name, old.grade_level, old.year_id, decided.get(self.way, True))

    @property
    def class_id(self) -> int | None:
        return self.seat or self.place

    @property
    def is_to_be_placed(self) -> bool:
        """The draft says where: a list has not seated the pupil already."""
        return self.way.goes_on and self.seat is None

    @property
    def is_left_out(self) -> bool:
        """Nobody knows yet where this pupil goes: an application leaves them, if the clerk says so."""
        return self.way is Way.UNDECIDED and self.seat is None

    def fits(self, school_class: SchoolClass) -> bool:
        """By the regulation: the grade may follow the last one."""
        grade, year = school_class.grade_level, school_class.year_id
        return self.way.goes_on and against_the_grade(grade, self.last_class, year) is None


@dataclass(frozen=True)
class Standing:
    """All of the way from one year to the next, as it stands. `last_year` is None where there is none before.

    `applications` come in the order of time, the undone among them.
    """

    year: SchoolYear
    last_year: SchoolYear | None
    applications: tuple[RollOverApplication, ...]
    pupils: tuple[Pupil, ...]
    old_classes: tuple[SchoolClass, ...]
    classes: tuple[SchoolClass, ...]
    others: Mapping[int, tuple[int, int]]

    @cached_property
    def by_id(self) -> dict[int, Pupil]:
        return {pupil.pk: pupil for pupil in self.pupils}

    @cached_property
    def class_by_id(self) -> dict[int, SchoolClass]:
        return {each.pk: each for each in self.classes}

    @property
    def is_applied(self) -> bool:
        """At least once, and not undone; some may wait all the same."""
        return any(not each.is_undone for each in self.applications)

    @property
    def waiting(self) -> int:
        """How many of last year's pupils may still come into a class."""
        return len(self.to_place) + len(self.left_out)

    @property
    def is_filled_by_lists(self) -> bool:
        """Nobody waits, though nothing was applied: lists have seated those who go on."""
        return not self.is_applied and not self.waiting and any(pupil.seat for pupil in self.pupils)

    @property
    def last_undone(self) -> RollOverApplication | None:
        """What was undone last, while nothing was applied since."""
        last = self.applications[-1] if self.applications else None
        return last if last and last.is_undone else None

    @cached_property
    def left_out(self) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.is_left_out)

    @cached_property
    def to_place(self) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.is_to_be_placed)

    @cached_property
    def unplaced(self) -> tuple[Pupil, ...]:
        """Without a class in the draft, or in one that no longer fits the decision."""
        return tuple(pupil for pupil in self.to_place if not self.is_placed(pupil))

    @cached_property
    def entry_day(self) -> datetime.date:
        """The year's first day; once a roll has been called in one of the classes, today. One statement.

        The rolls of before were called without these pupils, who would count as present in them.
        """
        classes = {pupil.place for pupil in self.to_place}
        has_begun = RollCall.objects.filter(school_class__in=classes).exists()
        return today() if has_begun else self.year.starts_on

    def is_placed(self, pupil: Pupil) -> bool:
        return pupil.place is not None and pupil.fits(self.class_by_id[pupil.place])

    def number(self, way: Way) -> int:
        return sum(pupil.way is way for pupil in self.pupils)

    def of_grade(self, grade: int) -> list[Pupil]:
        return [pupil for pupil in self.pupils if pupil.grade == grade]

    def classes_of(self, grade: int) -> list[SchoolClass]:
        return [each for each in self.classes if each.grade_level == grade]


def year_before(year: SchoolYear) -> SchoolYear | None:
    return SchoolYear.objects.filter(pk=year.pk - 1).first()


def standing_of(year: SchoolYear) -> Standing:
    """Reads everything; eight statements, whatever the number of pupils."""
    last_year = year_before(year)
    in_class = Q(places__movement__isnull=False, places__movement__cancelled_at__isnull=True)
    applications = RollOverApplication.objects.filter(roll_over=year.pk).annotate(
        still=Count("places", filter=in_class)
    )
    classes = tuple(year.classes.order_by("grade_level", "name"))
    seats = _seats_of(year)
    pupils = tuple(_pupils(last_year, year, seats)) if last_year else ()
    known = {pupil.pk for pupil in pupils}
    return Standing(
        year=year,
        last_year=last_year,
        applications=tuple(applications.select_related("applied_by", "undone_by")),
        pupils=pupils,
        old_classes=tuple(last_year.classes.order_by("grade_level", "name")) if last_year else (),
        classes=classes,
        others=_others(seats, known),
    )


class _Seat(NamedTuple):
    """The class of the year where a pupil sits, or sat last before leaving it."""

    class_id: int
    is_girl: bool
    has_gone: bool


def _seats_of(year: SchoolYear) -> dict[int, _Seat]:
    """By the pupil's id."""
    rows = Enrolment.objects.filter(school_class__year=year).order_by("starts_on")
    found = rows.values_list("student_id", "school_class_id", "student__gender", "ended_by_id")
    return {
        student: _Seat(class_id, gender == Student.Gender.FEMALE, ended_by is not None)
        for student, class_id, gender, ended_by in found
    }


def _others(seats: Mapping[int, _Seat], known: set[int]) -> dict[int, tuple[int, int]]:
    """Class id → (pupils, girls) who sit there already and were not here last year: newcomers."""
    found: dict[int, tuple[int, int]] = {}
    for student, seat in seats.items():
        if student not in known and not seat.has_gone:
            pupils, girls = found.get(seat.class_id, (0, 0))
            found[seat.class_id] = (pupils + 1, girls + seat.is_girl)
    return found


def _pupils(last_year: SchoolYear, year: SchoolYear, seats: Mapping[int, _Seat]) -> Iterable[Pupil]:
    """In the order of the old classes, then of the names."""
    outcomes = _outcomes(last_year)
    stored = RollOverPlace.objects.filter(roll_over=year.pk).annotate(cancelled=F("movement__cancelled_at"))
    places = {place.student_id: place for place in stored}
    for seat in _last_seats(last_year):
        way, note = _way(seat, outcomes.get(seat.student_id))
        place = places.get(seat.student_id)
        new = seats.get(seat.student_id)
        yield Pupil(
            student=seat.student,
            old_class=seat.school_class,
            way=way,
            note=note,
            place=place.to_class_id if place else None,
            version=place.version if place else 0,
            has_come=place is not None and place.movement_id is not None and place.cancelled is None,
            seat=new.class_id if new else None,
            has_gone=new is not None and new.has_gone,
        )


def _last_seats(year: SchoolYear) -> Sequence[Enrolment]:
    """Of everybody who sat in a class of the year the last seat in it."""
    shown = [f"student__{name}" for name in (*SHOWN, *BIRTH, ASSESSED)]
    rows = (
        Enrolment.objects.filter(school_class__year=year)
        .select_related("student", "school_class", "ended_by")
        .only("school_class", "ended_by__kind", "ended_by__day", *shown, "starts_on", "ends_on")
        .order_by("student_id", "-starts_on")
        .distinct("student_id")
    )
    return sorted(
        rows,
        key=lambda seat: (
            *(seat.school_class.grade_level, seat.school_class.name, seat.student.sort_key),
            seat.student_id,
        ),
    )


def _outcomes(year: SchoolYear) -> dict[int, YearOutcome]:
    """Pupil id → the decision of the year; of one who changed class the last."""
    rows = YearOutcome.objects.filter(school_class__year=year).order_by("approved_on", "pk")
    return {outcome.student_id: outcome for outcome in rows}


def _way(seat: Enrolment, outcome: Any) -> tuple[Way, str]:
    """Whoever left before the year's end is not carried on, decided or not."""
    if seat.ended_by is not None:
        return Way.LEFT, f"{seat.ended_by.get_kind_display()} từ ngày {seat.ended_by.day:%d/%m/%Y}"
    if outcome is None:
        return Way.UNDECIDED, ""
    if not outcome.is_promoted:
        return Way.REPEATING, outcome.promotion_note
    is_last = seat.school_class.grade_level == LAST_GRADE
    return (Way.COMPLETED if is_last else Way.PROMOTED), outcome.promotion_note
