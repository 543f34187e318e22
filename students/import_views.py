"""The clerk's pages for taking in pupil lists: send a file, look at the dry run, carry it out (PLAN IV.3; R85)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.idle_lock import administrative
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from students.import_forms import FilterForm, UploadForm
from students.imports import RosterChanged, RosterRefused
from students.models import RosterRun, RosterUpload, SchoolClass, SchoolYear
from students.roster_runs import RunProgress, ask_for_run, cancel_run, is_large, progress_of, with_open_runs
from students.upload_page import read_dry_run
from students.uploads import WHO_IMPORTS, UploadRefused, apply_upload, file_of, keep_upload, plan_of

ROWS_PER_PAGE = 50
UPLOADS_PER_PAGE = 20


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@limited("roster_upload", times=30, minutes=10, what="nạp danh sách", methods=("POST",))
def roster_import(request: SignedInRequest) -> HttpResponse:
    """Which file, for which year; and the lists sent before."""
    permissions.require(request.user, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    if request.method == "POST":
        return _receive(request)
    return _show_import(request, UploadForm(initial={"year": SchoolYear.objects.current()}))


def _receive(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_import(request, form, status=422)
    upload = keep_upload(
        name=form.cleaned_data["file"].name,
        content=form.content,
        roster=form.roster,
        year=form.cleaned_data["year"],
        by=request.user,
    )
    log_access(
        request,
        AccessLogEntry.Kind.PROFILES_VIEWED,
        target=f"Tải lên danh sách «{upload.name}»",
        target_path=reverse("students:upload", args=[upload.pk]),
    )
    return redirect("students:upload", upload.pk)


def _show_import(request: SignedInRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    uploads = with_open_runs(RosterUpload.objects.select_related("year", "uploaded_by", "applied_by"))
    page = Paginator(uploads, UPLOADS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "students/import.html", {"form": form, "page": page}, status=status)


@administrative
@never_cache
@require_safe
@limited("roster_look", times=600, minutes=10, what="xem trước danh sách")
def roster_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dry run of a list; how far it is while a worker carries it out; then what was done."""
    upload = _get_upload(request, pk)
    progress = progress_of(upload)
    if progress and progress.is_open:
        return _show_progress(request, upload, progress)
    if request.htmx:
        # The run has ended: the page comes anew, whole.
        return HttpResponse(headers={"HX-Refresh": "true"})
    if upload.is_applied:
        return _show_done(request, upload)
    try:
        return _show_plan(request, upload, progress.run.failure if progress else "")
    except UploadRefused as refusal:
        return _show_lost(request, upload, str(refusal))


@administrative
@require_POST
def roster_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Carries out exactly what was shown, a long list in the background; what has changed meanwhile is shown anew."""
    upload = _get_upload(request, pk)
    require_password(request, f"Nạp «{upload.name}» vào năm học {upload.year.label}.")
    previewed = request.POST.get("previewed", "")
    try:
        if is_large(upload):
            ask_for_run(upload, previewed=previewed, by=request.user)
            return redirect("students:upload", upload.pk)
        done = apply_upload(upload, previewed=previewed, by=request.user)
    except RosterChanged as refusal:
        messages.warning(request, f"{refusal} Dưới đây là kết quả tính lại; xem lại rồi bấm nạp lần nữa.")
    except (RosterRefused, UploadRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            f"Đã nạp «{done.name}»: thêm {done.created} học sinh, thay đổi {done.changed}, giữ nguyên {done.kept}.",
        )
    return redirect("students:upload", upload.pk)


@administrative
@require_POST
def roster_run_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stops a list that a worker has in hand or will have; nothing of it stays."""
    permissions.require(request.user, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    run = get_object_or_404(RosterRun.objects.select_related("upload"), pk=pk)
    if cancel_run(run, by=request.user):
        messages.success(request, "Đã dừng. Chưa ghi dòng nào.")
    else:
        messages.warning(request, "Việc nạp đã xong hoặc đã dừng từ trước.")
    return redirect("students:upload", run.upload_id)


def _get_upload(request: SignedInRequest, pk: int) -> RosterUpload:
    permissions.require(request.user, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    return get_object_or_404(RosterUpload.objects.select_related("year", "uploaded_by", "applied_by"), pk=pk)


def _show_progress(request: SignedInRequest, upload: RosterUpload, progress: RunProgress) -> HttpResponse:
    """The whole page, or the part that asks for itself each second; it refreshes when the phase has changed."""
    context = {"upload": upload, "progress": progress, "run": progress.run}
    if not request.htmx:
        return render(request, "students/upload_run.html", context)
    answer = render(request, "students/_run_progress.html", context)
    if request.GET.get("seen") != progress.phase:
        answer["HX-Refresh"] = "true"
    return answer


def _show_plan(request: SignedInRequest, upload: RosterUpload, failure: str) -> HttpResponse:
    run = read_dry_run(plan_of(upload), upload.year)
    filters = FilterForm(request.GET, counts=run.counts, marked=run.marked, classes=run.class_names)
    lines = run.filtered(filters.value("show"), filters.value("school_class"))
    log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=f"Xem trước danh sách «{upload.name}»")
    context = {
        "upload": upload,
        "failure": failure,
        "run": run,
        "file": file_of(upload),
        "filters": filters,
        "page": Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "students/upload.html", context)


def _show_done(request: SignedInRequest, upload: RosterUpload) -> HttpResponse:
    classes = SchoolClass.objects.filter(year=upload.year, name__in=upload.classes)
    return render(request, "students/upload_done.html", {"upload": upload, "classes": classes})


def _show_lost(request: SignedInRequest, upload: RosterUpload, why: str) -> HttpResponse:
    return render(request, "students/upload_lost.html", {"upload": upload, "why": why}, status=410)
