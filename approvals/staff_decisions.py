"""Violations and merits of staff: the principal's decisions, recorded, read, revoked (PLAN IV.1)."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.inspection_workflow import FindingState, Verdict
from approvals.inspections import InspectionOutdated, InspectionRefused, check_words
from approvals.models import Finding, StaffDecision
from gradebook.grading import plain_text
from gradebook.number_register import hold_numbers, number_problem
from gradebook.paper_numbers import read_number, tidied

WHO_DECIDES = "Quyết định khen thưởng, xử lí vi phạm của cán bộ do Hiệu trưởng ghi."
WHO_READS = "Quyết định này chỉ mở cho Ban giám hiệu và người được ghi."


@dataclass(frozen=True, slots=True)
class Decision:
    """What the principal decided; `referred_to` is the authority asked to decide, "" where it is the principal.

    That nothing is done about a violation has neither measure nor number: `content` says why.
    """

    kind: str
    person: User
    content: str
    measure: str
    number: str
    dated: datetime.date
    referred_to: str = ""
    finding: Finding | None = None

    @property
    def kind_label(self) -> str:
        return str(StaffDecision.Kind(self.kind).label)


def record_decision(decision: Decision, *, by: User) -> StaffDecision:
    """Raises Refused for anyone but the principal and of the own person; InspectionRefused for what is not whole."""
    permissions.require(by, Action.DECIDE_ON_STAFF, WHO_DECIDES)
    permissions.require_another(by, decision.person)
    _check(decision)
    lets_rest = decision.kind == StaffDecision.Kind.NO_ACTION
    try:
        with acting(by, role=permissions.post_label(by), source=Source.PAGE), transaction.atomic():
            hold_numbers()
            if not lets_rest:
                _check_number(decision)
            return StaffDecision.objects.create(
                kind=decision.kind,
                person=decision.person,
                finding=decision.finding,
                content=plain_text(decision.content),
                measure=decision.kind_label if lets_rest else plain_text(decision.measure),
                referred_to=plain_text(decision.referred_to),
                number="" if lets_rest else tidied(plain_text(decision.number)),
                dated=decision.dated,
                decided_by=by,
                recorded_at=clock.now(),
            )
    except IntegrityError as error:
        if "staff_decision_lets_a_finding_rest_once" in str(error):
            raise InspectionRefused("Vi phạm này đã ghi «Không xử lí» rồi.", "kind") from error
        if "staff_decision_once" not in str(error):
            raise
        raise InspectionRefused("Quyết định này đã ghi cho người này rồi.", "number") from error


def _check(decision: Decision) -> None:
    check_words(plain_text(decision.content), "nội dung", "content")
    if decision.dated > clock.today():
        raise InspectionRefused("Ngày quyết định ở tương lai. Ghi ngày đã kí.", "dated")
    finding = decision.finding
    is_violation = finding is not None and finding.verdict == Verdict.VIOLATION
    if decision.kind == StaffDecision.Kind.NO_ACTION and not is_violation:
        raise InspectionRefused("«Không xử lí» chỉ ghi cho nội dung đã kết luận vi phạm.", "kind")
    if decision.kind == StaffDecision.Kind.COMMENDATION and is_violation:
        raise InspectionRefused(
            "Nội dung này đã kết luận vi phạm: không ghi khen thưởng từ đó. Khen việc khác thì ghi quyết định riêng, "
            "không từ nội dung kiểm tra này.",
            "kind",
        )
    if finding is None:
        return
    if finding.responsible_id != decision.person.pk:
        raise InspectionRefused("Nội dung kiểm tra này thuộc sổ của người khác.", "person")
    if finding.state != FindingState.CLOSED:
        raise InspectionRefused("Nội dung kiểm tra chưa kết luận. Kết luận xong rồi mới ghi quyết định.")


def _check_number(decision: Decision) -> None:
    """One paper may name several people; one that was revoked can be recorded again as it should have been."""
    same_year = StaffDecision.objects.filter(dated__year=decision.dated.year).order_by()
    besides = same_year.filter(
        Q(kind=decision.kind, dated=decision.dated) | Q(state=StaffDecision.State.REVOKED)
    )
    text = plain_text(decision.number)
    if decision.referred_to and (number := read_number(text)) and not number.is_decision:
        # What asks another authority to decide is a paper of another kind.
        return
    problem = number_problem(text, decision.dated, besides=besides.values_list("number", flat=True))
    if problem:
        raise InspectionRefused(problem, "number")


def revoke_decision(decision: StaffDecision, *, why: str, by: User) -> StaffDecision:
    """Takes a mistaken decision back; it stays on record with the reason."""
    permissions.require(by, Action.DECIDE_ON_STAFF, WHO_DECIDES)
    words = plain_text(why)
    check_words(words, "lí do thu hồi", "why")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        decision = StaffDecision.objects.select_for_update().get(pk=decision.pk)
        permissions.require_another(by, decision.person)
        if decision.state != StaffDecision.State.IN_FORCE:
            raise InspectionOutdated(f"{decision.label} đã thu hồi rồi.")
        decision.state = StaffDecision.State.REVOKED
        decision.revoked_by, decision.revoked_at, decision.revoked_why = by, clock.now(), words
        decision.save()
    return decision


def mark_read(decision: StaffDecision, *, by: User) -> None:
    """The person concerned has opened it: `decision` tells from here on when."""
    if decision.person_id != by.pk or decision.read_at is not None:
        return
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        held = StaffDecision.objects.select_for_update().get(pk=decision.pk)
        if held.read_at is None:
            held.read_at = clock.now()
            held.save()
    decision.read_at = held.read_at


def visible_decisions(user: User) -> QuerySet[StaffDecision]:
    """Agrees with `Action.SEE_STAFF_DECISION` for each."""
    everything = permissions.may(user, Action.SEE_STAFF_DECISION)
    return StaffDecision.objects.filter(Q() if everything else Q(person=user))
