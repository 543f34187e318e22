"""The start page, and what it comes to for the menu around every other page."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from approvals.due_tasks import nearest
from approvals.menu import addressed
from approvals.task_counts import other_tasks
from approvals.tasks import read_tasks
from gradebook.board import read_open_boards
from gradebook.progress_sheets import follows_others
from gradebook.regulation import Period


@never_cache
@require_safe
def tasks(request: SignedInRequest) -> HttpResponse:
    """What waits for me, then my sheets; whoever watches over others also sees how far they are."""
    page = read_tasks(request.user)
    request.other_tasks = other_tasks(page, request.user)
    context = {
        "page": page,
        "boards": read_open_boards(request.user) if follows_others(request.user) else (),
        "periods": list(Period),
        "nearest": nearest(page),
    }
    return render(request, "approvals/tasks.html", context)


@never_cache
@require_safe
def task_counts(request: SignedInRequest) -> HttpResponse:
    """By the addresses in the menu, what static/js/task_counts.js adds there to what every page counts itself."""
    return JsonResponse(addressed(other_tasks(read_tasks(request.user), request.user)))
