"""Decisions on the results of a year: the list, one decision with its lists, and its acts (PLAN IV.1; R46, R48)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, permissions
from accounts.confirmation import require_password
from accounts.idle_lock import administrative
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.decided_anew import amending_of, amendments_of, marked_lines
from gradebook.decision_forms import DraftForm, IssueForm, WithdrawForm
from gradebook.decision_lists import amended_by, parts_of, read_draft
from gradebook.decision_rules import DecisionKind, DecisionState
from gradebook.decisions import (
    WHO_DRAFTS,
    WHO_ISSUES,
    PaperRefused,
    draft_decision,
    drop_draft,
    issue_decision,
    withdraw_decision,
)
from gradebook.models import ResultsDecision
from gradebook.number_register import next_decision_number
from gradebook.year_end_views import year_of
from students.models import SchoolClass, SchoolYear, YearIsClosed

PER_PAGE = 25
LINES_A_PAGE = 100
STATE_KINDS = {
    DecisionState.DRAFT: "waiting",
    DecisionState.ISSUED: "ok",
    DecisionState.WITHDRAWN: "refused",
    DecisionState.DROPPED: "locked",
}


def get_decision(user: User, pk: int) -> ResultsDecision:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    permissions.require(user, Action.DRAFT_DECISIONS, WHO_DRAFTS)
    rows = ResultsDecision.objects.select_related(
        "year", "school_class", "drafted_by", "issued_by", "withdrawn_by"
    )
    return get_object_or_404(rows, pk=pk)


# -- The list ----------------------------------------------------------------------------------------------


@never_cache
@require_safe
def decisions(request: SignedInRequest) -> HttpResponse:
    """The decisions of a year, newest first, with the form that drafts one."""
    permissions.require(request.user, Action.DRAFT_DECISIONS, WHO_DRAFTS)
    year, years = year_of(request)
    return _list_page(request, year, years, DraftForm(_classes(year)))


@administrative
@require_POST
def decision_new(request: SignedInRequest) -> HttpResponse:
    """A draft of the year asked for; the one there is, where there is one."""
    permissions.require(request.user, Action.DRAFT_DECISIONS, WHO_DRAFTS)
    year, years = year_of(request)
    form = DraftForm(_classes(year), request.POST)
    if year is None or not form.is_valid():
        return _list_page(request, year, years, form)
    told = form.cleaned_data
    try:
        draft = draft_decision(told["kind"], year, told["school_class"], by=request.user)
    except YearIsClosed as closed:
        form.add_error(None, str(closed))
        return _list_page(request, year, years, form)
    return redirect("gradebook:decision", draft.pk)


def _classes(year: SchoolYear | None) -> list[SchoolClass]:
    return list(SchoolClass.objects.filter(year=year).order_by("grade_level", "name")) if year else []


def _list_page(
    request: SignedInRequest, year: SchoolYear | None, years: list[SchoolYear], form: DraftForm
) -> HttpResponse:
    rows = ResultsDecision.objects.filter(year=year).select_related("year", "school_class", "issued_by")
    page = Paginator(rows.annotate(pupils=Count("lines")).order_by("-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    amendments = amendments_of(list(page.object_list))
    context = {
        "year": year,
        "years": years,
        "page": page,
        "lines": [
            (each, STATE_KINDS[DecisionState(each.state)], amendments.get(each.pk, ()))
            for each in page.object_list
        ],
        "form": form,
        "may_reopen_year": permissions.may(request.user, Action.CLOSE_YEAR),
    }
    return render(request, "gradebook/decisions.html", context, status=422 if form.errors else 200)


# -- One decision ------------------------------------------------------------------------------------------


@never_cache
@require_safe
def decision(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its facts, its lists, and what can be done with it now."""
    return _decision_page(request, get_decision(request.user, pk))


def _decision_page(
    request: SignedInRequest, found: ResultsDecision, form: forms.Form | None = None
) -> HttpResponse:
    draft = read_draft(found) if found.is_draft else None
    parts = parts_of(draft.shown if draft else marked_lines(found), found.kind)
    ordered = [line for part in parts for line in part.lines]
    page = Paginator(ordered, LINES_A_PAGE).get_page(request.GET.get("page"))
    is_principal = permissions.may(request.user, Action.APPROVE_OUTCOMES)
    is_open = not found.year.is_closed
    classes = {
        line.school_class.pk: line.school_class for line in ordered if not (line.since or line.is_struck)
    }
    to_amend = {line.school_class.pk for line in ordered if line.needs_amending}
    context = {
        "decision": found,
        "kind": STATE_KINDS[DecisionState(found.state)],
        "parts": parts,
        "page": page,
        "draft": draft,
        "form": form,
        "issue_form": form if isinstance(form, IssueForm) else _proposed_issue(found),
        "withdraw_form": form if isinstance(form, WithdrawForm) else WithdrawForm(),
        "may_issue": is_principal and found.is_draft and is_open,
        "may_withdraw": is_principal and found.is_issued and is_open,
        "may_drop": found.is_draft and is_open,
        "may_reopen_year": not is_open and permissions.may(request.user, Action.CLOSE_YEAR),
        "may_print": permissions.may(request.user, Action.PRINT_PAPERS),
        "has_certificates": found.is_issued and found.kind == DecisionKind.AWARDS and bool(classes),
        "no_longer": sum(bool(line.since) for line in ordered),
        "to_amend": sum(line.needs_amending for line in ordered),
        "amends": amended_by(ordered),
        "amending": amending_of(found) if found.is_issued else (),
        "amending_class": min(to_amend) if len(to_amend) == 1 else found.school_class_id,
        "may_amend": bool(to_amend) and is_open,
        "classes": list(classes.values()),
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "gradebook/decision.html", context, status=422 if is_wrong else 200)


def _proposed_issue(found: ResultsDecision) -> IssueForm:
    return IssueForm(initial={"number": next_decision_number(clock.today()), "dated": clock.today()})


@administrative
@require_POST
def decision_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal signs: number and day, and the lists as they stand."""
    permissions.require(request.user, Action.APPROVE_OUTCOMES, WHO_ISSUES)
    found = get_decision(request.user, pk)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, found, form)
    told = form.cleaned_data
    require_password(request, f"Ban hành quyết định số {told['number']}: {found.title}, {found.scope}.")
    return _act(
        request,
        found,
        form,
        lambda: issue_decision(found, number=told["number"], dated=told["dated"], by=request.user),
        done=f"Đã ban hành quyết định số {told['number']}.",
    )


@administrative
@require_POST
def decision_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal withdraws it, for a reason."""
    permissions.require(request.user, Action.APPROVE_OUTCOMES, WHO_ISSUES)
    found = get_decision(request.user, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, found, form)
    require_password(request, f"Thu hồi quyết định số {found.number}: {found.title}, {found.scope}.")
    return _act(
        request,
        found,
        form,
        lambda: withdraw_decision(found, reason=form.cleaned_data["reason"], by=request.user),
        done=f"Đã thu hồi quyết định số {found.number}.",
    )


@administrative
@require_POST
def decision_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft that is not needed is put away; it stays on the list."""
    found = get_decision(request.user, pk)
    return _act(
        request, found, forms.Form({}), lambda: drop_draft(found, by=request.user), done="Đã bỏ dự thảo."
    )


def _act(
    request: SignedInRequest, found: ResultsDecision, form: forms.Form, act: Callable[[], Any], *, done: str
) -> HttpResponse:
    try:
        act()
    except PaperRefused as refusal:
        for field, sentence in refusal.problems:
            form.add_error(field if field in form.fields else None, sentence)
    except YearIsClosed as closed:
        form.add_error(None, str(closed))
    else:
        messages.success(request, done)
        return redirect("gradebook:decision", found.pk)
    return _decision_page(request, get_decision(request.user, found.pk), form)
