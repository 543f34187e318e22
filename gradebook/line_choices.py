"""Which optional lines the school teaches: chosen for a grade, and otherwise by a class of it (rule R4).

A line stays where pupils have results in it, and where somebody is to teach it. The act holds the classes, so that
nobody is given a line meanwhile; the database says the same of results. No class is given one once its results of the
year are approved.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from accounts import permissions
from accounts.clock import today
from accounts.history import Source, acting, record_bulk, record_deleted
from accounts.models import User
from accounts.powers import Action
from accounts.terms import Problem
from gradebook.line_approvals import Gain, against_approved
from gradebook.line_effects import ClassChoice, gained_by_classes, gained_by_grades
from gradebook.models import ClassLine, SubjectLine, SubjectResult, TeachingAssignment
from gradebook.staffing import prepare_lines
from gradebook.year_rules import optional_lines
from students.models import SchoolClass, SchoolYear
from students.years import hold_year, refuse

BLANK = {"attainment": "", "mark": None, "comment": ""}


def choose_lines(year: SchoolYear, chosen: Mapping[int, Iterable[str]], *, by: User) -> str:
    """The lines of these grades: the compulsory ones and of the optional ones exactly those chosen. Others stay.

    A class that has chosen for itself keeps its choice. Returns what has changed, in words. Raises PermissionDenied,
    YearRefused, YearIsClosed.
    """
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held, classes = _hold(year)
        prepare_lines(held)
        wanted = {(grade, code) for grade, codes in chosen.items() for code in codes}
        offered = {
            (grade, line.code)
            for grade, lines in optional_lines(held).items()
            if grade in chosen
            for line in lines
        }
        there = {(each.grade_level, each.code): each for each in SubjectLine.objects.filter(year=held)}
        moved = [
            line for key, line in there.items() if key in offered and line.is_for_grade != (key in wanted)
        ]
        refuse(
            *_of_grades(_still_used(_followers(classes, [line for line in moved if line.is_for_grade]))),
            *approved_of_grades(gained_by_grades(held, _by_grade(wanted & offered))),
        )
        for line in moved:
            line.is_for_grade = not line.is_for_grade
        SubjectLine.objects.bulk_update(moved, ["is_for_grade"])
        record_bulk(moved, changed=True)
        moved += _add(held, wanted & offered - set(there), is_for_grade=True)
        words = "; ".join(
            f"khối {line.grade_level} {'học' if line.is_for_grade else 'không học'} {line.line.short_name}"
            for line in moved
        )
        act.says(
            f"Đặt các môn học tự chọn của năm học {held.label}: {words or 'không đổi'}",
            thing=f"year:{held.pk}",
        )
    return words


def choose_class_lines(year: SchoolYear, chosen: ClassChoice, *, by: User) -> str:
    """By class and code: has the line, does not have it, or (None) follows its grade. Others stay.

    Returns what has changed, in words. Raises as above.
    """
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held, classes = _hold(year)
        by_pk = {each.pk: each for each in classes}
        wanted = _in_use(held, by_pk, chosen)
        lines = _lines_for(held, {(by_pk[class_id].grade_level, code) for class_id, code in wanted})
        stored = {(each.school_class_id, each.line_id): each for each in _choices(held)}
        changes = [
            _Change(by_pk[class_id], line, stored.get((class_id, line.pk)), will)
            for (class_id, code), will in wanted.items()
            for line in [lines[by_pk[class_id].grade_level, code]]
        ]
        changes = [each for each in changes if each.moves]
        refuse(
            *_of_classes(_still_used([(each.school_class, each.line) for each in changes if each.loses])),
            *approved_of_classes(gained_by_classes(held, wanted)),
        )
        _write(changes)
        words = "; ".join(each.words for each in changes)
        act.says(
            f"Đặt môn tự chọn riêng của lớp, năm học {held.label}: {words or 'không đổi'}",
            thing=f"year:{held.pk}",
        )
    return words


def approved_of_grades(gained: Sequence[Gain]) -> list[Problem]:
    """Why classes of a grade are given no line any more."""
    return against_approved(gained, field=lambda school_class, _code: f"grade_{school_class.grade_level}")


def approved_of_classes(gained: Sequence[Gain]) -> list[Problem]:
    """The same of classes that choose for themselves."""
    return against_approved(gained, field=lambda school_class, code: field_of(school_class.pk, code))


def _by_grade(keys: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for grade, code in keys:
        found[grade].append(code)
    return found


def _hold(year: SchoolYear) -> tuple[SchoolYear, list[SchoolClass]]:
    """The year and its classes for this act alone: an assignment to one of them waits."""
    held = hold_year(year)
    return held, list(held.classes.select_for_update().order_by("pk"))


def _add(year: SchoolYear, keys: Iterable[tuple[int, str]], *, is_for_grade: bool) -> list[SubjectLine]:
    made = SubjectLine.objects.bulk_create(
        SubjectLine(year=year, grade_level=grade, code=code, is_for_grade=is_for_grade)
        for grade, code in sorted(keys)
    )
    record_bulk(made, changed=False)
    return made


# -- What a class chooses ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """What a class has of a line now, and shall have; None is its grade's choice."""

    school_class: SchoolClass
    line: SubjectLine
    stored: ClassLine | None
    will: bool | None

    @property
    def moves(self) -> bool:
        return self.will != (self.stored.is_taught if self.stored else None)

    @property
    def loses(self) -> bool:
        was = self.stored.is_taught if self.stored else self.line.is_for_grade
        return was and not (self.line.is_for_grade if self.will is None else self.will)

    @property
    def words(self) -> str:
        verb = {True: "học", False: "không học", None: "theo khối"}[self.will]
        return f"{self.school_class.name} {verb} {self.line.line.short_name}"


def _in_use(year: SchoolYear, classes: Mapping[int, SchoolClass], chosen: ClassChoice) -> ClassChoice:
    """Of what was chosen, that which classes of the year can choose."""
    offered = {grade: {line.code for line in lines} for grade, lines in optional_lines(year).items()}
    return {
        (class_id, code): will
        for (class_id, code), will in chosen.items()
        if class_id in classes and code in offered.get(classes[class_id].grade_level, ())
    }


def _lines_for(year: SchoolYear, keys: set[tuple[int, str]]) -> dict[tuple[int, str], SubjectLine]:
    """The lines of these grades and codes; those that the grade never had are made, left to the classes."""
    there = {(each.grade_level, each.code): each for each in SubjectLine.objects.filter(year=year)}
    made = _add(year, keys - set(there), is_for_grade=False)
    return there | {(each.grade_level, each.code): each for each in made}


def _choices(year: SchoolYear) -> Iterable[ClassLine]:
    return ClassLine.objects.filter(school_class__year=year)


def _write(changes: Iterable[_Change]) -> None:
    new, changed, gone = [], [], []
    for each in changes:
        if each.will is None and each.stored:
            gone.append(each.stored)
        elif each.stored:
            each.stored.is_taught = bool(each.will)
            changed.append(each.stored)
        else:
            row = ClassLine(school_class=each.school_class, line=each.line, is_taught=bool(each.will))
            new.append(row)
    record_bulk(ClassLine.objects.bulk_create(new), changed=False)
    ClassLine.objects.bulk_update(changed, ["is_taught"])
    record_bulk(changed, changed=True)
    _delete(gone)


def _delete(rows: list[ClassLine]) -> None:
    record_deleted(rows, why="Theo khối")
    # Not QuerySet.delete(): simple-history would add a row of its own for each, one by one.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gradebook_classline WHERE id = ANY(%s)", [[row.pk for row in rows]])


# -- What keeps a line -------------------------------------------------------------------------------------

Seat = tuple[SchoolClass, SubjectLine]


def _followers(classes: Iterable[SchoolClass], lines: list[SubjectLine]) -> list[Seat]:
    """The classes that have these lines because their grade has."""
    own = set(ClassLine.objects.filter(line__in=lines).values_list("school_class_id", "line_id"))
    return [
        (each, line)
        for line in lines
        for each in classes
        if each.grade_level == line.grade_level and (each.pk, line.pk) not in own
    ]


def _still_used(losing: list[Seat]) -> list[tuple[Seat, str]]:
    """Those of the seats that cannot be taken away, each with the reason. Two statements at most."""
    if not losing:
        return []
    graded, taught = _pupils_with_results(losing), _teachers(losing)
    found = []
    for school_class, line in losing:
        key = (school_class.pk, line.pk)
        if graded[key]:
            why = f"đã có kết quả của {graded[key]} học sinh. Giữ môn này"
        elif key in taught:
            why = f"đã phân công {taught[key]}. Kết thúc phân công trước, hoặc giữ môn này"
        else:
            continue
        found.append(((school_class, line), f"lớp {school_class.name} {why}."))
    return found


def _pupils_with_results(seats: list[Seat]) -> Counter[tuple[int, int]]:
    seat = "student__enrolments__school_class"
    results = SubjectResult.objects.exclude(**BLANK).filter(
        **{f"{seat}__in": {school_class.pk for school_class, _line in seats}},
        line__in={line.pk for _school_class, line in seats},
    )
    return Counter(
        (class_id, line_id)
        for class_id, line_id, _pupil in results.values_list(seat, "line_id", "student_id").distinct()
    )


def _teachers(seats: list[Seat]) -> dict[tuple[int, int], str]:
    """Who teaches a line in a class, today or later."""
    still = TeachingAssignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today()),
        school_class__in={school_class.pk for school_class, _line in seats},
        line__in={line.pk for _school_class, line in seats},
    )
    rows = still.values_list("school_class_id", "line_id", "teacher__full_name")
    return {(class_id, line_id): name for class_id, line_id, name in rows}


def _of_grades(used: Iterable[tuple[Seat, str]]) -> list[Problem]:
    return [
        Problem(f"grade_{line.grade_level}", f"Không bỏ {line.line.short_name} được: {why}")
        for (_school_class, line), why in used
    ]


def _of_classes(used: Iterable[tuple[Seat, str]]) -> list[Problem]:
    return [
        Problem(field_of(school_class.pk, line.code), f"Không bỏ {line.line.short_name} được: {why}")
        for (school_class, line), why in used
    ]


def field_of(class_id: int, code: str) -> str:
    """What the form calls the choice of a class on a line."""
    return f"class_{class_id}_{code}"
