"""A correction request and the register of corrections as papers to print, sign and file (rule R77)."""

import io

from django.contrib import messages
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.correction_register_views import WHO_EXPORTS, read_asked
from approvals.request_pages import get_request
from reports.correction_papers import correction_pdf, paper_of_register, read_correction_paper
from reports.paper_views import paper_answer
from reports.paper_wishes import Of, PaperWish

PDF = "application/pdf"
WHO_PRINTS = "Phiếu đề nghị sửa do người lập phiếu, văn thư, Ban giám hiệu in."


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


@require_http_methods(["GET", "HEAD", "POST"])
@limited("correction_register_paper", times=240, minutes=10, what="xem bản in")
def correction_register_paper(request: SignedInRequest) -> HttpResponseBase:
    """The register, narrowed as on its page."""
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_EXPORTS)
    asked = read_asked(request.user, request.GET.dict())
    narrowing, count = asked.narrowing, asked.rows.count()
    if narrowing.year is None or not count:
        messages.error(request, "Không có phiếu nào để in. Bỏ bớt điều kiện lọc.")
        return redirect(f"{reverse('approvals:correction_register')}?{narrowing.query}")
    name = f"so-theo-doi-sua-diem-{narrowing.year.pk}"
    return paper_answer(
        request,
        PaperWish(Of.CORRECTIONS, "", narrowing.query, name, seen_by=request.user.pk, tells_of_pupils=True),
        lambda: paper_of_register(request.user, asked),
        year=narrowing.year,
        title=asked.title,
        detail=f"{narrowing.words}: {count} phiếu",
        logged_as=AccessLogEntry.Kind.BULK_EXPORTED,
    )
