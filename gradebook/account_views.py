"""The clerk makes accounts: one by a form, many by the school's staff list (PLAN IV.3; rules R60, R85)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.account_life import WHO_CREATES, AccountRefused, create_account
from accounts.confirmation import Lasting, password_asked, require_password
from accounts.idle_lock import administrative
from accounts.people_views import show_slips
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.account_forms import AccountForm, StaffListForm, account_problems
from gradebook.account_lists import AccountPlan, ListRefused, carry_out_accounts, plan_accounts
from gradebook.sealed_previews import PreviewLost, seal_staff, unseal_staff
from students.staff_files import StaffRow

PURPOSE = "account_upload"


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Cấp tài khoản mới.", of=Action.CREATE_ACCOUNTS, why=WHO_CREATES, lasting=Lasting.ACCOUNTS)
def account_new(request: SignedInRequest) -> HttpResponse:
    """One account; the next page is the person's, from where the slip is made."""
    permissions.require(request.user, Action.CREATE_ACCOUNTS, WHO_CREATES)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = create_account(person=form.person(), by=request.user)
        except AccountRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(
                request,
                f"Đã tạo tài khoản {person.username}. Làm phiếu kích hoạt để đưa cho {person.full_name}.",
            )
            return redirect("accounts:person", person.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "gradebook/account_new.html", {"form": form}, status=status)


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_upload(request: SignedInRequest) -> HttpResponse:
    """Which file; posted with a file its dry run, posted with what the dry run showed the accounts and their slips."""
    permissions.require(request.user, Action.CREATE_ACCOUNTS, WHO_CREATES)
    if request.method != "POST":
        return _show(request, StaffListForm())
    return _apply(request) if "wanted" in request.POST else _preview(request)


def _show(
    request: SignedInRequest,
    form: StaffListForm,
    *,
    plan: AccountPlan | None = None,
    rows: list[StaffRow] | None = None,
    status: int = 200,
) -> HttpResponse:
    token = (
        seal_staff(rows, purpose=PURPOSE, by=request.user) if rows and plan and not plan.error_count else ""
    )
    context = {"form": form, "plan": plan, "token": token}
    return render(request, "gradebook/account_upload.html", context, status=status)


def _preview(request: SignedInRequest) -> HttpResponse:
    form = StaffListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    rows = list(form.staff.rows)
    plan = plan_accounts(rows, account_problems(form.staff))
    return _show(request, StaffListForm(), plan=plan, rows=rows, status=422 if plan.error_count else 200)


def _apply(request: SignedInRequest) -> HttpResponse:
    try:
        rows, _more = unseal_staff(request.POST["wanted"], purpose=PURPOSE, by=request.user)
    except PreviewLost as lost:
        messages.error(request, str(lost))
        return _show(request, StaffListForm(), status=422)
    # Not before: the page that asks cannot keep a chosen file, and a dry run makes no account.
    require_password(request, "Cấp tài khoản từ danh sách Excel.", lasting=Lasting.ACCOUNTS)
    try:
        plan, slips = carry_out_accounts(
            rows, (), previewed=request.POST.get("previewed", ""), by=request.user
        )
    except ListRefused as refusal:
        messages.error(request, str(refusal))
        return _show(request, StaffListForm(), plan=plan_accounts(rows), rows=rows, status=409)
    messages.success(request, f"Đã tạo {plan.created} tài khoản, đổi liên hệ của {plan.changed} người.")
    return show_slips(request, slips) if slips else redirect("accounts:people")
