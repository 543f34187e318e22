"""Inspections: listed, opened, looked through sheet by sheet, closed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.findings import CellSeen, note, responsible_for
from approvals.inspection_checks import get_checked, read_check, read_draw
from approvals.inspection_forms import InspectionForm, NoteForm, answer_day, last_period
from approvals.inspection_pages import get_inspection, read_inspection, read_list
from approvals.inspection_workflow import InspectionAct
from approvals.inspections import (
    WHO_INSPECTS,
    InspectionOutdated,
    InspectionRefused,
    choose_pupils,
    end_inspection,
    open_inspection,
)
from approvals.models import Inspection
from gradebook.sheets import SheetRef
from students.models import SchoolYear
from students.years import NoYearYet

DONE = {
    InspectionAct.CLOSE: "Đã kết thúc đợt kiểm tra. Biên bản in được từ trang này.",
    InspectionAct.CANCEL: "Đã huỷ đợt kiểm tra. Đợt vẫn lưu trong danh sách.",
}


@require_safe
def inspection_list(request: SignedInRequest) -> HttpResponse:
    """The leaders' inspections, and what was found in the person's own sheets."""
    context = {
        "list": read_list(request),
        "may_inspect": permissions.may(request.user, Action.INSPECT),
    }
    return render(request, "approvals/inspections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_new(request: SignedInRequest) -> HttpResponse:
    """Opens a check of the current year."""
    permissions.require(request.user, Action.INSPECT, WHO_INSPECTS)
    year = SchoolYear.objects.current()
    if year is None:
        raise NoYearYet
    if request.method != "POST":
        initial = {"kind": Inspection.Kind.PLANNED, "period": last_period(year)}
        return render(
            request, "approvals/inspection_new.html", {"form": InspectionForm(initial=initial, year=year)}
        )
    form = InspectionForm(request.POST, year=year)
    if not form.is_valid():
        return render(request, "approvals/inspection_new.html", {"form": form}, status=422)
    inspection = open_inspection(form.wanted(), year=year, by=request.user)
    messages.success(request, f"Đã mở {inspection.label}. Chọn sổ để xem và ghi nhận.")
    return redirect("approvals:inspection", inspection.pk)


@never_cache
@require_safe
def inspection_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One inspection: its sheets, what was found, what is left to conclude."""
    return _show(request, get_inspection(request.user, pk))


def _show(
    request: SignedInRequest, inspection: Inspection, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": read_inspection(request.user, inspection),
        "error": error,
        "typed": request.POST.get("text", ""),
    }
    return render(request, "approvals/inspection.html", context, status=status)


@require_POST
def inspection_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """Closes or cancels it. Stale: 409; something missing: 422, nothing typed is lost."""
    inspection = get_inspection(request.user, pk)
    if act not in {each.value for each in DONE}:
        raise Http404(f"Không có việc «{act}».")
    if act == InspectionAct.CLOSE:
        require_password(request, f"Kết thúc {inspection.label}: không ghi nhận, kết luận thêm được nữa.")
    try:
        end_inspection(inspection, InspectionAct(act), text=request.POST.get("text", ""), by=request.user)
    except InspectionRefused as refusal:
        found = get_inspection(request.user, pk)
        return _show(request, found, error=refusal.message, status=_status(refusal))
    messages.success(request, DONE[InspectionAct(act)])
    return redirect("approvals:inspection", pk)


def _status(refusal: InspectionRefused) -> int:
    return 409 if isinstance(refusal, InspectionOutdated) else 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_class(request: SignedInRequest, pk: int, class_id: int) -> HttpResponse:
    """Whom the lot fell upon in a class; posted, further pupils are looked at."""
    inspection = get_inspection(request.user, pk)
    page = read_draw(request.user, inspection, class_id)
    error, status = "", 200
    if request.method == "POST":
        ids = [int(each) for each in request.POST.getlist("pupil") if each.isascii() and each.isdigit()]
        try:
            added = choose_pupils(inspection, page.school_class, ids, by=request.user)
        except InspectionRefused as refusal:
            error, status = refusal.message, _status(refusal)
        else:
            messages.success(request, f"Đã thêm {added} em vào danh sách xem của lớp.")
            return redirect("approvals:inspection_class", pk, class_id)
    context = {"page": page, "inspection": inspection, "error": error}
    return render(request, "approvals/inspection_class.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_sheet(request: SignedInRequest, pk: int, class_id: int, code: str) -> HttpResponse:
    """A sheet of the inspection to look through; posted, what was found is noted against the ticked cells."""
    inspection = get_inspection(request.user, pk)
    ref = get_checked(request.user, inspection, class_id, code)
    if request.method != "POST":
        form = NoteForm(initial={"asks": True, "due_on": answer_day()})
        return _show_sheet(request, inspection, ref, form)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show_sheet(request, inspection, ref, form, status=422)
    try:
        found = note(
            inspection,
            ref,
            _ticked(request),
            text=form.cleaned_data["text"],
            due_on=form.asked_by,
            by=request.user,
        )
    except InspectionRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show_sheet(request, inspection, ref, form, status=_status(refusal))
    messages.success(request, f"Đã ghi nhận {len(found)} nội dung.")
    return redirect("approvals:inspection_sheet", pk, class_id, code)


def _ticked(request: SignedInRequest) -> list[CellSeen]:
    """The ticked cells; a key that no page of ours has sent is none of any sheet."""
    cells = []
    for key in request.POST.getlist("cell"):
        parts = key.split(".")
        if len(parts) != 4 or not all(each.isascii() and each.isdigit() for each in (parts[0], parts[3])):
            raise InspectionRefused("Có ô không đọc được. Mở lại trang rồi chọn lại.")
        cells.append(CellSeen(int(parts[0]), parts[1], parts[2], int(parts[3])))
    return list(dict.fromkeys(cells))


def _show_sheet(
    request: SignedInRequest, inspection: Inspection, ref: SheetRef, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    page = read_check(
        request.user,
        inspection,
        ref,
        responsible=responsible_for(ref),
        ticked=request.POST.getlist("cell"),
    )
    context = {"page": page, "inspection": inspection, "form": form}
    return render(request, "approvals/inspection_sheet.html", context, status=status)
