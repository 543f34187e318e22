"""Pages of the statistics: a matter in numbers, two times compared, the pupils behind a number, all as Excel too."""

import io
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock, permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from accounts.tables import XLSX
from accounts.words import grouped
from gradebook.progress_sheets import Standing
from gradebook.regulation import Period
from reports.figures import LEGEND, Report, Table, shown
from reports.figures_excel import write_report
from reports.statistics_compare import chosen_other, other_choices, read_comparison
from reports.statistics_lists import PupilsBehind, read_pupils
from reports.statistics_matters import Matter, Whom
from reports.statistics_page import read_page
from reports.statistics_scope import BY_CLASS, BY_ITEM, Asked, WrongAddress, item_name, items_in, read_asked

PAGE_LENGTH = 100
COUNTED = (
    "Đếm học sinh của lớp vào ngày lớp khoá sổ lần cuối (chưa khoá: hôm nay). Chưa nhập, miễn, không đánh giá là ba "
    "việc khác nhau nên đứng riêng; tỉ lệ % tính trên số em được đánh giá. Bấm vào số để xem danh sách."
)
_BY = {
    Matter.LEVELS: "Theo môn",
    Matter.MARKS: "Theo môn",
    Matter.TRAITS: "Theo phẩm chất, năng lực",
    Matter.ATTENDANCE: "Theo tháng",
}
_STANDINGS = (
    (Standing.LOCKED, "locked", "đã khoá"),
    (Standing.OPEN, "open", "đang mở"),
    (Standing.SHUT, "neutral", "chưa mở"),
)


def asked_rightly(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """422 with what is wrong, where an address names what is not there: other figures in its place would be taken for
    those that were asked for."""

    @wraps(view)
    def answer(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except WrongAddress as wrong:
            return render(request, "reports/statistics_wrong.html", {"wrong": str(wrong)}, status=422)

    return answer


@require_safe
@limited("statistics", times=600, minutes=10, what="xem thống kê")
@asked_rightly
def statistics(request: SignedInRequest, matter: str = Matter.LEVELS.value) -> HttpResponse:
    """One matter of a year and period, by line or by class: charts, table, every number with its list."""
    asked = read_asked(request.user, matter, request.GET)
    page = read_page(asked, span=request.GET.get("span", ""))
    development = None
    if page.development:
        table, link, chart = page.development
        development = {"table": shown(table, link), "chart": chart}
    context = {
        **_around(request.user, asked),
        "page": page,
        "shown": shown(page.table, page.link),
        "development": development,
        "counted": COUNTED if asked.matter is not Matter.ATTENDANCE else "",
        "counted_at": clock.stamp(),
    }
    return render(request, "reports/statistics.html", context)


@require_safe
@limited("statistics", times=600, minutes=10, what="xem thống kê")
@asked_rightly
def statistics_compare(request: SignedInRequest, matter: str) -> HttpResponse:
    """Two periods of a year, or one of two years: numbers, shares, differences."""
    asked = read_asked(request.user, matter, request.GET)
    others = other_choices(asked)
    other = chosen_other(asked, others, request.GET.get("with", ""))
    compared = read_comparison(request.user, asked, other) if other else None
    context = {
        **_around(request.user, asked, compares=True),
        "compared": compared,
        "shown": shown(compared.table, compared.link) if compared else None,
        "others": others,
        "other": f"{other[0].pk}-{other[1].value}" if other else "",
    }
    return render(request, "reports/statistics_compare.html", context)


@never_cache
@require_safe
@limited("statistics_pupils", times=240, minutes=10, what="xem danh sách của thống kê")
@asked_rightly
def statistics_pupils(request: SignedInRequest, matter: str) -> HttpResponse:
    """The pupils behind one number."""
    asked = read_asked(request.user, matter, request.GET)
    behind = read_pupils(asked, request.GET)
    if behind.is_sensitive:
        _log(request, behind, AccessLogEntry.Kind.SENSITIVE_VIEWED)
    page = Paginator(behind.pupils, PAGE_LENGTH).get_page(request.GET.get("page"))
    reach = permissions.reach_of(request.user, Action.SEE_PUPIL)
    is_now = asked.year.starts_on <= clock.today() <= asked.year.ends_on
    context = {
        "asked": asked,
        "behind": behind,
        "page": page,
        "first": page.start_index(),
        "lines": [
            (each, reach.whole_school or (is_now and reach.has(each.school_class)))
            for each in page.object_list
        ],
        "back": f"{reverse('reports:statistics', args=[asked.matter.value])}?{asked.query()}",
        "address": request.GET.urlencode(),
    }
    return render(request, "reports/statistics_pupils.html", context)


@never_cache
@require_safe
@limited("statistics_file", times=60, minutes=10, what="tải thống kê")
@asked_rightly
def statistics_pupils_file(request: SignedInRequest, matter: str) -> FileResponse:
    """The same list as a workbook; who took it is logged."""
    asked = read_asked(request.user, matter, request.GET)
    behind = read_pupils(asked, request.GET)
    require_password(request, f"Tải danh sách «{behind.title}» ra Excel.", lasting=Lasting.EXPORTS)
    pupils = grouped(len(behind.pupils))
    return table_to_save(
        request,
        title=behind.title,
        headings=behind.headings,
        rows=behind.rows,
        name=f"danh-sach-{asked.matter.value}-{asked.year.pk}.xlsx",
        notes=(f"{asked.matter.label}, {behind.when}.",),
        detail=f"{asked.matter.label}, {behind.when}: {pupils} học sinh, mã, họ tên, ngày sinh, giá trị",
    )


@never_cache
@require_safe
@limited("statistics_file", times=60, minutes=10, what="tải thống kê")
@asked_rightly
def statistics_file(request: SignedInRequest, matter: str) -> FileResponse:
    """The page's table as a workbook; no pupil is named in it. Who took it is logged."""
    asked = read_asked(request.user, matter, request.GET)
    page = read_page(asked, span=request.GET.get("span", ""))
    tables = (page.table, *([page.development[0]] if page.development else []))
    return _workbook(request, asked, page.table.title, tables)


@never_cache
@require_safe
@limited("statistics_file", times=60, minutes=10, what="tải thống kê")
@asked_rightly
def statistics_compare_file(request: SignedInRequest, matter: str) -> FileResponse:
    """The comparison as a workbook."""
    asked = read_asked(request.user, matter, request.GET)
    other = chosen_other(asked, other_choices(asked), request.GET.get("with", ""))
    if other is None:
        raise Http404("Chưa có hai thời điểm để so sánh.")
    table = read_comparison(request.user, asked, other).table
    return _workbook(request, asked, table.title, (table,), part="so-sanh-")


def _workbook(
    request: SignedInRequest, asked: Asked, title: str, tables: tuple[Table, ...], part: str = ""
) -> FileResponse:
    where = asked.where.words
    report = Report(f"thong-ke-{asked.matter}", title, f"{where}, {asked.moment_words}", tables, (COUNTED,))
    log_access(
        request, AccessLogEntry.Kind.BULK_EXPORTED, target=title, detail=f"{where}, {asked.moment_words}"
    )
    taken = f"{request.user.full_name} ({permissions.post_label(request.user)})"
    above = (asked.year.school_name, f"Người xuất: {taken}, lúc {clock.moment_label(clock.stamp())}")
    name = f"thong-ke-{part}{asked.matter}-{asked.period.value}-{asked.year.pk}.xlsx"
    return file_to_save(io.BytesIO(write_report(report, above=above)), name, XLSX)


def _log(request: SignedInRequest, behind: PupilsBehind, kind: AccessLogEntry.Kind) -> None:
    log_access(request, kind, target=behind.title, detail=f"{behind.asked.matter.label}, {behind.when}")


def _around(user: User, asked: Asked, *, compares: bool = False) -> dict[str, Any]:
    """What stands above every page of a matter: which other matters, periods, cuts there are."""
    by_period = [(period, asked.query(period=period.value)) for period in Period]
    counted = items_in(asked.matter, asked.counted, asked.period)
    has_items = asked.by == BY_CLASS and asked.matter not in (Matter.RESULTS, Matter.ATTENDANCE)
    return {
        "asked": asked,
        "compares": compares,
        "matters": [(each, asked.query(item="", by="", group="")) for each in Matter],
        "periods": by_period if asked.matter not in (Matter.RESULTS, Matter.ATTENDANCE) else [],
        "cuts": [
            (BY_ITEM, _BY.get(asked.matter, ""), asked.query(by=BY_ITEM)),
            (BY_CLASS, "Theo lớp", asked.query(by=BY_CLASS)),
        ]
        if asked.matter in _BY
        else [],
        "items": [(code, item_name(code)) for code in counted] if has_items else [],
        "groups": _groups(asked, compares=compares),
        "shown_group": asked.group or (asked.groups[0] if compares else None),
        "may_compare": asked.matter is not Matter.ATTENDANCE,
        "kind": f"thong-ke-{asked.matter}" if permissions.may(user, Action.SEE_REPORTS) else "",
        "state": _state(asked),
        "legend": LEGEND,
        "file_query": asked.query(),
    }


def _groups(asked: Asked, *, compares: bool) -> list[tuple[Whom | None, str, str]]:
    """Those to choose from; all together but where two times stand side by side already."""
    all_of_them = [] if compares else [(None, "Đủ các nhóm", asked.query(group=""))]
    return [*all_of_them, *((group, group.label, asked.query(group=group.value)) for group in asked.groups)]


def _state(asked: Asked) -> list[tuple[str, str]]:
    """(kind, words) of how the books of the counted classes stand at the period."""
    if asked.matter is Matter.ATTENDANCE:
        return []
    counts = Counter(asked.moments[each.pk, asked.period].standing for each in asked.counted)
    whole = len(asked.counted)
    return [
        (
            kind,
            f"{asked.period.value} · {words}"
            + ("" if counts[standing] == whole else f": {counts[standing]} lớp"),
        )
        for standing, kind, words in _STANDINGS
        if counts[standing]
    ]
