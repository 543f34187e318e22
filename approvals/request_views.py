"""Correction requests: listed, proposed from a sheet, shown, and moved along the workflow."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from approvals import corrections
from approvals.evidence_views import take_files
from approvals.mandates import CorrectionOutdated, CorrectionRefused, check_move
from approvals.models import CorrectionRequest, Evidence
from approvals.registers import shown_value
from approvals.request_list import read_list
from approvals.request_pages import get_request, read_page
from approvals.workflow import Act
from gradebook.entry import Change
from gradebook.sheet_forms import changes_from_form
from gradebook.sheets import Field, Sheet, get_sheet

DONE = {
    Act.FILE: "Đã gửi phiếu {label}. Phó Hiệu trưởng sẽ xem minh chứng và trả lời.",
    Act.APPROVE: "Đã phê chuẩn phiếu {label}. Văn thư sẽ ghi vào sổ.",
    Act.REFUSE: "Đã từ chối phiếu {label}. Giáo viên thấy lí do ở trang việc của mình.",
    Act.APPLY: "Đã thực hiện phiếu {label}: các giá trị phê chuẩn nay đứng trong sổ.",
    Act.CANCEL: "Đã huỷ phiếu {label}. Phiếu vẫn lưu trong danh sách.",
}

# Binding acts: the password is asked each time, and this is said of them.
WITH_PASSWORD = {
    Act.APPROVE: "Phê chuẩn phiếu {label}: văn thư sẽ ghi các giá trị đề nghị vào sổ.",
    Act.REFUSE: "Từ chối phiếu {label}: sổ giữ nguyên, giáo viên thấy lí do.",
    Act.APPLY: "Thực hiện phiếu {label}: ghi đúng các giá trị đã phê chuẩn vào sổ.",
}


@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """The requests this person may see, newest first."""
    return render(request, "approvals/requests.html", {"list": read_list(request)})


@never_cache
@require_safe
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: to finish, to decide, to carry out or to read."""
    return show_request(request, get_request(request.user, pk))


def show_request(
    request: SignedInRequest,
    found: CorrectionRequest,
    *,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `errors` by field (reason, document, evidence, note, "" for the whole) stand beside what was typed."""
    wrong = errors or {}
    context = {
        "page": read_page(request.user, found),
        "errors": wrong,
        "general_errors": wrong.get("", []),
        "reason": request.POST.get("reason", found.reason),
        "document": request.POST.get("document", found.document),
        "note": request.POST.get("note", ""),
        "may_print": permissions.may(request.user, Action.PRINT_PAPERS),
    }
    return render(request, "approvals/request.html", context, status=status)


def _show_refusal(request: SignedInRequest, pk: int, refusal: CorrectionRefused) -> HttpResponse:
    """The page anew, as it stands now: 409 where somebody was faster, 422 where something is missing."""
    status = 409 if isinstance(refusal, CorrectionOutdated) else 422
    found = get_request(request.user, pk)
    return show_request(request, found, errors={refusal.field: [refusal.message]}, status=status)


@require_POST
@limited("attach", times=100, minutes=10, what="gửi minh chứng", methods=("POST",))
def attach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Adds the chosen files to a draft and keeps the reason typed so far; refused files are named, others kept."""
    found = get_request(request.user, pk)
    try:
        wrong = _keep_draft(request, found)
    except CorrectionRefused as refusal:
        return _show_refusal(request, pk, refusal)
    if wrong:
        return show_request(request, get_request(request.user, pk), errors=wrong, status=422)
    messages.success(request, "Đã lưu lí do và các tệp minh chứng. Phiếu còn là bản nháp, chưa gửi.")
    return redirect("approvals:request", pk)


@require_POST
def detach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes one file out of a draft; the reason typed so far is kept."""
    evidence = get_object_or_404(Evidence, pk=pk)
    found = get_request(request.user, evidence.request_id)
    try:
        corrections.keep_reason(found, **_typed(request), by=request.user)
        corrections.detach(evidence, by=request.user)
    except CorrectionRefused as refusal:
        return _show_refusal(request, found.pk, refusal)
    messages.success(request, f"Đã bỏ tệp «{evidence.name}» khỏi phiếu.")
    return redirect("approvals:request", found.pk)


@require_POST
def request_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move of the workflow. Stale: 409 with the state it has now; something missing: 422 at its field."""
    found = get_request(request.user, pk)
    if act not in set(Act):
        raise Http404(f"Không có việc «{act}».")
    move = Act(act)
    try:
        # Who may not, or comes too late, is told so and not asked for a password first.
        check_move(found, move, request.user)
        if move in WITH_PASSWORD:
            require_password(request, WITH_PASSWORD[move].format(label=found.label))
        if move == Act.FILE and (wrong := _keep_draft(request, found)):
            return show_request(request, get_request(request.user, pk), errors=wrong, status=422)
        done = _carry_out_move(request, found, move)
    except CorrectionRefused as refusal:
        return _show_refusal(request, pk, refusal)
    messages.success(request, DONE[move].format(label=done.label))
    return redirect("approvals:request", pk)


def _keep_draft(request: SignedInRequest, found: CorrectionRequest) -> dict[str, list[str]]:
    """Before filing: the typed reason and the good files are kept even if another file is refused."""
    corrections.keep_reason(found, **_typed(request), by=request.user)
    refused = take_files(request, found)
    return {"evidence": refused} if refused else {}


def _typed(request: SignedInRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("reason", "document")}


def _carry_out_move(request: SignedInRequest, found: CorrectionRequest, move: Act) -> CorrectionRequest:
    by, note = request.user, request.POST.get("note", "")
    match move:
        case Act.FILE:
            return corrections.file_request(found, **_typed(request), by=by)
        case Act.APPROVE | Act.REFUSE:
            return corrections.decide(found, approve=move == Act.APPROVE, note=note, by=by)
        case Act.APPLY:
            return corrections.carry_out(found, by=by)
        case Act.CANCEL:
            return corrections.cancel(found, by=by)


# -- From a sheet to a draft -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypedCell:
    """A cell as somebody would have it, on the page that says why no draft was made of it."""

    name: str
    version_name: str
    version: int
    student: str
    label: str
    is_long: bool
    stored: str
    value: str
    message: str


@require_POST
def propose(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """The cells typed on the sheet become a draft. Refused: a page with each typed cell and its reason."""
    sheet = get_sheet(request.user, class_id, code, period)
    permissions.require(
        request.user,
        Action.PROPOSE_CORRECTION,
        f"Chỉ giáo viên được phân công mới đề nghị sửa được sổ {sheet.ref.title}.",
        school_class=sheet.ref.school_class,
        line=sheet.ref.line,
    )
    changes = changes_from_form(sheet, request.POST)
    try:
        draft = corrections.propose(sheet.ref, changes, by=request.user)
    except CorrectionRefused as refusal:
        context = {
            "ref": sheet.ref,
            "message": refusal.message,
            "is_open": sheet.lock.is_open,
            "lock_sentence": sheet.lock.sentence,
            "cells": _typed_cells(sheet, changes, refusal),
        }
        return render(request, "approvals/propose.html", context, status=409 if sheet.lock.is_open else 422)
    messages.success(
        request, f"Đã lập phiếu {draft.label} (bản nháp). Ghi lí do, kèm minh chứng rồi gửi phiếu."
    )
    return redirect("approvals:request", draft.pk)


def _typed_cells(sheet: Sheet, changes: list[Change], refusal: CorrectionRefused) -> list[TypedCell]:
    wanted = {(change.student_id, change.item, change.field): change for change in changes}
    why = {
        (each.change.student_id, each.change.item, each.change.field): each.message
        for each in (refusal.report.refused if refusal.report else [])
    }
    return [
        TypedCell(
            name=f"c.{row.student.pk}.{cell.column.item}.{cell.column.field}",
            version_name=f"v.{row.student.pk}.{cell.column.item}",
            version=cell.version,
            student=row.student.full_name,
            label=cell.column.label,
            is_long=cell.column.field in (Field.COMMENT, Field.REPEAT),
            stored=shown_value(cell.column.field, cell.value),
            value=wanted[key].value,
            message=why.get(key, ""),
        )
        for row in sheet.rows
        for cell in row.entry_cells(sheet.ref)
        if (key := (row.student.pk, cell.column.item, cell.column.field.value)) in wanted
    ]
