"""Of the demo's entry windows: orders recorded as carried out, and what the head of tổ 4 told the teachers."""

import datetime

from accounts import clock
from accounts.dates import Days
from accounts.models import Post, User
from accounts.posts import hand_over_post
from gradebook.models import EntryNotice, EntryOrder
from gradebook.order_execution import carry_out
from gradebook.team_reminders import send_notice
from kimdong.demo.calendar import PlannedWindow
from students.models import SchoolYear

SOON_AFTER = datetime.timedelta(minutes=10)
HEAD = "khoitruong4"


def hand_over_to_the_deputy(window: PlannedWindow, year: SchoolYear) -> None:
    """For the day of the window's order and the next: what is signed then is signed KT. HIỆU TRƯỞNG."""
    first = window.signed_at.date()
    with clock.travelling(window.signed_at - datetime.timedelta(days=1)):
        principal = User.objects.get(username="hieutruong")
        hand_over_post(
            principal.posts.get(kind=Post.Kind.PRINCIPAL),
            to=User.objects.get(username="phohieutruong"),
            days=Days(first, first + datetime.timedelta(days=1)),
            reason="Hiệu trưởng đi công tác, Giấy uỷ quyền số 05/UQ-THKĐ",
            within=Days(year.starts_on, year.ends_on),
            by=principal,
        )


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
