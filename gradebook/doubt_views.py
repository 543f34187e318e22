"""The page of what looks odd in a sheet: for whoever checks, with the reasons; for its teacher, to give them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.clock import moment_label
from accounts.models import AccessLogEntry
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.comment_remarks import comment_remarks
from gradebook.doubt_answers import LONGEST, Place, Reasons, give_reasons
from gradebook.doubts import Answer, Doubt
from gradebook.sheet_forms import cell_name
from gradebook.sheets import Row, Sheet, SheetRef, find_sheet, get_sheet


@dataclass(frozen=True, slots=True)
class Line:
    """A doubt on the page; `typed` is what the person wrote where it could not be kept, `problem` why.

    What is odd in a comment has no `name`, for no reason answers it: it is mended in the sheet, or right as it is.
    """

    name: str
    row: Row
    doubt: Doubt
    answer: Answer | None
    typed: str = ""
    problem: str = ""

    @property
    def place(self) -> Place:
        return self.row.student.pk, self.doubt.sentence


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_doubts(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """POST gives reasons: one as JSON from the sheet's own dialog, or all of the page's form."""
    if request.method == "POST" and request.content_type == "application/json":
        return _give_one(request, find_sheet(class_id, code, period))
    sheet = get_sheet(request.user, class_id, code, period)
    lines = tuple(_lines(sheet))
    if request.method == "POST":
        reasons = {line.place: request.POST.get(line.name, "") for line in lines if line.name}
        outcome = give_reasons(sheet.ref, reasons, by=request.user)
        if not outcome.refused:
            return redirect(request.path)
        lines = tuple(_lines(sheet, request, outcome))
    may_change = sheet.is_responsible and not sheet.ref.school_class.year.is_closed
    context = {
        "sheet": sheet,
        "sheet_url": reverse("gradebook:sheet", args=[class_id, code, period]),
        "lines": lines,
        "may_change": may_change,
        "may_answer": may_change and any(line.name for line in lines),
        "longest": LONGEST,
    }
    is_wrong = any(line.problem for line in lines)
    return render(request, "gradebook/doubts.html", context, status=422 if is_wrong else 200)


def _lines(
    sheet: Sheet, request: HttpRequest | None = None, outcome: Reasons | None = None
) -> Iterator[Line]:
    refused = outcome.refused if outcome else {}
    remarks = comment_remarks(sheet)
    for row in sheet.rows:
        for doubts in row.doubts(sheet.ref).values():
            for doubt in doubts:
                # The sentence is in the name: a reason is never taken for other values than it was typed beside.
                name = f"r.{row.student.pk}.{doubt.item}.{crc32(doubt.sentence.encode()):08x}"
                problem = refused.get((row.student.pk, doubt.sentence), "")
                typed = request.POST.get(name, "") if request else ""
                yield Line(name, row, doubt, row.answers.get(doubt), typed, problem)
        for cell in row.cells:
            for sentence in remarks.get(cell_name(row, cell), ()):
                yield Line("", row, Doubt(cell.column.item, f"{cell.column.label}: {sentence}"), None)


def _give_one(request: SignedInRequest, ref: SheetRef) -> JsonResponse:
    place, text = _read(request.body)
    try:
        outcome = give_reasons(ref, {place: text}, by=request.user)
    except PermissionDenied as refusal:
        # The script shows the sentence; an exception would bring it a whole page.
        log_access(request, AccessLogEntry.Kind.REFUSED, detail=str(refusal))
        return JsonResponse({"error": str(refusal)}, status=403)
    if outcome.given:
        (answer,) = outcome.given
        words = Answer(answer.reason, request.user.full_name, moment_label(answer.given_at)).words
        return JsonResponse({"answer": words})
    return JsonResponse({"error": outcome.refused.get(place) or "Chưa ghi lí do."}, status=422)


def _read(body: bytes) -> tuple[Place, str]:
    """What cannot be read names no pupil, so that it is refused as gone."""
    try:
        posted: Any = json.loads(body)
    except (ValueError, RecursionError):
        posted = None
    found = posted if isinstance(posted, dict) else {}
    student, sentence, reason = (found.get(key) for key in ("student", "sentence", "reason"))
    return (student if isinstance(student, int) else 0, str(sentence)), str(reason or "")
