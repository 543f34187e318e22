"""«Đã thực hiện»: who saw an order of the principal carried out, and when (PLAN IV.2, IV.3; rule R49).

The system opens and locks by itself at the ordered minute; this step gates nothing (docs/decisions/0140).
"""

from django.db.models import F, Q, QuerySet

from accounts import clock, permissions
from accounts.clock import now_in_sql
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.models import EntryOrder, OrderExecution

WHO_CARRIES_OUT = "Phó Hiệu trưởng hoặc văn thư ghi «đã thực hiện» cho lệnh mở, khoá sổ mà Hiệu trưởng đã kí."


class ExecutionRefused(Exception):
    """The step cannot be recorded; the text says why and what to do."""


def waiting_orders(user: User) -> QuerySet[EntryOrder]:
    """Orders of the year that have taken effect and nobody has recorded as carried out; none for whoever may not."""
    if not permissions.may(user, Action.CARRY_OUT_ORDER):
        return EntryOrder.objects.none()
    due = EntryOrder.objects.filter(execution=None, opens_at__lte=now_in_sql())
    return due.exclude(signed_by=user).exclude(_called_off())


def _called_off() -> Q:
    """Locked before it opened: there is nothing to carry out."""
    return Q(window__locked_by__isnull=False, window__closes_at=F("window__opens_at"))


def carry_out(order: EntryOrder, *, found: str, by: User) -> OrderExecution:
    """Records that the order stands as written; `found` is what the page said of it.

    Raises Refused, ExecutionRefused.
    """
    permissions.require(by, Action.CARRY_OUT_ORDER, WHO_CARRIES_OUT)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE, under=order.number) as act:
        if order.signed_by_id == by.pk:
            raise ExecutionRefused(
                "Người kí lệnh không tự ghi đã thực hiện. Phó Hiệu trưởng hoặc văn thư ghi."
            )
        if order.takes_effect_at > clock.now():
            raise ExecutionRefused(
                "Chưa đến giờ của lệnh. Ghi «đã thực hiện» sau khi hệ thống đã mở hoặc khoá."
            )
        execution, is_new = OrderExecution.objects.get_or_create(
            order=order, defaults={"done_by": by, "done_at": clock.now(), "found": found}
        )
        if not is_new:
            raise ExecutionRefused(f"{execution.done_by.full_name} đã ghi «đã thực hiện» cho lệnh này rồi.")
        act.says(f"Thực hiện văn bản số {order.number}: {found}", thing=f"order:{order.pk}")
    return execution
