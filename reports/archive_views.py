"""Pages of the archives of everything: ask for one, see how far it is, take the file; the principal's alone."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.clock import stamp
from accounts.confirmation import require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.archive_tables import BOOKS, FILES, LEFT_OUT, SECRETS, history_books
from reports.archive_writing import WHOLE
from reports.archives import (
    ARCHIVES,
    KEPT_DAYS,
    WHO_ARCHIVES,
    ArchiveRefused,
    ask_for_archive,
    cancel_archive,
    goes_at,
    is_there,
)
from reports.models import DataArchive
from reports.print_jobs import in_words
from reports.print_moves import OPEN

ZIP = "application/zip"
LISTED = 20
FIRST_GUESS = 30
"""Thousandths that must be done before the time left is guessed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """An archive as its page shows it. `phase`: asleep (no worker runs), waiting, running, done, gone, failed,
    cancelled."""

    archive: DataArchive
    phase: str

    @property
    def is_open(self) -> bool:
        return self.archive.state in OPEN

    @property
    def goes_at(self) -> object:
        return goes_at(self.archive)

    @property
    def share(self) -> int:
        """In percent."""
        return self.archive.progress // 10

    @property
    def share_words(self) -> str:
        return f"{self.share} %"

    @property
    def time_left(self) -> str:
        """In words; "" while too little is done to say."""
        archive = self.archive
        if self.phase != "running" or not archive.started_at or archive.progress < FIRST_GUESS:
            return ""
        seconds = (stamp() - archive.started_at).total_seconds()
        return in_words(max(1, round(seconds / archive.progress * (WHOLE - archive.progress))))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("archive_ask", times=20, minutes=60, what="lập gói toàn bộ dữ liệu", methods=("POST",))
def archives(request: SignedInRequest) -> HttpResponse:
    """What the archive holds, the archives so far; a POST with the password asks for one."""
    permissions.require(request.user, Action.EXPORT_EVERYTHING, WHO_ARCHIVES)
    if request.method == "POST":
        require_password(request, "Lập gói toàn bộ dữ liệu của trường: học sinh, cán bộ, kết quả, nhật kí.")
        archive = ask_for_archive(by=request.user)
        log_access(
            request,
            AccessLogEntry.Kind.BULK_EXPORTED,
            target=str(archive),
            target_path=reverse("reports:archive", args=[archive.pk]),
            detail="Đặt lập",
        )
        return redirect("reports:archive", archive.pk)
    is_awake = has_live_worker()
    rows = _rows()[:LISTED]
    context = {
        "progresses": [_progress(row, is_awake=is_awake) for row in rows],
        "books": (*BOOKS, *history_books()),
        "left_out": LEFT_OUT.values(),
        "secrets": SECRETS.values(),
        "files": FILES.values(),
        "kept_days": KEPT_DAYS,
    }
    return render(request, "reports/archives.html", context)


@never_cache
@require_safe
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    """One archive. Asked by htmx for its progress, a change of phase makes the whole page come anew."""
    progress = _progress(get_archive(request.user, pk), is_awake=has_live_worker())
    context = {"archive": progress.archive, "progress": progress, "kept_days": KEPT_DAYS}
    if not request.htmx:
        return render(request, "reports/archive.html", context)
    answer = render(request, "reports/_archive_progress.html", context)
    if request.GET.get("seen") != progress.phase:
        answer["HX-Refresh"] = "true"
    return answer


@never_cache
@require_POST
@limited("archive_file", times=20, minutes=60, what="tải gói toàn bộ dữ liệu")
def archive_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The ZIP, streamed from the disk; the password each time, and who took it is logged."""
    found = get_archive(request.user, pk)
    if not is_there(found):
        raise Http404("Tệp của gói này không còn: chưa lập xong, hoặc đã quá hạn giữ. Hãy lập gói mới.")
    name = f"toan-bo-du-lieu-{timezone.localtime(found.finished_at):%Y-%m-%d}-goi-{found.pk}.zip"
    require_password(request, f"Tải về {name}: toàn bộ dữ liệu của trường.")
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=str(found),
        target_path=reverse("reports:archive", args=[pk]),
        detail=f"{name}, SHA-256 {found.content_hash}",
    )
    return file_to_save(found.file.open("rb"), name, ZIP)


@require_POST
def archive_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_archive(request.user, pk)
    try:
        cancel_archive(found, by=request.user)
    except ArchiveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Đã huỷ gói này.")
    return redirect("reports:archive", pk)


def get_archive(user: User, pk: int) -> DataArchive:
    """Fetch and check in one call. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.EXPORT_EVERYTHING, WHO_ARCHIVES)
    return get_object_or_404(_rows(), pk=pk)


def _rows() -> QuerySet[DataArchive]:
    return DataArchive.objects.select_related("asked_by", "cancelled_by").annotate(
        is_held=ARCHIVES.in_live_hands()
    )


def _progress(archive: Any, *, is_awake: bool) -> Progress:
    if archive.state in OPEN:
        if archive.is_held:
            return Progress(archive, "running")
        return Progress(archive, "waiting" if is_awake else "asleep")
    if archive.state == DataArchive.State.DONE and not is_there(archive):
        return Progress(archive, "gone")
    return Progress(archive, archive.state)
