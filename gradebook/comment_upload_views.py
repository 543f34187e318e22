"""A bank of comments to Excel and back: download, dry run of an upload, and taking in what the dry run showed."""

import io
from collections.abc import Sequence
from dataclasses import astuple
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
from gradebook.comment_bank import Entry, Whose, read_bank
from gradebook.comment_files import Read, write_bank
from gradebook.comment_forms import BankFileForm
from gradebook.comment_keeping import WHO_KEEPS, keeping_of
from gradebook.comment_plan import CommentPlan, PlanChanged, plan_bank, take_in_bank
from gradebook.sealed_previews import PreviewLost, seal, unseal

PURPOSE = "comment_upload"
FILES = {"own": "nhan-xet-cua-toi", "school": "nhan-xet-cua-truong", "blank": "mau-nhan-xet"}


@require_safe
@limited("comment_file", times=60, minutes=10, what="tải ngân hàng nhận xét")
def comment_file(request: SignedInRequest, which: str) -> FileResponse:
    """One's own bank, the school's with the shipped comments in use, or the sheets to be filled in."""
    permissions.require(request.user, Action.USE_COMMENTS)
    if which not in FILES:
        raise Http404("Không có tệp này.")
    name = f"{FILES[which]}.xlsx"
    bank = [] if which == "blank" else read_bank(request.user)
    listed = [each for each in bank if (each.whose == Whose.OWN) == (which == "own")]
    log_access(request, AccessLogEntry.Kind.DOWNLOADED, target="Ngân hàng nhận xét", detail=name)
    return file_to_save(io.BytesIO(write_bank(listed)), name, XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("comment_upload", times=60, minutes=10, what="nạp ngân hàng nhận xét", methods=("POST",))
def comment_upload(request: SignedInRequest) -> HttpResponse:
    """Which file; posted with a file its dry run, posted with what the dry run showed it is taken in."""
    permissions.require(request.user, Action.USE_COMMENTS)
    may_keep_school = keeping_of(request.user).is_some
    if request.method != "POST":
        if request.GET.get("whose") == Whose.SCHOOL and not may_keep_school:
            permissions.require(request.user, Action.KEEP_COMMENTS, WHO_KEEPS)
        return _show(request, _new_form(request.GET.get("whose", ""), may_keep_school))
    if "wanted" in request.POST:
        return _apply(request, may_keep_school)
    return _preview(request, may_keep_school)


def _new_form(whose: str, may_keep_school: bool, *, replaces: bool = False) -> BankFileForm:
    chosen = Whose.SCHOOL if whose == Whose.SCHOOL and may_keep_school else Whose.OWN
    return BankFileForm(initial={"whose": chosen, "replaces": replaces}, may_keep_school=may_keep_school)


def _show(request: SignedInRequest, form: BankFileForm, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "gradebook/comment_upload.html", {"form": form, **more}, status=status)


def _preview(request: SignedInRequest, may_keep_school: bool) -> HttpResponse:
    form = BankFileForm(request.POST, request.FILES, may_keep_school=may_keep_school)
    if not form.is_valid():
        return _show(request, form, status=422)
    whose, replaces, read = Whose(form.cleaned_data["whose"]), form.cleaned_data["replaces"], form.read
    if whose == Whose.SCHOOL and not may_keep_school:
        permissions.require(request.user, Action.KEEP_COMMENTS, WHO_KEEPS)
    again = _new_form(whose, may_keep_school, replaces=replaces)
    if read.problems:
        return _show(request, again, status=422, problems=read.problems, passed_over=read.passed_over)
    plan = plan_bank(read.rows, whose=whose, replaces=replaces, by=request.user)
    token = _seal(read.rows, whose, replaces=replaces, by=request.user)
    return _show_plan(request, again, plan, token, passed_over=read.passed_over)


def _show_plan(
    request: SignedInRequest, form: BankFileForm, plan: CommentPlan, token: str, **more: Any
) -> HttpResponse:
    may_apply = bool(plan.steps) and not plan.refused
    status = 422 if plan.refused else 200
    return _show(
        request, form, more.pop("status", status), plan=plan, token=token if may_apply else "", **more
    )


def _apply(request: SignedInRequest, may_keep_school: bool) -> HttpResponse:
    token = request.POST["wanted"]
    try:
        told = unseal(token, purpose=PURPOSE, whose=[request.user.pk])
    except PreviewLost as lost:
        messages.error(request, str(lost))
        return _show(request, _new_form("", may_keep_school), status=422)
    rows, whose, replaces = _rows(told["rows"]), Whose(told["bank"]), told["replaces"]
    previewed = request.POST.get("previewed", "")
    try:
        done = take_in_bank(rows, whose=whose, replaces=replaces, previewed=previewed, by=request.user)
    except PlanChanged as changed:
        messages.error(request, str(changed))
        plan = plan_bank(rows, whose=whose, replaces=replaces, by=request.user)
        form = _new_form(whose, may_keep_school, replaces=replaces)
        return _show_plan(request, form, plan, token, status=409)
    words = "; ".join(f"{deed.label.lower()} {number}" for deed, number in done.counts)
    messages.success(request, f"Đã nạp ngân hàng nhận xét: {words}; giữ nguyên {done.kept}.")
    return redirect("gradebook:comments")


def _seal(rows: Sequence[Read], whose: Whose, *, replaces: bool, by: Any) -> str:
    told = [(*astuple(row.entry), row.sheet, row.row) for row in rows]
    return seal({"rows": told, "bank": whose.value, "replaces": replaces}, purpose=PURPOSE, whose=[by.pk])


def _rows(told: Sequence[Sequence[Any]]) -> list[Read]:
    return [Read(Entry(*row[:5]), row[5], row[6]) for row in told]
