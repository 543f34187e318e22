"""When the books are open: the principal's orders, the open window, and words on why a sheet is locked."""

import datetime
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q
from django.utils.timezone import make_aware

from accounts import clock, permissions
from accounts.clock import now_in_sql
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.models import ENTRY_PERIODS, EntryOrder, EntryWindow, EntryWindowQuerySet
from gradebook.regulation import Period
from students.models import SchoolClass

# First key of the advisory locks that stand for a period; the second is the period (see `hold_period`).
_PERIOD_LOCKS = 27


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an order cannot stand: the form's field, and what to do there."""

    field: str
    message: str


NOTHING_TO_LOCK = Problem(
    "period",
    "Không có đợt nhập nào của phạm vi này còn mở ở thời điểm khoá. Kiểm tra lại thời điểm đánh giá và "
    "phạm vi. Đợt mở cho toàn trường thì khoá toàn trường, rồi mở lại cho các lớp còn cần nhập.",
)


class OrderRefused(Exception):
    """The order cannot stand; `problems` has every reason found, at least one."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LockState:
    """Whether a sheet is open now, and in words since when, until when and by which order.

    `asked_at` is the moment of the answer by the clock that decided it; `is_over` tells locked from not yet open.
    """

    window: EntryWindow | None
    sentence: str
    asked_at: datetime.datetime
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        return self.window is not None


def issue_order(*, order: EntryOrder, by: User) -> EntryOrder:
    """Signs an order, and opens its window or locks the windows it names.

    `order` is unsaved, from the form. An opening order adds one window from–to. A locking order ends, at its
    moment or now if that has passed, every window of its period and scope that would still be open then.
    Raises PermissionDenied, OrderRefused.
    """
    permissions.require(by, Action.ISSUE_ORDER, "Chỉ Hiệu trưởng ký lệnh mở hoặc khoá sổ.")
    with acting(by, role="Hiệu trưởng", source=Source.PAGE, under=order.number):
        # Alone with the period: waits for saves under way, and no two orders miss each other's window.
        _take_period(order.year_id, order.period)
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
    problems = [*_number_problems(order), *_day_problems(order)]
    wrong = {problem.field for problem in problems}
    if order.opens_at is None or "opens_at" in wrong:
        return tuple(problems)
    if order.kind == EntryOrder.Kind.LOCK:
        if order.period and not windows_to_lock(order, max(order.opens_at, moment)):
            problems.append(NOTHING_TO_LOCK)
    elif order.closes_at is not None and "closes_at" not in wrong:
        problems += _end_problems(order.opens_at, order.closes_at, moment)
    return tuple(problems)


def _number_problems(order: EntryOrder) -> list[Problem]:
    if order.number and EntryOrder.objects.filter(year=order.year_id, number=order.number).exists():
        return [Problem("number", f"Số «{order.number}» đã dùng trong năm học này. Ghi số văn bản khác.")]
    return []


def _day_problems(order: EntryOrder) -> list[Problem]:
    """An order belongs to its school year, the summer before and after it included."""
    first, after = datetime.date(order.year_id, 7, 1), datetime.date(order.year_id + 1, 9, 1)
    last = after - datetime.timedelta(days=1)
    begin, end = (make_aware(datetime.datetime.combine(day, datetime.time())) for day in (first, after))
    remedy = f"nằm ngoài năm học: ghi ngày từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
    found = []
    if order.dated is not None and not first <= order.dated <= last:
        found.append(Problem("dated", f"Ngày kí {remedy}"))
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


def _scope(order: EntryOrder) -> Q:
    scope = Q(year_id=order.year_id, period=order.period)
    if order.school_class_id:
        return scope & Q(school_class_id=order.school_class_id)
    if order.grade_level:
        return scope & (Q(grade_level=order.grade_level) | Q(school_class__grade_level=order.grade_level))
    return scope


def _open(order: EntryOrder) -> None:
    EntryWindow.objects.create(
        order=order,
        year_id=order.year_id,
        period=order.period,
        grade_level=order.grade_level,
        school_class_id=order.school_class_id,
        opens_at=order.opens_at,
        closes_at=order.closes_at,  # type: ignore[misc]  # _check_order saw to it
    )


def _lock(order: EntryOrder) -> None:
    """Ends the windows in scope at the order's moment; one that has passed means now, never earlier."""
    moment = max(order.opens_at, clock.now())
    for window in windows_to_lock(order, moment):
        window.closes_at = max(moment, window.opens_at)
        window.locked_by = order
        window.save()


def windows_to_lock(order: EntryOrder, moment: datetime.datetime) -> list[EntryWindow]:
    """The windows a locking order ends at `moment`, with their orders."""
    return list(
        EntryWindow.objects.filter(_scope(order), closes_at__gt=moment).select_related(
            "order", "school_class"
        )
    )


def check_order(order: EntryOrder) -> list[EntryWindow]:
    """What an order would meet if it were signed now: the windows a locking order ends, none for an opening one.

    Writes nothing; raises OrderRefused exactly where `issue_order` would.
    """
    moment = clock.now()
    _check_order(order, moment)
    return windows_to_lock(order, max(order.opens_at, moment)) if order.kind == EntryOrder.Kind.LOCK else []


def hold_period(year: int, period: str, sheet: tuple[int, int]) -> None:
    """Inside a save: shares the period with other saves and keeps its own sheet to itself. One statement.

    An order takes the period alone (`_take_period`), so it waits for saves under way, and saves that come after
    it see what it did. `sheet` is (class id, line id or 0).
    """
    class_id, line_id = sheet
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(%s)",
            [_PERIOD_LOCKS, _period_key(year, period), (class_id << 32) + line_id],
        )


def _take_period(year: int, period: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PERIOD_LOCKS, _period_key(year, period)])


def _period_key(year: int, period: str) -> int:
    return year * 10 + Period(period).order


def lock_state(school_class: SchoolClass, period: str) -> LockState:
    """The open window of a class and period by the database's clock, or why there is none. One statement."""
    windows = EntryWindow.objects.covering(school_class, period)
    return _state(_with_moment(windows), Period(period))


def lock_states(school_class: SchoolClass) -> dict[Period, LockState]:
    """The same for each period of the class's year. One statement."""
    # A period equal to itself: covering() with every period.
    windows = _with_moment(EntryWindow.objects.covering(school_class, F("period")))  # type: ignore[arg-type]
    return {
        period: _state([each for each in windows if each.period == period], period)
        for period in ENTRY_PERIODS
    }


def _with_moment(windows: EntryWindowQuerySet) -> list[EntryWindow]:
    """The windows with their orders, each with the database's moment of reading as `asked_at`."""
    return list(windows.select_related("order", "locked_by").annotate(asked_at=now_in_sql()))


def _state(windows: list[EntryWindow], period: Period) -> LockState:
    """Decides by one moment, the database's, so that a sentence never contradicts its answer."""
    moments = [window.asked_at for window in windows]  # type: ignore[attr-defined]  # annotated above
    now = max(moments, default=None) or clock.stamp()
    if still_open := [window for window in windows if window.is_open_at(now)]:
        window = max(still_open, key=lambda window: window.closes_at)
        return LockState(window, f"Mở đến {window.closes_label}", now)
    to_come = [window for window in windows if now < window.opens_at < window.closes_at]
    past = [window for window in windows if is_past_at(window, now)]
    called_off = [window for window in windows if window.was_called_off]
    sentence = _why_locked(past, to_come, called_off) or (
        f"Chưa mở. Hiệu trưởng chưa ban hành lệnh mở nhập {period.label}."
    )
    return LockState(None, sentence, now, is_over=bool(past))


def last_round_closed() -> tuple[datetime.datetime, str] | None:
    """When the newest entry round ended, and its name; None before the first. One statement.

    A round is a window of the whole school or of a grade; a class let in for some hours more is none
    (docs/decisions/0010). Named in settings.ENTRY_ROUND_CLOSED.
    """
    rounds = EntryWindow.objects.filter(school_class__isnull=True, closes_at__lte=now_in_sql())
    called_off = Q(locked_by__isnull=False, closes_at=F("opens_at"))
    last = rounds.exclude(called_off).select_related("year").order_by("-closes_at").first()
    if last is None:
        return None
    whom = f"khối {last.grade_level}" if last.grade_level else "toàn trường"
    return last.closes_at, f"{Period(last.period).label} năm học {last.year.label} ({whom})"


def is_past_at(window: EntryWindow, moment: datetime.datetime) -> bool:
    """Open once and over by then; a window that was called off never was."""
    return window.closes_at <= moment and not window.was_called_off


def covers(window: EntryWindow, school_class: SchoolClass) -> bool:
    """`EntryWindowQuerySet.covering`, apart from the period, for a window that is read already."""
    return (
        window.year_id == school_class.year_id
        and window.grade_level in (None, school_class.grade_level)
        and window.school_class_id in (None, school_class.pk)
    )


def _why_locked(past: list[EntryWindow], to_come: list[EntryWindow], called_off: list[EntryWindow]) -> str:
    """What was, then what comes; of orders that came to nothing only where there is neither."""
    said = []
    if past:
        last = max(past, key=lambda window: window.closes_at)
        order = last.locked_by or last.order
        said.append(f"Đã khoá từ {last.closes_label} theo văn bản số {order.number}.")
    if to_come:
        first = min(to_come, key=lambda window: window.opens_at)
        begins = f"lúc {first.opens_label} theo văn bản số {first.order.number}."
        said.append(f"Mở lại {begins}" if past else f"Chưa mở. Đợt nhập bắt đầu {begins}")
    if called_off and not said:
        last = max(called_off, key=lambda window: window.order_id)
        said.append(
            f"Chưa mở. Lệnh số {last.order.number} đã được bãi bỏ bằng lệnh số {last.locked_by}. "
            "Chờ Hiệu trưởng ban hành lệnh mở mới."
        )
    return " ".join(said)
