"""The minutes of an inspection, as a file to print and sign."""

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
from approvals.inspection_pages import get_inspection
from approvals.inspection_workflow import InspectionState
from reports.inspection_minutes import minutes_pdf, read_minutes


@require_safe
@limited("inspection_minutes", times=60, minutes=10, what="in biên bản kiểm tra")
def inspection_minutes(request: SignedInRequest, pk: int) -> FileResponse:
    """Who took it is logged: it tells of pupils' results and of teachers."""
    inspection = get_inspection(request.user, pk)
    if inspection.state != InspectionState.CLOSED:
        raise Http404("Đợt kiểm tra chưa kết thúc nên chưa có biên bản.")
    minutes = read_minutes(inspection)
    require_password(request, f"Tải về {minutes.title}.", lasting=Lasting.EXPORTS)
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=minutes.title,
        target_path=reverse("approvals:inspection", args=[pk]),
    )
    name = f"bien-ban-kiem-tra-{inspection.number:02d}-{inspection.year.pk}.pdf"
    return file_to_save(io.BytesIO(minutes_pdf(minutes)), name, "application/pdf")
