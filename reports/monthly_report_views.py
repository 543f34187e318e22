"""The clerk's monthly report, as a file to print and sign."""

import io

from django.http import FileResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from approvals.models import ReconciliationRound
from approvals.reconciliation_pages import get_round
from approvals.reconciliations import mark_read
from reports.monthly_reports import MonthlyReport, monthly_pdf, monthly_workbook, read_monthly_paper


@require_safe
@limited("monthly_report", times=60, minutes=10, what="in báo cáo tháng")
def monthly_report(request: SignedInRequest, pk: int) -> FileResponse:
    """On paper; of a round that is not closed with the word that its figures are for now."""
    check = get_round(request.user, pk)
    paper = _asked(request, check, AccessLogEntry.Kind.PRINT_DOWNLOADED)
    return file_to_save(io.BytesIO(monthly_pdf(paper)), f"{_name(check)}.pdf", "application/pdf")


@require_safe
@limited("monthly_report", times=60, minutes=10, what="in báo cáo tháng")
def monthly_report_excel(request: SignedInRequest, pk: int) -> FileResponse:
    """The same as a workbook."""
    check = get_round(request.user, pk)
    paper = _asked(request, check, AccessLogEntry.Kind.BULK_EXPORTED)
    content = monthly_workbook(paper, by=request.user)
    return file_to_save(io.BytesIO(content), f"{_name(check)}.xlsx", XLSX)


def _asked(request: SignedInRequest, check: ReconciliationRound, kind: AccessLogEntry.Kind) -> MonthlyReport:
    """For who has typed the password; who took it is logged, and the principal's first look at it noted."""
    paper = read_monthly_paper(check, by=request.user)
    require_password(request, f"Tải về {paper.title}.", lasting=Lasting.EXPORTS)
    mark_read(check, by=request.user)
    log_access(
        request,
        kind,
        target=paper.title,
        target_path=reverse("approvals:reconciliation_report", args=[check.pk]),
        detail=paper.state,
    )
    return paper


def _name(check: ReconciliationRound) -> str:
    return f"bao-cao-thang-{check.month:%m-%Y}"
