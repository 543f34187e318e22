"""The transfer pack: one click from the movement, for the clerk; a worker draws it, its page hands it over (R19)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.print_jobs import BookRefused, ask_for_pack
from students.models import Movement


@require_POST
@limited("transfer_pack", times=60, minutes=10, what="in hồ sơ chuyển trường")
def transfer_pack(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for the pack of a pupil who goes to another school; its page then begins the download by itself."""
    permissions.require(request.user, Action.PRINT_BOOKS, "Hồ sơ chuyển trường do văn thư in.")
    rows = Movement.objects.select_related("student", "from_class__year")
    movement = get_object_or_404(rows, pk=pk)
    if not movement.has_transfer_pack:
        raise Http404("Chỉ biến động «Chuyển đi» còn hiệu lực mới có hồ sơ chuyển trường.")
    name = movement.student.full_name
    about = f"In hồ sơ chuyển trường của em {name}: toàn bộ hồ sơ, kết quả của em."
    require_password(request, about, lasting=Lasting.EXPORTS)
    try:
        job = ask_for_pack(movement, by=request.user)
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("students:movement", movement.pk)
    page = reverse("reports:print_job", args=[job.pk])
    log_access(
        request, AccessLogEntry.Kind.PRINT_ASKED, target=f"Hồ sơ chuyển trường – {name}", target_path=page
    )
    return redirect(f"{page}?take=1")
