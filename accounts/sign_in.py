"""Logging in and out, each logged."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from accounts.idle_lock import reachable_when_locked
from accounts.models import AccessLogEntry
from accounts.refusals import log_access


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng. "
        "Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi thử lại.",
        "inactive": "Tài khoản đã ngừng dùng. Liên hệ văn thư.",
    }


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        log_access(self.request, AccessLogEntry.Kind.SIGNED_IN)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        name = str(form.data.get("username", ""))
        log_access(self.request, AccessLogEntry.Kind.SIGN_IN_FAILED, username=name)
        return super().form_invalid(form)


@method_decorator(reachable_when_locked, name="dispatch")
class SignOut(LogoutView):
    """POST only, like every act; also from a locked screen."""

    http_method_names = ["post", "options"]
