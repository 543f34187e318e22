"""Acts on who leads a class and who teaches a line in it: assign, end, hand over, take back (PLAN III.1; R6, R59)."""

import datetime

from accounts import permissions, terms
from accounts.dates import Days
from accounts.history import Source, acting
from accounts.models import User
from accounts.posts import problems_of_holder
from accounts.powers import Action
from accounts.terms import Problem, TermRefused
from gradebook.class_lines import lines_of
from gradebook.models import SubjectLine, TeachingAssignment
from students.models import HomeroomAssignment, SchoolClass

Assignment = HomeroomAssignment | TeachingAssignment


def assign(
    teacher: User, school_class: SchoolClass, line: SubjectLine | None, *, days: Days, reason: str, by: User
) -> Assignment:
    """The class to lead (no line) or one line to teach in it. Raises PermissionDenied, TermRefused."""
    _require_may(by, teacher)
    problems = [*problems_of_holder(teacher, "teacher"), *_line_problems(school_class, line)]
    if problems:
        raise TermRefused(*problems)
    held = {"school_class": school_class, "teacher": teacher, "starts_on": days.first, "ends_on": days.last}
    new = TeachingAssignment(line=line, **held) if line else HomeroomAssignment(**held)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        return terms.begin(new, reason=reason, within=school_class.year.days)


def end_assignment(assignment: Assignment, *, last_day: datetime.date, reason: str, by: User) -> None:
    """The powers end with `last_day`; a substitute's days left return to the regular teacher. Raises as above."""
    _require_may(by, assignment.teacher)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        terms.end(assignment, last_day=last_day, reason=reason)


def hand_over_assignment(
    assignment: Assignment, *, to: User, days: Days, reason: str, by: User
) -> Assignment:
    """To another teacher for good, or to a substitute up to `days.last`. Raises as above."""
    _require_may(by, assignment.teacher)
    _require_may(by, to)
    problems = problems_of_holder(to, "to")
    if problems:
        raise TermRefused(*problems)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        return terms.hand_over(
            assignment, to=to, days=days, reason=reason, within=assignment.school_class.year.days
        )


def hand_over_all(teacher: User, *, to: User, days: Days, reason: str, by: User) -> list[Assignment]:
    """Every class and line the teacher holds on the first of the days goes to one substitute, all or none.

    What ends before the last of the days is handed over up to its end. Raises as above.
    """
    _require_may(by, teacher)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        held = held_on(teacher, days.first)
        if not held:
            raise TermRefused(
                Problem("starts_on", f"Ngày đó {teacher.full_name} không có lớp, môn nào để giao.")
            )
        return [
            hand_over_assignment(each, to=to, days=_within_the_row(days, each), reason=reason, by=by)
            for each in held
        ]


def held_on(teacher: User, day: datetime.date) -> list[Assignment]:
    """The classes and lines a teacher answers for on a day, without those held for somebody else."""
    homerooms = HomeroomAssignment.objects.held_on(day).filter(teacher=teacher, substitutes_for=None)
    taught = TeachingAssignment.objects.held_on(day).filter(teacher=teacher, substitutes_for=None)
    in_order = ("school_class__grade_level", "school_class__name")
    return [
        *homerooms.select_related("school_class__year").order_by(*in_order),
        *taught.select_related("school_class__year", "line").order_by(*in_order, "line"),
    ]


def _within_the_row(days: Days, assignment: Assignment) -> Days:
    if days.last and assignment.ends_on:
        return Days(days.first, min(days.last, assignment.ends_on))
    return days


def undo_assignment(assignment: Assignment, *, reason: str, by: User) -> None:
    """Takes back what has not begun; a substitute's days return to the regular teacher. Raises as above."""
    _require_may(by, assignment.teacher)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        terms.undo(assignment, reason=reason)


def may_assign(by: User, concerned: User) -> bool:
    """Whether `by` may give assignments to `concerned` or take theirs: never one's own."""
    return permissions.may(by, Action.ASSIGN) and by.pk != concerned.pk


def _require_may(by: User, concerned: User) -> None:
    permissions.require(by, Action.ASSIGN)
    permissions.require_another(by, concerned)


def _line_problems(school_class: SchoolClass, line: SubjectLine | None) -> list[Problem]:
    if line is None or line in lines_of(school_class):
        return []
    return [Problem("line", f"Lớp {school_class.name} không có môn học này. Chọn môn mà lớp học.")]
