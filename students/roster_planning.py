"""Plan a pupil list: which pupil each row means, what it changes, and what speaks against it (rules R13–R15, R85)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from accounts.clock import today
from students import record_rules
from students.class_likeness import against_the_class
from students.field_changes import (
    field_changes,
    values_to_write,
    year_values,
)
from students.matching import Match, described, match_rows
from students.models import SchoolYear, Student
from students.name_doubts import against_a_shorter_name
from students.records import record_of
from students.roster_doubts import (
    about_classes,
    about_grades,
    about_look_alikes,
    about_months,
    about_names,
    about_wards,
)
from students.roster_files import Problem, RosterFile, RosterRow
from students.roster_names import is_like_a_part
from students.roster_plans import Deed, PlannedRow, RosterPlan, general, new_classes_of, problem_at
from students.seating import against_the_seat
from students.stored_pupils import StoredPupils, renumbered

# Where a list writes what the record's rules name by another field.
_PLACES = {"birth_year": "birth_date"}
# What a record asks for beside what the list gives. A list may have less; the record's page will ask again.
_TO_BE_COMPLETED = frozenset({"father_name", "mother_name", "guardian_name", "permanent_ward"})


def plan_roster(file: RosterFile, year: SchoolYear, *, lock: bool = False) -> RosterPlan:
    """What the file would do to the year's classes. At most six statements, whatever the file.

    `lock` keeps the pupils that the file may mean from being changed until the transaction ends.
    """
    stored = StoredPupils(file.rows, year, lock=lock)
    matches = match_rows(file.rows, stored.students)
    leaving = renumbered(file.rows, matches)
    class_names = {row.class_name for row in file.rows}
    wrong_classes = {name: against_the_class(name, stored.class_names) for name in class_names}
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
                *_against(row, match, stored, leaving, wrong_classes[row.class_name]),
                *against_a_shorter_name(row, match.student, unread),
                *wrong,
            ]
            incomplete += [problem_at(row, *each, level="warning") for each in of_record if each not in wrong]
        planned = _plan_row(row, match, stored, broken[row.sheet, row.row], against)
        if repetition and (match.repeats or planned.deed == Deed.KEEP):
            folded.add(repetition)
        rows.append(planned)
    found = [problem for problem in file.problems if problem.level == "error" or problem not in folded]
    problems = (
        *(*_against_the_whole(file, year), *found, *_late_seats(rows, stored)),
        *(
            *incomplete,
            *about_grades(rows, stored),
            *about_names(rows),
            *about_look_alikes(rows),
            *about_months(rows, stored),
        ),
        *(*about_wards(rows), *about_classes(rows, stored)),
    )
    missing = tuple(stored.missing(matches))
    return RosterPlan(tuple(rows), problems, new_classes_of(rows, stored), missing)


def _against_the_whole(file: RosterFile, year: SchoolYear) -> Iterator[Problem]:
    """What no mending of rows would cure: the list of another year, a year that is over."""
    if file.school_year is not None and file.school_year != year.year:
        yield general(
            f"tiêu đề trong tệp ghi năm học {file.school_year} - {file.school_year + 1}, khác năm học đang nạp "
            f"({year.label}). Chọn đúng tệp, hoặc sửa tiêu đề trong tệp."
        )
    if year.ends_on < today():
        yield general(f"năm học {year.label} đã kết thúc, không nạp thêm danh sách. Chọn năm học hiện nay.")


def _late_seats(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """A warning for each class that exists already and would get more pupils while its year is under way."""
    if stored.year.starts_on >= stored.day:
        return
    late = Counter(each.row.class_name for each in rows if each.enrols)
    for name, count in sorted(late.items()):
        if name in stored.classes:
            yield general(
                f"lớp {name} đã có trong năm học; {count} học sinh mới sẽ có tên trong lớp từ đầu năm học "
                f"({stored.year.starts_on:%d/%m/%Y}). Danh sách này không ghi được việc chuyển đến giữa năm: "
                "ghi em như vậy ở trang Biến động sĩ số và bỏ hàng của em khỏi tệp.",
                level="warning",
            )


def _errors_by_row(problems: Sequence[Problem]) -> dict[tuple[str, int], list[Problem]]:
    found: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.level == "error":
            found[problem.sheet, problem.row].append(problem)
    return found


def _against(
    row: RosterRow, match: Match, stored: StoredPupils, leaving: set[int], wrong_class: str
) -> Iterator[tuple[str, str]]:
    """(field, reason) of what the stored data have against the row; `leaving` as for register_holder().

    `wrong_class`: what speaks against the class by its name, the same for all of its rows.
    """
    if match.reason:
        yield match.field, match.reason
        return
    if wrong_class:
        yield "class_name", wrong_class
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
        problem
        for problem in (problem_at(row, *each) for each in against)
        if problem.column_letter not in wrong
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
