"""The transfer pack as a file: one click from the movement, for the clerk (PLAN IV.3)."""

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
from reports.transfer_packs import pack_pdf, read_pack
from students.models import Movement
from students.names import file_words


@require_safe
@limited("transfer_pack", times=60, minutes=10, what="in hồ sơ chuyển trường")
def transfer_pack(request: SignedInRequest, pk: int) -> FileResponse:
    """The pack of a pupil who goes to another school; who took it is logged."""
    permissions.require(request.user, Action.PRINT_BOOKS, "Hồ sơ chuyển trường do văn thư in.")
    rows = Movement.objects.select_related("student", "year", "from_class__year")
    movement = get_object_or_404(rows, pk=pk)
    if not movement.has_transfer_pack:
        raise Http404("Chỉ biến động «Chuyển đi» còn hiệu lực mới có hồ sơ chuyển trường.")
    pack = read_pack(movement)
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
        target=pack.title,
        target_path=reverse("students:movement", args=[movement.pk]),
    )
    name = file_words(movement.student.full_name)
    return file_to_save(io.BytesIO(pack_pdf(pack)), f"ho-so-chuyen-truong-{name}.pdf", "application/pdf")
