"""Years before Thông tư 27/2020 of many pupils by Excel: the template, the dry run, and taking in what it showed."""

import io
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from gradebook.old_year_files import write_template
from gradebook.old_year_forms import YearsFileForm
from gradebook.old_year_intake import whose_years
from gradebook.old_years import (
    WHO_KEEPS,
    Deed,
    OldYearChanged,
    OldYearRefused,
    Plan,
    Wanted,
    plan,
    take_in_old_years,
)
from gradebook.regulation import GRADES
from gradebook.regulation_2016 import OldResult, OldYear
from gradebook.sealed_previews import PreviewLost, seal, unseal
from students.models import Student

PURPOSE = "old_year_upload"
_NUMBERS = ("weight_kg", "absent_with_leave", "absent_without_leave")


@require_safe
@limited("old_year_file", times=60, minutes=10, what="tải mẫu")
def old_year_file(request: SignedInRequest, grade: int) -> FileResponse:
    """The template of a grade."""
    permissions.require(request.user, Action.KEEP_OLD_YEARS, WHO_KEEPS)
    if grade not in GRADES:
        raise Http404("Không có khối lớp này ở cấp tiểu học.")
    name = f"mau-nam-hoc-truoc-thong-tu-27-khoi-{grade}.xlsx"
    log_access(request, AccessLogEntry.Kind.DOWNLOADED, target="Mẫu năm học trước Thông tư 27", detail=name)
    return file_to_save(io.BytesIO(write_template(grade, by=request.user)), name, XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("old_year_upload", times=60, minutes=10, what="nạp năm học trước Thông tư 27", methods=("POST",))
def old_year_upload(request: SignedInRequest) -> HttpResponse:
    """Which file; posted with a file its dry run, posted with what the dry run showed it is taken in."""
    permissions.require(request.user, Action.KEEP_OLD_YEARS, WHO_KEEPS)
    if request.method != "POST":
        return _show(request, YearsFileForm())
    return _apply(request) if "wanted" in request.POST else _preview(request)


def _show(request: SignedInRequest, form: YearsFileForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "grades": GRADES, **more}
    return render(request, "gradebook/old_year_upload.html", context, status=status)


def _preview(request: SignedInRequest) -> HttpResponse:
    form = YearsFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    read = form.read
    wanted, unknown = whose_years(read.rows)
    problems = sorted([*read.problems, *unknown], key=lambda each: (each.sheet, each.row))
    if problems:
        return _show(request, YearsFileForm(), 422, problems=problems, passed_over=read.passed_over)
    return _show_plan(request, wanted, plan(wanted), passed_over=read.passed_over)


def _show_plan(request: SignedInRequest, wanted: Sequence[Wanted], found: Plan, **more: Any) -> HttpResponse:
    token = _seal(wanted, by=request.user) if found.writes else ""
    status = more.pop("status", 422 if found.refused else 200)
    return _show(
        request,
        YearsFileForm(),
        status,
        plan=found,
        token=token,
        counts=[(deed, len(found.of(deed))) for deed in Deed if found.of(deed)],
        needs_reason=bool(found.of(Deed.CORRECTED)),
        **more,
    )


def _apply(request: SignedInRequest) -> HttpResponse:
    try:
        told = unseal(request.POST["wanted"], purpose=PURPOSE, whose=[request.user.pk])
    except PreviewLost as lost:
        messages.error(request, str(lost))
        return _show(request, YearsFileForm(), status=422)
    wanted = _unsealed(told["pages"])
    reason, previewed = request.POST.get("reason", ""), request.POST.get("previewed", "")
    try:
        done = take_in_old_years(wanted, previewed=previewed, reason=reason, by=request.user)
    except OldYearChanged as changed:
        messages.error(request, str(changed))
        return _show_plan(request, wanted, plan(wanted), status=409, reason=reason)
    except OldYearRefused as refusal:
        return _show_plan(
            request, wanted, plan(wanted), status=422, reason=reason, reason_problem=str(refusal)
        )
    new, corrected = len(done.of(Deed.NEW)), len(done.of(Deed.CORRECTED))
    kept = len(done.of(Deed.SAME))
    messages.success(
        request,
        f"Đã nạp: ghi mới {new} năm học, sửa {corrected}, giữ nguyên {kept}. Học bạ in có các trang này.",
    )
    return redirect("gradebook:old_year_upload")


def _seal(wanted: Sequence[Wanted], *, by: Any) -> str:
    """JSON knows no decimals: they go as text."""
    pages = []
    for each in wanted:
        told = asdict(each.told)
        told |= {name: None if told[name] is None else str(told[name]) for name in _NUMBERS}
        pages.append([each.student.pk, told])
    return seal({"pages": pages}, purpose=PURPOSE, whose=[by.pk])


def _unsealed(pages: Sequence[tuple[int, dict[str, Any]]]) -> list[Wanted]:
    """One statement."""
    students = Student.objects.in_bulk([pk for pk, _told in pages])
    return [Wanted(students[pk], _page(told)) for pk, told in pages if pk in students]


def _page(told: dict[str, Any]) -> OldYear:
    numbers = {name: None if told[name] is None else Decimal(told[name]) for name in _NUMBERS}
    lines = {code: OldResult(**result) for code, result in told["lines"].items()}
    return OldYear(**{**told, **numbers, "lines": lines})
