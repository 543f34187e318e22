"""Pages of a batch: how far its classes are, the file for the printer."""

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.disks import files_have_no_room
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.regulation import year_label
from reports.batch_progress import batch_progress
from reports.models import PrintBatch
from reports.print_forms import CopiesForm
from reports.print_register import copies_of, may_note
from reports.printed_files import file_for_the_printer, page_of
from reports.pupil_files import batch_zip, is_being_packed
from reports.signed_files import signature_words

WHO_SEES = "Sổ và học bạ đã in chỉ mở cho văn thư và Ban giám hiệu."


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One batch. Asked by htmx for its progress, a change of phase makes the whole page come anew."""
    found = get_batch(request.user, pk)
    progress = batch_progress(found, worker_is_alive=has_live_worker())
    context = {
        "batch": found,
        "progress": progress,
        "is_without_room": files_have_no_room(),
        "may_print": permissions.may(request.user, Action.PRINT_BOOKS),
    }
    if not request.htmx:
        context |= about_paper(request.user, found, CopiesForm())
        return render(request, "reports/batch.html", context)
    answer = render(request, "reports/_batch_progress.html", context)
    if request.GET.get("seen") != progress.phase:
        answer["HX-Refresh"] = "true"
    return answer


def about_paper(user: User, found: PrintBatch, form: CopiesForm) -> dict[str, object]:
    """What there is of a finished batch: its pupils' files, or that a worker makes them, and the paper copies."""
    if found.state != PrintBatch.State.DONE:
        return {}
    has_zip = batch_zip(found).exists()
    return {
        "signature": signature_words(found),
        "has_pupil_files": found.book == PrintBatch.Book.TRANSCRIPTS,
        "zip_state": "ready" if has_zip else "packing" if is_being_packed(found) else "",
        "copies": copies_of(found),
        "copies_form": form,
        "may_note": may_note(found, user),
    }


@require_safe
@limited("batch_file", times=60, minutes=10, what="tải bản in")
def batch_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The file for the printer, never before it is whole and checked; who took it is logged."""
    found = get_batch(request.user, pk)
    name = f"{file_stem(found)}.pdf"
    return file_for_the_printer(request, found, name, whose=f"học sinh {found.scope}")


def get_batch(user: User, pk: int) -> PrintBatch:
    """Fetch and check in one call. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.SEE_PRINTS, WHO_SEES)
    return get_object_or_404(_with_people(), pk=pk)


def _with_people() -> QuerySet[PrintBatch]:
    return PrintBatch.objects.select_related("year", "asked_by", "cancelled_by")


def log_batch(request: SignedInRequest, kind: AccessLogEntry.Kind, found: PrintBatch, *, detail: str) -> None:
    log_access(request, kind, target=found.title, target_path=page_of(found), detail=detail)


def file_stem(found: PrintBatch) -> str:
    """In plain letters: HocBa-toan-truong-2025-2026-dot-in-3."""
    kind = "HocBa" if found.book == PrintBatch.Book.TRANSCRIPTS else f"THKQGD-{found.period}"
    scope = f"khoi-{found.grade_level}" if found.grade_level else "toan-truong"
    preview = ["xem-truoc"] if found.is_preview else []
    year = year_label(found.year_id).replace(" ", "")
    return "-".join([kind, scope, year, *preview, "dot-in", str(found.pk)])
