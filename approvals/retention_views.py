"""The retention table, with what is past its time (rule R70)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.data_refusals import DataRefused
from approvals.expired import WHO_REMOVES, count_expired, removable_line, remove_expired
from approvals.models import ExpiredRemoval
from approvals.retention import BY_CODE, RETENTION

WHO_SEES = "Bảng thời hạn lưu mở cho Ban giám hiệu, văn thư."


@never_cache
@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    """The table, and all that was ever removed by it: a few lines a year."""
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    expired = count_expired()
    context = {
        "lines": [(each, expired.get(each.code, 0)) for each in RETENTION],
        "removals": ExpiredRemoval.objects.select_related("removed_by"),
        "today": today(),
        "may_remove": permissions.may(request.user, Action.REMOVE_EXPIRED),
    }
    return render(request, "approvals/retention.html", context)


@require_POST
def retention_remove(request: SignedInRequest, code: str) -> HttpResponse:
    """With the password, which is on record with what it was given for; what is kept is refused before it is asked."""
    permissions.require(request.user, Action.REMOVE_EXPIRED, WHO_REMOVES)
    if code not in BY_CODE:
        raise Http404(f"Bảng thời hạn lưu không có «{code}».")
    try:
        line = removable_line(code)
        require_password(request, f"Xoá phần quá thời hạn lưu: {line.what}. Xoá rồi không lấy lại được.")
        removal = remove_expired(code, by=request.user)
    except DataRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Đã xoá {removal.count} {removal.unit} quá thời hạn lưu.")
    return redirect("approvals:retention")
