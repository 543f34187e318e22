"""The page of one finding: what was seen, what stands there now, what was said of it."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts import clock, permissions
from accounts.clock import moment_label
from accounts.models import User
from accounts.powers import Action
from approvals.findings import alike, concluded_together, finding_actors
from approvals.inspection_pages import FindingLine, with_names
from approvals.inspection_workflow import (
    FindingAct,
    FindingState,
    InspectionActor,
    InspectionState,
    Verdict,
    finding_acts,
)
from approvals.models import CorrectionRequest, Finding, FindingEntry, StaffDecision
from approvals.open_fixes import has_open_fix
from approvals.request_pages import visible_requests
from gradebook.regulation import Period
from gradebook.sheets import SheetRef, stored_results, value_and_version

WHO_READS = "Nội dung kiểm tra chỉ mở cho Ban giám hiệu và giáo viên phụ trách sổ."

_ACTS_DONE = {
    FindingAct.ASK: ("Yêu cầu giải trình", "neutral"),
    FindingAct.ANSWER: ("Giải trình", "ok"),
    FindingAct.CLOSE: ("Kết luận", "neutral"),
    FindingAct.WAIVE: ("Thôi yêu cầu lập phiếu sửa", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Step:
    act: FindingAct
    what: str
    kind: str
    who: str
    role: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """`value_now` is None for a whole sheet; `requests` are those to correct the cell (of a whole sheet that is to be
    corrected, anything in it), made since, as far as the reader sees them. `is_open_fix`: one is asked for and nobody
    has filed any. `together` are the others that were concluded at one stroke with it."""

    line: FindingLine
    value_now: str | None
    steps: tuple[Step, ...]
    requests: tuple[CorrectionRequest, ...]
    decisions: tuple[StaffDecision, ...]
    acts: tuple[str, ...]
    is_own: bool
    is_inspector: bool
    may_decide: bool
    is_open_fix: bool
    sheet_url: str
    history_url: str
    alike: int
    together: tuple[FindingLine, ...]

    @property
    def answer(self) -> Step | None:
        """The teacher's last."""
        return next((step for step in self.steps if step.act == FindingAct.ANSWER), None)

    @property
    def conclusion(self) -> Step | None:
        return next((step for step in self.steps if step.act == FindingAct.CLOSE), None)

    @property
    def cell(self) -> str:
        """Names the cell to the script of the sheet, which puts the cursor there; "" for a whole sheet."""
        finding = self.line.finding
        return f"{finding.student_id}.{finding.item}.{finding.field}" if finding.student_id else ""

    @property
    def has_changed(self) -> bool:
        return self.value_now is not None and self.value_now != self.line.finding.value

    @property
    def is_overdue(self) -> bool:
        finding = self.line.finding
        return bool(finding.state == FindingState.ASKED and finding.due_on and finding.due_on < clock.today())


def get_finding(user: User, pk: int) -> Finding:
    """Fetch and check in one call. What is only noted is not yet said to the teacher."""
    found = with_names(Finding.objects.select_related("school_class__year", "noted_by"))
    finding: Finding = get_object_or_404(found, pk=pk)
    is_told = finding.state != FindingState.NOTED
    owner = finding.responsible_id if is_told else None
    permissions.require(user, Action.SEE_INSPECTION, WHO_READS, owner_id=owner)
    return finding


def read_finding(user: User, finding: Finding) -> FindingPage:
    """Six statements; four for a whole sheet; one more once it is concluded, two where it is to be corrected."""
    actors = finding_actors(user, finding)
    entries = FindingEntry.objects.filter(finding=finding).select_related("by").order_by("-id")
    is_principal = permissions.may(user, Action.DECIDE_ON_STAFF)
    ref = ref_of(finding)
    is_open = has_open_fix(finding)
    return FindingPage(
        line=FindingLine(finding),
        value_now=_value_now(finding, ref),
        steps=tuple(_step(each) for each in entries),
        requests=_requests(user, finding),
        decisions=_decisions(user, finding),
        acts=tuple(
            act.value
            for act in finding_acts(FindingState(finding.state), actors)
            if (is_open if act == FindingAct.WAIVE else finding.inspection.state == InspectionState.OPEN)
        ),
        is_open_fix=is_open,
        is_own=finding.responsible_id == user.pk,
        is_inspector=permissions.may(user, Action.INSPECT),
        may_decide=is_principal
        and finding.state == FindingState.CLOSED
        and InspectionActor.RESPONSIBLE not in actors
        and finding.responsible_id is not None,
        sheet_url=reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value]),
        history_url=_history_url(finding, ref),
        alike=alike(finding).count(),
        together=_together(finding),
    )


def _together(finding: Finding) -> tuple[FindingLine, ...]:
    if finding.state != FindingState.CLOSED:
        return ()
    others = concluded_together(finding).exclude(pk=finding.pk).order_by("number")
    return tuple(FindingLine(each) for each in with_names(others))


def ref_of(finding: Finding) -> SheetRef:
    return SheetRef(finding.school_class, finding.line, Period(finding.inspection.period))


def _value_now(finding: Finding, ref: SheetRef) -> str | None:
    if finding.student_id is None:
        return None
    stored = stored_results(ref, [finding.student_id])
    return value_and_version(stored.get((finding.student_id, finding.item)), finding.field)[0]


def _requests(user: User, finding: Finding) -> tuple[CorrectionRequest, ...]:
    found = visible_requests(user).filter(
        school_class=finding.school_class_id,
        line=finding.line_id,
        period=finding.inspection.period,
        created_at__gte=finding.noted_at,
    )
    if finding.student_id is not None:
        cell = {"student": finding.student_id, "item": finding.item, "field": finding.field}
        found = found.filter(**{f"items__{name}": value for name, value in cell.items()})
    elif finding.verdict != Verdict.TO_FIX:
        return ()
    return tuple(found.distinct())


def _decisions(user: User, finding: Finding) -> tuple[StaffDecision, ...]:
    sees = permissions.may(user, Action.SEE_STAFF_DECISION, owner_id=finding.responsible_id)
    if not sees or finding.state != FindingState.CLOSED:
        return ()
    return tuple(StaffDecision.objects.filter(finding=finding))


def _history_url(finding: Finding, ref: SheetRef) -> str:
    if finding.student_id is None:
        return ""
    place = [ref.school_class.pk, ref.code, ref.period.value, finding.student_id]
    return reverse("gradebook:cell_history", args=[*place, finding.item, finding.field])


def _step(entry: FindingEntry) -> Step:
    what, kind = _ACTS_DONE[FindingAct(entry.act)]
    return Step(
        FindingAct(entry.act), what, kind, entry.by.full_name, entry.role, moment_label(entry.at), entry.text
    )
