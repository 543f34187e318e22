"""Orders to open and lock the books: read by everybody, signed by the principal (PLAN IV.1; rule R49)."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.clock import now_in_sql
from accounts.confirmation import require_password
from accounts.idle_lock import administrative
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.models import EntryOrder, EntryWindow
from gradebook.order_forms import OrderForm, Preview, initial_values, preview
from gradebook.regulation import Period
from gradebook.windows import OrderRefused, issue_order, problems_of
from gradebook.year_rules import rules_of
from students.models import SchoolYear

PER_PAGE = 20
WHO_SIGNS = (
    "Chỉ Hiệu trưởng kí lệnh mở hoặc khoá sổ. Cần mở lại sổ thì báo tổ (khối) trưởng để trình Hiệu trưởng."
)


@dataclass(frozen=True, slots=True)
class OrderNotice:
    """An order with the state it has now, in a word, a colour and a sentence."""

    order: EntryOrder
    word: str
    kind: str
    detail: str

    @property
    def period(self) -> Period:
        return Period(self.order.period)


def notice_of(order: EntryOrder) -> OrderNotice:
    """The state by the database's moment that came with the order (`asked_at`)."""
    now = order.asked_at  # type: ignore[attr-defined]  # annotated by _orders()
    if order.kind == EntryOrder.Kind.LOCK:
        return _lock_notice(order, now)
    window = order.window
    if window.was_called_off:
        return OrderNotice(order, "Đã bãi bỏ", "locked", f"trước khi mở, theo văn bản số {window.locked_by}")
    if window.is_open_at(now):
        return OrderNotice(order, "Đang mở", "open", f"đến {window.closes_label}")
    if window.opens_at > now:
        return OrderNotice(order, "Sắp mở", "waiting", f"từ {window.opens_label}")
    return OrderNotice(order, "Đã khoá", "locked", _closed_by(window))


def _lock_notice(order: EntryOrder, now: datetime.datetime) -> OrderNotice:
    moment = f"{localtime(max(order.opens_at, order.signed_at)):%H:%M %d/%m/%Y}"
    if order.opens_at > now:
        return OrderNotice(order, "Sắp khoá", "waiting", f"lúc {moment}")
    return OrderNotice(order, "Đã khoá", "locked", f"từ {moment}")


def _closed_by(window: EntryWindow) -> str:
    if window.locked_by:
        return f"từ {window.closes_label}, theo văn bản số {window.locked_by}"
    return f"từ {window.closes_label}, khi hết giờ"


def _orders() -> QuerySet[EntryOrder]:
    return EntryOrder.objects.select_related(
        "window__locked_by", "signed_by", "school_class", "year"
    ).annotate(asked_at=now_in_sql())


@require_safe
def order_list(request: SignedInRequest) -> HttpResponse:
    """Newest first, for everybody: an order is announced to the whole school."""
    page = Paginator(_orders(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notices_of_page": [notice_of(order) for order in page.object_list],
        "may_issue": permissions.may(request.user, Action.ISSUE_ORDER),
    }
    return render(request, "gradebook/orders.html", context)


@require_safe
def order_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The order in its own wording."""
    order = get_object_or_404(_orders(), pk=pk)
    context = {
        "order": order,
        "notice": notice_of(order),
        "legal_bases": rules_of(order.year).legal_bases,
    }
    return render(request, "gradebook/order.html", context)


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: SignedInRequest) -> HttpResponse:
    """Form → preview of exactly what will happen → signed. What is signed is what was previewed.

    `?kind=lock` proposes an order that locks what is open now.
    """
    permissions.require(request.user, Action.ISSUE_ORDER, WHO_SIGNS)
    year = SchoolYear.objects.current()
    if year is None:
        return render(request, "gradebook/order_new.html", {"form": None})
    if request.method != "POST":
        return _blank_form(request, year)
    form = OrderForm(request.POST, year=year)
    seen = _previewed(form)
    if seen is None:
        return render(request, "gradebook/order_new.html", {"form": form}, status=422)
    if "sign" in request.POST and request.POST.get("previewed") == form.fingerprint():
        require_password(request, f"Kí và ban hành văn bản số {form.order().number}: {seen.headline}")
        return _sign(request, form)
    context = {
        "form": form.with_text(),
        "preview": seen,
        "fingerprint": form.fingerprint(),
        "was_changed": "sign" in request.POST,
    }
    return render(request, "gradebook/order_new.html", context)


def _blank_form(request: SignedInRequest, year: SchoolYear) -> HttpResponse:
    asked = request.GET.get("kind", "")
    kind = asked if asked in EntryOrder.Kind.values else EntryOrder.Kind.OPEN.value
    form = OrderForm(initial=initial_values(year, kind), year=year)
    return render(request, "gradebook/order_new.html", {"form": form})


def _previewed(form: OrderForm) -> Preview | None:
    """The preview, or None with everything that is wrong put at its field, at once."""
    if not form.is_valid():
        form.refuse(problems_of(form.order()))
        return None
    try:
        return preview(form.order())
    except OrderRefused as refusal:
        form.refuse(refusal.problems)
        return None


def _sign(request: SignedInRequest, form: OrderForm) -> HttpResponse:
    try:
        order = issue_order(order=form.order(), by=request.user)
    except OrderRefused as refusal:
        form.refuse(refusal.problems)
        return render(request, "gradebook/order_new.html", {"form": form}, status=422)
    messages.success(request, f"Đã kí và ban hành văn bản số {order.number}. Thông báo hiện cho toàn trường.")
    return redirect("gradebook:order", order.pk)
