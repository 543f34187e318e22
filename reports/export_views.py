"""Pages of the exports: what can be taken out of the system, and the files in the sector database's shapes."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from gradebook.models import EntryWindow
from gradebook.regulation import Period
from gradebook.windows import unopened_periods
from reports.export_forms import SectorFileForm
from reports.print_views import latest_period, year_in_view
from reports.sector_files import Scope, file_name, periods_in, write_sector_file
from reports.sector_shapes import SHAPES, Shape
from students.models import SchoolYear

WHO_EXPORTS = "Dữ liệu của trường do văn thư, Ban giám hiệu xuất ra (kế hoạch, mục IV.3)."


@never_cache
@require_safe
def exports(request: SignedInRequest) -> HttpResponse:
    """What can be exported of a year (?year=2025, else the current one)."""
    permissions.require(request.user, Action.EXPORT_DATA, WHO_EXPORTS)
    years = list(SchoolYear.objects.all())
    year = year_in_view(request, years)
    form = _form(year, None) if year else None
    return _show(request, years, year, form)


@never_cache
@require_safe
@limited("sector_file", times=120, minutes=10, what="xuất dữ liệu")
def sector_file(request: SignedInRequest) -> HttpResponse | FileResponse:
    """The file of a shape (?shape=), for whom (?scope=), at which period (?period=); who took it is logged."""
    permissions.require(request.user, Action.EXPORT_DATA, WHO_EXPORTS)
    years = list(SchoolYear.objects.all())
    year = year_in_view(request, years)
    form = _form(year, request.GET) if year else None
    if year is None or form is None or not form.is_valid():
        return _show(request, years, year, form)
    shape: Shape = form.cleaned_data["shape"]
    scope: Scope = form.cleaned_data["scope"]
    period: Period = form.cleaned_data["period"]
    title = f"{shape.title}, {scope.words} năm học {year.label}"
    told = "".join(f" {each}" for each in _not_final(year, periods_in(shape, period)))
    require_password(request, f"Xuất ra Excel: {title}.{told}", lasting=Lasting.EXPORTS)
    found = write_sector_file(shape, scope, period)
    name = file_name(shape, scope, period)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=title[:200],
        target_path=reverse("reports:exports"),
        detail=f"{name}: {found.rows} hàng",
    )
    return file_to_save(io.BytesIO(found.content), name, XLSX)


def _not_final(year: SchoolYear, periods: Sequence[Period]) -> Iterator[str]:
    """Of the periods in a file, those that have no results yet or whose results may still change. Two statements."""
    if not periods:
        return
    unopened = unopened_periods(year)
    windows = EntryWindow.objects.filter(year=year, period__in=periods).open_now()
    being_entered = set(windows.values_list("period", flat=True))
    for period in periods:
        if period in unopened:
            yield f"{period.label} chưa từng mở nhập: các cột kết quả trống."
        elif period.value in being_entered:
            yield f"{period.label} còn lớp đang mở nhập: kết quả còn có thể thay đổi."


def _form(year: SchoolYear, data: Any) -> SectorFileForm:
    initial = {"shape": SHAPES[0].slug, "scope": "truong"}
    if data is None:
        initial["period"] = latest_period(year)
    return SectorFileForm(data, year=year, classes=list(year.classes.all()), initial=initial)


def _show(
    request: SignedInRequest, years: list[SchoolYear], year: SchoolYear | None, form: SectorFileForm | None
) -> HttpResponse:
    context = {
        "years": years,
        "year": year,
        "form": form,
        "unopened": ", ".join(period.label for period in unopened_periods(year)) if year else "",
        "shapes": SHAPES,
        "may_prepare": permissions.may(request.user, Action.PREPARE_SYNC),
        "may_export_everything": permissions.may(request.user, Action.EXPORT_EVERYTHING),
    }
    return render(request, "reports/exports.html", context, status=422 if form and form.errors else 200)
