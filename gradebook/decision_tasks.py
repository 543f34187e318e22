"""What decisions on results ask of the principal: drafts to issue, issued ones to amend; for menu and start page."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from gradebook.decided_anew import ToAmend, decisions_to_amend
from gradebook.decision_rules import DecisionState
from gradebook.models import ClassYearEnd, ResultsDecision
from gradebook.year_end_rules import State
from students.models import Enrolment, SchoolClass, SchoolYear


def drafts_waiting_for(user: User) -> QuerySet[ResultsDecision]:
    """Drafts whose next move is this person's: until the last class in scope is approved it is not the paper's turn."""
    if not permissions.may(user, Action.APPROVE_OUTCOMES):
        return ResultsDecision.objects.none()
    approved = ClassYearEnd.objects.filter(state=State.APPROVED)
    seated = Enrolment.objects.filter(school_class=OuterRef("pk"))
    unapproved = SchoolClass.objects.filter(
        Exists(seated), ~Exists(approved.filter(school_class=OuterRef("pk"))), year=OuterRef("year")
    )
    of_class = Q(Exists(approved.filter(school_class=OuterRef("school_class"))))
    of_school = Q(~Exists(unapproved), school_class=None)
    drafts = ResultsDecision.objects.filter(of_class | of_school, state=DecisionState.DRAFT)
    return drafts.exclude(year__state=SchoolYear.State.CLOSED)


def decision_tasks(user: User) -> Iterator[Task]:
    """What waits longest first. One statement for the principal, none for the others."""
    rows = drafts_waiting_for(user).select_related("year", "school_class", "drafted_by")
    for each in rows.order_by("drafted_at", "pk"):
        yield Task(
            f"Ban hành quyết định: {each.title}, {each.scope}",
            f"Năm học {each.year.label} · {each.drafted_by.full_name} soạn ngày {localtime(each.drafted_at):%d/%m/%Y}",
            reverse("gradebook:decision", args=[each.pk]),
            "waiting",
            "Chờ ban hành",
        )


def amendment_tasks(user: User) -> Iterator[Task]:
    """Issued decisions that say of a pupil what no longer holds, until a later one says it or they are withdrawn (R55).

    One statement for the principal, nine more for each year and kind in which results were re-opened; none for others.
    """
    if not permissions.may(user, Action.APPROVE_OUTCOMES):
        return
    for each in decisions_to_amend():
        number = len({*each.decided, *each.undecided})
        yield Task(
            f"{each.decision.label} ({each.decision.title}) nêu kết quả không còn đúng",
            _what_to_do(each),
            reverse("gradebook:decision", args=[each.decision.pk]),
            "warning",
            f"{number} em",
        )


def _what_to_do(each: ToAmend) -> str:
    told = []
    if each.decided:
        told.append(
            f"{', '.join(each.decided)}: soạn, ban hành quyết định sửa đổi, thay thế hoặc huỷ nội dung về em"
        )
    if each.undecided:
        told.append(
            f"{', '.join(each.undecided)}: kết quả đang xét lại, duyệt lại xong thì sửa đổi quyết định"
        )
    return "; ".join(told)
