"""The copy of one person's data, taken under a request that the principal has granted."""

import io

from django.http import FileResponse, Http404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.confirmation import require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.data_request_views import get_data_request
from approvals.data_rules import TAKES_A_COPY
from approvals.data_workflow import TAKEN_BY_COPY
from reports import person_files
from students.names import file_words

ZIP = "application/zip"
WHO_EXPORTS = "Bản sao dữ liệu của một người do Hiệu trưởng, văn thư lấy theo yêu cầu đã chấp nhận."


@never_cache
@require_POST
@limited("person_file", times=20, minutes=60, what="tải dữ liệu của một người")
def person_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The ZIP; the password each time, and who took it under which request is logged."""
    permissions.require(request.user, Action.EXPORT_PERSON, WHO_EXPORTS)
    found = get_data_request(request.user, pk)
    if found.kind not in TAKES_A_COPY or found.state not in TAKEN_BY_COPY:
        raise Http404("Chỉ yêu cầu xem, cung cấp dữ liệu mà Hiệu trưởng đã chấp nhận mới có bản sao để tải.")
    require_password(request, f"Tải bản sao dữ liệu cá nhân của {found.subject}, theo {found.label}.")
    made = person_files.person_file(found, by=request.user)
    name = f"du-lieu-{file_words(found.subject)}-yeu-cau-{found.number}-{found.year}.zip"
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=f"Dữ liệu của {found.subject}, {found.label}",
        target_path=reverse("approvals:data_request", args=[pk]),
        detail=f"{name}: {made.tables} bảng, {made.rows} dòng",
    )
    return file_to_save(io.BytesIO(made.content), name, ZIP)
