"""The principal's orders to open and lock the books: what would keep one from being signed, and what signing does."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.timezone import localtime, make_aware

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.models import EntryOrder, EntryWindow, SubjectLine, TeachingAssignment, WindowCut
from gradebook.paper_numbers import key_of
from gradebook.scopes import HOMEROOM, line_words, scope_of
from gradebook.spans import is_cut_for, with_cuts
from gradebook.windows import take_period
from students.models import HomeroomAssignment, SchoolClass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an order cannot stand: the form's field, and what to do there."""

    field: str
    message: str


NOTHING_TO_LOCK = Problem(
    "period",
    "Không có đợt nhập nào của phạm vi này còn mở ở thời điểm khoá. Kiểm tra lại thời điểm đánh giá, phạm vi "
    "và giờ khoá.",
)


class OrderRefused(Exception):
    """The order cannot stand; `problems` has every reason found, at least one."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def issue_order(*, order: EntryOrder, by: User) -> EntryOrder:
    """Signs an order, and opens its window or locks what it names.

    `order` is unsaved, from the form. An opening order adds one window from–to. A locking order shuts, at its
    moment or now if that has passed, whatever of its period and scope would still be open then: a window within
    the scope ends; one that is for others too is cut (`gradebook.spans`).
    Raises PermissionDenied, OrderRefused.
    """
    permissions.require(by, Action.ISSUE_ORDER, "Chỉ Hiệu trưởng kí lệnh mở hoặc khoá sổ.")
    with acting(by, role="Hiệu trưởng", source=Source.PAGE, under=order.number):
        # Alone with the period: waits for saves under way, and no two orders miss each other's window.
        take_period(order.year_id, order.period)
        order.signed_by, order.signed_at = by, clock.now()
        _check_order(order, order.signed_at)
        order.save()
        if order.kind == EntryOrder.Kind.OPEN:
            _open(order)
        else:
            _lock(order)
    return order


def _check_order(order: EntryOrder, moment: datetime.datetime) -> None:
    problems = _problems_at(order, moment)
    if order.kind == EntryOrder.Kind.OPEN and order.closes_at is None:
        problems = (*problems, Problem("closes_at", "Chưa có giờ khoá. Ghi «đến»."))
    if problems:
        raise OrderRefused(*problems)


def problems_of(order: EntryOrder) -> tuple[Problem, ...]:
    """Everything that would keep the order from being signed now; () if nothing would.

    `order` may be incomplete: what is not there yet is passed over, so that a form tells all at once.
    """
    return _problems_at(order, clock.now())


def _problems_at(order: EntryOrder, moment: datetime.datetime) -> tuple[Problem, ...]:
    problems = [*_number_problems(order, moment), *_day_problems(order, moment), *_scope_problems(order)]
    wrong = {problem.field for problem in problems}
    if order.opens_at is None or "opens_at" in wrong:
        return tuple(problems)
    if order.kind == EntryOrder.Kind.LOCK:
        if order.period and not windows_to_lock(order, max(order.opens_at, moment)):
            problems.append(NOTHING_TO_LOCK)
    elif order.closes_at is not None and "closes_at" not in wrong:
        ends = _end_problems(order.opens_at, order.closes_at, moment)
        problems += ends or _early_end_problems(order, order.closes_at)
    return tuple(problems)


def _scope_problems(order: EntryOrder) -> list[Problem]:
    """An order for what nobody learns, or for somebody who answers for nothing of it, would open and lock nothing."""
    if order.line_code not in ("", HOMEROOM) and not _lines(order).exists():
        words = line_words(order.line_code)
        return [Problem("line", f"Phạm vi này không học {words}. Chọn môn khác, hoặc chọn lại khối, lớp.")]
    if order.teacher_id and order.teacher and not _is_assigned(order):
        return [
            Problem(
                "teacher",
                f"{order.teacher.full_name} không được phân công sổ nào trong phạm vi này. Chọn người khác, hoặc "
                "chọn lại lớp, môn.",
            )
        ]
    return []


def _lines(order: EntryOrder) -> QuerySet[SubjectLine]:
    if order.school_class_id and order.school_class:
        return SubjectLine.objects.taught_in(order.school_class).filter(code=order.line_code)
    lines = SubjectLine.objects.filter(year=order.year_id, code=order.line_code)
    return lines.filter(grade_level=order.grade_level) if order.grade_level else lines


def _is_assigned(order: EntryOrder) -> bool:
    """Whether the teacher answers today for a sheet in scope."""
    classes = classes_of(order)
    day = clock.today()
    homeroom = HomeroomAssignment.objects.held_on(day).filter(teacher=order.teacher_id)
    teaching = TeachingAssignment.objects.held_on(day).filter(teacher=order.teacher_id)
    if order.line_code not in ("", HOMEROOM):
        homeroom = homeroom.none()
        teaching = teaching.filter(line__code=order.line_code)
    elif order.line_code == HOMEROOM:
        teaching = teaching.none()
    return (
        homeroom.filter(school_class__in=classes).exists()
        or teaching.filter(school_class__in=classes).exists()
    )


def classes_of(order: EntryOrder) -> QuerySet[SchoolClass]:
    classes = SchoolClass.objects.filter(year_id=order.year_id)
    if order.school_class_id:
        return classes.filter(pk=order.school_class_id)
    return classes.filter(grade_level=order.grade_level) if order.grade_level else classes


def _early_end_problems(order: EntryOrder, closes_at: datetime.datetime) -> list[Problem]:
    """The order's paper says that its sheets lock at its end: not so where a wider window runs on."""
    longer = [
        window
        for window in _windows_of(order).filter(opens_at__lt=closes_at, closes_at__gt=closes_at)
        if scope_of(window).holds(scope_of(order)) and not is_cut_for(scope_of(order), window, closes_at)
    ]
    if not longer:
        return []
    window = max(longer, key=lambda each: each.closes_at)
    return [
        Problem(
            "closes_at",
            f"Phạm vi này đang được mở đến {window.closes_label} theo văn bản số {window.order.number}, nên hết giờ "
            "ghi ở đây sổ chưa khoá. Muốn mở thêm thì ghi giờ muộn hơn; muốn khoá sớm thì ban hành lệnh khoá.",
        )
    ]


def _number_problems(order: EntryOrder, moment: datetime.datetime) -> list[Problem]:
    """By the calendar year of its date, as registers of documents are kept; «3/TB» is «03/TB».

    Where the date is wrong or missing, that of today.
    """
    first, last = _days_of_year(order)
    dated = order.dated if order.dated and first <= order.dated <= last else localtime(moment).date()
    used = EntryOrder.objects.filter(dated__year=dated.year).values_list("number", flat=True)
    if order.number and key_of(order.number) in {key_of(number) for number in used}:
        return [
            Problem("number", f"Số «{order.number}» đã dùng trong năm {dated.year}. Ghi số văn bản khác.")
        ]
    return []


def _days_of_year(order: EntryOrder) -> tuple[datetime.date, datetime.date]:
    """The school year with the summer before and after it."""
    return datetime.date(order.year_id, 7, 1), datetime.date(order.year_id + 1, 8, 31)


def _day_problems(order: EntryOrder, moment: datetime.datetime) -> list[Problem]:
    """An order belongs to its school year, the summer before and after it included; its paper is of today at most."""
    first, last = _days_of_year(order)
    after = last + datetime.timedelta(days=1)
    begin, end = (make_aware(datetime.datetime.combine(day, datetime.time())) for day in (first, after))
    remedy = f"nằm ngoài năm học: ghi ngày từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
    found = []
    if order.dated is not None and not first <= order.dated <= last:
        found.append(Problem("dated", f"Ngày kí {remedy}"))
    elif order.dated is not None and order.dated > localtime(moment).date():
        found.append(Problem("dated", "Ngày kí chưa tới: lệnh kí hôm nay, ghi ngày hôm nay."))
    if order.opens_at is not None and not begin <= order.opens_at < end:
        found.append(Problem("opens_at", f"Giờ bắt đầu {remedy}"))
    if order.closes_at is not None and not begin <= order.closes_at < end:
        found.append(Problem("closes_at", f"Giờ khoá {remedy}"))
    return found


def _end_problems(
    opens_at: datetime.datetime, closes_at: datetime.datetime, moment: datetime.datetime
) -> list[Problem]:
    found = []
    if closes_at <= opens_at:
        found.append(Problem("closes_at", "Giờ khoá phải sau giờ mở. Sửa lại «đến»."))
    if closes_at <= moment:
        found.append(Problem("closes_at", "Giờ khoá đã qua. Chọn một thời điểm sau bây giờ."))
    return found


def _windows_of(order: EntryOrder) -> QuerySet[EntryWindow]:
    return with_cuts(EntryWindow.objects.filter(year_id=order.year_id, period=order.period))


def _open(order: EntryOrder) -> None:
    EntryWindow.objects.create(
        order=order,
        year_id=order.year_id,
        period=order.period,
        grade_level=order.grade_level,
        school_class_id=order.school_class_id,
        line_code=order.line_code,
        teacher_id=order.teacher_id,
        opens_at=order.opens_at,
        closes_at=order.closes_at,  # type: ignore[misc]  # _check_order saw to it
    )


def _lock(order: EntryOrder) -> None:
    """Shuts what is in scope at the order's moment; one that has passed means now, never earlier."""
    moment = max(order.opens_at, clock.now())
    for window in windows_to_lock(order, moment):
        if ends_whole(order, window):
            window.closes_at = max(moment, window.opens_at)
            window.locked_by = order
            window.save()
        else:
            WindowCut.objects.create(window=window, order=order, shut_at=moment)


def ends_whole(order: EntryOrder, window: EntryWindow) -> bool:
    """Whether a locking order ends the window for everybody it is for, or shuts a part of it only."""
    return scope_of(order).holds(scope_of(window))


def windows_to_lock(order: EntryOrder, moment: datetime.datetime) -> list[EntryWindow]:
    """The windows that a locking order ends or cuts at `moment`, with their orders."""
    scope = scope_of(order)
    return [
        window
        for window in _windows_of(order).filter(closes_at__gt=moment)
        if scope.meets(scope_of(window)) and not is_cut_for(scope, window, moment)
    ]


def check_order(order: EntryOrder) -> list[EntryWindow]:
    """What an order would meet if it were signed now: the windows a locking order ends or cuts.

    Writes nothing; raises OrderRefused exactly where `issue_order` would.
    """
    moment = clock.now()
    _check_order(order, moment)
    return windows_to_lock(order, max(order.opens_at, moment)) if order.kind == EntryOrder.Kind.LOCK else []
