"""What is stored of the pupils that a list may mean and of its year's classes, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models.expressions import RawSQL

from accounts.sealed import seal
from students.field_changes import OF_YEAR
from students.matching import BIRTH, IDS, Match
from students.models import Enrolment, SchoolClass, SchoolYear, Student, YearProfile
from students.names import search_key
from students.promotion import LastClass
from students.roster_row import RosterRow

# Each by an index of its own, however many pupils there are; joined with OR they would be one reading of them all.
# A folded name counts only where neither an id nor the birth date, as far as both are known, says otherwise: so among
# a hundred schools' pupils a row has no more namesakes than in its own.
_MEANT = """
SELECT id FROM students_student WHERE moet_id = ANY(%s)
UNION ALL SELECT id FROM students_student WHERE national_id = ANY(%s)
UNION ALL SELECT id FROM students_student WHERE school_code = ANY(%s)
UNION ALL SELECT id FROM students_student WHERE register_no = ANY(%s)
UNION ALL SELECT pupil.id
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[])
    AS listed (search_key, moet_id, national_id, school_code, birth_year, birth_month, birth_day)
JOIN students_student pupil ON pupil.search_key = listed.search_key
WHERE coalesce(pupil.moet_id = listed.moet_id, true)
    AND coalesce(pupil.national_id = listed.national_id, true)
    AND coalesce(pupil.school_code = listed.school_code, true)
    AND coalesce(pupil.birth_year = listed.birth_year, true)
    AND coalesce(pupil.birth_month = listed.birth_month, true)
    AND coalesce(pupil.birth_day = listed.birth_day, true)
"""


class StoredPupils:
    """The pupils whom a row may mean, by an id, a register number or a name; their seats and last classes.

    Four statements, two where no pupil is meant, one more where the rows say something of the year. `classes`: those
    that the rows name, by name; `class_names`: those of all. `seats`: pupil id → enrolments that touch the year's
    days, in order of time. `last_classes`: pupil id → the class of the last year before. `lock` keeps the pupils from
    being changed until the transaction ends.
    """

    def __init__(self, rows: Sequence[RosterRow], year: SchoolYear, *, lock: bool) -> None:
        self.year = year
        self.day = year.day_for_roster()
        classes = {each.name: each for each in SchoolClass.objects.filter(year=year)}
        self.class_names = frozenset(classes)
        self.classes = {row.class_name: classes[row.class_name] for row in rows if row.class_name in classes}
        students = Student.objects.filter(pk__in=meant_by(rows)).order_by("pk")
        self.students = list(students.select_for_update(no_key=True) if lock else students)
        self.seats: dict[int, list[Enrolment]] = defaultdict(list)
        self.last_classes: dict[int, LastClass] = {}
        self._profiles = self._read_profiles() if any(row.given & set(OF_YEAR) for row in rows) else {}
        self._read_seats()
        self._read_outcomes()
        self._by_register: dict[str, list[Student]] = defaultdict(list)
        for student in self.students:
            self._by_register[student.register_no].append(student)

    def missing(self, matches: Iterable[Match]) -> list[Enrolment]:
        """Who sits in a class that the rows name and is meant by none of them, in class order. One statement."""
        meant = [match.student.pk for match in matches if match.student]
        seats = Enrolment.objects.filter(school_class__in=self.classes.values()).held_on(self.day)
        of_others = seats.exclude(student_id__in=meant).select_related("student", "school_class")
        return (
            list(of_others.order_by("school_class__name", "position", "student_id")) if self.classes else []
        )

    def _read_profiles(self) -> dict[int, YearProfile]:
        profiles = YearProfile.objects.filter(year=self.year, student_id__in=self._ids())
        return {profile.student_id: profile for profile in profiles}

    def profile_of(self, student: Student) -> YearProfile:
        """What is said of the pupil in the year; a new row where nothing is."""
        return self._profiles.get(student.pk or 0) or YearProfile(student=student, year=self.year)

    def _read_seats(self) -> None:
        for seat in (
            Enrolment.objects.filter(student_id__in=self._ids(), starts_on__lte=self.year.ends_on)
            .select_related("school_class__year")
            .order_by("starts_on")
        ):
            if seat.ends_on is None or seat.ends_on >= self.year.starts_on:
                self.seats[seat.student_id].append(seat)
            of = seat.school_class
            if of.year_id < self.year.pk:
                self._note_class(seat.student_id, LastClass(of.name, of.grade_level, of.year_id))

    def _read_outcomes(self) -> None:
        """Outcomes belong to the app above: they are reached from the pupil, without an import."""
        outcomes = (
            Student.objects.filter(pk__in=self._ids(), outcomes__school_class__year__lt=self.year.pk)
            .order_by("outcomes__approved_on", "outcomes__pk")
            .values_list(
                *("pk", "outcomes__school_class__name", "outcomes__school_class__grade_level"),
                *("outcomes__school_class__year_id", "outcomes__is_promoted"),
            )
        )
        for student_id, name, grade, year, is_promoted in outcomes:
            self._note_class(student_id, LastClass(name, grade, year, is_promoted))

    def _note_class(self, student_id: int, noted: LastClass) -> None:
        """The latest year counts, and of one year what was noted last."""
        known = self.last_classes.get(student_id)
        if known is None or known.year <= noted.year:
            self.last_classes[student_id] = noted

    def _ids(self) -> list[int]:
        return [student.pk for student in self.students]

    def register_holder(self, row: RosterRow, student: Student | None, leaving: set[int]) -> Student | None:
        """Another pupil who has the number that the row would give; `leaving`: pupils who get another number."""
        if not row.register_no or (student and student.register_no == row.register_no):
            return None
        holders = self._by_register[row.register_no]
        return next((each for each in holders if each != student and each.pk not in leaving), None)


def renumbered(rows: Iterable[RosterRow], matches: Iterable[Match]) -> set[int]:
    """The ids of the pupils to whom their row gives another register number than the stored one."""
    return {
        match.student.pk
        for row, match in zip(rows, matches, strict=True)
        if match.student and row.register_no and row.register_no != match.student.register_no
    }


def meant_by(rows: Sequence[RosterRow]) -> RawSQL:
    """The ids of the pupils whom one of these rows may mean."""
    columns = [[_stored(name, getattr(row, name)) or None for row in rows] for name in (*IDS, *BIRTH)]
    names = [search_key(row.full_name) for row in rows]
    given = [[value for value in column if value] for column in columns[: len(IDS)]]
    numbers = [row.register_no for row in rows if row.register_no]
    return RawSQL(_MEANT, [*given, numbers, names, *columns])  # noqa: S611 - values are parameters


def _stored(name: str, value: Any) -> Any:
    """An id as the database holds it."""
    return seal(value, name) if name == "national_id" and value else value
