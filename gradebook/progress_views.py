"""The board of progress: for the office the whole school, for the head of a grade the grade."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.board import read_board


@require_safe
def progress(request: SignedInRequest) -> HttpResponse:
    """`?period=` chooses the period; without it the one open for most classes."""
    permissions.require_anywhere(
        request.user,
        Action.SEE_PROGRESS,
        "Tiến độ nhập của các lớp do Ban giám hiệu, văn thư, người kiểm tra và tổ (khối) trưởng theo dõi.",
    )
    board = read_board(request.user, request.GET.get("period", ""))
    return render(request, "gradebook/progress.html", {"board": board, "periods": board.periods})
