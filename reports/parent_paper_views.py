"""The papers by which the parents of a class check what the school has on record, as files to print."""

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
from reports.parent_papers import LIST, SLIPS, papers_pdf, read_papers
from students.class_record_views import get_class
from students.names import file_words


@require_safe
@limited("parent_slips", times=60, minutes=10, what="in phiếu cho phụ huynh")
def parent_slips(request: SignedInRequest, pk: int) -> FileResponse:
    """A page for each pupil, with everything that its parents are to check and sign."""
    return _paper(request, pk, SLIPS, "phieu-kiem-tra-thong-tin")


@require_safe
@limited("parent_list", times=60, minutes=10, what="in danh sách cho phụ huynh")
def parent_list(request: SignedInRequest, pk: int) -> FileResponse:
    """The list of the class that goes round."""
    return _paper(request, pk, LIST, "danh-sach-kiem-tra-thong-tin")


def _paper(request: SignedInRequest, pk: int, template: str, name: str) -> FileResponse:
    """Who took it is logged: it tells of every pupil of the class."""
    school_class = get_class(request.user, pk)
    papers = read_papers(school_class, printed_by=request.user.full_name)
    if not papers.slips:
        raise Http404(f"Lớp {school_class.name} chưa có học sinh nên chưa có gì để in.")
    title = papers.title(template)
    require_password(request, f"Tải về {title}.", lasting=Lasting.EXPORTS)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=title,
        target_path=reverse("students:class_records", args=[school_class.pk]),
        detail=f"{len(papers.slips)} học sinh",
    )
    file = f"{name}-{file_words(school_class.name)}-{school_class.year.label.replace(' ', '')}.pdf"
    return file_to_save(io.BytesIO(papers_pdf(papers, template)), file, "application/pdf")
