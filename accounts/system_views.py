"""«Tình trạng hệ thống»: does what the system runs on do well, and what to do where it does not."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from accounts.system_state import State, read_state


@never_cache
@require_safe
def system(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.SEE_SYSTEM_STATE)
    lines = read_state()
    context = {
        "lines": lines,
        "bad": sum(line.state == State.BAD for line in lines),
        "to_watch": sum(line.state == State.WATCH for line in lines),
        "unknown": sum(line.state == State.UNKNOWN for line in lines),
    }
    return render(request, "accounts/system.html", context)
