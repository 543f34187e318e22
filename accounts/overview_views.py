"""The page of all accounts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.idle_lock import administrative
from accounts.overview import read_overview
from accounts.powers import Action
from accounts.requests import SignedInRequest


@administrative
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Every account with what it may do."""
    permissions.require(
        request.user,
        Action.SEE_OVERVIEW,
        "Bảng mọi tài khoản do Hiệu trưởng quản lý, Phó Hiệu trưởng phân quyền.",
    )
    return render(request, "accounts/overview.html", {"overview": read_overview()})
