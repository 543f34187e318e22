"""The start page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from approvals.due_tasks import nearest
from approvals.tasks import read_tasks
from gradebook.regulation import Period


@never_cache
@require_safe
def tasks(request: SignedInRequest) -> HttpResponse:
    """What waits for me, then my sheets."""
    page = read_tasks(request.user)
    context = {"page": page, "periods": list(Period), "nearest": nearest(page)}
    return render(request, "approvals/tasks.html", context)
