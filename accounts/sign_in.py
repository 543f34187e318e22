"""Logging in, step by step, and out; each attempt logged.

The password first, then the second factor, and only then `login()`: between the two the session holds no more than who
is expected, for ten minutes. So a logged-in session is always complete. The session's key changes at each step.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator

from accounts import clock, lockout, second_factor, sessions
from accounts.account_state import why_shut
from accounts.idle_lock import reachable_when_locked
from accounts.kept_form import own_address
from accounts.models import AccessLogEntry, SignedInSession, User
from accounts.passwords import is_long_enough
from accounts.permissions import Refused
from accounts.refusals import log_access
from accounts.school import school_name

PENDING = "signing_in"
PENDING_SECONDS = 10 * 60
PROOF = "proof_of"
BACKEND = "accounts.account_state.AccountBackend"


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng. "
        "Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi thử lại.",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        """Asked when the password was right: only its holder learns why an account is shut."""
        reason = why_shut(user)
        if reason:
            raise ValidationError(reason, code="shut")


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A system without accounts is one that nobody has set up yet."""
        if not User.objects.exists():
            return redirect("gradebook:first_run")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The school's name; `proof_code` of the printed book whose code was scanned, shown after logging in."""
        return super().get_context_data(**kwargs) | {
            "school_name": school_name(),
            "proof_code": _proof_code(self.get_redirect_url()),
        }

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user: Any = form.get_user()
        too_short = not is_long_enough(form.cleaned_data["password"], user)
        return continue_sign_in(self.request, user, must_set_up=too_short)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        name = str(form.data.get("username", ""))
        is_shut = any(each.code == "shut" for each in form.non_field_errors().as_data())
        detail = "Mật khẩu đúng, tài khoản đang đóng, tạm ngưng hoặc phải đổi mật khẩu" if is_shut else ""
        log_access(self.request, AccessLogEntry.Kind.SIGN_IN_FAILED, username=name, detail=detail)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _proof_code(wanted: str) -> str:
    """The code in the address of a printed book's proof; "" for every other address."""
    try:
        match = resolve(urlsplit(wanted).path)
    except Resolver404:
        return ""
    return str(match.kwargs["code"]) if match.view_name == PROOF else ""


def continue_sign_in(request: HttpRequest, user: User, *, must_set_up: bool = False) -> HttpResponse:
    """What is left after the right password or activation code: second factor, or its set-up, or straight in.

    `must_set_up`: a second factor is needed though the post does not ask for one, as with a short password. Where to
    go afterwards is read from `next` in the request, and asked again at the end whether it is ours.
    """
    reason = why_shut(user)
    if reason:
        raise Refused(reason, "Văn thư của trường")
    if request.user.is_authenticated:
        sessions.note_end(request, how=SignedInSession.Ended.REPLACED)
        logout(request)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "until": clock.stamp().timestamp() + PENDING_SECONDS,
        "password": user.get_session_auth_hash(),
        "must_set_up": must_set_up or second_factor.is_required(user),
        "next": own_address(request, request.POST.get("next") or request.GET.get("next"), otherwise=""),
    }
    if second_factor.has_one(user):
        return redirect("accounts:code")
    if request.session[PENDING]["must_set_up"]:
        return redirect("accounts:second_factor_set_up")
    return complete_sign_in(request, user)


def pending_person(request: HttpRequest) -> User | None:
    """Who is on the way in, if the password step was in time and still counts."""
    pending = request.session.get(PENDING)
    if not pending:
        return None
    user = User.objects.filter(pk=pending["user"]).first()
    is_good = (
        user is not None
        and clock.stamp().timestamp() < pending["until"]
        and constant_time_compare(user.get_session_auth_hash(), pending["password"])
        and not why_shut(user)
    )
    if not is_good:
        del request.session[PENDING]
        return None
    return user


def complete_sign_in(request: HttpRequest, user: User, *, how: str = "") -> HttpResponse:
    """Logs in, puts the session on record and goes where the person wanted to.

    The lock is asked once more: of many guesses sent at the same moment the right one must not slip in behind it.
    """
    pending = request.session.pop(PENDING, {})
    if not lockout.is_open_to(request, user):
        return redirect("accounts:login")
    login(request, user, backend=BACKEND)
    User.objects.filter(pk=user.pk).update(last_login=clock.now_in_sql())
    sessions.begin(request, user)
    log_access(request, AccessLogEntry.Kind.SIGNED_IN, detail=how)
    wanted = own_address(request, pending.get("next"), otherwise="")
    return redirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))


@method_decorator(reachable_when_locked, name="dispatch")
class SignOut(LogoutView):
    """POST only, like every act; also from a locked screen."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Logged before the session goes: afterwards nobody knows whose it was."""
        if request.user.is_authenticated:
            log_access(request, AccessLogEntry.Kind.SIGNED_OUT)
        sessions.note_end(request, how=SignedInSession.Ended.SIGNED_OUT)
        return super().post(request, *args, **kwargs)
