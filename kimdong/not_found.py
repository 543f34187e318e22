"""404: what is not there, and what is not there yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from accounts import permissions
from accounts.powers import Action
from students.years import NoYearYet


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In a school whose first year has not begun, the pages of a year say so and who begins it."""
    if not isinstance(exception, NoYearYet):
        return defaults.page_not_found(request, exception)
    may_prepare = request.user.is_authenticated and permissions.may(request.user, Action.PREPARE_YEAR)
    return render(request, "no_year_yet.html", {"may_prepare": may_prepare}, status=404)
