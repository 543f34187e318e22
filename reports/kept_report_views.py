"""Copies of reports that were kept: the list, one copy as it was, what differs since, its Excel and its paper."""

import io
from dataclasses import replace
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from reports.asked_reports import WHO_SEES, get_kept, only_table, paper_of_kept
from reports.figures import differences
from reports.figures_excel import write_report
from reports.kept_reports import moment_of, report_of
from reports.kinds import KINDS, kind_of
from reports.models import KeptReport
from reports.paper_views import paper_answer
from reports.paper_wishes import Of, PaperWish
from reports.report_files import kept_words, lines_above
from reports.report_views import tables_context
from students.models import SchoolYear

COPIES_A_PAGE = 30


@require_safe
def kept_reports(request: SignedInRequest) -> HttpResponse:
    """All copies, newest first; of one kind (?kind=) or one year (?year=)."""
    permissions.require(request.user, Action.SEE_REPORTS, WHO_SEES)
    rows = KeptReport.objects.select_related("year", "kept_by").defer("contents")
    kind = kind_of(request.GET.get("kind", ""))
    years = list(SchoolYear.objects.all())
    year = next((each for each in years if str(each.pk) == request.GET.get("year", "")), None)
    if kind:
        rows = rows.filter(kind=kind.slug)
    if year:
        rows = rows.filter(year=year)
    context = {
        "page": Paginator(rows, COPIES_A_PAGE).get_page(request.GET.get("page")),
        "kinds": KINDS,
        "kind": kind,
        "years": years,
        "year": year,
    }
    return render(request, "reports/kept_reports.html", context)


@never_cache
@require_safe
def kept_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """One copy, exactly as it was."""
    kept = get_kept(request.user, pk)
    found, kind = report_of(kept), kind_of(kept.kind)
    context = {
        "kept": kept,
        "kind": kind,
        "moment": moment_of(kept),
        **tables_context(request, kind, found),
        "paper": f"{reverse('reports:kept_report_paper', args=[kept.pk])}?",
        "later": KeptReport.objects.filter(
            kind=kept.kind, year=kept.year, period=kept.period, day=kept.day, number__gt=kept.number
        )
        .order_by("-number")
        .defer("contents")
        .first(),
    }
    return render(request, "reports/kept_report.html", context)


@never_cache
@require_safe
@limited("report", times=240, minutes=10, what="xem báo cáo")
def kept_report_differences(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is no longer as it was kept: the copy beside the figures of this moment."""
    kept = get_kept(request.user, pk)
    kind = kind_of(kept.kind)
    if kind is None:
        raise Http404("Báo cáo này không còn được lập nên không so được với số liệu hiện nay.")
    moment = moment_of(kept)
    live = kind.read(moment)
    context = {
        "kept": kept,
        "kind": kind,
        "moment": moment,
        "differences": differences(report_of(kept), live),
    }
    return render(request, "reports/kept_report_differences.html", context)


@never_cache
@require_safe
@limited("report_file", times=120, minutes=10, what="tải báo cáo")
def kept_report_excel(request: SignedInRequest, pk: int) -> FileResponse:
    """The copy as a workbook; who took it is logged."""
    kept = get_kept(request.user, pk)
    found = report_of(kept)
    if found.is_list:
        require_password(request, f"Tải {kept} ra Excel.", lasting=Lasting.EXPORTS)
    above = lines_above(moment_of(kept), kept.lock_state, by=request.user, kept=kept)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=str(kept),
        target_path=reverse("reports:kept_report", args=[kept.pk]),
        detail=kept_words(kept),
    )
    content = write_report(found, above=above)
    return file_to_save(io.BytesIO(content), f"{_name(kept)}.xlsx", XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("report_paper", times=240, minutes=10, what="xem bản in")
def kept_report_paper(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The copy on paper, or one table of it (?table=), to be signed and sealed."""
    kept = get_kept(request.user, pk)
    found, table, title = report_of(kept), request.GET.get("table", ""), str(kept)
    wish = PaperWish(Of.KEPT_REPORT, str(kept.pk), "", _name(kept), tells_of_pupils=found.is_list)
    if table:
        title = f"{title}: {only_table(found, table).tables[0].title}"
        wish = replace(wish, query=urlencode({"table": table}))
    return paper_answer(
        request,
        wish,
        lambda: paper_of_kept(kept, table),
        year=kept.year,
        title=title,
        detail=kept_words(kept),
    )


def _name(kept: KeptReport) -> str:
    """Of its files, without the ending."""
    return f"{kept.kind}-{moment_of(kept).file_part}-ban-{kept.number}"
