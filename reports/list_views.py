"""Lists and head counts of a day as files to print and sign (domain 2.7 C)."""

import io

from django.http import FileResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.year_end_list_views import shown_list
from reports import movement_report
from reports.list_papers import list_pdf, read_list_paper
from reports.report_files import report_pdf
from reports.report_kind import Moment
from students.movement_views import days_in_view


@never_cache
@require_safe
@limited("year_end_list_paper", times=30, minutes=10, what="in danh sách cuối năm")
def year_end_list_paper(request: SignedInRequest, kind: str) -> FileResponse:
    """The list that the page shows, of the whole of it; who took it is logged."""
    shown = shown_list(request, kind)
    require_password(
        request, f"Tải {shown.title[:1].lower()}{shown.title[1:]} bản in.", lasting=Lasting.EXPORTS
    )
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=shown.title,
        detail=f"{shown.where}: {len(shown.pupils.rows)} học sinh, họ tên, ngày sinh, kết quả",
    )
    content = list_pdf(read_list_paper(shown))
    return file_to_save(io.BytesIO(content), f"{shown.name}.pdf", "application/pdf")


@never_cache
@require_safe
@limited("report_paper", times=60, minutes=10, what="in báo cáo")
def head_counts_paper(request: SignedInRequest) -> FileResponse:
    """The head counts between the two days that the page shows."""
    year, first, last = days_in_view(request)
    report = movement_report.report_between(year, first, last)
    log_access(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, target=f"{report.title}, {report.moment}")
    content = report_pdf(Moment(year, day=last), report, lock_state="")
    return file_to_save(io.BytesIO(content), f"si-so-{last:%Y-%m-%d}.pdf", "application/pdf")
