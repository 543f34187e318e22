"""Pages of a batch: how far its classes are, the file for the printer."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.regulation import year_label
from reports.batch_progress import batch_progress
from reports.models import PrintBatch
from reports.print_forms import CopiesForm
from reports.print_register import copies_of
from reports.pupil_files import batch_zip, is_being_packed

WHO_SEES = "Sổ và học bạ đã in chỉ mở cho văn thư và Ban giám hiệu."


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One batch. Asked by htmx for its progress, a change of phase makes the whole page come anew."""
    found = get_batch(request.user, pk)
    progress = batch_progress(found, worker_is_alive=has_live_worker())
    context = {
        "batch": found,
        "progress": progress,
        "may_print": permissions.may(request.user, Action.PRINT_BOOKS),
    }
    if not request.htmx:
        context |= about_paper(found, CopiesForm())
        return render(request, "reports/batch.html", context)
    answer = render(request, "reports/_batch_progress.html", context)
    if request.GET.get("seen") != progress.phase:
        answer["HX-Refresh"] = "true"
    return answer


def about_paper(found: PrintBatch, form: CopiesForm) -> dict[str, object]:
    """What there is of a finished batch: its pupils' files, or that a worker makes them, and the paper copies."""
    if found.state != PrintBatch.State.DONE:
        return {}
    has_zip = batch_zip(found).exists()
    return {
        "has_pupil_files": found.book == PrintBatch.Book.TRANSCRIPTS,
        "zip_state": "ready" if has_zip else "packing" if is_being_packed(found) else "",
        "copies": copies_of(found),
        "copies_form": form,
    }


@require_safe
@limited("batch_file", times=60, minutes=10, what="tải bản in")
def batch_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The file for the printer, never before it is whole and checked; who took it is logged."""
    found = get_batch(request.user, pk)
    if found.state != PrintBatch.State.DONE:
        raise Http404("Đợt in này chưa xong.")
    if not found.file.name or not found.file.storage.exists(found.file.name):
        raise Http404("Tệp của đợt in không còn trên máy chủ. Hãy đặt in lại.")
    name = f"{file_stem(found)}.pdf"
    require_password(request, f"Tải về {name}: hồ sơ của học sinh {found.scope}.", lasting=Lasting.EXPORTS)
    log_batch(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, found, detail=name)
    return file_to_save(found.file.open("rb"), name, "application/pdf")


def get_batch(user: User, pk: int) -> PrintBatch:
    """Fetch and check in one call. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.SEE_PRINTS, WHO_SEES)
    return get_object_or_404(_with_people(), pk=pk)


def _with_people() -> QuerySet[PrintBatch]:
    return PrintBatch.objects.select_related("year", "asked_by", "cancelled_by")


def log_batch(request: SignedInRequest, kind: AccessLogEntry.Kind, found: PrintBatch, *, detail: str) -> None:
    page = reverse("reports:batch", args=[found.pk])
    log_access(request, kind, target=found.title, target_path=page, detail=detail)


def file_stem(found: PrintBatch) -> str:
    """In plain letters: HocBa-toan-truong-2025-2026-dot-in-3."""
    kind = "HocBa" if found.book == PrintBatch.Book.TRANSCRIPTS else f"THKQGD-{found.period}"
    scope = f"khoi-{found.grade_level}" if found.grade_level else "toan-truong"
    preview = ["xem-truoc"] if found.is_preview else []
    year = year_label(found.year_id).replace(" ", "")
    return "-".join([kind, scope, year, *preview, "dot-in", str(found.pk)])
