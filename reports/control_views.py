"""Buttons of a print and of a batch: «Huỷ in», «In tiếp»."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.batch_views import get_batch, log_batch
from reports.print_control import cancel_batch, cancel_print, require_control, resume_batch, resume_print
from reports.print_jobs import WHO_PRINTS, BookRefused
from reports.print_views import get_print

CANCELLED = "Đã huỷ. Những trang đã vẽ được giữ lại: bấm «In tiếp» khi cần."
RESUMED = "Đã đưa vào hàng chờ in tiếp: chỉ vẽ những trang còn thiếu."


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    job = get_print(request.user, pk)
    _say(request, lambda: cancel_print(job, by=request.user), CANCELLED)
    return redirect("reports:print_job", pk)


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    job = get_print(request.user, pk)
    require_control(job, request.user)
    require_password(request, f"In tiếp: {job.title}.", lasting=Lasting.EXPORTS)
    if _say(request, lambda: resume_print(job, by=request.user), RESUMED):
        page = reverse("reports:print_job", args=[pk])
        kind = AccessLogEntry.Kind.PRINT_ASKED
        log_access(request, kind, target=job.title, target_path=page, detail="In tiếp")
    return redirect("reports:print_job", pk)


@require_POST
def cancel_all(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = get_batch(request.user, pk)
    _say(request, lambda: cancel_batch(batch, by=request.user), CANCELLED)
    return redirect("reports:batch", pk)


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def resume_all(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = get_batch(request.user, pk)
    permissions.require(request.user, Action.PRINT_BOOKS, WHO_PRINTS)
    require_password(request, f"In tiếp: {batch.title}.", lasting=Lasting.EXPORTS)
    if _say(request, lambda: resume_batch(batch, by=request.user), RESUMED):
        log_batch(request, AccessLogEntry.Kind.PRINT_ASKED, batch, detail="In tiếp")
    return redirect("reports:batch", pk)


def _say(request: SignedInRequest, act: Callable[[], None], done: str) -> bool:
    """Does it and says so; False where it was refused, which is said instead."""
    try:
        act()
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, done)
    return True
