"""«Tài khoản của tôi»: who I am, my password, my second factor, where I am signed in."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import clock, permissions, second_factor, sessions
from accounts.models import AccessLogEntry, MailDigest, SignedInSession, User
from accounts.own_password import is_theirs
from accounts.passwords import change_password
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted

ENDED_SHOWN = 10
Ended = SignedInSession.Ended


def me(request: SignedInRequest) -> HttpResponse:
    user = request.user
    context = {
        "posts": user.posts.held_on(clock.today()).select_related("team"),
        "password_days": _days_since(user.password_changed_at),
        "is_required": second_factor.is_required(user),
        "codes_left": second_factor.codes_left(user),
        "codes_made": second_factor.RECOVERY_CODES,
        "open_sessions": len(sessions.open_sessions(user)),
        "sends_mail": settings.MAIL is not None,
        "may_get_mail": settings.MAIL is not None and bool(user.email),
        "is_mail_off": settings.MAIL is not None
        and MailDigest.objects.filter(user=user, is_off=True).exists(),
    }
    return render(request, "accounts/me.html", context)


@require_POST
def mail_digest(request: SignedInRequest) -> HttpResponse:
    """Turns the daily mail about waiting tasks off or on again, for oneself."""
    is_off = request.POST.get("mail") == "off"
    MailDigest.objects.update_or_create(user=request.user, defaults={"is_off": is_off})
    messages.success(
        request, "Từ nay không gửi thư nhắc việc." if is_off else "Từ nay có thư nhắc việc mỗi ngày."
    )
    return redirect("accounts:me")


def _days_since(moment: Any) -> int | None:
    return None if moment is None else (clock.today() - timezone.localdate(moment)).days


# -- The password --------------------------------------------------------------------------------------------


def _password_field(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    current = _password_field("Mật khẩu hiện nay", "current-password")
    new = _password_field("Mật khẩu mới", "new-password")
    again = _password_field("Gõ lại mật khẩu mới", "new-password")

    def __init__(self, *args: Any, request: SignedInRequest, **more: Any) -> None:
        super().__init__(*args, **more)
        self.request = request

    def clean_current(self) -> str:
        if not is_theirs(self.request, self.cleaned_data["current"]):
            raise forms.ValidationError(
                "Mật khẩu hiện nay chưa đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock."
            )
        return self.cleaned_data["current"]

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        if new == self.cleaned_data.get("current"):
            raise forms.ValidationError("Mật khẩu mới trùng mật khẩu đang dùng. Xin chọn mật khẩu khác.")
        validate_password(new, self.request.user)
        return new

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "new" in values and "again" in values and values["new"] != values["again"]:
            self.add_error("again", "Hai lần gõ mật khẩu mới không giống nhau. Xin gõ lại cả hai.")
        return values


def password(request: SignedInRequest) -> HttpResponse:
    form = PasswordForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        ended = _change(request, form.cleaned_data["new"])
        others = f" Đã kết thúc {ended} phiên đăng nhập khác." if ended else ""
        messages.success(request, f"Đã đổi mật khẩu.{others}")
        return redirect("accounts:me")
    context = {"form": form, "rules": password_validators_help_texts()}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


def _change(request: SignedInRequest, new: str) -> int:
    """The new password, this session under a new key, all others ended; returns how many those were."""
    user = request.user
    change_password(user, new, by=user)
    update_session_auth_hash(request, user)
    sessions.follow_key(request)
    log_access(request, AccessLogEntry.Kind.PASSWORD_CHANGED)
    key = request.session.session_key or ""
    return sessions.end_sessions(user, except_key=key, how=Ended.PASSWORD, by=user)


# -- Sessions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One open session in the list."""

    session: SignedInSession
    is_this: bool


def session_list(request: SignedInRequest) -> HttpResponse:
    """Seeing the list is what the notice of a second session asks for: it goes."""
    request.session.pop(sessions.ELSEWHERE, None)
    own_key = request.session.session_key
    lines = [Line(row, key == own_key) for row, key in sessions.open_sessions(request.user)]
    ended = (
        request.user.signed_in_sessions.filter(ended_at__isnull=False)
        .select_related("ended_by")
        .order_by("-ended_at")
    )
    context = {
        "lines": sorted(lines, key=lambda line: not line.is_this),
        "has_others": any(not line.is_this for line in lines),
        "ended": ended[:ENDED_SHOWN],
    }
    return render(request, "accounts/sessions.html", context)


@require_POST
def end_session(request: SignedInRequest, session_id: int) -> HttpResponse:
    row = get_object_or_404(SignedInSession, pk=session_id)
    why = "Đây là phiên đăng nhập của người khác."
    permissions.require(request.user, Action.KEEP_OWN_SIGN_IN, why, owner_id=row.user_id)
    _end(request, only=[row.pk])
    return redirect("accounts:sessions")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    _end(request, only=None)
    return redirect("accounts:sessions")


def _end(request: SignedInRequest, *, only: list[int] | None) -> None:
    user: User = request.user
    count = sessions.end_sessions(
        user, except_key=request.session.session_key or "", only=only, how=Ended.BY_SELF, by=user
    )
    if count:
        log_access(request, AccessLogEntry.Kind.SESSION_ENDED, detail=f"Kết thúc {count} phiên khác")
        messages.success(request, f"Đã kết thúc {count} phiên: muốn dùng tiếp ở đó phải đăng nhập lại.")
    else:
        messages.info(request, "Không còn phiên nào như vậy: phiên đó đã kết thúc trước rồi.")
