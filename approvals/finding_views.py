"""A finding: shown, asked about, answered, concluded."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.confirmation import require_password
from accounts.requests import SignedInRequest
from approvals.finding_pages import get_finding, read_finding
from approvals.findings import answer, ask, check_heard, conclude, mark_read, require_part, waive
from approvals.inspection_forms import answer_day
from approvals.inspection_workflow import FindingAct, Verdict
from approvals.inspections import InspectionOutdated, InspectionRefused
from approvals.models import Finding

DONE = {
    FindingAct.ASK: "Đã yêu cầu giải trình. Giáo viên thấy ở trang «Việc của tôi».",
    FindingAct.ANSWER: "Đã gửi giải trình. Người kiểm tra xem rồi kết luận.",
    FindingAct.CLOSE: "Đã kết luận nội dung này. Giáo viên phụ trách sổ thấy ở trang «Việc của tôi».",
    FindingAct.WAIVE: "Đã thôi yêu cầu lập phiếu sửa. Việc ở trang «Việc của tôi» của giáo viên đã hết.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form, to be shown again."""

    act: str = ""
    text: str = ""
    due_on: str = ""
    verdict: str = ""
    together: bool = False


@never_cache
@require_safe
def finding_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding; for the teacher concerned its conclusion is read from here on."""
    finding = get_finding(request.user, pk)
    if request.method == "GET":
        mark_read(finding, by=request.user)
    return _show(request, finding)


@require_POST
def finding_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move. Stale: 409; something missing: 422, nothing typed is lost."""
    finding = get_finding(request.user, pk)
    if act not in set(FindingAct):
        raise Http404(f"Không có việc «{act}».")
    require_part(finding, FindingAct(act), request.user)
    posted = request.POST
    typed = Typed(
        act,
        posted.get("text", ""),
        posted.get("due_on", ""),
        posted.get("verdict", ""),
        "together" in posted,
    )
    try:
        _ACTS[FindingAct(act)](request, finding, typed)
    except InspectionRefused as refusal:
        status = 409 if isinstance(refusal, InspectionOutdated) else 422
        return _show(request, get_finding(request.user, pk), typed, refusal.message, status)
    messages.success(request, DONE[FindingAct(act)])
    return redirect("approvals:finding", pk)


def _ask(request: SignedInRequest, finding: Finding, typed: Typed) -> None:
    try:
        due_on = parse_date(typed.due_on)
    except ValueError:
        due_on = None
    if due_on is None:
        raise InspectionRefused("Hạn giải trình chưa đúng. Chọn một ngày.", "due_on")
    ask(finding, due_on=due_on, text=typed.text, together=typed.together, by=request.user)


def _answer(request: SignedInRequest, finding: Finding, typed: Typed) -> None:
    answer(finding, text=typed.text, together=typed.together, by=request.user)


def _conclude(request: SignedInRequest, finding: Finding, typed: Typed) -> None:
    if typed.verdict not in set(Verdict):
        raise InspectionRefused("Chưa chọn kết luận. Chọn một trong bốn mức.", "verdict")
    verdict = Verdict(typed.verdict)
    if verdict == Verdict.VIOLATION:
        # Who comes too early is told so and not asked for a password first.
        check_heard(finding, verdict)
        require_password(request, _blamed(finding))
    conclude(finding, verdict=verdict, text=typed.text, together=typed.together, by=request.user)


def _waive(request: SignedInRequest, finding: Finding, typed: Typed) -> None:
    waive(finding, text=typed.text, by=request.user)


def _blamed(finding: Finding) -> str:
    who = f" {finding.responsible.full_name}" if finding.responsible else ""
    return (
        f"Kết luận{who} vi phạm quy định, nội dung số {finding.number} của {finding.inspection.label}: người ấy đọc "
        "kết luận này, Hiệu trưởng xem xét xử lí. Kết luận rồi không sửa được."
    )


_ACTS = {
    FindingAct.ASK: _ask,
    FindingAct.ANSWER: _answer,
    FindingAct.CLOSE: _conclude,
    FindingAct.WAIVE: _waive,
}


def _show(
    request: SignedInRequest, finding: Finding, typed: Typed | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": read_finding(request.user, finding),
        "error": error,
        "typed": typed or Typed(due_on=answer_day().isoformat()),
        "verdicts": list(Verdict),
    }
    return render(request, "approvals/finding.html", context, status=status)
