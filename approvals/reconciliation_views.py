"""The monthly check of the data: rounds, answers, the clerk's report."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.inspection_forms import WordsField, day_field
from approvals.models import ReconciliationReply, ReconciliationRound
from approvals.reconciliation_pages import (
    get_reply,
    get_round,
    read_monthly_report,
    read_own,
    read_reply,
    read_round,
    read_rounds,
)
from approvals.reconciliation_workflow import ReplyAct
from approvals.reconciliations import (
    WHO_KEEPS,
    ReconciliationOutdated,
    ReconciliationRefused,
    answer,
    ask_again,
    close_round,
    free_months,
    is_own,
    mark_read,
    mark_resolution_read,
    open_round,
    resolve,
)
from students.models import SchoolYear
from students.years import NoYearYet

ANSWER_DAYS = 5
DONE = {
    ReplyAct.CONFIRM: "Đã xác nhận. Số liệu lúc xác nhận được giữ nguyên.",
    ReplyAct.REPORT: "Đã báo sai khác. Văn thư xem và trả lời.",
    ReplyAct.RESOLVE: "Đã ghi cách giải quyết.",
    ReplyAct.ASK_AGAIN: "Đã hỏi lại. Giáo viên thấy ở trang «Việc của tôi».",
}


class RoundForm(forms.Form):
    """Which month is checked, and until when it is answered."""

    month = forms.ChoiceField(
        label="Tháng",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Tháng này đã có đợt đối chiếu, hoặc chưa tới. Chọn tháng khác."
        ),
    )
    due_on = day_field("Hạn trả lời")
    note = WordsField(label="Ghi chú cho giáo viên", rows=3, most=1000, required=False)

    def __init__(self, *args: Any, months: list[datetime.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.isoformat(), f"{each:%m/%Y}") for each in months]
        self.fields["month"].choices = choices  # type: ignore[attr-defined]


@require_safe
def round_list(request: SignedInRequest) -> HttpResponse:
    """The rounds, for whoever sees them all; and the person's own answers."""
    sees_all = permissions.may(request.user, Action.SEE_MONTHLY_REPORT)
    context = {
        "lines": read_rounds() if sees_all else [],
        "sees_all": sees_all,
        "own": read_own(request.user),
        "may_keep": permissions.may(request.user, Action.KEEP_RECONCILIATION),
    }
    return render(request, "approvals/reconciliations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: SignedInRequest) -> HttpResponse:
    """Opens the check of a month of the current year."""
    permissions.require(request.user, Action.KEEP_RECONCILIATION, WHO_KEEPS)
    year = SchoolYear.objects.current()
    if year is None:
        raise NoYearYet
    months = free_months(year)
    if request.method != "POST":
        initial = {"due_on": clock.today() + datetime.timedelta(days=ANSWER_DAYS)}
        form = RoundForm(initial=initial, months=months)
        return render(request, "approvals/reconciliation_new.html", {"form": form, "months": months})
    form = RoundForm(request.POST, months=months)
    check = _opened(request, year, form) if form.is_valid() else None
    if check is None:
        context = {"form": form, "months": months}
        return render(request, "approvals/reconciliation_new.html", context, status=422)
    messages.success(request, f"Đã mở {check.label}. Giáo viên thấy ở trang «Việc của tôi».")
    return redirect("approvals:reconciliation", check.pk)


def _opened(request: SignedInRequest, year: SchoolYear, form: RoundForm) -> ReconciliationRound | None:
    values = form.cleaned_data
    month = parse_date(values["month"]) or year.starts_on
    try:
        return open_round(year, month, due_on=values["due_on"], note=values["note"], by=request.user)
    except ReconciliationRefused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


@never_cache
@require_safe
def round_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has answered what, and what is left to do."""
    return _show_round(request, get_round(request.user, pk))


def _show_round(
    request: SignedInRequest, check: ReconciliationRound, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": read_round(request.user, check),
        "error": error,
        "typed": request.POST.get("summary", ""),
    }
    return render(request, "approvals/reconciliation.html", context, status=status)


@require_POST
def round_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends the round with the clerk's word. Stale: 409; something missing: 422, nothing typed is lost."""
    check = get_round(request.user, pk)
    try:
        close_round(check, summary=request.POST.get("summary", ""), by=request.user)
    except ReconciliationRefused as refusal:
        found = get_round(request.user, pk)
        return _show_round(request, found, error=refusal.message, status=_status(refusal))
    messages.success(request, "Đã kết thúc đợt đối chiếu. Báo cáo tháng đã gửi Hiệu trưởng.")
    return redirect("approvals:reconciliation_report", pk)


@never_cache
@require_safe
def report_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The clerk's report of the month; the principal's first look at it is noted."""
    check = get_round(request.user, pk)
    mark_read(check, by=request.user)
    context = {"check": check, "sections": read_monthly_report(request.user, check)}
    return render(request, "approvals/reconciliation_report.html", context)


@never_cache
@require_safe
def reply_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The figures of one class or one teacher, to confirm, to correct, to resolve or to read; the clerk's word on a
    difference is read from here on."""
    reply = get_reply(request.user, pk)
    if reply.is_unread and is_own(request.user, reply):
        mark_resolution_read(reply, by=request.user)
    return _show_reply(request, reply)


@require_POST
def reply_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move. Stale: 409; something missing: 422, nothing typed is lost."""
    reply = get_reply(request.user, pk)
    if act not in {each.value for each in DONE}:
        raise Http404(f"Không có việc «{act}».")
    text = request.POST.get("text", "")
    try:
        if act == ReplyAct.RESOLVE:
            resolve(reply, text=text, by=request.user)
        elif act == ReplyAct.ASK_AGAIN:
            ask_again(reply, by=request.user)
        else:
            answer(reply, ReplyAct(act), seen=request.POST.get("seen", ""), text=text, by=request.user)
    except ReconciliationRefused as refusal:
        found = get_reply(request.user, pk)
        return _show_reply(request, found, error=refusal.message, status=_status(refusal))
    messages.success(request, DONE[ReplyAct(act)])
    return redirect("approvals:reconciliation_reply", pk)


def _show_reply(
    request: SignedInRequest, reply: ReconciliationReply, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": read_reply(request.user, reply),
        "error": error,
        "typed": request.POST.get("text", ""),
    }
    return render(request, "approvals/reconciliation_reply.html", context, status=status)


def _status(refusal: ReconciliationRefused) -> int:
    return 409 if isinstance(refusal, ReconciliationOutdated) else 422
