"""A correction request and the register of corrections as papers to print, sign and file (rule R77)."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import clock, permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.correction_register import Entry
from approvals.correction_register_views import WHO_EXPORTS, read_asked
from approvals.request_pages import get_request
from reports.correction_papers import correction_pdf, read_correction_paper, register_paper, register_pdf

PDF = "application/pdf"
WHO_PRINTS = "Phiếu đề nghị sửa do người lập phiếu, văn thư, Ban giám hiệu in."
MOST_REQUESTS = 400
"""On one paper: the server draws it while its reader waits."""


@require_safe
@limited("correction_paper", times=60, minutes=10, what="in phiếu đề nghị sửa")
def correction_paper(request: SignedInRequest, pk: int) -> FileResponse:
    """The request in the school's form; who took it is logged."""
    found = get_request(request.user, pk)
    permissions.require(request.user, Action.PRINT_REQUEST, WHO_PRINTS, owner_id=found.proposer_id)
    paper = read_correction_paper(request.user, found)
    require_password(request, f"Tải về {paper.title}.", lasting=Lasting.EXPORTS)
    page = reverse("approvals:request", args=[pk])
    log_access(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, target=paper.title, target_path=page)
    number = paper.number.partition("/")[0] or "nhap"
    name = f"phieu-de-nghi-sua-{number}-{paper.year.label.replace(' ', '')}.pdf"
    return file_to_save(io.BytesIO(correction_pdf(paper)), name, PDF)


@require_safe
@limited("correction_register_paper", times=30, minutes=10, what="in sổ theo dõi sửa điểm")
def correction_register_paper(request: SignedInRequest) -> HttpResponseBase:
    """The register, narrowed as on its page."""
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_EXPORTS)
    asked = read_asked(request)
    against = _against(asked.narrowing.year is None, asked.rows.count())
    if asked.narrowing.year is None or against:
        messages.error(request, against)
        return _back(asked.narrowing.query)
    require_password(request, f"Tải {asked.title[:1].lower()}{asked.title[1:]}.", lasting=Lasting.EXPORTS)
    entries = [Entry(each) for each in asked.rows]
    detail = f"{asked.narrowing.words}: {len(entries)} phiếu"
    log_access(request, AccessLogEntry.Kind.BULK_EXPORTED, target=asked.title, detail=detail)
    paper = register_paper(
        asked.narrowing.year,
        asked.narrowing,
        entries,
        printed_by=request.user.full_name,
        printed_at=clock.moment_label(clock.stamp()),
    )
    name = f"so-theo-doi-sua-diem-{paper.year.pk}.pdf"
    return file_to_save(io.BytesIO(register_pdf(paper)), name, PDF)


def _against(has_no_year: bool, requests: int) -> str:
    if has_no_year or not requests:
        return "Không có phiếu nào để in. Bỏ bớt điều kiện lọc."
    if requests > MOST_REQUESTS:
        return (
            f"Sổ có {requests} phiếu, mỗi lần in nhiều nhất {MOST_REQUESTS}. Lọc theo tháng, lớp hoặc thời điểm rồi in "
            "từng phần; bản Excel có đủ."
        )
    return ""


def _back(query: str) -> HttpResponse:
    return redirect(f"{reverse('approvals:correction_register')}?{query}")
