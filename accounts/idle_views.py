"""Locking and unlocking the screen: for the dialog over a page (static/js/idle.js) and, without script, as pages."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import idle_lock
from accounts.idle_lock import keeps_awake, reachable_when_locked, unlock_address
from accounts.kept_form import is_page, own_address
from accounts.own_password import ENDED, is_own_password
from accounts.requests import SignedInRequest

WRONG = "Mật khẩu chưa đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi gõ lại."
NONE_TYPED = "Gõ mật khẩu để mở khoá."


@reachable_when_locked
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: SignedInRequest) -> HttpResponse:
    """The password once more; right: back to where one was."""
    way_on = own_address(request, request.GET.get("next"))
    if request.method == "POST" and is_own_password(request):
        idle_lock.unlock(request)
        return redirect(way_on) if is_page(request) else HttpResponse(status=204)
    if not request.user.is_authenticated:
        return redirect_to_login(way_on) if is_page(request) else JsonResponse({"error": ENDED}, status=401)
    error = ""
    if request.method == "POST":
        error = NONE_TYPED if is_own_password(request) is None else WRONG
        if not is_page(request):
            return JsonResponse({"error": error}, status=422)
    elif not request.idle.is_admin_locked:
        return redirect(way_on)
    return render(request, "accounts/unlock.html", {"error": error}, status=422 if error else 200)


@reachable_when_locked
@require_POST
def lock(request: SignedInRequest) -> HttpResponse:
    """At once, by the button or by a page that nobody has touched for long enough."""
    idle_lock.lock(request, administrative_only=request.POST.get("only") == "administrative")
    if not is_page(request):
        return HttpResponse(status=204)
    return redirect(unlock_address(own_address(request, request.POST.get("next"))))


@keeps_awake
@require_POST
def seen(_request: SignedInRequest) -> HttpResponse:
    """Somebody types or scrolls on an open page; the middleware has written it down."""
    return HttpResponse(status=204)
