"""The vice-principal takes in the year's assignments by Excel: dry run, then all or nothing (PLAN III.1, IV.2; R85)."""

import datetime
import io

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import require_password
from accounts.file_answers import file_to_save
from accounts.idle_lock import administrative
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from accounts.terms import TermRefused
from gradebook.assignment_files import write_assignments
from gradebook.assignment_forms import AssignmentListForm, assignment_problems, open_years
from gradebook.assignment_lists import WHO_ASSIGNS, ListRefused, carry_out_assignments
from gradebook.assignment_plan import AssignmentPlan, plan_assignments
from gradebook.sealed_previews import PreviewLost, seal_staff, unseal_staff
from students.models import SchoolYear

PURPOSE = "assignment_upload"
FILES = {"present": "phan-cong", "blank": "mau-phan-cong"}


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("assignment_upload", times=60, minutes=10, what="nạp phân công", methods=("POST",))
def assignment_upload(request: SignedInRequest) -> HttpResponse:
    """Which file; posted with a file its dry run, posted with what the dry run showed it is carried out."""
    permissions.require(request.user, Action.ASSIGN, WHO_ASSIGNS)
    if request.method != "POST":
        return _show(request, _new_form())
    return _apply(request) if "wanted" in request.POST else _preview(request)


@require_safe
@limited("assignment_file", times=30, minutes=10, what="tải bảng phân công")
def assignment_file(request: SignedInRequest, year: int, kind: str) -> FileResponse:
    """The year's assignments as a workbook that uploads back: as they stand, or to be filled in."""
    permissions.require(request.user, Action.ASSIGN, WHO_ASSIGNS)
    if kind not in FILES:
        raise Http404("Không có tệp này.")
    found = get_object_or_404(SchoolYear, pk=year)
    name = f"{FILES[kind]}-{found.year}-{found.year + 1}.xlsx"
    day = found.day_for_roster()
    content = write_assignments(found, day, is_blank=kind == "blank", by=request.user)
    log_access(
        request,
        AccessLogEntry.Kind.DOWNLOADED,
        target=f"Phân công năm học {found.label}",
        detail=name,
    )
    return file_to_save(io.BytesIO(content), name, XLSX)


def _new_form() -> AssignmentListForm:
    year = SchoolYear.objects.current()
    return AssignmentListForm(
        initial={"year": year, "starts_on": max(today(), year.starts_on) if year else None}
    )


def _show(
    request: SignedInRequest,
    form: AssignmentListForm,
    *,
    plan: AssignmentPlan | None = None,
    token: str = "",
    year: SchoolYear | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "plan": plan, "token": token, "year": year, "years": open_years()}
    return render(request, "gradebook/assignment_upload.html", context, status=status)


def _preview(request: SignedInRequest) -> HttpResponse:
    form = AssignmentListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    chosen = form.cleaned_data
    year, day, rows = chosen["year"], chosen["starts_on"], form.staff.rows
    plan = plan_assignments(rows, assignment_problems(form.staff), year=year, day=day, by=request.user)
    again = AssignmentListForm(initial={name: chosen[name] for name in ("year", "starts_on", "reason")})
    if plan.error_count or not plan.changes_anything:
        return _show(request, again, plan=plan, year=year, status=422 if plan.error_count else 200)
    more = {"year": year.pk, "day": day.isoformat(), "reason": chosen["reason"]}
    token = seal_staff(rows, purpose=PURPOSE, by=request.user, **more)
    return _show(request, again, plan=plan, year=year, token=token)


def _apply(request: SignedInRequest) -> HttpResponse:
    token = request.POST["wanted"]
    try:
        rows, told = unseal_staff(token, purpose=PURPOSE, by=request.user)
    except PreviewLost as lost:
        messages.error(request, str(lost))
        return _show(request, _new_form(), status=422)
    year = get_object_or_404(SchoolYear, pk=told["year"])
    day = datetime.date.fromisoformat(told["day"])
    require_password(request, f"Nạp phân công năm học {year.label}.")
    try:
        done = carry_out_assignments(
            rows,
            year=year,
            day=day,
            reason=told["reason"],
            previewed=request.POST.get("previewed", ""),
            by=request.user,
        )
    except (ListRefused, TermRefused) as refusal:
        messages.error(request, str(refusal))
        plan = plan_assignments(rows, year=year, day=day, by=request.user)
        form = AssignmentListForm(initial={"year": year, "starts_on": day, "reason": told["reason"]})
        return _show(request, form, plan=plan, year=year, token="" if plan.error_count else token, status=409)
    messages.success(
        request,
        f"Đã nạp phân công năm học {year.label}: {done.begun} việc mới, {done.changed} việc đổi người, "
        f"{done.ended} việc kết thúc, {done.moved} người đổi tổ, giữ nguyên {done.kept} việc.",
    )
    return redirect(reverse("gradebook:class_staff"))
