"""The mark sheet of a class, line and period: the page, its plain form, its autosave, and the story of a cell."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import permissions
from accounts.clock import stamp
from accounts.history import Source
from accounts.models import AccessLogEntry
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.cell_history import read_cell_story
from gradebook.entry import Change, SaveReport, preview_results, save_results
from gradebook.past_forms import MomentForm
from gradebook.past_sheets import who_proposes
from gradebook.pasted_blocks import block_from_json, read_block
from gradebook.save_answers import save_answer
from gradebook.sheet_forms import BadChanges, changes_from_form, changes_from_json, typed_cells
from gradebook.sheet_page import Mode, Outcome, build_page
from gradebook.sheets import Column, Field, Sheet, SheetRef, find_sheet, get_sheet, read_rows, require_may_see
from gradebook.windows import lock_state
from students.models import Enrolment

LOCKED = 423


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """The sheet. POST is the autosave where the body is JSON, else the plain form."""
    if request.method == "POST" and request.content_type == "application/json":
        return _autosave(request, find_sheet(class_id, code, period))
    found = get_sheet(request.user, class_id, code, period)
    if request.method == "POST":
        return _save_form(request, found)
    return _show(request, found, _mode(request, found))


def _mode(request: SignedInRequest, found: Sheet) -> Mode:
    """What the address asks for, as far as the person and the lock allow it."""
    if found.may_enter:
        return Mode.READ if "read" in request.GET else Mode.EDIT
    return Mode.PROPOSE if found.may_propose and "propose" in request.GET else Mode.READ


def _show(
    request: SignedInRequest, found: Sheet, mode: Mode, outcome: Outcome | None = None, status: int = 200
) -> HttpResponse:
    page = build_page(found, mode=mode, propose_url=_propose_url(found.ref), outcome=outcome)
    context: dict[str, Any] = {"page": page, "sheet": found}
    if mode == Mode.READ:
        context["past_form"] = MomentForm(year=found.ref.school_class.year)
        if found.is_past and not (found.is_proposer or found.ref.school_class.year.is_closed):
            context["who_proposes"] = who_proposes(found.ref)
    return render(request, "gradebook/sheet.html", context, status=status)


def _propose_url(ref: SheetRef) -> str:
    """Named here, the app above builds it; the address is the contract between the two."""
    return reverse("approvals:propose", args=[ref.school_class.pk, ref.code, ref.period.value])


def _save_form(request: SignedInRequest, found: Sheet) -> HttpResponse:
    changes = changes_from_form(found, request.POST)
    report = save_results(found.ref, changes, by=request.user, source=Source.PAGE)
    outcome = Outcome(report, typed_cells(found, request.POST), _versions_seen(changes), request.user.pk)
    mode = Mode.PROPOSE if report.locked else Mode.EDIT
    # Read again: what is stored now, the cells just written and those of others among them.
    now = get_sheet(request.user, found.ref.school_class.pk, found.ref.code, found.ref.period)
    return _show(request, now, mode, outcome, _status(report))


def _versions_seen(changes: list[Change]) -> dict[tuple[int, str, str], int]:
    return {(change.student_id, change.item, change.field): change.version for change in changes}


def _status(report: SaveReport) -> int:
    if report.locked:
        return LOCKED
    if report.conflicts:
        return 409
    return 422 if report.refused else 200


def _autosave(request: SignedInRequest, ref: SheetRef) -> JsonResponse:
    """With `?preview` it answers what a save would come to now, and writes nothing: for what is about to be pasted.

    With `?block` it says of the block which of its texts goes to which cell.
    """
    try:
        if "block" in request.GET:
            rows, students = block_from_json(request.body)
            pasted = read_block(ref, rows, students, by=request.user)
            return JsonResponse({"block": pasted and asdict(pasted)})
        changes = changes_from_json(request.body)
        if "preview" in request.GET:
            report = preview_results(ref, changes, by=request.user)
        else:
            report = save_results(ref, changes, by=request.user, source=Source.PAGE)
    except BadChanges as problem:
        return JsonResponse({"error": problem.message}, status=400)
    except PermissionDenied as refusal:
        # The script shows the sentence; an exception would bring it a whole page.
        log_access(request, AccessLogEntry.Kind.REFUSED, detail=str(refusal))
        return JsonResponse({"error": str(refusal)}, status=403)
    if report.locked:
        return JsonResponse(_answer(report, request.user.pk, *_count(ref)), status=LOCKED)
    return JsonResponse(_answer(report, request.user.pk, report.entered, report.required))


def _count(ref: SheetRef) -> tuple[int, int]:
    """(entered, required) of a sheet that the lock kept `save_results` from counting."""
    cells = [cell.value for row in read_rows(ref) for cell in row.cells if cell.is_expected]
    return sum(1 for value in cells if value), len(cells)


def _answer(report: SaveReport, user_id: int, entered: int, required: int) -> dict[str, Any]:
    return {
        **save_answer(report, by_id=user_id),
        "locked": report.locked,
        "entered": entered,
        "required": required,
        "remarks": report.remarks,
        "server_time": stamp().isoformat(),
    }


@never_cache
@require_GET
def cell_history(
    request: SignedInRequest, *, class_id: int, code: str, period: str, student_id: int, item: str, field: str
) -> HttpResponse:
    """Every value a cell ever had; for the sheet's dialog without the frame around it."""
    ref = find_sheet(class_id, code, period)
    require_may_see(request.user, ref)
    column = _column(ref, item, field)
    enrolments = Enrolment.objects.filter(school_class=ref.school_class, student_id=student_id)
    enrolment = enrolments.select_related("student").first()
    if enrolment is None:
        raise Http404("Học sinh này không học lớp đó.")
    context = {
        "ref": ref,
        "column": column,
        "student": enrolment.student,
        "steps": read_cell_story(request.user, ref, student_id, item, field),
        "takes_repeat": ref.takes_repeat and column.field == Field.MARK,
        "may_propose": _may_propose(request, ref),
    }
    template = "gradebook/_cell_history.html" if request.htmx else "gradebook/cell_history.html"
    return render(request, template, context)


def _may_propose(request: SignedInRequest, ref: SheetRef) -> bool:
    """Whether this person corrects the cell by a request now. One statement for whoever answers for the sheet."""
    is_own = permissions.may_propose(request.user, ref.school_class, ref.line)
    is_closed = ref.school_class.year.is_closed
    return is_own and not is_closed and lock_state(ref.school_class, ref.period, ref.code).is_over


def _column(ref: SheetRef, item: str, field: str) -> Column:
    for column in ref.columns():
        if (column.item, column.field.value) == (item, field):
            return column
    raise Http404("Sổ này không có ô đó.")
