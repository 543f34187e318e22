"""The report before a period is closed: a page that prints, and a workbook (PLAN IV.1 to IV.4)."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock, permissions
from accounts.confirmation import Lasting, require_password
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from gradebook.models import EntryOrder
from gradebook.progress_scope import address_of, scope_asked
from gradebook.progress_sheets import Sight, read_watched
from gradebook.readiness import READINESS_HEADINGS, Readiness, read_readiness, readiness_rows
from gradebook.regulation import Period
from gradebook.scopes import Scope, scope_of
from students.models import SchoolYear

WHO_SEES = (
    "Báo cáo sẵn sàng khoá sổ mở cho Hiệu trưởng, Phó Hiệu trưởng, văn thư, người kiểm tra (toàn trường) và tổ (khối) "
    "trưởng (khối mình). Giáo viên xem phần của mình ở «Tiến độ nhập»."
)
WHOLE = "Toàn trường"
NOTE = "Đến giờ ghi trong lệnh, hệ thống tự khoá dù báo cáo còn mục nào. Ô miễn, không đánh giá không tính là thiếu."


def _asked(request: SignedInRequest) -> tuple[Sight, Period, Scope, EntryOrder | None]:
    """By the order that is to close (`?order=`), or by period and scope."""
    permissions.require_anywhere(request.user, Action.SEE_READINESS, WHO_SEES)
    sight = read_watched(request.user)
    order = _order(request.GET.get("order", ""))
    if order is not None:
        return sight, Period(order.period), scope_of(order), order
    return sight, sight.chosen_period(request.GET.get("period", "")), scope_asked(request.GET), None


def _order(asked: str) -> EntryOrder | None:
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit()):
        raise Http404("Không có lệnh này.")
    orders = EntryOrder.objects.select_related("school_class", "teacher", "year")
    order = get_object_or_404(orders, pk=asked)
    if order.year != SchoolYear.objects.current():
        raise Http404("Lệnh của năm học khác: báo cáo chỉ xem được trong năm học đang diễn ra.")
    return order


@require_safe
@limited("readiness", times=120, minutes=10, what="xem báo cáo sẵn sàng khoá sổ")
def readiness(request: SignedInRequest) -> HttpResponse:
    sight, period, scope, order = _asked(request)
    report = read_readiness(sight, period, scope)
    context = {
        "report": report,
        "order": order,
        "periods": sight.periods,
        "scope_label": _scope_label(sight, scope, order, report),
        "address": address_of(scope, period),
        "read_at": clock.stamp(),
        "year": sight.classes[0].year if sight.sheets else None,
    }
    return render(request, "gradebook/readiness.html", context)


def _scope_label(sight: Sight, scope: Scope, order: EntryOrder | None, report: Readiness) -> str:
    """What is counted: of a school-wide scope a head of grades is told of these alone."""
    said = str(order.scope_label) if order is not None else report.scope_label or WHOLE
    if permissions.reach_of(sight.user, Action.SEE_READINESS).whole_school:
        return said if report.sheets or order is not None else "không có sổ nào"
    own = f"Khối {', '.join(map(str, sorted({each.grade_level for each in sight.classes})))}"
    if not report.sheets:
        return f"ngoài phần thầy cô theo dõi ({own})"
    if scope.grade_level is not None or scope.class_id is not None:
        return said
    rest = said.removeprefix(WHOLE).removeprefix(", ")
    counted = f"{own}, {rest[:1].lower()}{rest[1:]}" if rest else own
    return f"{counted} (phần thầy cô theo dõi trong phạm vi của văn bản)" if order is not None else counted


@never_cache
@require_safe
@limited("readiness_file", times=60, minutes=10, what="tải báo cáo sẵn sàng khoá sổ")
def readiness_file(request: SignedInRequest) -> FileResponse:
    """Everything that the report names, a row each; who took it is logged."""
    sight, period, scope, order = _asked(request)
    title = f"Sẵn sàng khoá sổ {period.label}"
    require_password(request, f"Tải báo cáo «{title}» ra Excel.", lasting=Lasting.EXPORTS)
    report = read_readiness(sight, period, scope)
    where = _scope_label(sight, scope, order, report)
    rows = readiness_rows(report)
    return table_to_save(
        request,
        title=title,
        headings=READINESS_HEADINGS,
        rows=rows,
        name=f"san-sang-khoa-{period.value}.xlsx",
        notes=(f"Phạm vi: {where}.", _sum(report), NOTE),
        detail=f"{where}; {len(rows)} dòng: lớp, môn, người phụ trách, họ tên học sinh, ô còn thiếu, chỗ chưa rõ",
    )


def _sum(report: Readiness) -> str:
    return f"{report.word}. Đã nhập {report.total.label} ({report.total.percent}%) của {len(report.counted)} sổ đã mở."
