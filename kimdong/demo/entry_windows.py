"""Of the demo's entry windows: orders recorded as carried out, and what the head of tổ 4 told the teachers."""

import datetime

from accounts import clock
from accounts.models import User
from gradebook.models import EntryNotice, EntryOrder
from gradebook.order_execution import carry_out
from gradebook.team_reminders import send_notice
from kimdong.demo.calendar import PlannedWindow

SOON_AFTER = datetime.timedelta(minutes=10)
HEAD = "khoitruong4"


def record_carried_out(order: EntryOrder, window: PlannedWindow) -> None:
    """By the clerk, some minutes after the books opened; the newest order is left for whoever looks at the demo."""
    with clock.travelling(window.opens_at + SOON_AFTER):
        clerk = User.objects.get(username="vanthu")
        carry_out(order, found=f"Đang mở đến {order.window.closes_label}", by=clerk)


def tell_the_teachers(order: EntryOrder, window: PlannedWindow, now: datetime.datetime) -> None:
    """The head announces the open window when it opens and reminded those with gaps yesterday, if it ran by then."""
    told = [
        (
            window.opens_at + SOON_AFTER,
            EntryNotice.Kind.ANNOUNCE,
            "Đề nghị thầy cô nhập xong sớm hai ngày để rà soát.",
        )
    ]
    yesterday = now - datetime.timedelta(days=1)
    if yesterday > window.opens_at:
        told.append((yesterday, EntryNotice.Kind.REMIND, ""))
    for moment, kind, text in told:
        if moment < now:
            with clock.travelling(moment):
                head = User.objects.get_by_natural_key(HEAD)
                send_notice(window_id=order.window.pk, grade_level=4, kind=kind, text=text, by=head)
