"""The pages of the second factor: the code at log-in, setting up, the codes on paper, doing without."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import lockout, second_factor
from accounts.confirmation import require_password
from accounts.models import AccessLogEntry, User
from accounts.own_password import is_theirs
from accounts.permissions import Refused
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted
from accounts.sign_in import PENDING, complete_sign_in, pending_person

KEY = "second_factor_key"
ABOUT_SET_UP = "Đặt xác thực hai lớp trên máy này; máy cũ và các mã dự phòng cũ, nếu có, hết dùng được."


class CodeForm(forms.Form):
    """The six figures that the app shows."""

    code = forms.CharField(
        label="Mã 6 số",
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class RecoveryForm(forms.Form):
    """One of the codes on paper."""

    code = forms.CharField(
        label="Mã dự phòng",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "autofocus": True}),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One of the two ways through the second step."""

    form: type[forms.Form]
    is_right: Callable[[User, str], bool]
    page: str
    wrong: str
    how: str


BY_APP = Step(
    CodeForm,
    second_factor.is_right_code,
    "accounts/code.html",
    "Mã chưa đúng hoặc đã dùng rồi. Chờ ứng dụng hiện mã mới (30 giây một mã) rồi gõ lại; kiểm tra đồng hồ máy.",
    "mã của ứng dụng",
)
BY_PAPER = Step(
    RecoveryForm,
    second_factor.is_right_recovery_code,
    "accounts/recovery_code.html",
    "Mã dự phòng chưa đúng hoặc đã dùng rồi. Mỗi mã chỉ dùng một lần: gõ mã khác trên tờ giấy.",
    "mã dự phòng",
)


@login_not_required
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    return _second_step(request, BY_APP)


@login_not_required
@never_cache
def recovery_code(request: HttpRequest) -> HttpResponse:
    return _second_step(request, BY_PAPER)


def _second_step(request: HttpRequest, step: Step) -> HttpResponse:
    user = pending_person(request)
    if user is None or not second_factor.has_one(user):
        return redirect("accounts:login")
    form = step.form(posted(request))
    if request.method == "POST" and lockout.is_open_to(request, user) and form.is_valid():
        if step.is_right(user, form.cleaned_data["code"]):
            return _let_in(request, user, step)
        _refuse(request, user, form, step)
    context = {"form": form, "person": user, "demo_code": second_factor.demo_code(user)}
    return render(request, step.page, context, status=422 if form.errors else 200)


def _let_in(request: HttpRequest, user: User, step: Step) -> HttpResponse:
    answer = complete_sign_in(request, user, how=step.how)
    if step is BY_PAPER:
        left = second_factor.codes_left(user)
        messages.warning(
            request, f"Đã dùng một mã dự phòng, còn {left} mã. Mất điện thoại thì đặt máy mới ngay."
        )
    return answer


def _refuse(request: HttpRequest, user: User, form: forms.Form, step: Step) -> None:
    lockout.failed(request, user)
    log_access(request, AccessLogEntry.Kind.SIGN_IN_FAILED, username=user.username, detail=f"Sai {step.how}")
    form.add_error("code", step.wrong)
    if lockout.lock_on(request, user.username):
        del request.session[PENDING]


@login_not_required
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """For whoever is logged in, and for whoever must have a second factor before getting in.

    Somebody logged in gives the password too: who finds a screen open must not bind a telephone of their own.
    """
    user = _who_sets_up(request)
    if user is None:
        return redirect("accounts:login")
    if request.method == "POST" and request.user.is_authenticated:
        require_password(cast("SignedInRequest", request), ABOUT_SET_UP)
    key = request.session.setdefault(KEY, second_factor.new_key())
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.set_up(user, key=key, code=form.cleaned_data["code"])
        except second_factor.WrongCode:
            form.add_error("code", "Mã chưa khớp với mã QR trên trang này. Quét lại rồi gõ mã mới nhất.")
        else:
            return _with_codes(request, user, codes)
    return _set_up_page(request, user, key, form)


def _who_sets_up(request: HttpRequest) -> User | None:
    """Somebody between the steps may set up a first one, never replace the one that still stands in the way."""
    if request.user.is_authenticated:
        return request.user
    user = pending_person(request)
    return None if user is None or second_factor.has_one(user) else user


def _set_up_page(request: HttpRequest, user: User, key: str, form: forms.Form) -> HttpResponse:
    context = {
        "form": form,
        "person": user,
        "is_required": second_factor.is_required(user),
        "picture": second_factor.picture(user, key),
        "key_words": second_factor.key_words(key),
        "demo_code": second_factor.demo_code(user, key),
    }
    return render(request, "accounts/second_factor_set_up.html", context, status=422 if form.errors else 200)


def _with_codes(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    """The codes stand in this one answer and are kept nowhere; somebody between the steps is now logged in."""
    del request.session[KEY]
    onward = reverse("accounts:me")
    if not request.user.is_authenticated:
        onward = complete_sign_in(request, user, how="vừa đặt xác thực hai lớp").headers["Location"]
    log_access(request, AccessLogEntry.Kind.SECOND_FACTOR, detail="Đặt xác thực hai lớp")
    context = {"codes": codes, "onward": onward, "is_new": True}
    return render(request, "accounts/recovery_codes.html", context)


@require_POST
def renew_codes(request: SignedInRequest) -> HttpResponse:
    if not second_factor.has_one(request.user):
        return redirect("accounts:second_factor_set_up")
    require_password(request, "Tạo mười mã dự phòng mới; các mã cũ hết hiệu lực.")
    codes = second_factor.renew_codes(request.user)
    log_access(request, AccessLogEntry.Kind.SECOND_FACTOR, detail="Lập mã dự phòng mới")
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": reverse("accounts:me")})


class RemovalForm(forms.Form):
    """The password, which is the only guard afterwards: so it is asked, and must be long enough for that."""

    password = forms.CharField(
        label="Mật khẩu hiện nay",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: SignedInRequest, **more: Any) -> None:
        super().__init__(*args, **more)
        self.request = request

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not is_theirs(self.request, password):
            raise forms.ValidationError("Mật khẩu chưa đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock.")
        reason = second_factor.why_not_removed(self.request.user, password)
        if reason:
            raise forms.ValidationError(reason)
        return password


def remove(request: SignedInRequest) -> HttpResponse:
    user = request.user
    if not second_factor.has_one(user):
        return redirect("accounts:me")
    if second_factor.is_required(user):
        raise Refused(
            "Chức vụ của thầy cô phải đăng nhập bằng hai lớp.", "Không ai; đổi sang máy khác thì được"
        )
    form = RemovalForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        second_factor.remove(user)
        log_access(request, AccessLogEntry.Kind.SECOND_FACTOR, detail="Tự bỏ xác thực hai lớp")
        messages.success(request, "Đã bỏ xác thực hai lớp. Từ nay chỉ đăng nhập bằng mật khẩu.")
        return redirect("accounts:me")
    return render(
        request, "accounts/second_factor_remove.html", {"form": form}, status=422 if form.errors else 200
    )
