"""The register of prints, on the screen and as Excel, and the form that notes paper copies."""

from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.confirmation import Lasting, require_password
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from accounts.tables import Heading, Value
from reports import batch_views, print_views
from reports.batch_progress import batch_progress
from reports.batch_views import WHO_SEES, get_batch
from reports.models import PrintBatch, PrintJob
from reports.print_forms import CopiesForm, RegisterForm
from reports.print_jobs import BookRefused
from reports.print_register import Line, all_lines, lines_of, note_copies, places_of, require_may_note
from reports.print_views import get_print
from students.models import SchoolYear
from students.years import NoYearYet

LINES_A_PAGE = 50
HEADINGS = (
    Heading("Số", 10),
    Heading("Sổ", 60),
    Heading("Xong lúc", 18),
    Heading("Người đặt in", 24),
    Heading("Bản", 16),
    Heading("Mã nhật kí", 26),
    Heading("Xem trước", 11),
    Heading("Học sinh", 10),
    Heading("Trang", 8),
    Heading("Bản giấy", 10),
    Heading("Giao cho", 50),
    Heading("Đã thay đổi theo", 30),
)


@never_cache
@require_safe
def register(request: SignedInRequest) -> HttpResponse:
    """Of one year (?year=2025, else the current one), narrowed by book, class and period."""
    permissions.require(request.user, Action.SEE_PRINTS, WHO_SEES)
    years = list(SchoolYear.objects.all())
    year = print_views.year_in_view(request, years)
    if year is None:
        return render(request, "reports/register.html", {"years": years, "year": None})
    form = RegisterForm(request.GET, year=year)
    page = Paginator(places_of(form.narrowing(year)), LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {"years": years, "year": year, "form": form, "page": page, "lines": lines_of(page, year)}
    return render(request, "reports/register.html", context)


@require_safe
@limited("print_register", times=60, minutes=10, what="tải sổ theo dõi in")
def register_file(request: SignedInRequest) -> FileResponse:
    """The same lines as Excel, a line a handing-over of copies left out: all of a print stand in one cell."""
    permissions.require(request.user, Action.SEE_PRINTS, WHO_SEES)
    year = print_views.year_in_view(request, list(SchoolYear.objects.all()))
    if year is None:
        raise NoYearYet
    title = f"Sổ theo dõi in năm học {year.label}"
    require_password(request, f"Tải về {title}.", lasting=Lasting.EXPORTS)
    narrowing = RegisterForm(request.GET, year=year).narrowing(year)
    name = f"so-theo-doi-in-{year.label.replace(' ', '')}.xlsx"
    return table_to_save(request, title=title, headings=HEADINGS, rows=_rows(all_lines(narrowing)), name=name)


def _rows(lines: Iterator[Line]) -> Iterator[Sequence[Value]]:
    for line in lines:
        printed = line.printed
        yield (
            line.number,
            printed.title,
            printed.finished_at,
            printed.asked_by.full_name,
            line.version,
            line.audit_codes,
            "x" if printed.is_preview else "",
            line.pupils,
            printed.pages,
            line.copies_made or None,
            "; ".join(f"{each.count} bản: {each.recipient or 'không ghi'}" for each in line.copies),
            line.standing,
        )


@require_POST
def copies(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes paper copies of a print."""
    job = get_print(request.user, pk)
    form = CopiesForm(request.POST)
    if _noted(request, job, form):
        return redirect("reports:print_job", pk)
    return print_views.page_of_print(request, job, form, status=422)


@require_POST
def batch_copies(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes paper copies of the file of a batch."""
    found = get_batch(request.user, pk)
    form = CopiesForm(request.POST)
    if _noted(request, found, form):
        return redirect("reports:batch", pk)
    context = {
        "batch": found,
        "progress": batch_progress(found, worker_is_alive=has_live_worker()),
        "may_print": True,
        **batch_views.about_paper(request.user, found, form),
    }
    return render(request, "reports/batch.html", context, status=422)


def _noted(request: SignedInRequest, printed: PrintJob | PrintBatch, form: CopiesForm) -> bool:
    """Raises PermissionDenied before the form is looked at."""
    require_may_note(printed, request.user)
    if not form.is_valid():
        return False
    try:
        made = note_copies(printed, **form.cleaned_data, by=request.user)
    except BookRefused as refusal:
        form.add_error(refusal.field, refusal.message)
        return False
    messages.success(request, f"Đã ghi {made.count} bản giấy vào sổ theo dõi in.")
    return True
