"""From a sheet, a pupil or the history of a cell to the draft of a request (PLAN IV.5, IV.6; rule R51)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals import corrections
from approvals.corrections import DRAFTED
from approvals.mandates import CorrectionRefused
from approvals.registers import shown_value
from gradebook.entry import Change, Conflict
from gradebook.sheet_forms import changes_from_form
from gradebook.sheets import Field, Sheet, get_sheet

Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class TypedCell:
    """A cell as somebody would have it: what stands there, what is typed, and what is wrong with that."""

    name: str
    version_name: str
    version: int
    student: str
    label: str
    is_long: bool
    stored: str
    value: str
    message: str = ""
    is_asked_for: bool = False


@require_POST
def propose(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """The cells typed on the sheet become a draft. Refused: a page with each typed cell and its reason."""
    sheet = _own_sheet(request, class_id, code, period)
    changes = _changes(sheet, request.POST)
    try:
        draft = corrections.propose(sheet.ref, changes, by=request.user)
    except CorrectionRefused as refusal:
        left = refusal.report.untouched if refusal.report else []
        typed = {
            (each.student_id, each.item, str(each.field)): each.value for each in changes if each not in left
        }
        context = {
            "ref": sheet.ref,
            "message": refusal.message,
            "is_open": sheet.may_enter,
            "lock_sentence": sheet.lock.sentence,
            "cells": _cells(sheet, typed, _reasons(refusal)),
        }
        has_moved_on = sheet.lock.is_open or bool(refusal.report and refusal.report.conflicts)
        return render(request, "approvals/propose.html", context, status=409 if has_moved_on else 422)
    messages.success(request, DRAFTED)
    return redirect("approvals:request", draft.pk)


@never_cache
@require_safe
def propose_pupil(
    request: SignedInRequest, *, class_id: int, code: str, period: str, student_id: int
) -> HttpResponse:
    """The cells of one pupil at a locked period, to type over; `?item=` and `?field=` name the one asked for."""
    sheet = _own_sheet(request, class_id, code, period)
    row = next((row for row in sheet.rows if row.student.pk == student_id), None)
    if row is None:
        raise Http404("Học sinh này không có trong sổ.")
    stored = {
        (student_id, cell.column.item, cell.column.field.value): cell.value
        for cell in row.entry_cells(sheet.ref)
    }
    asked_for = (student_id, request.GET.get("item", ""), request.GET.get("field", ""))
    context = {
        "ref": sheet.ref,
        "student": row.student,
        "is_possible": sheet.may_propose and sheet.lock.is_over,
        "lock_sentence": sheet.lock.sentence,
        "cells": _cells(sheet, stored, {}, asked_for),
    }
    return render(request, "approvals/propose_pupil.html", context)


def _own_sheet(request: SignedInRequest, class_id: int, code: str, period: str) -> Sheet:
    """Fetch and check in one call. Raises Http404, Refused."""
    sheet = get_sheet(request.user, class_id, code, period)
    permissions.require(
        request.user,
        Action.PROPOSE_CORRECTION,
        f"Chỉ giáo viên được phân công mới đề nghị sửa được sổ {sheet.ref.title}.",
        school_class=sheet.ref.school_class,
        line=sheet.ref.line,
    )
    return sheet


def _changes(sheet: Sheet, posted: Mapping[str, str]) -> list[Change]:
    """What is typed over what the form showed; a form that does not say which versions is over what stands now."""
    changes = changes_from_form(sheet, posted)
    if any(name == "v" or name.startswith("v.") for name in posted):
        return changes
    standing = {
        (row.student.pk, cell.column.item, cell.column.field.value): cell.version
        for row in sheet.rows
        for cell in row.entry_cells(sheet.ref)
    }
    return [
        replace(each, version=standing[each.student_id, each.item, each.field], is_typed=True)
        for each in changes
    ]


def _reasons(refusal: CorrectionRefused) -> dict[Place, str]:
    if refusal.report is None:
        return {}
    told = [(each.change, each.message) for each in refusal.report.refused]
    told += [(each.change, _moved_on(each)) for each in refusal.report.conflicts]
    return {(change.student_id, change.item, str(change.field)): message for change, message in told}


def _moved_on(conflict: Conflict) -> str:
    now = shown_value(conflict.change.field, conflict.value) or "(trống)"
    return f"Từ khi thầy cô mở trang, {conflict.by} đã ghi «{now}» ({conflict.at}). Ghi lại giá trị nếu vẫn cần sửa."


def _cells(
    sheet: Sheet, wanted: Mapping[Place, str], why: Mapping[Place, str], asked_for: Place | None = None
) -> list[TypedCell]:
    return [
        TypedCell(
            name=f"c.{row.student.pk}.{cell.column.item}.{cell.column.field}",
            version_name=f"v.{row.student.pk}.{cell.column.item}",
            version=cell.version,
            student=row.student.full_name,
            label=cell.column.label,
            is_long=cell.column.field in (Field.COMMENT, Field.REPEAT),
            stored=shown_value(cell.column.field, cell.value),
            value=wanted[key],
            message=why.get(key, ""),
            is_asked_for=key == asked_for,
        )
        for row in sheet.rows
        for cell in row.entry_cells(sheet.ref)
        if (key := (row.student.pk, cell.column.item, cell.column.field.value)) in wanted
    ]
