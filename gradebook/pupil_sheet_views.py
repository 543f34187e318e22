"""The page of one pupil's year, and its plain form."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.past_forms import MomentForm
from gradebook.pupil_absences import read_pupil_absences
from gradebook.pupil_sheet import PupilSheet, Written, get_pupil_sheet, save_pupil_sheet
from gradebook.pupil_sheet_page import build_pupil_page

LOCKED = 423


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pupil_sheet(request: SignedInRequest, class_id: int, student_id: int) -> HttpResponse:
    """Everything of one pupil's year; POST writes what the person answers for."""
    found = get_pupil_sheet(request.user, class_id, student_id)
    if request.method != "POST":
        return _show(request, found)
    if not any(sheet.is_responsible for sheet in found.sheets):
        permissions.require(request.user, Action.ENTER_SHEET, school_class=found.school_class)
    written = save_pupil_sheet(found, request.POST, by=request.user)
    # Read again: what is stored now, the cells just written and those of others among them.
    return _show(request, get_pupil_sheet(request.user, class_id, student_id), written)


def _show(request: SignedInRequest, found: PupilSheet, written: Iterable[Written] = ()) -> HttpResponse:
    written = list(written)
    sees_absences = permissions.may(request.user, Action.SEE_ATTENDANCE, school_class=found.school_class)
    context = {
        "found": found,
        "page": build_pupil_page(found, written=written, by_id=request.user.pk),
        "periods": found.periods,
        "absences": read_pupil_absences(found.school_class, found.student) if sees_absences else None,
        "past_form": MomentForm(year=found.school_class.year),
    }
    return render(request, "gradebook/pupil_sheet.html", context, status=_status(written))


def _status(written: list[Written]) -> int:
    reports = [each.report for each in written]
    if any(report.locked for report in reports):
        return LOCKED
    if any(report.conflicts for report in reports):
        return 409
    return 422 if any(report.refused for report in reports) else 200
