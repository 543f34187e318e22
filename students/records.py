"""A pupil's record: who may open it, what it holds, and the one way in for its changes (PLAN IV; R9, R14, R56)."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.clock import today
from accounts.history import CLERK_ROLE, Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from students import record_rules
from students.models import Enrolment, SchoolClass, SchoolYear, Student, YearProfile
from students.names import search_key, sort_key
from students.record_rules import CLERK_FIELDS, YEAR_FIELDS, Problem

UNIQUE_IDS = ("moet_id", "national_id", "school_code", "register_no")
WHO_EDITS = "Hồ sơ do giáo viên chủ nhiệm của lớp và văn thư ghi."
WHO_KEEPS_IDS = (
    "Mã số, số đăng bộ, việc miễn đánh giá theo quyết định của Hiệu trưởng do văn thư ghi; lớp và trạng thái đổi bằng "
    "biến động sĩ số."
)
MEASURED = "Đo chiều cao, cân nặng cả lớp"
# First key of the advisory lock under which temporary codes are numbered; gradebook.windows and prints have 27, 28.
_CODE_LOCK = 31


@dataclass(frozen=True, slots=True)
class PupilFile:
    """A pupil with the class they sit in (or last sat in) and what is said of them in its year."""

    student: Student
    school_class: SchoolClass | None
    profile: YearProfile

    @property
    def values(self) -> dict[str, Any]:
        """The record as the rules read it."""
        return record_of(self.student, self.profile)

    @property
    def version(self) -> str:
        """Names the state that a page shows: the last history rows of the pupil and of the year."""
        return f"{_last_history(self.student)}-{_last_history(self.profile)}"


class RecordRefused(Exception):
    """The change cannot be kept; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else has changed since the page was opened: whose value now stands there."""

    field: str
    value: Any
    by: str


class RecordClash(Exception):
    """Somebody wrote the same fields meanwhile; nothing was written, nothing is lost.

    `touched` are all the fields that the person had changed from what they saw.
    """

    def __init__(self, clashes: Sequence[Clash], touched: frozenset[str]) -> None:
        super().__init__("Hồ sơ đã được người khác sửa.")
        self.clashes = tuple(clashes)
        self.touched = touched


# -- Reading -----------------------------------------------------------------------------------------------


WHO_READS = "Hồ sơ học sinh chỉ mở cho thầy cô dạy lớp của em."


def get_file(user: User, pk: int) -> PupilFile:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    file = file_of(get_object_or_404(Student, pk=pk))
    permissions.require(user, Action.SEE_PUPIL, WHO_READS, school_class=file.school_class)
    return file


def file_of(student: Student) -> PupilFile:
    """Two statements: the seat with class and year, the year's profile."""
    school_class = class_of(student)
    profile = None
    if school_class:
        profile = YearProfile.objects.filter(student=student, year_id=school_class.year_id).first()
    return PupilFile(student, school_class, profile or _new_profile(student, school_class))


def class_of(student: Student) -> SchoolClass | None:
    """Where the pupil sits today, else sat last, else is to sit."""
    seats = list(student.enrolments.select_related("school_class__year").order_by("-starts_on"))
    day = today()
    held = [seat for seat in seats if seat.starts_on <= day]
    seat = next(iter(held), seats[-1] if seats else None)
    return seat.school_class if seat else None


def record_of(student: Student, profile: YearProfile) -> dict[str, Any]:
    """Fields of the pupil and of the year by name."""
    own = {field.attname: getattr(student, field.attname) for field in Student._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
    return own | {name: getattr(profile, name) for name in YEAR_FIELDS}


def _new_profile(student: Student, school_class: SchoolClass | None) -> YearProfile:
    return YearProfile(student=student, year=school_class.year if school_class else None)


def _last_history(row: Any) -> int:
    return row.history.aggregate(last=Max("history_id"))["last"] or 0 if row.pk else 0


# -- Changing one record -----------------------------------------------------------------------------------


def change_record(
    file: PupilFile,
    wanted: Mapping[str, Any],
    *,
    version: str,
    by: User,
    reason: str = "",
    source: Source = Source.PAGE,
) -> tuple[str, ...]:
    """Writes what the person changed of a record since `version`; returns the names of the fields written.

    Fields that somebody else changed meanwhile and this person did not touch keep the newer value. Raises
    PermissionDenied; RecordClash when both changed one field; RecordRefused with the reasons; nothing written then.
    """
    permissions.require(by, Action.EDIT_RECORD, WHO_EDITS, school_class=file.school_class)
    if CLERK_FIELDS & set(wanted):
        permissions.require(by, Action.KEEP_PUPIL_IDS, WHO_KEEPS_IDS)
    role = _acting_role(by, file.school_class)
    try:
        with acting(by, role=role, source=source) as act:
            stored = _lock(file)
            changes = _merge(stored, wanted, version)
            _judge(stored, changes)
            _write(stored, changes, reason)
            act.says(f"Sửa hồ sơ học sinh {stored.student.full_name}", thing=f"pupil:{stored.student.pk}")
    except IntegrityError as problem:
        # Another record took the id between our look and our write: the database kept them apart.
        taken = next((name for name in UNIQUE_IDS if name in str(problem)), None)
        if taken is None:
            raise
        raise RecordRefused(
            [Problem(taken, "Mã này vừa được ghi cho học sinh khác. Kiểm tra lại.")]
        ) from problem
    return tuple(changes)


def _acting_role(by: User, school_class: SchoolClass | None) -> str:
    """The clerk acts as clerk in every class; a homeroom teacher as that of the class."""
    if permissions.may(by, Action.KEEP_PUPIL_IDS):
        return CLERK_ROLE
    return permissions.acting_role(by, school_class, None)


def _lock(file: PupilFile) -> PupilFile:
    """The rows as they stand now; the pupil's row is held, so nobody else changes the record meanwhile."""
    student = Student.objects.select_for_update(no_key=True).get(pk=file.student.pk)
    profile = YearProfile.objects.filter(student=student, year_id=file.profile.year_id).first()
    return PupilFile(student, file.school_class, profile or _new_profile(student, file.school_class))


def _merge(stored: PupilFile, wanted: Mapping[str, Any], version: str) -> dict[str, Any]:
    """What to write: the person's own changes to what they saw. Raises RecordClash."""
    seen, current = _seen(stored, version), stored.values
    mine = {name: value for name, value in wanted.items() if value != seen.get(name, current[name])}
    changes = {name: value for name, value in mine.items() if value != current[name]}
    clashing = [name for name in changes if seen.get(name, current[name]) != current[name]]
    if clashing:
        clashes = [Clash(name, current[name], _last_writer(stored, name)) for name in clashing]
        raise RecordClash(clashes, touched=frozenset(mine))
    return changes


def _seen(stored: PupilFile, version: str) -> dict[str, Any]:
    """The record as it was at a version; a year without a row then was empty."""
    numbers = [int(part) for part in version.split("-") if part.isdigit()]
    student_at, profile_at = numbers if len(numbers) == 2 else (0, 0)
    student = stored.student.history.filter(history_id=student_at).first()
    profile = YearProfile.history.filter(history_id=profile_at, student_id=stored.student.pk).first()
    found: dict[str, Any] = {}
    if student is not None:
        found = {name: getattr(student, name) for name in stored.values if name not in YEAR_FIELDS}
    return found | {name: getattr(profile or YearProfile(), name) for name in YEAR_FIELDS}


def _last_writer(stored: PupilFile, name: str) -> str:
    row = stored.profile if name in YEAR_FIELDS else stored.student
    last = row.history.select_related("history_user").latest("history_id")
    return str(last.history_user or "hệ thống")


def _judge(stored: PupilFile, changes: Mapping[str, Any]) -> None:
    found = record_rules.problems({**stored.values, **changes}, on=today(), changed=frozenset(changes))
    taken = [] if found else list(_taken_ids(stored.student, changes))
    if stored.school_class is None and YEAR_FIELDS & set(changes):
        taken.append(Problem("boarding", "Học sinh chưa xếp lớp: xếp lớp rồi ghi mục theo năm học."))
    if stored.values["birth_year"] and "birth_year" in changes and not changes["birth_year"]:
        taken.append(
            Problem("birth_year", "Ngày sinh đã có, không để trống được. Ghi lại theo giấy khai sinh.")
        )
    if found or taken:
        raise RecordRefused([*found, *taken])


def _taken_ids(student: Student, changes: Mapping[str, Any]) -> Iterator[Problem]:
    for name in UNIQUE_IDS:
        value = changes.get(name)
        holder = value and Student.objects.filter(**{name: value}).exclude(pk=student.pk).first()
        if holder:
            yield Problem(
                name,
                f"«{value}» đã là của {holder.full_name} (sinh {holder.birth_label}). Kiểm tra lại số này.",
            )


def _write(stored: PupilFile, changes: Mapping[str, Any], reason: str) -> None:
    own = {name: value for name, value in changes.items() if name not in YEAR_FIELDS}
    of_year = {name: value for name, value in changes.items() if name in YEAR_FIELDS}
    if "full_name" in own:
        own |= {"sort_key": sort_key(own["full_name"]), "search_key": search_key(own["full_name"])}
    _save(stored.student, own, reason)
    _save(stored.profile, of_year, reason)


def _save(row: models.Model, values: Mapping[str, Any], reason: str) -> None:
    if not values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
    row.save(update_fields=list(values) if row.pk else None)


# -- Temporary codes ---------------------------------------------------------------------------------------


def next_temporary_code(year: SchoolYear) -> str:
    """The next free TAM-<year>-<number>, kept free for this transaction: codes are given one after the other (R9)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CODE_LOCK, year.pk])
    begin = f"{Student.TEMPORARY}{year.pk}-"
    # Codes once given stay theirs in the history, though an official one has taken their place.
    used = Student.history.filter(school_code__startswith=begin).aggregate(last=Max("school_code"))["last"]
    number = int(used.removeprefix(begin)) + 1 if used else 1
    return f"{begin}{number:04d}"


def give_temporary_code(file: PupilFile, *, by: User) -> str:
    """Gives a pupil without any code one of the school's own; the clerk alone. Raises RecordRefused."""
    if file.school_class is None:
        raise RecordRefused([Problem("school_code", "Học sinh chưa xếp lớp nên chưa cấp được mã tạm.")])
    with transaction.atomic():
        code = next_temporary_code(file.school_class.year)
        change_record(file, {"school_code": code}, version=file.version, by=by, reason="Cấp mã tạm")
    return code


# -- Height and weight of a class --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """What was measured of one pupil, and what the page showed before; None is not measured."""

    student_id: int
    height: int | None
    weight: Decimal | None
    seen: tuple[int | None, Decimal | None]


class MeasuresClash(Exception):
    """Somebody measured the same pupils meanwhile; nothing was written. By pupil: what now stands there."""

    def __init__(self, now: Mapping[int, tuple[int | None, Decimal | None]]) -> None:
        super().__init__("Có số đo vừa được người khác ghi.")
        self.now = now


def save_measures(
    school_class: SchoolClass, measures: Sequence[Measure], *, measured_on: datetime.date, by: User
) -> int:
    """Writes height and weight of a class's pupils, all or none; returns how many pupils changed.

    Raises PermissionDenied; MeasuresClash. Ten statements at most, whatever the number of pupils.
    """
    permissions.require(by, Action.EDIT_RECORD, WHO_EDITS, school_class=school_class)
    touched = {each.student_id: each for each in measures if (each.height, each.weight) != each.seen}
    with acting(by, role=_acting_role(by, school_class), source=Source.PAGE) as act:
        # The same rows that change_record holds: nobody makes a pupil's row of the year at the same time.
        held = Student.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk")
        seated = set(Enrolment.objects.roster(school_class).values_list("student_id", flat=True))
        touched = {pk: touched[pk] for pk in held.values_list("pk", flat=True) if pk in seated}
        profiles = YearProfile.objects.filter(year_id=school_class.year_id, student_id__in=touched)
        stored = {row.student_id: row for row in profiles.select_for_update()}
        _compare(touched, stored)
        rows = [
            _measured(
                stored.get(pk) or YearProfile(student_id=pk, year_id=school_class.year_id), each, measured_on
            )
            for pk, each in touched.items()
        ]
        _write_measures(rows)
        act.says(f"Ghi chiều cao, cân nặng {len(rows)} học sinh lớp {school_class.name}")
    return len(rows)


def _compare(touched: Mapping[int, Measure], stored: Mapping[int, YearProfile]) -> None:
    now = {pk: (row.height_cm, row.weight_kg) for pk, row in stored.items()}
    changed = {
        pk: now.get(pk, (None, None))
        for pk, each in touched.items()
        if now.get(pk, (None, None)) not in (each.seen, (each.height, each.weight))
    }
    if changed:
        raise MeasuresClash(changed)


def _measured(row: YearProfile, measure: Measure, day: datetime.date) -> YearProfile:
    row.height_cm, row.weight_kg, row.measured_on = measure.height, measure.weight, day
    return row


def _write_measures(rows: Sequence[YearProfile]) -> None:
    new = [row for row in rows if row.pk is None]
    known = [row for row in rows if row.pk is not None]
    record_bulk(YearProfile.objects.bulk_create(new), changed=False, why=MEASURED)
    YearProfile.objects.bulk_update(known, ["height_cm", "weight_kg", "measured_on"])
    record_bulk(known, changed=True, why=MEASURED)
