"""The notice of a breach of personal data as a file to print, sign and send."""

import io

from django.http import FileResponse, Http404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.data_incident_views import get_incident
from reports.data_incident_papers import NoYearError, incident_pdf, read_incident_paper


@require_safe
@limited("data_incident_paper", times=60, minutes=10, what="in thông báo sự cố")
def incident_paper(request: SignedInRequest, pk: int) -> FileResponse:
    incident = get_incident(request.user, pk)
    try:
        paper = read_incident_paper(incident)
    except NoYearError as none:
        raise Http404("Chưa có năm học nào nên chưa có tên trường để in.") from none
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=paper.title,
        target_path=reverse("approvals:data_incident", args=[pk]),
    )
    name = f"thong-bao-su-co-du-lieu-{incident.number:02d}-{incident.year}.pdf"
    return file_to_save(io.BytesIO(incident_pdf(paper)), name, "application/pdf")
