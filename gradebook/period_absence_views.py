"""The page of a class's days absent by periods of assessment."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from gradebook.period_absences import read_period_absences
from students.roll_views import get_class


@never_cache
@require_safe
def period_absences(request: SignedInRequest, pk: int) -> HttpResponse:
    """For whoever may see the attendance of the class."""
    page = read_period_absences(get_class(request.user, pk))
    return render(request, "gradebook/period_absences.html", {"page": page})
