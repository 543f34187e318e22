"""Orders to open and lock the books: read by everybody, signed by the principal (PLAN IV.1; rule R49)."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.clock import now_in_sql
from accounts.confirmation import require_password
from accounts.idle_lock import administrative
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.lock_notices import mark_order_read
from gradebook.models import EntryOrder, EntryWindow, WindowCut
from gradebook.order_execution import WHO_CARRIES_OUT, ExecutionRefused, carry_out
from gradebook.order_forms import EXTENSION, OrderForm, initial_values
from gradebook.order_paper import paper_of
from gradebook.order_preview import Preview, preview
from gradebook.order_texts import notice_words
from gradebook.orders import OrderRefused, issue_order, problems_of
from gradebook.progress_scope import address_of
from gradebook.regulation import Period
from gradebook.scopes import scope_of
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

    @property
    def what(self) -> str:
        return "Gia hạn nhập" if self.order.is_extension else str(self.order.get_kind_display())

    @property
    def found(self) -> str:
        """The state in one sentence, as an execution keeps it."""
        return f"{self.word} {self.detail}".strip()[:200]

    @property
    def was_called_off(self) -> bool:
        return self.order.kind == EntryOrder.Kind.OPEN and self.order.window.was_called_off

    @property
    def has_taken_effect(self) -> bool:
        return self.order.takes_effect_at <= self.order.asked_at  # type: ignore[attr-defined]  # see _orders()


def notice_of(order: EntryOrder) -> OrderNotice:
    """The state by the database's moment that came with the order (`asked_at`)."""
    now = order.asked_at  # type: ignore[attr-defined]  # annotated by _orders()
    if order.kind == EntryOrder.Kind.LOCK:
        return _lock_notice(order, now)
    window = order.window
    if window.was_called_off:
        return OrderNotice(order, "Đã bãi bỏ", "locked", f"trước khi mở, theo văn bản số {window.locked_by}")
    if window.is_open_at(now):
        return OrderNotice(order, "Đang mở", "open", f"đến {window.closes_label}{_cut_words(order)}")
    if window.opens_at > now:
        return OrderNotice(order, "Sắp mở", "waiting", f"từ {window.opens_label}")
    return OrderNotice(order, "Đã khoá", "locked", _closed_by(window))


def _cut_words(order: EntryOrder) -> str:
    """Which orders have shut a part of what this one opens."""
    numbers = ", ".join(order.cut_by)  # type: ignore[attr-defined]  # annotated by _orders()
    return f", một phần đã khoá theo văn bản số {numbers}" if numbers else ""


def _lock_notice(order: EntryOrder, now: datetime.datetime) -> OrderNotice:
    moment = f"{localtime(order.takes_effect_at):%H:%M %d/%m/%Y}"
    if order.opens_at > now:
        return OrderNotice(order, "Sắp khoá", "waiting", f"lúc {moment}")
    return OrderNotice(order, "Đã khoá", "locked", f"từ {moment}")


def _closed_by(window: EntryWindow) -> str:
    if window.locked_by:
        return f"từ {window.closes_label}, theo văn bản số {window.locked_by}"
    return f"từ {window.closes_label}, khi hết giờ"


def get_order(pk: int) -> EntryOrder:
    """The order with what its page and its paper need. Raises Http404."""
    return get_object_or_404(_orders(), pk=pk)


def _orders() -> QuerySet[EntryOrder]:
    cuts = WindowCut.objects.filter(window__order=OuterRef("pk"), shut_at__lte=now_in_sql())
    return EntryOrder.objects.select_related(
        "window__locked_by", "signed_by", "school_class", "year", "teacher", "execution__done_by"
    ).annotate(asked_at=now_in_sql(), cut_by=ArraySubquery(cuts.order_by("shut_at").values("order__number")))


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
    return _show_order(request, get_order(pk))


def _show_order(request: SignedInRequest, order: EntryOrder, problem: str = "") -> HttpResponse:
    notice = notice_of(order)
    execution = getattr(order, "execution", None)
    may_carry_out = permissions.may(request.user, Action.CARRY_OUT_ORDER) and not order.year.is_closed
    context = {
        "order": order,
        "notice": notice,
        "execution": execution,
        "may_carry_out": may_carry_out
        and execution is None
        and notice.has_taken_effect
        and not notice.was_called_off
        and order.signed_by_id != request.user.pk,
        "problem": problem,
        "may_see_readiness": permissions.may_anywhere(request.user, Action.SEE_READINESS),
        "paper": paper_of(order),
    }
    return render(request, "gradebook/order.html", context, status=422 if problem else 200)


@administrative
@require_POST
def order_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The vice-principal or the clerk records that the order stands as written."""
    permissions.require(request.user, Action.CARRY_OUT_ORDER, WHO_CARRIES_OUT)
    order = get_order(pk)
    try:
        carry_out(order, found=notice_of(order).found, by=request.user)
    except ExecutionRefused as refusal:
        return _show_order(request, order, str(refusal))
    messages.success(request, f"Đã ghi: văn bản số {order.number} đã thực hiện.")
    return redirect("gradebook:order", pk)


@require_POST
def order_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Đã đọc» of a lock, from the start page."""
    mark_order_read(get_order(pk), by=request.user)
    return redirect("approvals:tasks")


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: SignedInRequest) -> HttpResponse:
    """Form → preview of exactly what will happen → signed. What is signed is what was previewed.

    `?kind=lock` proposes an order that locks what is open now, `?kind=extend` one for a single teacher.
    """
    permissions.require(request.user, Action.ISSUE_ORDER, WHO_SIGNS)
    year = SchoolYear.objects.current()
    if year is None:
        return render(request, "gradebook/order_new.html", {"form": None})
    if request.method != "POST":
        return _blank_form(request, year)
    form = OrderForm(request.POST, year=year, is_for_one=request.GET.get("kind") == EXTENSION)
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
        "readiness": address_of(scope_of(form.order()), Period(form.order().period)),
    }
    return render(request, "gradebook/order_new.html", context)


def _blank_form(request: SignedInRequest, year: SchoolYear) -> HttpResponse:
    asked = request.GET.get("kind", "")
    kind = asked if asked in (*EntryOrder.Kind.values, EXTENSION) else EntryOrder.Kind.OPEN.value
    form = OrderForm(initial=initial_values(year, kind), year=year, is_for_one=kind == EXTENSION)
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
    messages.success(request, f"Đã kí và ban hành văn bản số {order.number}. {notice_words(order)}")
    return redirect("gradebook:order", order.pk)
