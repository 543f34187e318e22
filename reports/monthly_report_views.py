"""The clerk's monthly report, as a file to print and sign."""

import io

from django.http import FileResponse, Http404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.reconciliation_pages import get_round
from approvals.reconciliation_workflow import RoundState
from approvals.reconciliations import mark_read
from reports.monthly_reports import monthly_pdf, read_monthly_paper


@require_safe
@limited("monthly_report", times=60, minutes=10, what="in báo cáo tháng")
def monthly_report(request: SignedInRequest, pk: int) -> FileResponse:
    check = get_round(request.user, pk)
    if check.state != RoundState.CLOSED:
        raise Http404("Đợt đối chiếu chưa kết thúc nên chưa có báo cáo tháng.")
    paper = read_monthly_paper(check)
    require_password(request, f"Tải về {paper.title}.", lasting=Lasting.EXPORTS)
    mark_read(check, by=request.user)
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=paper.title,
        target_path=reverse("approvals:reconciliation_report", args=[pk]),
    )
    name = f"bao-cao-thang-{check.month:%m-%Y}.pdf"
    return file_to_save(io.BytesIO(monthly_pdf(paper)), name, "application/pdf")
