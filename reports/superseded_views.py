"""Which prints hold a value that a correction has changed, and one click to print those pages again (R55)."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.models import CorrectionRequest
from approvals.request_pages import get_request
from reports.amended_papers import amended_after
from reports.print_forms import OF_A_CLASS, AskForBookForm
from reports.print_jobs import BookRefused, ask_for_reprint
from reports.superseded import Superseded, request_with_items, superseded_by
from students.models import SchoolClass

WHO_SEES = "Bản in phải thay sau khi sửa dành cho văn thư, Ban giám hiệu."

NOTHING = (
    "Chưa có sổ, học bạ, phiếu kết quả, quyết định, giấy khen nào được in trước khi phiếu này được thực hiện mà có nội "
    "dung đã sửa."
)


@never_cache
@require_safe
def superseded(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of one request; asked by htmx, only the list, for the page of the request."""
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_SEES)
    found = get_request(request.user, pk)
    with_items = request_with_items(found.pk)
    context = {
        "request_of": found,
        "rows": superseded_by([with_items]),
        "papers": amended_after(with_items),
        "may_print_papers": permissions.may(request.user, Action.PRINT_PAPERS),
        "nothing": NOTHING,
        "may_print": permissions.may(request.user, Action.PRINT_BOOKS),
    }
    template = "reports/_superseded_of_request.html" if request.htmx else "reports/superseded.html"
    return render(request, template, context)


@dataclass(frozen=True, slots=True)
class _Wanted:
    book: str
    school_class: SchoolClass
    period: str


@require_POST
@limited("reprint", times=60, minutes=10, what="in lại trang đã sửa")
def reprint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for the changed pages of one book; the page of the print hands them over when they are done."""
    permissions.require(
        request.user, Action.PRINT_BOOKS, "Chỉ văn thư đặt in sổ và học bạ (kế hoạch, mục IV.3)."
    )
    found = get_request(request.user, pk)
    wanted = _wanted(request)
    row = _row_of(found, wanted) if wanted else None
    if wanted is None or row is None:
        messages.error(request, "Không có bản in nào của sổ này mang giá trị cũ của phiếu.")
        return redirect("reports:superseded", pk)
    about = f"In lại {row.where} của {row.job.title}, theo phiếu {found.label}."
    require_password(request, about, lasting=Lasting.EXPORTS)
    try:
        job = ask_for_reprint(
            found,
            book=wanted.book,
            school_class=wanted.school_class,
            period=wanted.period,
            by=request.user,
        )
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("reports:superseded", pk)
    page = reverse("reports:print_job", args=[job.pk])
    log_access(request, AccessLogEntry.Kind.PRINT_ASKED, target=job.title, target_path=page)
    return redirect(f"{page}?take=1")


def _row_of(found: CorrectionRequest, wanted: _Wanted) -> Superseded | None:
    asked = (wanted.book, wanted.school_class.pk, wanted.period)
    rows = superseded_by([request_with_items(found.pk)])
    return next(
        (row for row in rows if (row.job.book, row.job.school_class_id, row.job.period) == asked), None
    )


def _wanted(request: SignedInRequest) -> _Wanted | None:
    """Book, class and period as posted; None where they make no sense."""
    number = request.POST.get("school_class", "")
    if not (number.isdecimal() and len(number) < 10):
        return None
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=int(number))
    form = AskForBookForm(request.POST, classes=[school_class])
    if not form.is_valid() or form.cleaned_data["book"] not in OF_A_CLASS:
        return None
    return _Wanted(form.cleaned_data["book"], school_class, form.cleaned_data["period"])
