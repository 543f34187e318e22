"""The page of what is open and locked."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.held_powers import powers_of
from accounts.requests import SignedInRequest
from gradebook.lock_calendar import read_calendar
from students.models import SchoolYear


@never_cache
@require_safe
def lock_calendar(request: SignedInRequest) -> HttpResponse:
    """`?year=` and `?grade=`; what is not there falls back to the year in view and one's own grade, or its first."""
    years = list(SchoolYear.objects.begun())
    asked = request.GET.get("year", "")
    year = next((each for each in years if str(each.pk) == asked), years[0] if years else None)
    grade = request.GET.get("grade", "")
    powers = powers_of(request.user)
    own = powers.homeroom_classes or powers.taught_classes
    chosen = int(grade) if grade in {"1", "2", "3", "4", "5"} else min(powers.headed_grades, default=None)
    context = {
        "calendar": read_calendar(year, chosen, own) if year else None,
        "years": years,
    }
    return render(request, "gradebook/lock_calendar.html", context)
