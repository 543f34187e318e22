"""What exactly an order would do if it were signed now."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localtime

from accounts import clock
from accounts.models import User
from gradebook.models import EntryOrder, EntryWindow, TeachingAssignment
from gradebook.order_texts import notice_words
from gradebook.orders import check_order, classes_of, ends_whole
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM, scope_of
from gradebook.spans import with_cuts
from students.models import HomeroomAssignment

# So many days before its usual day a period may be opened without a word.
_EARLY = 45
_SHOWN = "%H:%M %d/%m/%Y"


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what signing would do: one headline, and a line for each window it would end or meet."""

    headline: str
    lines: tuple[str, ...]
    warning: str = ""


def preview(order: EntryOrder) -> Preview:
    """What the order would do if it were signed now; raises OrderRefused where it could not."""
    hit = check_order(order)
    reach = _reach(order)
    period = Period(order.period).label
    if order.kind == EntryOrder.Kind.OPEN:
        span = f"từ {_at(order.opens_at)} đến {_at(order.closes_at)}"
        what = "Gia hạn nhập" if order.is_extension else "Mở nhập"
        headline = f"{what} {period} cho {reach} ({_where(order)}), {span}."
        return Preview(
            headline, (f"Hết giờ sổ tự khoá. {notice_words(order)}", *_others(order)), _far_off(order)
        )
    moment = max(order.opens_at, clock.stamp())
    when = f"lúc {_at(moment)}" if order.opens_at > clock.stamp() else "ngay khi kí"
    return Preview(
        f"Khoá nhập {period} cho {reach} ({_where(order)}), {when}.",
        (*(_lock_line(order, window) for window in hit), notice_words(order)),
    )


def _where(order: EntryOrder) -> str:
    """The scope without the teacher, whom `_reach` names."""
    named = f", giáo viên {order.teacher.full_name}" if order.teacher else ""
    return str(order.scope_label).removesuffix(named)


def _lock_line(order: EntryOrder, window: EntryWindow) -> str:
    named = f"Đợt nhập theo văn bản số {window.order.number} ({window.order.scope_label})"
    if ends_whole(order, window):
        return f"{named}, đang định đến {window.closes_label}, sẽ hết lúc đó."
    return (
        f"{named} vẫn mở đến {window.closes_label} cho phần còn lại; riêng phạm vi của lệnh này khoá cho tới khi có "
        "lệnh mở sau đó."
    )


def _far_off(order: EntryOrder) -> str:
    """That a period is opened long before its time of the year; "" where it is not, or the year has no such days."""
    usual = _usual_day(order)
    if usual is None:
        return ""
    day = localtime(order.opens_at).date()
    if (usual - day).days <= _EARLY:
        return ""
    return (
        f"{Period(order.period).label} thường nhập vào khoảng {usual:%d/%m/%Y}; lệnh này mở từ {day:%d/%m/%Y}, sớm "
        f"{(usual - day).days} ngày. Xem lại thời điểm đánh giá trước khi kí."
    )


def _usual_day(order: EntryOrder) -> datetime.date | None:
    """The middle of a term, its end; the supplementary assessment comes after the lessons of the year."""
    year = order.year
    first = (year.lessons_start_on, year.first_term_ends_on)
    second = (year.second_term_starts_on, year.lessons_end_on)
    start, end = first if order.period in {Period.MID_TERM_1, Period.END_TERM_1} else second
    if start is None or end is None:
        return None
    return start + (end - start) / 2 if order.period in {Period.MID_TERM_1, Period.MID_TERM_2} else end


def _others(order: EntryOrder) -> tuple[str, ...]:
    """Windows of the same period that overlap: a principal should know that they stay."""
    overlapping = with_cuts(
        EntryWindow.objects.filter(
            year_id=order.year_id,
            period=order.period,
            opens_at__lt=order.closes_at,
            closes_at__gt=max(order.opens_at, clock.stamp()),
        )
    )
    scope = scope_of(order)
    return tuple(
        f"Đợt nhập theo văn bản số {window.order.number} ({window.order.scope_label}) đến {window.closes_label} vẫn "
        "giữ nguyên."
        for window in overlapping
        if scope.meets(scope_of(window))
    )


def _reach(order: EntryOrder) -> str:
    """«30 lớp, 49 giáo viên»: classes in scope, and who answers today for a sheet of them that the order is for."""
    classes = classes_of(order)
    if order.line_code not in ("", HOMEROOM):
        classes = classes.filter(
            pk__in=TeachingAssignment.objects.filter(line__code=order.line_code).values("school_class")
        )
    if order.teacher_id:
        return f"giáo viên {order.teacher.full_name}" if order.teacher else ""
    ids = list(classes.values_list("pk", flat=True))
    return f"{len(ids)} lớp, {_count_teachers(ids, order.line_code)} giáo viên"


def _count_teachers(class_ids: list[int], code: str) -> int:
    today = clock.today()
    teaching = TeachingAssignment.objects.held_on(today).filter(school_class__in=class_ids)
    homeroom = HomeroomAssignment.objects.held_on(today).filter(school_class__in=class_ids)
    if code == HOMEROOM:
        teaching = teaching.none()
    elif code:
        teaching, homeroom = teaching.filter(line__code=code), homeroom.none()
    answering = Q(pk__in=teaching.values("teacher")) | Q(pk__in=homeroom.values("teacher"))
    return User.objects.filter(answering, is_active=True).count()


def _at(moment: datetime.datetime | None) -> str:
    return f"{localtime(moment):{_SHOWN}}"
