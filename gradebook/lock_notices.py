"""Orders that locked books of a teacher: a line on the start page until it is ticked off as read (PLAN IV.1, IV.4)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.json_rows import JsonRows
from gradebook.models import EntryOrder, EntryWindow, OrderReading
from gradebook.regulation import Period
from gradebook.scopes import Scope, place_of
from gradebook.sheets import SheetRef

WHO_READS = "Văn bản mở, khoá sổ do cán bộ, giáo viên của trường đọc."


@dataclass(frozen=True, slots=True)
class LockNotice:
    """`words` is a sentence that names the order, the hour and the person's books that it locks."""

    order_id: int
    number: str
    words: str


def with_lock_orders(windows: QuerySet[EntryWindow], user: User) -> QuerySet[EntryWindow]:
    """Windows that bring along the orders that end or cut them and that the person has not read: no statement more."""
    orders = EntryOrder.objects.filter(
        Q(locked_windows=OuterRef("pk")) | Q(cuts__window=OuterRef("pk")),
        ~Exists(OrderReading.objects.filter(order=OuterRef("pk"), person=user)),
        kind=EntryOrder.Kind.LOCK,
    ).exclude(signed_by=user)
    told = JSONObject(
        pk="pk",
        number="number",
        period="period",
        opens_at="opens_at",
        signed_at="signed_at",
        grade_level="grade_level",
        class_id="school_class_id",
        line_code="line_code",
        teacher_id="teacher_id",
    )
    return windows.annotate(locks=JsonRows(orders.order_by("pk").values(json=told)))


def read_lock_notices(windows: Iterable[Any], refs: Iterable[SheetRef], user: User) -> tuple[LockNotice, ...]:
    """Of the person's own sheets (`refs`), the newest order first. No statement: for windows `with_lock_orders`."""
    own = list(refs)
    orders = {order["pk"]: order for window in windows for order in window.locks}
    found = []
    for order in sorted(orders.values(), key=lambda each: each["signed_at"], reverse=True):
        scope = Scope(
            grade_level=order["grade_level"],
            class_id=order["class_id"],
            line_code=order["line_code"],
            teacher_id=order["teacher_id"],
        )
        classes = dict.fromkeys(
            ref.school_class.name
            for ref in own
            if ref.period == order["period"] and scope.shuts(place_of(ref.school_class, ref.code, {user.pk}))
        )
        if classes:
            found.append(LockNotice(order["pk"], order["number"], _words(order, classes)))
    return tuple(found)


def _words(order: dict[str, Any], classes: Iterable[str]) -> str:
    since = max(datetime.datetime.fromisoformat(order[name]) for name in ("opens_at", "signed_at"))
    return (
        f"Hiệu trưởng ban hành văn bản số {order['number']}: khoá sổ {Period(order['period']).label} lớp "
        f"{', '.join(classes)} từ {localtime(since):%H:%M %d/%m/%Y}."
    )


def mark_order_read(order: EntryOrder, *, by: User) -> None:
    """«Đã đọc», once: the first moment stays; of a closed year nothing is noted any more. Raises Refused."""
    permissions.require(by, Action.SEE_ORDERS, WHO_READS)
    if order.year.is_closed:
        return
    with acting(by, role=permissions.post_label(by), source=Source.PAGE, under=order.number) as act:
        OrderReading.objects.get_or_create(order=order, person=by, defaults={"read_at": clock.now()})
        act.says(f"Đọc văn bản số {order.number}", thing=f"order:{order.pk}")
