"""Pages of the reports: the index, one report as it is now, its Excel, its paper, keeping a copy, pupils behind."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from gradebook.year_end_lists import LISTS
from gradebook.year_end_lists import Kind as YearEndList
from reports.asked_reports import WHO_SEES, Asked, asked_report, get_kind, moment_form, only_table, paper_of
from reports.figures import Column, Link, Report, Row, shown
from reports.figures_excel import write_report
from reports.kept_reports import WHO_KEEPS, KeepingRefused, digest_of, keep_report
from reports.kinds import KINDS
from reports.lock_words import lock_words
from reports.paper_views import paper_answer
from reports.paper_wishes import Of, PaperWish
from reports.report_files import lines_above
from reports.report_forms import KeepForm, MomentForm
from reports.report_kind import CellKey, Group, Moment, ReportKind

TELLS_SECRETS = "Danh sách này cho biết thông tin nhạy cảm của học sinh."


@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """«Thống kê, báo cáo»: every kind, by group."""
    permissions.require(request.user, Action.SEE_REPORTS, WHO_SEES)
    groups = [
        (group, [kind for kind in KINDS if kind.group is group])
        for group in Group
        if group is not Group.LISTS
    ]
    context = {
        "groups": [(group, kinds) for group, kinds in groups if kinds],
        "lists": [(kind.value, LISTS[kind]) for kind in YearEndList],
        "sees_monthly": permissions.may(request.user, Action.SEE_MONTHLY_REPORT),
    }
    return render(request, "reports/reports.html", context)


@never_cache
@require_safe
@limited("report", times=240, minutes=10, what="xem báo cáo")
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report as it is at this moment."""
    kind = get_kind(request.user, slug)
    form = moment_form(kind, request.GET.dict())
    if not form.is_valid():
        return render(request, "reports/report.html", {"kind": kind, "form": form}, status=422)
    return _show(request, kind, form)


def _show(
    request: SignedInRequest,
    kind: ReportKind,
    form: MomentForm,
    *,
    typed: KeepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    moment = form.moment
    found = kind.read(moment)
    link = link_of(request.user, kind, moment)
    keep_form = typed or KeepForm(kind=kind, initial={"seen": digest_of(found)})
    if typed is not None:
        keep_form.data = {**keep_form.data.dict(), "seen": digest_of(found)}  # type: ignore[attr-defined]
    context = {
        "kind": kind,
        "form": form,
        "moment": moment,
        **tables_context(request, kind, found, query=moment.query, link=link),
        "lock_state": lock_words(moment),
        "paper": f"{reverse('reports:report_paper', args=[kind.slug])}?{moment.query}",
        "keep_form": keep_form,
        "may_keep": permissions.may(request.user, Action.KEEP_REPORT),
    }
    return render(request, "reports/report.html", context, status=status)


@never_cache
@require_safe
@limited("report_file", times=120, minutes=10, what="tải báo cáo")
def report_excel(request: SignedInRequest, slug: str) -> FileResponse:
    """The report as a workbook; who took it is logged."""
    asked = asked_report(request.user, slug, request.GET.dict())
    if asked.kind.is_list:
        require_password(request, f"Tải {asked.kind.title} ra Excel.", lasting=Lasting.EXPORTS)
    above = lines_above(asked.moment, lock_words(asked.moment), by=request.user)
    return _workbook(request, asked, write_report(asked.read(), above=above))


@never_cache
@require_safe
@limited("report_file", times=120, minutes=10, what="tải báo cáo")
def report_form(request: SignedInRequest, slug: str) -> FileResponse:
    """The workbook in the layout that is prescribed, for the kinds that have one."""
    asked = asked_report(request.user, slug, request.GET.dict())
    if asked.kind.form is None:
        raise Http404("Báo cáo này không có mẫu Excel riêng.")
    return _workbook(request, asked, asked.kind.form(asked.moment, asked.read()), part="mau")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("report_paper", times=240, minutes=10, what="xem bản in")
def report_paper(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The report on paper, or one table of it (?table=), to be signed and sealed."""
    asked = asked_report(request.user, slug, request.GET.dict())
    kind, moment, table = asked.kind, asked.moment, request.GET.get("table", "")
    title = f"{kind.title}, {moment.words}"
    name = f"{kind.slug}-{moment.file_part}"
    wish = PaperWish(Of.REPORT, kind.slug, moment.query, name, tells_of_pupils=kind.is_list)
    if table:
        title = f"{title}: {only_table(asked.read(), table).tables[0].title}"
        wish = replace(wish, query=f"{wish.query}&{urlencode({'table': table})}")
    return paper_answer(request, wish, lambda: paper_of(asked, table), year=moment.year, title=title)


@never_cache
@require_safe
@limited("report_pupils", times=240, minutes=10, what="xem danh sách học sinh của báo cáo")
def report_pupils(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who stands behind a figure."""
    asked = asked_report(request.user, slug, request.GET.dict())
    kind, moment = asked.kind, asked.moment
    cell = CellKey(*(request.GET.get(name, "") for name in ("table", "row", "column")))
    if kind.behind is None or not kind.has_list(cell):
        raise Http404("Báo cáo này không có danh sách học sinh của từng số.")
    if kind.tells_secrets(cell):
        permissions.require(request.user, Action.SEE_SENSITIVE, TELLS_SECRETS)
    found = asked.read()
    try:
        table = found.table(cell.table)
        row, column = table.row(cell.row), table.column(cell.column)
    except KeyError:
        raise Http404("Báo cáo không có số này.") from None
    if kind.tells_secrets(cell):
        what = f"{row.name}, {column.words}"
        log_access(
            request, AccessLogEntry.Kind.SENSITIVE_VIEWED, target=f"{kind.title}: {what}", detail=moment.words
        )
    context = {
        "kind": kind,
        "moment": moment,
        "report": found,
        "table": table,
        "row": row,
        "column": column,
        "page": Paginator(kind.behind(moment, cell), PUPILS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/report_pupils.html", context)


@require_POST
@limited("report_keep", times=60, minutes=10, what="chốt báo cáo")
def report_keep(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keeps the report as it is. 409: it has changed since the page was made, and is shown anew."""
    kind = get_kind(request.user, slug)
    permissions.require(request.user, Action.KEEP_REPORT, WHO_KEEPS)
    form = moment_form(kind, request.GET.dict())
    if not form.is_valid():
        raise Http404("Không có báo cáo của thời điểm này.")
    typed = KeepForm(request.POST, kind=kind)
    if not typed.is_valid():
        return _show(request, kind, form, typed=typed, status=422)
    try:
        kept = keep_report(kind, form.moment, typed.keeping, by=request.user)
    except KeepingRefused as refusal:
        typed.add_error(None, refusal.message)
        return _show(request, kind, form, typed=typed, status=409)
    messages.success(request, f"Đã chốt bản {kept.number}. Bản này giữ nguyên, không ai sửa, xoá được.")
    return redirect("reports:kept_report", kept.pk)


FEW_TABLES = 2
PUPILS_A_PAGE = 100


def tables_context(
    request: SignedInRequest,
    kind: ReportKind | None,
    found: Report,
    *,
    query: str = "",
    link: Callable[[str], Link | None] = lambda _key: None,
) -> dict[str, Any]:
    """The tables of a page and the tabs that lead to them: of a long report one (?table=), the others a tab away."""
    tables = found.tables
    is_long = kind is not None and kind.is_long and len(tables) > 1
    if is_long:
        key = request.GET.get("table", "")
        chosen = next((each for each in tables if each.key == key), tables[0])
        tabs = [(each.title, f"?{query}&table={quote(each.key)}", each is chosen) for each in tables]
        tables = (chosen,)
        # Of a grade only what is wrong with that grade.
        found = found if chosen is found.tables[0] else found.only(chosen.key)
    else:
        tabs = [(each.title, f"#bang-{place}", False) for place, each in enumerate(tables, start=1)]
    return {
        "report": found,
        "tables": [shown(table, link(table.key)) for table in tables],
        "tabs": tabs if len(tabs) > FEW_TABLES else [],
    }


def link_of(user: User, kind: ReportKind, moment: Moment) -> Callable[[str], Link | None]:
    """By the key of a table: the way from its figures to the pupils behind them; None where there is none."""
    if kind.behind is None:
        return lambda _key: None
    address = reverse("reports:report_pupils", args=[kind.slug])
    sees_secrets = permissions.may(user, Action.SEE_SENSITIVE)

    def of_table(key: str) -> Link:
        def link(row: Row, column: Column) -> str:
            cell = CellKey(key, row.key, column.key)
            if not kind.has_list(cell) or (kind.tells_secrets(cell) and not sees_secrets):
                return ""
            return (
                f"{address}?{moment.query}&{urlencode({'table': key, 'row': row.key, 'column': column.key})}"
            )

        return link

    return of_table


def _workbook(request: SignedInRequest, asked: Asked, content: bytes, *, part: str = "") -> FileResponse:
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=f"{asked.kind.title}, {asked.moment.words}",
        target_path=f"{reverse('reports:report', args=[asked.kind.slug])}?{asked.moment.query}",
    )
    name = "-".join(each for each in (asked.kind.slug, asked.moment.file_part, part) if each)
    return file_to_save(io.BytesIO(content), f"{name}.xlsx", XLSX)
