"""Evidence goes in through a cleaning and out through a permission (rules R54, R57)."""

import io

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.file_answers import file_to_look_at, file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals import corrections
from approvals.evidence import EvidenceRefused, clean_evidence, download_name
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest, Evidence
from approvals.request_pages import require_request


def take_files(request: SignedInRequest, found: CorrectionRequest) -> list[str]:
    """Cleans and attaches each uploaded file; the sentences of those that were refused.

    A file that the request has already is no fault, but it is said: nothing new stands in the list.
    """
    refused = []
    kept = set(found.evidence.values_list("pk", flat=True)) if request.FILES else set()
    for upload in request.FILES.getlist("files"):
        try:
            # Too large is told before the file is read into memory.
            content = upload.read(settings.EVIDENCE_MAX_BYTES + 1)
            file = clean_evidence(upload.name or "tệp", content)
            attached = corrections.attach(found, file, by=request.user)
            if attached.pk in kept:
                messages.warning(request, _twice(file.name, attached.name))
            kept.add(attached.pk)
        except EvidenceRefused as refusal:
            refused.append(str(refusal))
        except CorrectionRefused as refusal:
            if refusal.field != "evidence":
                raise
            refused.append(refusal.message)
    return refused


def _twice(name: str, known: str) -> str:
    under = f" với tên «{known}»" if known != name else ""
    return f"Tệp «{name}» đã có trong phiếu{under}, không thêm lần nữa."


@require_safe
@limited("evidence", times=600, minutes=10, what="mở minh chứng")
def evidence(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The kept bytes, for those who may see the request; every look is logged."""
    found = get_object_or_404(
        Evidence.objects.select_related("request__school_class", "request__proposer"), pk=pk
    )
    require_request(request.user, found.request)
    try:
        with found.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as problem:
        raise Http404("Tệp minh chứng không còn trên đĩa. Báo văn thư kèm số phiếu.") from problem
    log_access(
        request,
        AccessLogEntry.Kind.EVIDENCE_OPENED,
        target=f"Minh chứng {found.pk} của phiếu {found.request.label}",
        target_path=reverse("approvals:request", args=[found.request_id]),
    )
    if found.kind.startswith("image/"):
        return file_to_look_at(content, download_name(found.name, found.extension), found.kind)
    # A browser's PDF viewer does not start in the sandbox that a file from outside is shown in: it is saved instead.
    return file_to_save(io.BytesIO(content), download_name(found.name, found.extension), found.kind)
