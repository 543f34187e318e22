"""Closing an account: from which day, why, and exactly what ends with it (rule R60)."""

import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.account_keepers import require_keeper
from accounts.account_life import AccountRefused
from accounts.clock import today
from accounts.confirmation import Lasting, password_asked
from accounts.day_fields import DayInput
from accounts.idle_lock import administrative
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.leavers import end_service, what_would_end, why_not_leaving

FARTHEST = datetime.timedelta(days=366)


class LeaverForm(forms.Form):
    last_day = forms.DateField(
        label="Ngày cuối dùng tài khoản",
        help_text="Đến hết ngày này còn đăng nhập được; từ ngày hôm sau thì không.",
        widget=DayInput(),
        error_messages={
            "required": "Chưa chọn ngày. Chọn ngày làm việc cuối cùng.",
            "invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm.",
        },
    )
    reason = forms.CharField(
        label="Lí do",
        max_length=200,
        help_text="Ví dụ: nghỉ hưu, chuyển trường, theo quyết định số …",
        error_messages={"required": "Chưa ghi lí do. Ghi vì sao, để sau này tra lại được."},
    )

    def clean_last_day(self) -> datetime.date:
        day = self.cleaned_data["last_day"]
        if abs(day - today()) > FARTHEST:
            raise forms.ValidationError("Ngày này cách hôm nay hơn một năm. Kiểm tra lại năm.")
        return day


@administrative
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked(
    "Đóng một tài khoản, kết thúc chức vụ và phân công của người đó.",
    of=Action.SEE_ACCOUNTS,
    lasting=Lasting.ACCOUNTS,
)
def leaver(request: SignedInRequest, pk: int) -> HttpResponse:
    """Form → preview of what ends → closed. What is carried out is what was previewed: the same day and reason."""
    permissions.require(request.user, Action.SEE_ACCOUNTS)
    person = get_object_or_404(User, pk=pk)
    require_keeper(request.user, person)
    if request.method != "POST":
        return _show(request, person, LeaverForm(initial={"last_day": today()}))
    form = LeaverForm(request.POST)
    if not form.is_valid():
        return _show(request, person, form, status=422)
    if problem := why_not_leaving(person, form.cleaned_data["last_day"]):
        form.add_error("last_day", problem)
        return _show(request, person, form, status=422)
    if "close" not in request.POST or request.POST.get("previewed") != _previewed(form):
        return _show(request, person, form, previewed=_previewed(form))
    try:
        end_service(person, by=request.user, **form.cleaned_data)
    except AccountRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _show(request, person, form, status=422)
    messages.success(
        request,
        f"Đã đóng tài khoản của {person.full_name}, dùng đến hết {form.cleaned_data['last_day']:%d/%m/%Y}.",
    )
    return redirect("accounts:person", person.pk)


def _previewed(form: LeaverForm) -> str:
    return f"{form.cleaned_data['last_day']:%Y-%m-%d}"


def _show(
    request: SignedInRequest, person: User, form: LeaverForm, *, previewed: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "previewed": previewed,
        "leaving": what_would_end(person, form.cleaned_data["last_day"]) if previewed else None,
        "is_past": bool(previewed) and form.cleaned_data["last_day"] < today(),
    }
    return render(request, "gradebook/leaver.html", context, status=status)
