"""Lists and head counts of a day as files to print and sign (domain 2.7 C)."""

import io

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.words import grouped
from approvals.signature_page import WHO_SEES
from approvals.signature_register import read_register
from gradebook.year_end_list_views import shown_list
from reports import movement_report
from reports.list_papers import list_paper
from reports.paper_views import DRAWN, paper_answer
from reports.paper_wishes import Of, PaperWish
from reports.report_files import report_paper
from reports.report_kind import Moment
from reports.unsigned_books import read_unsigned_paper, unsigned_pdf
from students.models import SchoolYear
from students.movement_views import days_in_view
from students.years import NoYearYet


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("year_end_list_paper", times=240, minutes=10, what="xem bản in")
def year_end_list_paper(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """The list that the page shows, of the whole of it."""
    shown = shown_list(request.user, kind, request.GET.dict())
    sees_all = permissions.may(request.user, Action.SEE_OUTCOMES)
    wish = PaperWish(
        Of.LIST,
        kind,
        shown.query,
        shown.name,
        seen_by=None if sees_all else request.user.pk,
        tells_of_pupils=True,
    )
    return paper_answer(
        request,
        wish,
        lambda: list_paper(shown),
        year=shown.year,
        title=f"{shown.title}, {shown.where}",
        detail=f"{shown.where}: {grouped(len(shown.pupils.rows))} học sinh, họ tên, ngày sinh, kết quả",
    )


@never_cache
@require_safe
@limited("unsigned_books_paper", times=60, minutes=10, what="in danh sách sổ chưa kí")
def unsigned_books_paper(request: SignedInRequest) -> FileResponse:
    """Who has not signed which books, of what the page of signatures is narrowed to; the whole of it."""
    permissions.require_anywhere(request.user, Action.SEE_SIGNATURES, WHO_SEES)
    year = SchoolYear.objects.current()
    if year is None:
        raise NoYearYet
    paper = read_unsigned_paper(read_register(request.user, request.GET), year, of=request.user)
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=f"Sổ THKQGD chưa kí, {paper.period}",
        detail=f"{paper.where}: {paper.teachers} giáo viên, {paper.books} sổ",
    )
    content = unsigned_pdf(paper)
    return file_to_save(io.BytesIO(content), "so-chua-ki.pdf", "application/pdf")


@never_cache
@require_safe
def head_counts_paper(request: SignedInRequest) -> HttpResponseBase:
    """The head counts between the two days that the page shows."""
    if refusal := DRAWN.refusal(request):
        return refusal
    year, first, last = days_in_view(request)
    report = movement_report.report_between(year, first, last)
    log_access(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, target=f"{report.title}, {report.moment}")
    paper = report_paper(Moment(year, day=last), report, lock_state="")
    return file_to_save(io.BytesIO(paper.drawn()), f"si-so-{last:%Y-%m-%d}.pdf", "application/pdf")
