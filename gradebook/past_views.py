"""Sheets as of any date and time, read only: of a class, and of one pupil."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import moment_label
from accounts.requests import SignedInRequest
from gradebook.past import get_past_ref, read_past_pupil, read_past_sheet
from gradebook.past_forms import MomentForm
from gradebook.pupil_sheet import find_class, find_seat
from gradebook.pupil_sheet_page import build_pupil_page


@never_cache
@require_safe
def sheet_past(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """The sheet of a class as it stood at `at`."""
    ref = get_past_ref(request.user, class_id, code, period)
    form = MomentForm(request.GET if "at" in request.GET else None, year=ref.school_class.year)
    context: dict[str, Any] = {"ref": ref, "form": form}
    if form.is_valid():
        moment = form.cleaned_data["at"]
        context |= {"sheet": read_past_sheet(ref, moment), "when": moment_label(moment)}
    return render(request, "gradebook/sheet_past.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def pupil_sheet_past(request: SignedInRequest, class_id: int, student_id: int) -> HttpResponse:
    """The year of one pupil as it stood at `at`."""
    school_class, lines = find_class(request.user, class_id)
    student = find_seat(school_class, student_id).student
    form = MomentForm(request.GET if "at" in request.GET else None, year=school_class.year)
    context: dict[str, Any] = {
        "school_class": school_class,
        "student": student,
        "form": form,
    }
    if form.is_valid():
        moment = form.cleaned_data["at"]
        found = read_past_pupil(request.user, school_class, lines, student, moment)
        context |= {"page": build_pupil_page(found), "periods": found.periods, "when": moment_label(moment)}
    return render(request, "gradebook/pupil_sheet_past.html", context, status=422 if form.errors else 200)
