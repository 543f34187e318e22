"""The first log-in: user name and code from the slip, then a password of one's own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.activation import Activation, ActivationRefused, activate
from accounts.models import AccessLogEntry, ActivationSlip
from accounts.refusals import log_access
from accounts.sign_in import continue_sign_in


class ActivationForm(forms.Form):
    """What stands on the slip, and the new password twice. Whether they are right is asked of `activate`."""

    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Chưa ghi tên đăng nhập. Chép từ phiếu kích hoạt."},
    )
    code = forms.CharField(
        label="Mã kích hoạt",
        max_length=60,
        help_text="16 chữ và số trên phiếu; chữ hoa hay thường, có gạch nối hay không đều được.",
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Chưa ghi mã kích hoạt. Chép từ phiếu kích hoạt."},
    )
    password = forms.CharField(
        label="Mật khẩu mới",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=True),
        error_messages={"required": "Chưa đặt mật khẩu mới."},
    )
    again = forms.CharField(
        label="Gõ lại mật khẩu mới",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=True),
        error_messages={"required": "Chưa gõ lại mật khẩu mới."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if "password" in told and "again" in told and told["password"] != told["again"]:
            self.add_error("again", "Hai lần gõ chưa giống nhau. Gõ lại mật khẩu mới.")
        return told

    def activate(self) -> Activation | None:
        """None, with the reason in the form, when the password was not set."""
        told = self.cleaned_data
        try:
            return activate(username=told["username"], code=told["code"], password=told["password"])
        except ActivationRefused as refusal:
            self.add_error(None, str(refusal))
        except forms.ValidationError as problem:
            self.add_error("password", problem)
        return None


@sensitive_post_parameters("code", "password", "again")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def activate_account(request: HttpRequest) -> HttpResponse:
    """Sets the password and goes on as after any right password; a used slip is told whose wish it was."""
    if request.method != "POST":
        return render(request, "accounts/activate.html", {"form": ActivationForm()})
    form = ActivationForm(request.POST)
    done = form.activate() if form.is_valid() else None
    if done is None:
        if form.non_field_errors():
            name = str(form.cleaned_data.get("username", ""))
            log_access(request, AccessLogEntry.Kind.SIGN_IN_FAILED, username=name, detail="mã kích hoạt")
        return render(request, "accounts/activate.html", {"form": form}, status=422)
    log_access(request, AccessLogEntry.Kind.ACTIVATED, username=done.user.username)
    if done.slip.cause == ActivationSlip.Cause.RESET:
        messages.warning(request, _told_of_reset(done.slip))
    return continue_sign_in(request, done.user)


def _told_of_reset(slip: ActivationSlip) -> str:
    return (
        f"Mật khẩu cũ đã được {slip.made_by.full_name} đặt lại lúc {localtime(slip.made_at):%H:%M %d/%m/%Y}. "
        "Nếu thầy cô không yêu cầu việc đó, báo ngay Phó Hiệu trưởng."
    )
