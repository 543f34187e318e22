"""A mark sheet to Excel and back: download, dry run of an upload, and writing what the dry run showed (R85, R86)."""

import io
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.file_answers import file_to_save
from accounts.history import Source
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from gradebook.entry import EntryRefusedError, SaveReport, preview_results, save_results
from gradebook.sealed_previews import PreviewLost
from gradebook.sheets import SheetRef, find_sheet, get_sheet, read_rows
from gradebook.windows import LockState, lock_state
from gradebook.workbook_forms import Wanted, WorkbookForm, name_of, seal_wanted, unseal_wanted, with_answers
from gradebook.workbook_page import Preview, build_preview
from gradebook.workbook_reading import read_sheet
from gradebook.workbook_rows import ReadSheet
from gradebook.workbooks import write_sheet
from students.workbooks import WorkbookRefused

LOCKED = 423


@dataclass(frozen=True, slots=True)
class UploadPage:
    """What the template needs. `kept`: fields of the proposal that a preview becomes when the lock came first."""

    ref: SheetRef
    lock: LockState
    form: WorkbookForm
    preview: Preview | None = None
    token: str = ""
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> list[int | str]:
        return [self.ref.school_class.pk, self.ref.code, self.ref.period.value]

    @property
    def propose_url(self) -> str:
        """Named here, the app above builds it, as on the sheet itself."""
        return reverse("approvals:propose", args=self.place)


@never_cache
@require_safe
@limited("sheet_file", times=300, minutes=10, what="tải sổ ra Excel")
def sheet_file(request: SignedInRequest, class_id: int, code: str, period: str) -> FileResponse:
    """The sheet as a workbook, for whoever may see the sheet; who took it is logged."""
    sheet = get_sheet(request.user, class_id, code, period)
    ref = sheet.ref
    name = f"{ref.school_class.name}-{ref.code}-{ref.period}-{ref.school_class.year_id}.xlsx"
    log_access(
        request,
        AccessLogEntry.Kind.DOWNLOADED,
        target=f"Sổ {ref.title}",
        target_path=reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value]),
        detail=name,
    )
    return file_to_save(io.BytesIO(write_sheet(sheet)), name, XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sheet_upload", times=200, minutes=10, what="nạp tệp kết quả", methods=("POST",))
def sheet_upload(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """Which file; posted with a file its dry run, posted with what the dry run showed that is written."""
    ref = find_sheet(class_id, code, period)
    permissions.require(
        request.user,
        Action.ENTER_SHEET,
        f"Chỉ giáo viên được phân công mới nạp được tệp vào sổ {ref.title}.",
        school_class=ref.school_class,
        line=ref.line,
    )
    if request.method != "POST":
        return _show(request, ref)
    return _apply(request, ref) if "wanted" in request.POST else _preview(request, ref)


def _show(
    request: SignedInRequest,
    ref: SheetRef,
    *,
    status: int = 200,
    form: WorkbookForm | None = None,
    preview: Preview | None = None,
    kept: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    page = UploadPage(
        ref=ref,
        lock=lock_state(ref.school_class, ref.period, ref.code),
        form=form or WorkbookForm(),
        preview=preview,
        token=seal_wanted(preview.wanted, ref=ref, by=request.user) if preview and preview.may_apply else "",
        kept=kept,
    )
    return render(request, "gradebook/sheet_upload.html", {"page": page}, status=status)


def _preview(request: SignedInRequest, ref: SheetRef) -> HttpResponse:
    """Nothing is read while the sheet is locked: the answer would be a promise that cannot be kept."""
    if not lock_state(ref.school_class, ref.period, ref.code).is_open:
        return _show(request, ref, status=LOCKED)
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, ref, form=form, status=422)
    rows = read_rows(ref)
    try:
        read = read_sheet(form.content, form.name, ref, rows, by=request.user)
    except WorkbookRefused as refusal:
        form.add_error("file", str(refusal))
        return _show(request, ref, form=form, status=422)
    report = preview_results(ref, read.changes, by=request.user)
    if report.locked:
        return _show(request, ref, status=LOCKED)
    wanted = Wanted(form.name, read.changes, read.places)
    preview = build_preview(ref, rows, report, wanted, read=read, by_id=request.user.pk)
    return _show(request, ref, preview=preview, status=_status(report, read))


def _status(report: SaveReport, read: ReadSheet) -> int:
    if report.refused or read.has_errors:
        return 422
    return 409 if report.conflicts else 200


def _apply(request: SignedInRequest, ref: SheetRef) -> HttpResponse:
    """Writes what the dry run showed, all of it or nothing, by the rules and the lock of this moment."""
    try:
        wanted = unseal_wanted(request.POST["wanted"], ref=ref, by=request.user)
    except PreviewLost as lost:
        messages.error(request, str(lost))
        return _show(request, ref, status=422)
    changes = with_answers(wanted.changes, request.POST)
    why = f"Nạp từ tệp «{wanted.file_name}»"
    try:
        save_results(ref, changes, by=request.user, source=Source.EXCEL, whole=True, why=why[:100])
    except EntryRefusedError as refusal:
        return _show_refusal(request, ref, wanted, refusal.report)
    messages.success(request, f"Đã ghi {len(changes)} ô từ tệp «{wanted.file_name}».")
    return redirect("gradebook:sheet", ref.school_class.pk, ref.code, ref.period.value)


def _show_refusal(
    request: SignedInRequest, ref: SheetRef, wanted: Wanted, report: SaveReport
) -> HttpResponse:
    """Locked meanwhile: why, and the way to a correction request. Changed meanwhile: the dry run anew."""
    if report.locked:
        kept = tuple((f"c.{name_of(change)}", change.value) for change in wanted.changes)
        return _show(request, ref, kept=kept, status=LOCKED)
    now = preview_results(ref, wanted.changes, by=request.user)
    preview = build_preview(ref, read_rows(ref), now, wanted, answers=request.POST, by_id=request.user.pk)
    messages.error(
        request,
        "Chưa ô nào được ghi: có ô vừa được sửa ở nơi khác, hoặc chưa chọn giữ giá trị nào. "
        "Xem lại các ô «Xung đột» dưới đây.",
    )
    return _show(request, ref, preview=preview, status=409 if report.conflicts else 422)
