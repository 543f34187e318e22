"""Breaches of personal data: listed with their clock, written down, told to the authority, closed (rule R67)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from approvals.data_forms import IncidentForm, NoticeForm, first_notice
from approvals.data_incidents import (
    WHO_KEEPS,
    IncidentChanged,
    acts_for,
    close_incident,
    notify,
    record_incident,
    tell_more,
)
from approvals.data_refusals import DataOutdated, DataRefused
from approvals.data_rules import (
    FIRST_REPORT_ARTICLE,
    FIRST_REPORT_WITHIN,
    INCIDENT_ARTICLE,
    INCIDENT_FORM,
    hours_left,
    is_late_notice,
    notify_by,
)
from approvals.data_tasks import hours_words
from approvals.data_workflow import IncidentAct, IncidentState
from approvals.models import DataIncident

PER_PAGE = 25
WHO_SEES = "Sổ sự cố dữ liệu cá nhân mở cho Ban giám hiệu, văn thư."


@never_cache
@require_safe
def data_incidents(request: SignedInRequest) -> HttpResponse:
    """All incidents, the newest discovery first. Two statements."""
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    page = Paginator(DataIncident.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(each, *_clock_of(each)) for each in page.object_list],
        "may_keep": permissions.may(request.user, Action.KEEP_DATA_PROTECTION),
        "article": INCIDENT_ARTICLE,
    }
    return render(request, "approvals/data_incidents.html", context)


def _clock_of(incident: DataIncident) -> tuple[str, str]:
    """Word and kind of the 72-hour clock; once it was told, whether in time; ("", "") where none was due."""
    if incident.notified_at is not None:
        is_late = is_late_notice(incident.discovered_at, incident.notified_at)
        return ("Thông báo muộn", "warning") if is_late else ("Thông báo đúng hạn", "ok")
    if incident.state != IncidentState.OPEN:
        return "", ""
    left = hours_left(notify_by(incident.discovered_at), clock.stamp())
    return hours_words(left), "refused" if left < 0 else "warning"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data_incident_new(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    form = IncidentForm(posted(request), incident=None, initial={"discovered_at": clock.stamp()})
    if request.method == "POST" and form.is_valid():
        try:
            made = record_incident(form.found(), form.told(), by=request.user)
        except DataRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"Đã ghi {made.label}. Hạn thông báo hiện ở «Việc của tôi».")
            return redirect("approvals:data_incident", made.pk)
    context = {"form": form, "article": INCIDENT_ARTICLE}
    return render(request, "approvals/data_incident_form.html", context, status=422 if form.errors else 200)


def get_incident(user: User, pk: int) -> DataIncident:
    """Fetch and check in one call."""
    permissions.require(user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    rows = DataIncident.objects.select_related("recorded_by", "notified_by", "closed_by")
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_safe
def data_incident(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, get_incident(request.user, pk), NoticeForm(initial=first_notice()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data_incident_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What has become known since it was written down."""
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    found = get_incident(request.user, pk)
    form = IncidentForm(posted(request), incident=found)
    stands: list[tuple[str, Any]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            tell_more(
                found,
                form.told(),
                seen=form.cleaned_data["seen"],
                discovery=form.discovery(),
                by=request.user,
            )
        except IncidentChanged as changed:
            stands, status = form.clash(changed), 409
        except DataRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Đã bổ sung. Nội dung trước đó còn trong nhật kí thay đổi.")
            return redirect("approvals:data_incident", pk)
    context = {"form": form, "found": found, "stands": stands, "article": INCIDENT_ARTICLE}
    if form.errors and status == 200:
        status = 422
    return render(request, "approvals/data_incident_form.html", context, status=status)


@require_POST
def data_incident_notify(request: SignedInRequest, pk: int) -> HttpResponse:
    """The authority has been told; after 72 hours with the reason."""
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    found = get_incident(request.user, pk)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        notify(found, form.notice(), by=request.user)
    except DataRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        status = 409 if isinstance(refusal, DataOutdated) else 422
        return _show(request, get_incident(request.user, pk), form, status=status)
    messages.success(request, "Đã ghi việc thông báo.")
    return redirect("approvals:data_incident", pk)


@require_POST
def data_incident_close(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.DECIDE_DATA_REQUEST, WHO_KEEPS)
    found = get_incident(request.user, pk)
    try:
        close_incident(found, conclusion=request.POST.get("text", ""), by=request.user)
    except DataRefused as refusal:
        status = 409 if isinstance(refusal, DataOutdated) else 422
        fresh = NoticeForm(initial=first_notice())
        return _show(request, get_incident(request.user, pk), fresh, error=refusal.message, status=status)
    messages.success(request, "Đã kết thúc sự cố.")
    return redirect("approvals:data_incident", pk)


def _show(
    request: SignedInRequest, found: DataIncident, form: NoticeForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    acts = acts_for(found, request.user)
    word, kind = _clock_of(found)
    context = {
        "found": found,
        "form": form,
        "moved": found.history.exclude(history_change_reason=None)
        .exclude(history_change_reason="")
        .select_related("history_user")
        .order_by("history_id"),
        "word": word,
        "kind": kind,
        "notify_by": notify_by(found.discovered_at),
        "first_report_by": found.discovered_at + FIRST_REPORT_WITHIN,
        "first_report_article": FIRST_REPORT_ARTICLE,
        "article": INCIDENT_ARTICLE,
        "form_name": INCIDENT_FORM,
        "may_notify": IncidentAct.NOTIFY in acts,
        "may_close": IncidentAct.CLOSE in acts,
        "may_edit": found.state != IncidentState.CLOSED
        and permissions.may(request.user, Action.KEEP_DATA_PROTECTION),
        "error": error,
        "typed": request.POST.get("text", ""),
    }
    return render(request, "approvals/data_incident.html", context, status=status)
