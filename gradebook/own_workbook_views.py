"""Pages: all sheets of a person out to Excel as one workbook, and a workbook of any of them back in."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from gradebook.models import ENTRY_PERIODS
from gradebook.own_sheets import open_until, refs_at_hand, sheets_of
from gradebook.own_workbook import WorkbookPreview, preview_workbook, write_workbook
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from gradebook.workbook_forms import WorkbooksForm
from gradebook.workbooks import write_sheets
from students.workbooks import WorkbookRefused

ONLY_TEACHERS = "Trang này có các sổ mà thầy cô được phân công nhập; thầy cô chưa được phân công sổ nào."


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period with how many of the person's sheets are open in it, and until when the last of them."""

    period: Period
    sheets: int
    open_sheets: int
    until: str


@dataclass(frozen=True, slots=True)
class OwnSheetsPage:
    """What the template needs."""

    form: WorkbooksForm
    periods: tuple[PeriodChoice, ...]
    classes: tuple[str, ...]
    preview: WorkbookPreview | None = None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sheet_upload", times=200, minutes=10, what="nạp tệp kết quả", methods=("POST",))
def own_sheets(request: SignedInRequest) -> HttpResponse:
    """Which periods to take, which file to read; posted with a file its dry run, with its tokens that is written."""
    permissions.require_anywhere(request.user, Action.ENTER_SHEET, ONLY_TEACHERS)
    if request.method != "POST":
        return _show(request)
    return _apply(request) if "apply" in request.POST else _preview(request)


@never_cache
@require_safe
@limited("sheet_file", times=300, minutes=10, what="tải sổ ra Excel")
def own_sheets_file(request: SignedInRequest) -> FileResponse:
    """The sheets of the periods asked for, of all where none is, as one workbook; who took it is logged."""
    permissions.require_anywhere(request.user, Action.ENTER_SHEET, ONLY_TEACHERS)
    asked = [period for period in ENTRY_PERIODS if period in request.GET.getlist("period")] or list(
        ENTRY_PERIODS
    )
    refs = [ref for ref in refs_at_hand(request.user) if ref.period in asked]
    year = max((ref.school_class.year_id for ref in refs), default="")
    name = f"so-cua-toi-{'-'.join(asked) if len(asked) < len(ENTRY_PERIODS) else 'ca-nam'}-{year}.xlsx"
    log_access(
        request,
        AccessLogEntry.Kind.DOWNLOADED,
        target=f"{len(refs)} sổ của các lớp {', '.join(_classes(refs))}"[:200],
        target_path=reverse("gradebook:own_sheets"),
        detail=name,
    )
    return file_to_save(io.BytesIO(write_sheets(sheets_of(refs))), name, XLSX)


def _classes(refs: Sequence[SheetRef]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref.school_class.name for ref in refs))


def _show(
    request: SignedInRequest,
    *,
    status: int = 200,
    form: WorkbooksForm | None = None,
    preview: WorkbookPreview | None = None,
) -> HttpResponse:
    refs = refs_at_hand(request.user)
    is_open = open_until(refs, by=request.user)
    at_hand = {ref.period for ref in refs}
    periods = tuple(_choice(period, refs, is_open) for period in ENTRY_PERIODS if period in at_hand)
    meant = next(
        (each.period for each in periods if each.open_sheets and each.period in tuple(Period)),
        Period.MID_TERM_1,
    )
    page = OwnSheetsPage(form or WorkbooksForm(initial={"period": meant}), periods, _classes(refs), preview)
    return render(request, "gradebook/own_sheets.html", {"page": page}, status=status)


def _choice(period: Period, refs: Sequence[SheetRef], is_open: dict[SheetRef, str]) -> PeriodChoice:
    own = [ref for ref in refs if ref.period == period]
    still = [is_open[ref] for ref in own if ref in is_open]
    return PeriodChoice(period, len(own), len(still), still[-1] if still else "")


def _preview(request: SignedInRequest) -> HttpResponse:
    form = WorkbooksForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    period = Period(form.cleaned_data["period"])
    try:
        preview = preview_workbook(form.content, form.name, period=period, by=request.user)
    except WorkbookRefused as refusal:
        form.add_error("file", str(refusal))
        return _show(request, form=form, status=422)
    return _show(request, form=form, preview=preview, status=preview.status)


def _apply(request: SignedInRequest) -> HttpResponse:
    """Writes what the dry run showed, sheet by sheet, by the rules and the lock of this moment."""
    done = write_workbook(request.POST, by=request.user)
    for title, cells in done.sheets:
        messages.success(request, f"Đã ghi {cells} ô vào sổ {title}.")
    if done.lost:
        messages.error(request, done.lost)
    if not done.sheets and not done.parts and not done.lost:
        messages.error(request, "Chưa chọn sổ nào để ghi. Đánh dấu ít nhất một sổ, hoặc chọn lại tệp.")
        return _show(request, status=422)
    if done.is_whole:
        return redirect("gradebook:own_sheets")
    if not done.parts:
        return _show(request, status=422)
    messages.error(
        request,
        f"{len(done.parts)} sổ chưa được ghi ô nào: vừa khoá, có ô vừa được sửa ở nơi khác, hoặc chưa chọn giữ giá "
        "trị nào. Xem lại dưới đây.",
    )
    preview = WorkbookPreview(done.file_name, done.parts)
    return _show(request, preview=preview, status=max(preview.status, 409))
