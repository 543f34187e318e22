"""Violations and merits of staff: listed, recorded by the principal, read, revoked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.finding_pages import get_finding
from approvals.inspection_forms import DecisionForm
from approvals.inspection_pages import FindingLine, with_names
from approvals.inspections import InspectionOutdated, InspectionRefused
from approvals.models import Finding, StaffDecision
from approvals.staff_decisions import (
    WHO_DECIDES,
    WHO_READS,
    mark_read,
    record_decision,
    revoke_decision,
    visible_decisions,
)
from gradebook.number_register import next_decision_number

PER_PAGE = 25


@never_cache
@require_safe
def decision_list(request: SignedInRequest) -> HttpResponse:
    """The decisions that the person may see, newest first. Two statements."""
    found = visible_decisions(request.user).select_related("person", "decided_by")
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "may_decide": permissions.may(request.user, Action.DECIDE_ON_STAFF),
    }
    return render(request, "approvals/staff_decisions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision_new(request: SignedInRequest) -> HttpResponse:
    """`?finding=` is the concluded finding that it is about."""
    permissions.require(request.user, Action.DECIDE_ON_STAFF, WHO_DECIDES)
    finding = _finding(request)
    if request.method != "POST":
        initial = {"dated": clock.today(), "number": next_decision_number(clock.today())}
        if finding:
            initial |= {"kind": StaffDecision.Kind.VIOLATION, "content": finding.text}
        return _show_form(request, DecisionForm(initial=initial, finding=finding, by=request.user), finding)
    form = DecisionForm(request.POST, finding=finding, by=request.user)
    if not form.is_valid():
        return _show_form(request, form, finding, status=422)
    wanted = form.decision()
    about = f"{wanted.kind_label}: ghi quyết định về {wanted.person.full_name}."
    require_password(request, about)
    try:
        decision = record_decision(wanted, by=request.user)
    except InspectionRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show_form(request, form, finding, status=422)
    messages.success(request, f"Đã ghi {decision.label}. Người được ghi thấy ở trang «Việc của tôi».")
    return redirect("approvals:staff_decision", decision.pk)


def _finding(request: SignedInRequest) -> Finding | None:
    given = request.GET.get("finding", "")
    return get_finding(request.user, int(given)) if given.isascii() and given.isdigit() else None


def _show_form(
    request: SignedInRequest, form: DecisionForm, finding: Finding | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "finding": FindingLine(finding) if finding else None}
    return render(request, "approvals/staff_decision_new.html", context, status=status)


def _get(request: SignedInRequest, pk: int) -> StaffDecision:
    rows = StaffDecision.objects.select_related("person", "decided_by", "revoked_by")
    decision = get_object_or_404(rows, pk=pk)
    permissions.require(request.user, Action.SEE_STAFF_DECISION, WHO_READS, owner_id=decision.person_id)
    return decision


@never_cache
@require_safe
def decision_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One decision; for the person concerned it is read from here on."""
    decision = _get(request, pk)
    mark_read(decision, by=request.user)
    return _show(request, decision)


@require_POST
def decision_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    decision = _get(request, pk)
    permissions.require(request.user, Action.DECIDE_ON_STAFF, WHO_DECIDES)
    require_password(request, f"Thu hồi {decision.label} về {decision.person.full_name}.")
    try:
        revoke_decision(decision, why=request.POST.get("why", ""), by=request.user)
    except InspectionRefused as refusal:
        status = 409 if isinstance(refusal, InspectionOutdated) else 422
        return _show(request, _get(request, pk), error=refusal.message, status=status)
    messages.success(request, "Đã thu hồi. Quyết định vẫn lưu kèm lí do.")
    return redirect("approvals:staff_decision", pk)


def _show(
    request: SignedInRequest, decision: StaffDecision, *, error: str = "", status: int = 200
) -> HttpResponse:
    finding = None
    if decision.finding_id:
        finding = FindingLine(with_names(Finding.objects).get(pk=decision.finding_id))
    context = {
        "decision": decision,
        "finding": finding,
        "error": error,
        "typed": request.POST.get("why", ""),
        "may_revoke": permissions.may(request.user, Action.DECIDE_ON_STAFF)
        and decision.state == StaffDecision.State.IN_FORCE,
    }
    return render(request, "approvals/staff_decision.html", context, status=status)
