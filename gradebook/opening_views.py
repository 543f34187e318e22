"""The guided page on which a year is opened."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import password_asked
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.opening import checklist, open_year
from students.models import SchoolYear, YearIsClosed
from students.years import YearRefused

# Days before the first of the year from which opening it is pointed out as early.
FAR_AHEAD = 45


@require_safe
def opening(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is there and what is missing; the work can be left at any time, for the list is read from the data."""
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    return _opening_page(request, year)


def _opening_page(
    request: SignedInRequest, year: SchoolYear, problems: list[str] | None = None
) -> HttpResponse:
    items = checklist(year)
    missing = [item for item in items if item.missing and item.is_needed]
    begins_in = (year.starts_on - today()).days
    context = {
        "year": year,
        "items": items,
        "done": sum(not item.missing for item in items),
        "missing": missing,
        "advised": [item for item in items if item.missing and not item.is_needed],
        "begins_in": begins_in if begins_in > FAR_AHEAD else 0,
        "problems": problems,
        "may_open": permissions.may(request.user, Action.OPEN_YEAR),
    }
    return render(request, "gradebook/opening.html", context, status=422 if problems else 200)


@require_POST
@password_asked(
    "Mở năm học: từ ngày đầu năm, mọi trang làm việc theo năm học này.",
    of=Action.OPEN_YEAR,
    why="Năm học do Hiệu trưởng mở.",
)
def year_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal opens the year; refused with every missing thing."""
    year = get_object_or_404(SchoolYear, pk=pk)
    try:
        open_year(year, is_looked_at="is_looked_at" in request.POST, by=request.user)
    except YearRefused as refusal:
        return _opening_page(request, year, [problem.message for problem in refusal.problems])
    except YearIsClosed as closed:
        return _opening_page(request, year, [str(closed)])
    messages.success(request, f"Đã mở năm học {year.label}.")
    return redirect("students:year", year.pk)
