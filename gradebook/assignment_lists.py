"""A list of assignments carried out: all or nothing, exactly what its dry run showed (PLAN IV.2; rules R59, R85)."""

import datetime
from collections.abc import Sequence

from accounts import permissions, terms
from accounts.dates import Days
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook.assignment_plan import Assignment, AssignmentPlan, Deed, Step, plan_assignments
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment, SchoolYear
from students.staff_files import StaffRow

WHO_ASSIGNS = "Phân công chuyên môn là việc của Ban giám hiệu."


class ListRefused(Exception):
    """Nothing was written: the list has errors, or its plan is no longer what was shown."""


def carry_out_assignments(
    rows: Sequence[StaffRow], *, year: SchoolYear, day: datetime.date, reason: str, previewed: str, by: User
) -> AssignmentPlan:
    """Begins, hands over and ends the seats of a year, and moves people between the tổ, as the list has it.

    `previewed` is the fingerprint of the plan that was shown. New rows are written in bulk; what changes hands or
    ends moves as from the page of the class. Raises PermissionDenied, ListRefused, TermRefused.
    """
    permissions.require(by, Action.ASSIGN, WHO_ASSIGNS)
    with acting(by, role=permissions.post_label(by), source=Source.EXCEL):
        shown = _checked(plan_assignments(rows, year=year, day=day, by=by), previewed)
        terms.take(step.term for step in shown.steps if step.term)
        # Once more, with the seats to ourselves: somebody may have moved one while we waited for it.
        plan = _checked(plan_assignments(rows, year=year, day=day, by=by), previewed)
        for step in plan.steps:
            _hand_over_or_end(step, plan, reason=reason, year=year)
        for model in (HomeroomAssignment, TeachingAssignment):
            terms.begin_all(_new_rows(plan, model), reason=reason, within=year.days)
        _move(plan, reason)
    return plan


def _checked(plan: AssignmentPlan, previewed: str) -> AssignmentPlan:
    if plan.error_count:
        raise ListRefused("Danh sách còn chỗ phải sửa nên chưa hàng nào được ghi.")
    if plan.fingerprint != previewed:
        raise ListRefused(
            "Phân công vừa thay đổi trong lúc xem trước, nên chưa ghi gì. Xem lại rồi bấm lần nữa."
        )
    return plan


def _hand_over_or_end(step: Step, plan: AssignmentPlan, *, reason: str, year: SchoolYear) -> None:
    if step.term and step.deed == Deed.CHANGE:
        from_then_on = Days(plan.days.first)
        terms.hand_over(step.term, to=step.person, days=from_then_on, reason=reason, within=year.days)
    elif step.term and step.deed == Deed.END:
        terms.end(step.term, last_day=plan.last_day_before, reason=reason)


def _new_rows(plan: AssignmentPlan, model: type[Assignment]) -> list[Assignment]:
    return [step.term for step in plan.steps if step.deed == Deed.BEGIN and isinstance(step.term, model)]


def _move(plan: AssignmentPlan, reason: str) -> None:
    wanted = {step.person.pk: step.team for step in plan.steps if step.deed == Deed.MOVE}
    people = list(User.objects.select_for_update(no_key=True).filter(pk__in=wanted))
    for person in people:
        person.team = wanted[person.pk]
    User.objects.bulk_update(people, ["team"])
    record_bulk(people, changed=True, why=reason)
