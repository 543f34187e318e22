"""A clerk's pupil list → what it would do, row by row → done, all or nothing (PLAN IV.3; rules R14, R85, R87).

`plan_roster` writes nothing and says for each row what would be created, changed, kept or refused;
`carry_out_roster` plans anew inside its transaction and writes only a plan without errors. Both take the same
number of statements whatever the length of the list. Movements (coming, leaving, changing class in the year) are
not written from a list: a row that would be one is refused.
"""

import dataclasses
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from accounts import permissions
from accounts.clock import today
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from students import record_rules
from students.cell_values import Level
from students.field_changes import (
    COPIED,
    OF_YEAR,
    FieldChange,
    field_changes,
    old_ward_is_divided,
    values_to_write,
    year_changes,
    year_values,
)
from students.matching import Match, described, match_rows
from students.models import Enrolment, SchoolClass, SchoolYear, Student, YearProfile
from students.movements import Seat, enrol_many, lock_year
from students.name_doubts import against_a_shorter_name, doubts_about_the_name
from students.names import search_key, sort_key
from students.promotion import doubt_about_the_grade
from students.records import record_of
from students.roster_files import Problem, RosterFile, RosterRow
from students.roster_names import is_like_a_part
from students.seating import FROM_ELSEWHERE, against_the_seat
from students.stored_pupils import StoredPupils, renumbered

WRITTEN = (*COPIED, "sort_key", "search_key")
# Where a list writes what the record's rules name by another field.
_PLACES = {"birth_year": "birth_date"}
# What a record asks for beside what the list gives. A list may have less; the record's page will ask again.
_TO_BE_COMPLETED = frozenset({"father_name", "mother_name", "guardian_name", "permanent_ward"})
WHY = "Nạp danh sách học sinh"
STEPS = (
    "Đọc tệp",
    "Đối chiếu với hồ sơ đã lưu",
    "Ghi hồ sơ học sinh",
    "Xếp học sinh vào lớp",
)
"""What carrying out a list consists of, in order; `progressed` is told the place of each as it begins."""


class Deed(StrEnum):
    """What a row would do."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the file and what it would do; `reasons` name cell and remedy of a refusal.

    `enrols`: the pupil gets a seat in the row's class for the whole year. `profile`: what is stored of a known pupil's
    year.
    """

    row: RosterRow
    deed: Deed
    student: Student | None = None
    profile: YearProfile | None = None
    changes: tuple[FieldChange, ...] = ()
    enrols: bool = False
    reasons: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RosterPlan:
    """What a whole file would do in a year.

    `problems`: all that the file itself has wrong, warnings included, and what speaks against it as a whole.
    `new_classes`: (name, grade) of the classes that would be opened. `missing`: who sits in a class of the file and has
    no row in it; nothing is done to them.
    """

    rows: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]
    new_classes: tuple[tuple[str, int], ...]
    missing: tuple[Enrolment, ...] = ()

    @property
    def refusals(self) -> tuple[PlannedRow, ...]:
        return tuple(each for each in self.rows if each.deed == Deed.REFUSE)

    @cached_property
    def loose_errors(self) -> tuple[Problem, ...]:
        """Errors of the file, of a sheet, or of a row in which no pupil could be read."""
        rows = {(each.row.sheet, each.row.row) for each in self.rows}
        return tuple(
            problem
            for problem in self.problems
            if problem.level == "error" and (problem.sheet, problem.row) not in rows
        )

    @cached_property
    def general_errors(self) -> tuple[Problem, ...]:
        """Errors of the whole file or of a sheet."""
        return tuple(problem for problem in self.loose_errors if not problem.row)

    @cached_property
    def unreadable(self) -> dict[tuple[str, int], list[Problem]]:
        """The rows in which no pupil could be read, as (sheet, row), with their errors."""
        found: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        for problem in self.loose_errors:
            if problem.row:
                found[problem.sheet, problem.row].append(problem)
        return found

    @property
    def error_count(self) -> int:
        """Rows refused or unreadable and errors of the whole: what must be mended before anything is written."""
        return self.counts[Deed.REFUSE] + len(self.unreadable) + len(self.general_errors)

    @property
    def can_be_carried_out(self) -> bool:
        return bool(self.rows) and not self.error_count

    @property
    def changes_anything(self) -> bool:
        return any(each.deed != Deed.KEEP for each in self.rows)

    @cached_property
    def counts(self) -> Counter[Deed]:
        return Counter(each.deed for each in self.rows)

    @property
    def enrolled(self) -> int:
        return sum(each.enrols for each in self.rows)

    @cached_property
    def fingerprint(self) -> str:
        """Tells whether what would be done now is what was shown."""
        told = [
            (
                *(each.row.sheet, each.row.row, each.row.class_name),
                *(getattr(each.row, name) for name in (*COPIED, *OF_YEAR)),
                *(each.deed.value, each.student and each.student.pk, each.changes, each.enrols),
            )
            for each in self.rows
        ]
        return hashlib.sha256(repr((told, self.new_classes)).encode()).hexdigest()[:32]


class RosterRefused(Exception):
    """The file cannot be carried out; `plan` lists every broken row."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__("Tệp còn dòng lỗi, chưa ghi dòng nào. Sửa các dòng đã nêu rồi nạp lại.")
        self.plan = plan


class RosterChanged(Exception):
    """The file would now do something else than was previewed; `plan` is what it would do now."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__("Dữ liệu của trường đã thay đổi từ lúc xem trước, nên chưa ghi gì.")
        self.plan = plan


def plan_roster(file: RosterFile, year: SchoolYear, *, lock: bool = False) -> RosterPlan:
    """What the file would do to the year's classes. At most six statements, whatever the file.

    `lock` keeps the pupils that the file may mean from being changed until the transaction ends.
    """
    stored = StoredPupils(file.rows, year, lock=lock)
    matches = match_rows(file.rows, stored.students)
    leaving = renumbered(file.rows, matches)
    broken = _errors_by_row(file.problems)
    repeating = {(problem.sheet, problem.row): problem for problem in file.repetitions}
    rows: list[PlannedRow] = []
    folded: set[Problem] = set()
    incomplete: list[Problem] = []
    unread = ", ".join(f"«{heading}»" for heading in file.unknown_headers if is_like_a_part(heading))
    for row, match in zip(file.rows, matches, strict=True):
        repetition = repeating.get((row.sheet, row.row))
        if repetition and repetition.level == "error":
            # Whose row it is and where that pupil sits follows from the same mistake.
            against = []
        else:
            of_record = _of_the_record(row, match, stored)
            wrong = [each for each in of_record if each[0] not in _TO_BE_COMPLETED]
            against = [
                *_against(row, match, stored, leaving),
                *against_a_shorter_name(row, match.student, unread),
                *wrong,
            ]
            incomplete += [_at(row, *each, level="warning") for each in of_record if each not in wrong]
        planned = _plan_row(row, match, stored, broken[row.sheet, row.row], against)
        if repetition and (match.repeats or planned.deed == Deed.KEEP):
            folded.add(repetition)
        rows.append(planned)
    found = [problem for problem in file.problems if problem.level == "error" or problem not in folded]
    problems = (
        *(*_against_the_whole(file, year), *found, *_late_seats(rows, stored)),
        *(*incomplete, *_doubts(rows, stored), *_doubtful_names(rows)),
        *(*_divided_wards(rows), *_unusual_classes(rows, stored)),
    )
    missing = tuple(stored.missing(matches))
    return RosterPlan(tuple(rows), problems, _new_classes(rows, stored), missing)


def carry_out_roster(
    file: RosterFile,
    year: SchoolYear,
    *,
    by: User,
    source: Source = Source.EXCEL,
    previewed: str | None = None,
    under: str = "",
    progressed: Callable[[int], None] = lambda _step: None,
) -> RosterPlan:
    """Creates and changes pupils, opens the file's new classes and enrols, with history; the clerk alone.

    `previewed` is the fingerprint of the plan that was shown; without it whatever the file does is done.
    `under` names the upload in the audit chain. Returns the plan carried out. Raises PermissionDenied;
    RosterRefused and RosterChanged with nothing written.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, "Chỉ văn thư nạp danh sách học sinh theo đơn vị lớp học.")
    with acting(by, role="Văn thư", source=source, under=under) as act:
        # Two imports of one year come one after the other: the second plans on what the first has written.
        lock_year(year)
        progressed(1)
        plan = plan_roster(file, year, lock=True)
        if not plan.can_be_carried_out:
            raise RosterRefused(plan)
        if previewed is not None and previewed != plan.fingerprint:
            raise RosterChanged(plan)
        progressed(2)
        _create_classes(plan, year)
        students = _write_students(plan)
        _write_profiles(plan, students, year)
        progressed(3)
        _enrol(plan, students, year, by)
        act.says(f"Nạp danh sách {len(plan.rows)} học sinh năm học {year.label}", thing=under)
    return plan


def _against_the_whole(file: RosterFile, year: SchoolYear) -> Iterator[Problem]:
    """What no mending of rows would cure: the list of another year, a year that is over."""
    if file.school_year is not None and file.school_year != year.year:
        yield _general(
            f"tiêu đề trong tệp ghi năm học {file.school_year} - {file.school_year + 1}, khác năm học đang nạp "
            f"({year.label}). Chọn đúng tệp, hoặc sửa tiêu đề trong tệp."
        )
    if year.ends_on < today():
        yield _general(f"năm học {year.label} đã kết thúc, không nạp thêm danh sách. Chọn năm học hiện nay.")


def _late_seats(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """A warning for each class that exists already and would get more pupils while its year is under way."""
    if stored.year.starts_on >= stored.day:
        return
    late = Counter(each.row.class_name for each in rows if each.enrols)
    for name, count in sorted(late.items()):
        if name in stored.classes:
            yield _general(
                f"lớp {name} đã có trong năm học; {count} học sinh mới sẽ có tên trong lớp từ đầu năm học "
                f"({stored.year.starts_on:%d/%m/%Y}). Danh sách này không ghi được việc chuyển đến giữa năm: "
                "ghi em như vậy ở trang Biến động sĩ số và bỏ hàng của em khỏi tệp.",
                level="warning",
            )


def _general(message: str, level: Level = "error") -> Problem:
    return Problem("", 0, "", "", "", message[:1].upper() + message[1:], level)


def _errors_by_row(problems: Sequence[Problem]) -> dict[tuple[str, int], list[Problem]]:
    found: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.level == "error":
            found[problem.sheet, problem.row].append(problem)
    return found


def _against(
    row: RosterRow, match: Match, stored: StoredPupils, leaving: set[int]
) -> Iterator[tuple[str, str]]:
    """(field, reason) of what the stored data have against the row; `leaving` as for register_holder()."""
    if match.reason:
        yield match.field, match.reason
        return
    pk = match.student.pk if match.student else 0
    seat = against_the_seat(
        row,
        stored.classes.get(row.class_name),
        stored.seats.get(pk, ()),
        stored.last_classes.get(pk),
        stored.year,
    )
    if seat:
        yield seat
    holder = stored.register_holder(row, match.student, leaving)
    if holder:
        yield (
            "register_no",
            (
                f"số đăng bộ «{row.register_no}» là của {described(holder)}. Mỗi học sinh có một số riêng; "
                "kiểm tra lại số này."
            ),
        )


def _of_the_record(row: RosterRow, match: Match, stored: StoredPupils) -> list[tuple[str, str]]:
    """(field, reason) of what the record's own rules have against it as it would be; the same as on its page."""
    if match.reason:
        return []
    student = match.student or Student()
    profile = stored.profile_of(student)
    before = record_of(student, profile)
    new = {**values_to_write(row, student), **year_values(row)}
    changed = frozenset(name for name, value in new.items() if value != before[name])
    found = record_rules.problems({**before, **new}, on=today(), changed=changed)
    return [
        (_PLACES.get(each.field, each.field), each.message[:1].lower() + each.message[1:]) for each in found
    ]


def _plan_row(
    row: RosterRow,
    match: Match,
    stored: StoredPupils,
    broken: Sequence[Problem],
    against: Sequence[tuple[str, str]],
) -> PlannedRow:
    # One mistake, one message: a cell that is wrong in itself is not spoken of again.
    wrong = {problem.column_letter for problem in broken if problem.column_letter}
    found = [
        problem for problem in (_at(row, *each) for each in against) if problem.column_letter not in wrong
    ]
    if broken or found:
        return PlannedRow(row, Deed.REFUSE, match.student, reasons=(*broken, *found))
    if match.student is None:
        return PlannedRow(row, Deed.CREATE, enrols=True)
    profile = stored.profile_of(match.student)
    changes = tuple(field_changes(row, match.student, profile, day=today()))
    seats = stored.seats[match.student.pk]
    enrols = not any(seat.school_class.year_id == stored.year.pk for seat in seats)
    deed = Deed.CHANGE if changes or enrols else Deed.KEEP
    return PlannedRow(row, deed, match.student, profile, changes, enrols)


def _doubts(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """A warning for each pupil who would stay in a grade though the year's outcome is not known."""
    for each in rows:
        last = stored.last_classes.get(each.student.pk) if each.student and each.enrols else None
        doubt = doubt_about_the_grade(each.row.grade or 0, last, stored.year.pk) if last else None
        if doubt:
            yield _at(each.row, "class_name", doubt, level="warning")


def _doubtful_names(rows: Sequence[PlannedRow]) -> Iterator[Problem]:
    """A warning for each name that would be written and looks wrong."""
    for each in rows:
        if each.deed in (Deed.CREATE, Deed.CHANGE):
            name = values_to_write(each.row, each.student or Student()).get("full_name", "")
            for doubt in doubts_about_the_name(each.row, each.student, name):
                yield _at(each.row, "full_name", doubt, level="warning")


def _divided_wards(rows: Sequence[PlannedRow]) -> Iterator[Problem]:
    """A warning for each permanent address of before 1/7/2025 whose ward has become several: it is not taken."""
    for each in rows:
        if each.deed != Deed.REFUSE and old_ward_is_divided(each.row, each.student or Student()):
            name = each.row.permanent_ward or each.row.permanent_district
            field = "permanent_ward" if "permanent_ward" in each.row.places else "permanent"
            message = (
                f"nơi thường trú ghi theo địa danh cũ «{name}», nay thuộc nhiều xã (phường) khác nhau nên không ghi. "
                "Ghi xã (phường) hiện nay, hoặc chọn trong hồ sơ của học sinh."
            )
            yield dataclasses.replace(_at(each.row, field, message, level="warning"), is_left_out=True)


def _unusual_classes(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """A warning for each new class whose name does not begin with its grade: names are free, but often mistyped."""
    for name, grade in _new_classes(rows, stored):
        if not name.startswith(str(grade)):
            yield _general(
                f"lớp mới «{name}» thuộc khối {grade} nhưng tên không bắt đầu bằng số {grade}. Nếu ghi nhầm thì "
                "sửa tên lớp trong tệp; nếu trường đặt tên như vậy thì cứ nạp.",
                level="warning",
            )


def _at(row: RosterRow, field: str, message: str, level: Level = "error") -> Problem:
    letter, heading = row.places.get(field, ("", ""))
    return Problem(row.sheet, row.row, letter, heading, str(getattr(row, field, "")), message, level)


def _new_classes(rows: Sequence[PlannedRow], stored: StoredPupils) -> tuple[tuple[str, int], ...]:
    wanted = {
        (each.row.class_name, each.row.grade)
        for each in rows
        if each.enrols
        and each.row.class_name
        and each.row.grade
        and each.row.class_name not in stored.classes
    }
    return tuple(sorted(wanted, key=lambda pair: (pair[1], pair[0])))


def _create_classes(plan: RosterPlan, year: SchoolYear) -> None:
    rows = [SchoolClass(year=year, name=name, grade_level=grade) for name, grade in plan.new_classes]
    record_bulk(SchoolClass.objects.bulk_create(rows), changed=False, why=WHY)


def _write_students(plan: RosterPlan) -> list[Student]:
    """The pupil of each planned row, in the plan's order, written in bulk."""
    students = [each.student or Student() for each in plan.rows]
    for each, student in zip(plan.rows, students, strict=True):
        for name, value in values_to_write(each.row, student).items():
            setattr(student, name, value)
        student.sort_key = sort_key(student.full_name)
        student.search_key = search_key(student.full_name)
    new = [student for student in students if student.pk is None]
    changed = [student for each, student in zip(plan.rows, students, strict=True) if each.changes]
    record_bulk(Student.objects.bulk_create(new), changed=False, why=WHY)
    # The rows exist and are locked: the conflict on the key turns one statement into an update of them all.
    Student.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=list(WRITTEN)
    )
    record_bulk(changed, changed=True, why=WHY)
    return students


def _write_profiles(plan: RosterPlan, students: Sequence[Student], year: SchoolYear) -> None:
    """What the rows give of the pupils' year; a size without a day was measured today."""
    new: list[YearProfile] = []
    changed: list[YearProfile] = []
    for each, student in zip(plan.rows, students, strict=True):
        profile = each.profile or YearProfile(student=student, year=year)
        values = year_changes(each.row, profile, today())
        if values:
            for name, value in values.items():
                setattr(profile, name, value)
            (changed if profile.pk else new).append(profile)
    record_bulk(YearProfile.objects.bulk_create(new), changed=False, why=WHY)
    YearProfile.objects.bulk_update(changed, OF_YEAR)
    record_bulk(changed, changed=True, why=WHY)


def _enrol(plan: RosterPlan, students: Sequence[Student], year: SchoolYear, by: User) -> None:
    """Gives those who have no seat in the year one in the class of their row."""
    named = SchoolClass.objects.filter(year=year, name__in={each.row.class_name for each in plan.rows})
    classes = {each.name: each for each in named}
    seats = [
        Seat(student, classes[each.row.class_name], from_elsewhere=each.row.status == FROM_ELSEWHERE)
        for each, student in zip(plan.rows, students, strict=True)
        if each.enrols
    ]
    enrol_many(seats, year=year, by=by, why=WHY)
