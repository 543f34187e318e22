"""Buttons of a print and of a batch: «Huỷ in», «In tiếp»."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports import print_control
from reports.batch_views import get_batch
from reports.print_attempts import Printed
from reports.print_control import require_control
from reports.print_jobs import AlreadyUnderWay, BookRefused
from reports.print_views import get_print
from reports.printed_files import page_of

CANCELLED = "Đã huỷ. Những trang đã vẽ được giữ lại: bấm «In tiếp» khi cần."
RESUMED = "Đã đưa vào hàng chờ in tiếp: chỉ vẽ những trang còn thiếu."


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    return _cancel(request, get_print(request.user, pk))


@require_POST
def cancel_all(request: SignedInRequest, pk: int) -> HttpResponse:
    return _cancel(request, get_batch(request.user, pk))


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    return _resume(request, get_print(request.user, pk))


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def resume_all(request: SignedInRequest, pk: int) -> HttpResponse:
    return _resume(request, get_batch(request.user, pk))


def _cancel(request: SignedInRequest, row: Printed) -> HttpResponse:
    _say(request, lambda: print_control.cancel(row, by=request.user), CANCELLED)
    return redirect(page_of(row))


def _resume(request: SignedInRequest, row: Printed) -> HttpResponse:
    require_control(row, request.user)
    require_password(request, f"In tiếp: {row.title}.", lasting=Lasting.EXPORTS)
    if _say(request, lambda: print_control.resume(row, by=request.user), RESUMED):
        kind = AccessLogEntry.Kind.PRINT_ASKED
        log_access(request, kind, target=row.title, target_path=page_of(row), detail="In tiếp")
    return redirect(page_of(row))


def _say(request: SignedInRequest, act: Callable[[], None], done: str) -> bool:
    """Does it and says so; False where it was refused, which is said instead."""
    try:
        act()
    except AlreadyUnderWay as told:
        messages.info(request, told.message)
        return False
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, done)
    return True
