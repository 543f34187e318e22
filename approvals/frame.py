"""What stands around every page: school, year, menu by role with what waits, open entry periods. One statement.

Counted are the kinds of tasks that one statement can count; the others are known from the page before, or counted anew
on the page after an act (`approvals.task_counts`).
"""

import datetime
import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject, Left, Length, NullIf
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from accounts import clock, permissions, sessions
from accounts.held_powers import Powers, powers_of
from accounts.models import User
from accounts.powers import Action
from accounts.school import school_name
from approvals.announcements import waiting_for as announcements_for
from approvals.inspection_tasks import (
    findings_waiting_for,
    unread_conclusions,
    unread_decisions,
    violations_waiting_for,
)
from approvals.menu import START_PAGE, addressed, entry_over, shown_to
from approvals.open_fixes import fixes_waiting_for
from approvals.reconciliation_tasks import replies_waiting_for, reports_waiting_for, rounds_to_close
from approvals.task_counts import known_tasks
from approvals.to_read import inquiries_to_read, requests_to_read
from gradebook.decision_tasks import drafts_waiting_for
from gradebook.models import EntryWindow, TeachingAssignment, WindowCut
from gradebook.order_execution import waiting_orders
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM, line_words
from students.models import HomeroomAssignment, SchoolYear

MOST_NOTICES = 2
MOST_ANNOUNCED = 5
# One that is short stands in full on the start page; a longer one is opened.
SHORT = 300
ANNOUNCED = JSONObject(
    pk="pk",
    title="title",
    text=Left("text", SHORT),
    letters=Length("text"),
    file="file_name",
    author="author__full_name",
    role="role",
    reason="withdrawal_reason",
    by="withdrawn_by__full_name",
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Visitors and a locked screen get the demo banner only."""
    bare = {"is_demo": settings.IS_DEMO, "server_time": clock.stamp()}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or _is_locked(request):
        return bare
    year = _year_in_view(user)
    others, is_new = known_tasks(request, user)
    counts = _counts(year) + Counter(others)
    waiting = counts.total()
    counts[START_PAGE] = waiting
    return {
        **bare,
        "school_name": year.school_name if year else school_name(),
        "year_label": year.label if year else "",
        "post_label": permissions.post_label(user),
        "waiting": {"count": waiting, "url": reverse(START_PAGE)},
        "other_tasks": json.dumps(addressed(others)) if is_new else None,
        "may_search": permissions.may_anywhere(user, Action.SEE_CLASS),
        "menu": _menu(request, user, counts),
        "notices": [*sessions.notices(request), *(_notices(user, year.open_windows) if year else [])],
        "orders_due": year.orders_due if year else [],
        "announcements_due": year.unread_first if year else [],
        "announcements_count": year.unread if year else 0,
    }


def _counts(year: Any) -> Counter[str]:
    """What waits behind which page of the menu, of the kinds counted here; nothing before the first year."""
    if year is None:
        return Counter()
    return Counter(
        {
            "approvals:requests": year.waiting,
            "approvals:inquiries": year.inquiries,
            "approvals:inspections": year.checks,
            "approvals:reconciliations": year.figures,
            "gradebook:orders": len(year.orders_due),
            "gradebook:year_ends": year.drafts,
            "approvals:announcements": year.unread,
        }
    )


def _is_locked(request: HttpRequest) -> bool:
    idle = getattr(
        request, "idle", None
    )  # not there when the request was refused before the lock was looked at
    return idle is not None and idle.is_locked


def _year_in_view(user: User) -> Any:
    """The current year with its open windows and the numbers of requests and inquiries that wait for this person."""
    sql, values = _statement(user, powers_of(user), clock.today(), clock.now_in_sql())
    found: Any = SchoolYear.objects.raw(sql, values)
    for year in found:
        year.open_windows = [json.loads(each) for each in year.open_windows]
        year.orders_due = [json.loads(each) for each in year.orders_due]
        year.unread_first = [_announced(json.loads(each)) for each in year.unread_first]
        return year
    return None


def _announced(row: dict[str, Any]) -> dict[str, Any]:
    is_short = bool(row["reason"]) or (row["letters"] <= SHORT and not row["file"])
    return {**row, "is_short": is_short}


@lru_cache(maxsize=256)
def _statement(
    user: User, _powers: Powers, _day: datetime.date, _now: Func | Value
) -> tuple[str, tuple[Any, ...]]:
    """Put together once for a person with these powers on this day: every page asks it, and the query builder takes
    11 ms for what PostgreSQL answers in one."""
    windows = (
        EntryWindow.objects.open_now()
        .filter(Q(teacher=None) | Q(teacher=user), year=OuterRef("pk"))
        .annotate(
            is_own=_is_own(user, is_open=False),
            is_left=_is_own(user, is_open=True),
            has_cuts=Exists(_cuts_now()),
        )
        .values(
            json=JSONObject(
                period="period",
                closes_at="closes_at",
                grade_level="grade_level",
                class_name="school_class__name",
                line_code="line_code",
                teacher_id="teacher_id",
                order_id="order_id",
                number="order__number",
                is_own="is_own",
                is_left="is_left",
                has_cuts="has_cuts",
            )
        )
    )
    due = waiting_orders(user).filter(year=OuterRef("pk")).order_by("opens_at")
    unread = announcements_for(user).filter(year=OuterRef("pk"))
    years = SchoolYear.objects.begun().annotate(
        open_windows=ArraySubquery(windows),
        orders_due=_list_of(due.values(json=JSONObject(pk="pk", number="number", kind="kind"))),
        waiting=_number_of(requests_to_read(user)),
        inquiries=_number_of(inquiries_to_read(user)),
        unread=_number_of(unread),
        unread_first=_list_of(unread.order_by("-told_at", "-pk").values(json=ANNOUNCED)[:MOST_ANNOUNCED]),
        checks=_number_of(findings_waiting_for(user))
        + _number_of(violations_waiting_for(user))
        + _number_of(unread_conclusions(user))
        + _number_of(fixes_waiting_for(user))
        + _number_of(unread_decisions(user)),
        figures=_number_of(replies_waiting_for(user))
        + _number_of(reports_waiting_for(user))
        + _number_of(rounds_to_close(user)),
        drafts=_number_of(drafts_waiting_for(user)),
    )
    return years[:1].query.sql_with_params()


def _list_of(rows: QuerySet[Any]) -> Any:
    """A list as part of another statement; empty where nothing is asked."""
    return Value([], output_field=ArrayField(JSONField())) if rows.query.is_empty() else ArraySubquery(rows)


def _is_own(user: User, *, is_open: bool) -> Q:
    """Whether the window is for a sheet that the person answers for today; `is_open`: for one that no lock has shut."""
    in_scope = {
        "school_class": Coalesce(OuterRef("school_class_id"), F("school_class_id")),
        "school_class__grade_level": Coalesce(OuterRef("grade_level"), F("school_class__grade_level")),
        "school_class__year": OuterRef("year_id"),
        "teacher": user.pk,
    }
    line = Coalesce(NullIf(OuterRef("line_code"), Value("")), F("line__code"))
    teaching = TeachingAssignment.objects.held_on(clock.today()).filter(**in_scope, line__code=line)
    homeroom = (
        HomeroomAssignment.objects.held_on(clock.today())
        .annotate(line_asked=ExpressionWrapper(OuterRef("line_code"), output_field=CharField()))
        .filter(line_asked__in=["", HOMEROOM], **in_scope)
    )
    if is_open:
        teaching = teaching.exclude(Exists(_cuts_of_sheet(user, OuterRef("line__code"))))
        homeroom = homeroom.exclude(Exists(_cuts_of_sheet(user, Value(HOMEROOM))))
    return Exists(teaching) | Exists(homeroom)


def _cuts_of_sheet(user: User, line: Any) -> QuerySet[WindowCut]:
    """Of the window, those that have shut the sheet of an assignment (`gradebook.scopes.Scope.shuts`)."""
    grade, school_class = OuterRef("school_class__grade_level"), OuterRef("school_class_id")
    return WindowCut.objects.filter(
        Q(order__grade_level=None) | Q(order__grade_level=grade),
        Q(order__school_class=None) | Q(order__school_class=school_class),
        Q(order__line_code="") | Q(order__line_code=line),
        Q(order__teacher=None) | Q(order__teacher=user.pk),
        window=OuterRef(OuterRef("pk")),
        shut_at__lte=clock.now_in_sql(),
    )


def _cuts_now() -> QuerySet[WindowCut]:
    return WindowCut.objects.filter(window=OuterRef("pk"), shut_at__lte=clock.now_in_sql())


def _number_of(rows: QuerySet[Any]) -> Coalesce | Value:
    """How many, as part of another statement."""
    if rows.query.is_empty():
        return Value(0)
    return Coalesce(Subquery(rows.order_by().values(one=Value(1)).annotate(n=Count("*")).values("n")), 0)


def _notices(user: User, windows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Who answers for sheets reads of their own alone, the narrowest first; others of the widest, the rest in one line.

    Notices must not push the sheet off the screen.
    """
    own = sorted(
        (each for each in windows if each["is_own"]), key=lambda each: (-_narrow(each), each["closes_at"])
    )
    others = sorted((each for each in windows if not each["is_own"]), key=_narrow)
    left = {each["period"] for each in own if each["is_left"]}
    own = [each for each in own if each["is_left"] or each["period"] not in left]
    concerning = own or others
    shown = [
        _shut_notice(window) if window["is_own"] and not window["is_left"] else _notice(window)
        for window in concerning[:MOST_NOTICES]
    ]
    rest = len(concerning) - len(shown)
    if rest:
        text = f"Còn {rest} đợt nhập khác đang mở: xem ở «Lệnh mở, khoá sổ»."
        shown.append({"text": text, "url": reverse("gradebook:orders"), "level": "info"})
    return shown


def _narrow(window: dict[str, Any]) -> int:
    """How narrow the scope is, from the whole school to one teacher."""
    limits = (window["grade_level"], window["line_code"], window["class_name"], window["teacher_id"])
    return sum(2**place for place, limit in enumerate(limits) if limit)


def _scope_of_notice(window: dict[str, Any]) -> str:
    said = []
    if window["class_name"]:
        said.append(f"lớp {window['class_name']}")
    elif window["grade_level"]:
        said.append(f"khối {window['grade_level']}")
    if window["line_code"]:
        said.append(line_words(window["line_code"]))
    if window["teacher_id"]:
        said.append("gia hạn riêng cho thầy cô")
    if window["has_cuts"]:
        said.append("trừ phần đã khoá riêng")
    return f" ({', '.join(said)})" if said else ""


def _notice(window: dict[str, Any]) -> dict[str, str]:
    closes = localtime(parse_datetime(window["closes_at"]))
    scope = _scope_of_notice(window)
    return {
        "text": f"Đang mở nhập {Period(window['period']).label}{scope} đến {closes:%H:%M %d/%m/%Y}"
        f" theo văn bản số {window['number']}.",
        "url": reverse("gradebook:order", args=[window["order_id"]]),
        "level": "info",
    }


def _shut_notice(window: dict[str, Any]) -> dict[str, str]:
    """To whom a further order has locked every sheet of an open window."""
    return {
        "text": f"Sổ {Period(window['period']).label} của thầy cô đã khoá theo lệnh riêng, trong khi đợt nhập theo văn "
        f"bản số {window['number']} còn mở cho phần khác. Xem «Lịch mở, khoá sổ».",
        "url": reverse("gradebook:lock_calendar"),
        "level": "info",
    }


def _menu(request: HttpRequest, user: User, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The lines that the person is shown, with what waits behind each."""
    shown = shown_to(user)
    view = request.resolver_match.view_name if request.resolver_match else ""
    current = entry_over(shown, view, request.path)
    return [
        {
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "group": entry.group,
            "count": counts.get(entry.page, 0),
            "active": entry is current,
        }
        for entry, url in shown
    ]
