"""Orders and the decision on the management board as files to print, sign and seal: for everybody who may read them."""

import io

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.models import DocumentVersion
from gradebook.order_views import get_order
from reports.official_papers import board_pdf, order_pdf, read_board
from students.names import file_words


@require_safe
@limited("order_paper", times=60, minutes=10, what="in văn bản")
def order_paper(request: SignedInRequest, pk: int) -> FileResponse:
    permissions.require(request.user, Action.SEE_ORDERS)
    title, content = order_pdf(get_order(pk))
    return _answer(request, title, content, reverse("gradebook:order", args=[pk]))


@require_safe
@limited("board_paper", times=60, minutes=10, what="in văn bản")
def board_paper(request: SignedInRequest, pk: int) -> FileResponse:
    permissions.require(request.user, Action.SEE_DOCUMENTS)
    version = get_object_or_404(DocumentVersion.objects.select_related("document", "year"), pk=pk)
    if not version.document.is_board:
        raise Http404("Chỉ quyết định thành lập Ban quản lí CSDL được in từ hệ thống.")
    paper = read_board(version)
    page = reverse("approvals:document", args=[version.document_id])
    return _answer(request, paper.title, board_pdf(paper), page)


def _answer(request: SignedInRequest, title: str, content: bytes, page: str) -> FileResponse:
    log_access(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, target=title, target_path=page)
    return file_to_save(io.BytesIO(content), f"{file_words(title)}.pdf", "application/pdf")
