"""The record of a class that has been handed over, as a file to print and sign."""

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
from gradebook.handover_views import get_class
from gradebook.handovers import read_record
from reports.handover_records import paper_of, paper_pdf
from students.names import file_words


@require_safe
@limited("handover_file", times=60, minutes=10, what="in biên bản bàn giao")
def handover_file(request: SignedInRequest, pk: int) -> FileResponse:
    """Who took it is logged: it tells of every pupil of the class."""
    school_class = get_class(request.user, pk)
    record = read_record(school_class)
    if not record.is_signed:
        raise Http404("Bản bàn giao chưa kí nên chưa có biên bản.")
    paper = paper_of(record)
    require_password(request, f"Tải về {paper.title}.", lasting=Lasting.EXPORTS)
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=paper.title,
        target_path=reverse("gradebook:handover", args=[school_class.pk]),
    )
    name = f"bien-ban-ban-giao-{file_words(school_class.name)}-{school_class.year.label.replace(' ', '')}.pdf"
    return file_to_save(io.BytesIO(paper_pdf(paper)), name, "application/pdf")
