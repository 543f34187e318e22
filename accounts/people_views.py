"""The clerk's pages of accounts: the list, one account, slips, opening again (PLAN IV.3; rule R60)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.account_keepers import require_keeper
from accounts.account_life import AccountRefused, reopen_account
from accounts.account_state import State, is_activated
from accounts.activation import Slip, SlipsRefused, latest_slip, make_slips
from accounts.confirmation import Lasting, password_asked
from accounts.idle_lock import administrative
from accounts.lockout import release_lock
from accounts.models import User
from accounts.people_page import read_account, read_accounts
from accounts.powers import Action
from accounts.requests import SignedInRequest
from accounts.second_factor import reset_second_factor

PER_PAGE = 50
MOST_SLIPS = 200


class AccountFilter(forms.Form):
    """Which accounts to show."""

    search = forms.CharField(label="Tìm theo tên, tên đăng nhập, mã cán bộ", required=False, max_length=100)
    state = forms.ChoiceField(
        label="Trạng thái",
        required=False,
        choices=[("", "Tất cả"), *((state.value, state.label) for state in State)],
    )

    def value(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Lí do",
        max_length=200,
        error_messages={"required": "Chưa ghi lí do. Ghi vì sao, để sau này tra lại được."},
    )


@administrative
@never_cache
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Every account with its state; those that may get a slip can be ticked for printing."""
    permissions.require(request.user, Action.SEE_ACCOUNTS)
    filters = AccountFilter(request.GET)
    lines = read_accounts(request.user, search=filters.value("search"), state=filters.value("state"))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "ticks": any(line.may_slip for line in page.object_list),
        "may_create": permissions.may(request.user, Action.CREATE_ACCOUNTS),
    }
    return render(request, "accounts/people.html", context)


def _get_person(request: SignedInRequest, pk: int) -> User:
    permissions.require(request.user, Action.SEE_ACCOUNTS)
    return get_object_or_404(User.objects.select_related("team"), pk=pk)


@administrative
@never_cache
@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    account = read_account(request.user, _get_person(request, pk))
    return render(request, "accounts/person.html", {"account": account})


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked(
    "Cấp phiếu kích hoạt mới: mật khẩu cũ của người đó hết hiệu lực.",
    of=Action.SEE_ACCOUNTS,
    lasting=Lasting.ACCOUNTS,
)
def new_slip(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a new slip does; posted, the slip itself, shown this once."""
    found = _get_person(request, pk)
    require_keeper(request.user, found)
    if request.method == "POST":
        try:
            return show_slips(request, make_slips([found], seen=shown_slip(request), by=request.user))
        except SlipsRefused as refusal:
            messages.error(request, str(refusal))
            return _show_new_slip(request, found, status=409)
    return _show_new_slip(request, found)


def _show_new_slip(request: SignedInRequest, found: User, status: int = 200) -> HttpResponse:
    account = read_account(request.user, found)
    return render(request, "accounts/new_slip.html", {"account": account}, status=status)


@administrative
@never_cache
@require_POST
@password_asked("Cấp phiếu kích hoạt cho nhiều người.", of=Action.KEEP_ACCOUNT, lasting=Lasting.ACCOUNTS)
def slips(request: SignedInRequest) -> HttpResponse:
    """First slips for the ticked accounts of the list; an account in use is reset on its own page."""
    ticked = [int(pk) for pk in request.POST.getlist("person") if pk.isascii() and pk.isdigit()][:MOST_SLIPS]
    chosen = list(User.objects.filter(pk__in=ticked))
    if any(map(is_activated, chosen)):
        messages.error(
            request, "Có tài khoản đang dùng trong số đã chọn. Đặt lại mật khẩu ở trang của từng người."
        )
        return redirect("accounts:people")
    if not chosen:
        messages.error(request, "Chưa chọn tài khoản nào. Đánh dấu các tài khoản cần phiếu rồi bấm lại.")
        return redirect("accounts:people")
    try:
        made = make_slips(chosen, seen=latest_slip(chosen), by=request.user)
    except SlipsRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:people")
    return show_slips(request, made)


def show_slips(request: HttpRequest, made: list[Slip], **more: Any) -> HttpResponse:
    """The page to print; the codes on it exist nowhere else."""
    context = {"slips": made, "address": request.build_absolute_uri("/").rstrip("/"), **more}
    return render(request, "accounts/slips.html", context)


def shown_slip(request: SignedInRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else -1


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Mở khoá tạm cho một tài khoản.", of=Action.SEE_ACCOUNTS, lasting=Lasting.ACCOUNTS)
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends the lock that too many wrong passwords began."""
    found = _get_person(request, pk)
    require_keeper(request.user, found)
    if request.method == "POST":
        if release_lock(found, by=request.user):
            messages.success(request, f"Đã mở khoá tạm cho {found.full_name}.")
        return redirect("accounts:person", found.pk)
    return render(request, "accounts/release.html", {"account": read_account(request.user, found)})


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked(
    "Đặt lại xác thực hai lớp của một tài khoản.", of=Action.SEE_ACCOUNTS, lasting=Lasting.ACCOUNTS
)
def second_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes the second factor away from somebody who has lost the telephone."""
    found = _get_person(request, pk)
    require_keeper(request.user, found)
    if request.method == "POST":
        if found.second_factor_since:
            reset_second_factor(found, by=request.user)
            messages.success(request, f"Đã đặt lại xác thực hai lớp của {found.full_name}.")
        return redirect("accounts:person", found.pk)
    return render(
        request, "accounts/second_factor_reset.html", {"account": read_account(request.user, found)}
    )


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Mở lại một tài khoản.", of=Action.SEE_ACCOUNTS, lasting=Lasting.ACCOUNTS)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opens a closed or suspended account again, with a reason."""
    found = _get_person(request, pk)
    require_keeper(request.user, found)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_account(found, reason=form.cleaned_data["reason"], by=request.user)
        except AccountRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã mở lại tài khoản của {found.full_name}.")
        return redirect("accounts:person", found.pk)
    context = {"account": read_account(request.user, found), "form": form}
    return render(request, "accounts/reopen.html", context, status=422 if form.is_bound else 200)
