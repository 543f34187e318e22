"""The page of one pupil's year, and its plain form."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.clock import stamp
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.past_forms import MomentForm
from gradebook.pupil_absences import read_pupil_absences
from gradebook.pupil_autosave import Part, locked_words, open_doubts, save_periods
from gradebook.pupil_sheet import PupilSheet, Written, get_pupil_sheet, save_pupil_sheet
from gradebook.pupil_sheet_page import build_pupil_page, propose_address
from gradebook.save_answers import save_answer
from gradebook.sheet_forms import BadChanges, changes_of_periods

LOCKED = 423


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pupil_sheet(request: SignedInRequest, class_id: int, student_id: int) -> HttpResponse:
    """Everything of one pupil's year. POST is the autosave where the body is JSON, else the plain form."""
    found = get_pupil_sheet(request.user, class_id, student_id)
    if request.method == "POST" and request.content_type == "application/json":
        return _autosave(request, found)
    if request.method != "POST":
        return _show(request, found)
    if not any(sheet.is_responsible for sheet in found.sheets):
        permissions.require(request.user, Action.ENTER_SHEET, school_class=found.school_class)
    written = save_pupil_sheet(found, request.POST, by=request.user)
    # Read again: what is stored now, the cells just written and those of others among them.
    return _show(request, get_pupil_sheet(request.user, class_id, student_id), written)


def _autosave(request: SignedInRequest, found: PupilSheet) -> JsonResponse:
    """With `?preview` it answers what a save would come to now, and writes nothing."""
    is_preview = "preview" in request.GET
    try:
        wanted = changes_of_periods(request.body, found.student.pk)
        parts = save_periods(found, wanted, by=request.user, is_preview=is_preview)
    except BadChanges as problem:
        return JsonResponse({"error": problem.message}, status=400)
    except PermissionDenied as refusal:
        # The script shows the sentence; an exception would bring it a whole page.
        log_access(request, AccessLogEntry.Kind.REFUSED, detail=str(refusal))
        return JsonResponse({"error": str(refusal)}, status=403)
    # Read again: what one sheet says of another's values has changed with them.
    now = get_pupil_sheet(request.user, found.school_class.pk, found.student.pk)
    answer = _answer(parts, now, request.user.pk)
    return JsonResponse(answer, status=LOCKED if answer["locked"] else 200)


def _answer(parts: list[Part], now: PupilSheet, user_id: int) -> dict[str, Any]:
    """Cells as `save_answer` has them; those of a locked sheet are refused, with the way to a correction request."""
    cells: dict[str, list[dict[str, Any]]] = {"saved": [], "refused": [], "conflicts": []}
    for part in parts:
        way = {"propose": propose_address(part.ref)} if part.ref and part.report.locked else {}
        for kind, of_part in save_answer(part.report, by_id=user_id, period=part.period).items():
            cells[kind] += [{**cell, **way} for cell in of_part]
    return {
        **cells,
        "locked": locked_words(parts),
        "doubts": {f"{period}.{item}": words for period, item, words in open_doubts(now)},
        "entered": now.entered,
        "required": now.required,
        "server_time": stamp().isoformat(),
    }


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
