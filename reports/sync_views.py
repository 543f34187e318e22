"""Pages of the outbox for the sector database: what would go, prepare, take the file, note that it was sent."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.export_forms import SendingForm
from reports.export_views import WHO_EXPORTS
from reports.models import SyncBatch, SyncRecord
from reports.print_views import year_in_view
from reports.sync_content import LACKING
from reports.sync_files import JSON, BatchDamaged, batch_file, file_name
from reports.sync_outbox import WHO_PREPARES, NothingToSend, Pending, mark_sent, prepare_batch, read_pending
from students.models import SchoolYear

BATCHES_A_PAGE = 20
MOST_NAMED = 100


@never_cache
@require_safe
@limited("sync_look", times=120, minutes=10, what="xem dữ liệu gửi CSDL ngành")
def sync(request: SignedInRequest) -> HttpResponse:
    """What of a year (?year=) is new, changed, gone or kept back now, who lacks what, and the batches so far."""
    permissions.require(request.user, Action.EXPORT_DATA, WHO_EXPORTS)
    years = list(SchoolYear.objects.all())
    year = year_in_view(request, years)
    context = {
        "years": years,
        "year": year,
        "may_prepare": permissions.may(request.user, Action.PREPARE_SYNC),
        "lacking_fields": LACKING.items(),
        **(_about(year, request.GET.get("page")) if year else {}),
    }
    return render(request, "reports/sync.html", context)


def _about(year: SchoolYear, page: str | None) -> dict[str, object]:
    pending = read_pending(year)
    rows = (
        SyncBatch.objects.filter(year=year)
        .select_related("prepared_by")
        .annotate(sent=Count("sendings"), sent_last=Max("sendings__sent_at"))
        .order_by("-pk")
    )
    lacking = pending.gathered.lacking
    return {
        "pending": pending,
        "unopened": ", ".join(period.label for period in pending.gathered.unopened),
        "kinds": _kinds(pending),
        "lacking": lacking[:MOST_NAMED],
        "lacking_count": len(lacking),
        "page": Paginator(rows, BATCHES_A_PAGE).get_page(page),
    }


def _kinds(pending: Pending) -> list[tuple[str, dict[str, int]]]:
    """Name of the kind, and how many new, changed, gone, kept back."""
    events = SyncRecord.Event
    counts = pending.counts
    return [
        (
            kind.label,
            {
                "new": counts[kind.value][events.NEW],
                "changed": counts[kind.value][events.UPDATE],
                "cancelled": counts[kind.value][events.CANCEL],
                "held": counts[kind.value]["held"],
            },
        )
        for kind in SyncRecord.Kind
    ]


@require_POST
@limited("sync_prepare", times=30, minutes=10, what="chuẩn bị dữ liệu gửi CSDL ngành")
def sync_prepare(request: SignedInRequest) -> HttpResponse:
    """Appends a batch of the year in the form."""
    permissions.require(request.user, Action.PREPARE_SYNC, WHO_PREPARES)
    wanted = request.POST.get("year", "")
    year = get_object_or_404(SchoolYear, pk=wanted if wanted.isdigit() and len(wanted) < 5 else 0)
    try:
        batch = prepare_batch(year, by=request.user)
    except NothingToSend as nothing:
        messages.info(request, str(nothing))
        return redirect(f"{reverse('reports:sync')}?year={year.pk}")
    messages.success(
        request, f"Đã chuẩn bị đợt {batch.number}: {batch.records_count} bản ghi. Tải tệp rồi gửi."
    )
    return redirect("reports:sync_batch", batch.pk)


@never_cache
@require_safe
def sync_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One batch: how many of what, its file, when it was sent."""
    return _show(request, get_batch(request.user, pk), SendingForm())


@never_cache
@require_safe
@limited("sync_file", times=60, minutes=10, what="tải dữ liệu gửi CSDL ngành")
def sync_file(request: SignedInRequest, pk: int) -> HttpResponse | FileResponse:
    """The file of a batch, the same bytes each time; who took it is logged."""
    batch = get_batch(request.user, pk)
    name = file_name(batch)
    require_password(request, f"Tải về {name}: dữ liệu gửi CSDL ngành.", lasting=Lasting.EXPORTS)
    try:
        content = batch_file(batch)
    except BatchDamaged as damage:
        messages.error(request, str(damage))
        return redirect("reports:sync_batch", pk)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=f"Dữ liệu gửi CSDL ngành, đợt {batch.number} năm học {batch.year.label}",
        target_path=reverse("reports:sync_batch", args=[pk]),
        detail=f"{name}: {batch.records_count} bản ghi",
    )
    return file_to_save(io.BytesIO(content), name, JSON)


@require_POST
def sync_sent(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes that the batch was sent."""
    batch = get_batch(request.user, pk)
    permissions.require(request.user, Action.PREPARE_SYNC, WHO_PREPARES)
    form = SendingForm(request.POST)
    if not form.is_valid():
        return _show(request, batch, form, status=422)
    mark_sent(batch, note=form.cleaned_data["note"], by=request.user)
    messages.success(request, "Đã ghi nhận: đợt này đã gửi.")
    return redirect("reports:sync_batch", pk)


def get_batch(user: User, pk: int) -> SyncBatch:
    """Fetch and check in one call. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.EXPORT_DATA, WHO_EXPORTS)
    return get_object_or_404(SyncBatch.objects.select_related("year", "prepared_by"), pk=pk)


def _show(
    request: SignedInRequest, batch: SyncBatch, form: SendingForm, *, status: int = 200
) -> HttpResponse:
    counts = batch.records.order_by().values("kind").annotate(count=Count("pk")).values_list("kind", "count")
    by_kind = dict(counts)
    context = {
        "batch": batch,
        "kinds": [(kind.label, by_kind.get(kind.value, 0)) for kind in SyncRecord.Kind],
        "sendings": batch.sendings.select_related("sent_by"),
        "form": form,
        "may_prepare": permissions.may(request.user, Action.PREPARE_SYNC),
    }
    return render(request, "reports/sync_batch.html", context, status=status)
