"""The vice-principal's pages of the administrator account: its password, and what was done with it (rule R61)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.activation import SlipsRefused
from accounts.admin_account import (
    WHO_SUPERVISES,
    mark_as_seen,
    read_admin_accounts,
    rotate_password,
    rotations,
)
from accounts.admin_log import kind_choices, line_of, lines
from accounts.confirmation import Lasting, password_asked
from accounts.day_fields import DayInput
from accounts.idle_lock import administrative
from accounts.models import SupervisionMark, User
from accounts.people_views import show_slips, shown_slip
from accounts.powers import Action
from accounts.requests import SignedInRequest

PER_PAGE = 50


@administrative
@never_cache
@require_safe
def admin_account(request: SignedInRequest) -> HttpResponse:
    """Whether the password must be changed and why; the changes so far."""
    permissions.require(request.user, Action.SUPERVISE_CLERK, WHO_SUPERVISES)
    page = Paginator(rotations(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/admin_account.html", {"accounts": read_admin_accounts(), "page": page})


@administrative
@never_cache
@require_POST
@password_asked(
    "Đổi mật khẩu tài khoản quản trị.",
    of=Action.SUPERVISE_CLERK,
    why=WHO_SUPERVISES,
    lasting=Lasting.ACCOUNTS,
)
def rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """The old password is void; the answer is the slip for the clerk, shown this once."""
    holder = get_object_or_404(User, pk=pk)
    try:
        slip = rotate_password(holder, seen=shown_slip(request), by=request.user)
    except SlipsRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:admin_account")
    return show_slips(request, [slip], back="accounts:admin_account")


class LogFilter(forms.Form):
    """Which acts to show."""

    day = forms.DateField(label="Ngày", required=False, widget=DayInput())
    kind = forms.ChoiceField(label="Việc", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Mọi việc"), *kind_choices()]  # type: ignore[attr-defined]

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or None


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admin_log(request: SignedInRequest) -> HttpResponse:
    """The clerk's acts, newest first; posted, the vice-principal notes up to where she has looked."""
    permissions.require(request.user, Action.SUPERVISE_CLERK, WHO_SUPERVISES)
    if request.method == "POST":
        return _mark(request)
    filters = LogFilter(request.GET)
    rows = lines(day=filters.value("day"), kind=filters.value("kind") or "")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    mark = SupervisionMark.objects.select_related("by").first()
    found = [line_of(row) for row in page.object_list]
    context = {
        "filters": filters,
        "page": page,
        "lines": found,
        "mark": mark,
        "seen_to": mark.seen_to if mark else None,
        "newest": max((line.at for line in found), default=None),
    }
    return render(request, "accounts/admin_log.html", context)


def _mark(request: SignedInRequest) -> HttpResponse:
    try:
        moment = parse_datetime(request.POST.get("seen_to", ""))
    except ValueError:
        moment = None
    if moment is None or not is_aware(moment):
        messages.error(request, "Chưa rõ đã xem đến đâu. Mở lại trang nhật kí rồi bấm lại.")
    else:
        mark_as_seen(seen_to=moment, by=request.user)
        messages.success(request, "Đã ghi: thầy cô đã xem nhật kí quản trị đến đây.")
    return redirect("accounts:admin_log")
