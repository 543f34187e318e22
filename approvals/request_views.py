"""Correction requests: listed, proposed from a sheet, shown, and moved along the workflow."""

from collections.abc import Callable, Mapping

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
from approvals import cancellations, consent, corrections, opinions
from approvals.answers_read import mark_read
from approvals.evidence_views import take_files
from approvals.mandates import CorrectionOutdated, CorrectionRefused, check_move
from approvals.models import CorrectionRequest, Evidence
from approvals.reason_codes import codes_about
from approvals.request_list import read_list
from approvals.request_pages import NEXT_STEPS, get_request, read_page
from approvals.workflow import Act, State

DONE = {
    Act.FILE: "Đã gửi phiếu {label}. Phó Hiệu trưởng sẽ xem minh chứng và trả lời.",
    Act.OPINE: "Đã ghi ý kiến về phiếu {label}. Phó Hiệu trưởng thấy ý kiến này khi xét.",
    Act.APPROVE: "Đã phê chuẩn phiếu {label}. {next_step}",
    Act.RETURN: "Đã yêu cầu bổ sung phiếu {label}. Giáo viên thấy nội dung ở trang việc của mình.",
    Act.CONSENT: "Đã đồng ý với phiếu {label}. Văn thư sẽ ghi vào sổ.",
    Act.ASK_CONSENT: "Đã chuyển phiếu {label} để Hiệu trưởng đồng ý.",
    Act.DECLINE: "Đã trả lời không đồng ý với phiếu {label}. Giáo viên thấy lí do ở trang việc của mình.",
    Act.REFUSE: "Đã từ chối phiếu {label}. Giáo viên thấy lí do ở trang việc của mình.",
    Act.APPLY: "Đã thực hiện phiếu {label}: các giá trị phê chuẩn nay đứng trong sổ.",
    Act.CANCEL: "Đã huỷ phiếu {label}. Phiếu vẫn lưu trong danh sách.",
}

# Binding acts: the password is asked each time, and this is said of them.
WITH_PASSWORD = {
    Act.APPROVE: "Phê chuẩn phiếu {label}: văn thư sẽ ghi các giá trị đề nghị vào sổ.",
    Act.CONSENT: "Đồng ý với phiếu {label}: kết quả đã phê duyệt mà phiếu làm thay đổi sẽ được mở lại để xét.",
    Act.DECLINE: "Không đồng ý với phiếu {label}: sổ và kết quả đã phê duyệt giữ nguyên, giáo viên thấy lí do.",
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
    """One request: to finish, to decide, to carry out or to read; for its proposer the answer is read from here on."""
    found = get_request(request.user, pk)
    if found.proposer_id == request.user.pk and found.is_unread:
        mark_read(found, by=request.user)
    cancellations.mark_read(found, by=request.user)
    return show_request(request, found)


def show_request(
    request: SignedInRequest,
    found: CorrectionRequest,
    *,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `errors` by field (code, reason, gap_reason, document, evidence, opinion, note, cancel_note, "" for the
    whole) stand beside what was typed.
    """
    wrong = errors or {}
    context = {
        "page": read_page(request.user, found),
        "errors": wrong,
        "general_errors": wrong.get("", []),
        "codes": codes_about(roll=found.roll_day is not None),
        "code": request.POST.get("code", found.reason_code),
        "reason": request.POST.get("reason", found.reason),
        "gap_reason": request.POST.get("gap_reason", found.gap_reason),
        "document": request.POST.get("document", found.document),
        "opinion": request.POST.get("opinion", ""),
        "note": request.POST.get("note", ""),
        "cancel_note": request.POST.get("cancel_note", ""),
        "may_print": permissions.may(request.user, Action.PRINT_REQUEST, owner_id=found.proposer_id),
        "sees_superseded": permissions.may(request.user, Action.PRINT_PAPERS),
    }
    return render(request, "approvals/request.html", context, status=status)


def _show_refusal(request: SignedInRequest, pk: int, refusal: CorrectionRefused) -> HttpResponse:
    """The page anew, as it stands now: 409 where somebody was faster, 422 where something is missing."""
    status = 409 if isinstance(refusal, CorrectionOutdated) else 422
    found = get_request(request.user, pk)
    return show_request(request, found, errors=refusal.by_field, status=status)


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
    """Takes one file out of a draft, or of a request asked for more; the reason typed so far is kept."""
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
            wrong = _missing(request, found) | wrong
            return show_request(request, get_request(request.user, pk), errors=wrong, status=422)
        done = _carry_out_move(request, found, move)
    except CorrectionRefused as refusal:
        return _show_refusal(request, pk, refusal)
    next_step = NEXT_STEPS[State(done.state)]
    messages.success(request, DONE[move].format(label=done.label, next_step=next_step))
    return redirect("approvals:request", pk)


def _keep_draft(request: SignedInRequest, found: CorrectionRequest) -> dict[str, list[str]]:
    """Before filing: the typed reason and the good files are kept even if another file is refused."""
    corrections.keep_reason(found, **_typed(request), by=request.user)
    refused = take_files(request, found)
    return {"evidence": refused} if refused else {}


def _missing(request: SignedInRequest, found: CorrectionRequest) -> dict[str, list[str]]:
    missing = corrections.missing_to_file(found, **_typed(request))
    return {field: [message] for field, message in missing.items()}


def _typed(request: SignedInRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("code", "reason", "document", "gap_reason")}


def _carry_out_move(request: SignedInRequest, found: CorrectionRequest, move: Act) -> CorrectionRequest:
    by, note = request.user, request.POST.get("note", "")
    acts: Mapping[Act, Callable[[], CorrectionRequest]] = {
        Act.FILE: lambda: corrections.file_request(found, **_typed(request), by=by),
        Act.OPINE: lambda: opinions.give_opinion(found, opinion=request.POST.get("opinion", ""), by=by),
        Act.RETURN: lambda: opinions.ask_for_more(found, note=note, by=by),
        Act.APPROVE: lambda: corrections.decide(found, approve=True, note=note, by=by),
        Act.REFUSE: lambda: corrections.decide(found, approve=False, note=note, by=by),
        Act.CONSENT: lambda: consent.answer(found, consents=True, note=note, by=by),
        Act.DECLINE: lambda: consent.answer(found, consents=False, note=note, by=by),
        Act.ASK_CONSENT: lambda: consent.ask_consent(found, by=by),
        Act.APPLY: lambda: corrections.carry_out(found, by=by),
        Act.CANCEL: lambda: corrections.cancel(found, note=request.POST.get("cancel_note", ""), by=by),
    }
    return acts[move]()
