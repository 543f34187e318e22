"""What stands around every page: school, year, menu by role with what waits, open entry periods. One statement."""

import datetime
import json
from dataclasses import dataclass
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
from accounts.models import User
from accounts.permissions import Powers
from accounts.powers import Action
from approvals.announcements import waiting_for as announcements_for
from approvals.contested_cells import is_overtaken
from approvals.inquiries import waiting_for
from approvals.inspection_tasks import findings_waiting_for, unread_decisions, violations_waiting_for
from approvals.models import CorrectionRequest, Inquiry
from approvals.reconciliation_tasks import replies_waiting_for, reports_waiting_for, rounds_to_close
from approvals.workflow import OPEN_STATES, WRITABLE, State
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
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the side menu: shown to whoever may do `action` with anything at all.

    It is the current one on the pages whose address begins with its own, and on `pages`, whose address does not.
    """

    label: str
    page: str
    icon: str
    action: Action
    group: str = ""
    pages: tuple[str, ...] = ()


ABOUT_DAYS = (
    "students:roll",
    "students:class_attendance",
    "students:attendance_month",
    "students:attendance_confirm",
    "gradebook:period_absences",
)
ABOUT_MOVEMENTS = (
    "students:pupil_movements",
    "students:movement_new",
    "students:newcomer",
    "students:head_counts",
)
PEOPLE, SUPERVISION, HELP = "Cán bộ, tài khoản", "Giám sát", "Giúp đỡ"
MENU = (
    MenuEntry("Việc của tôi", "approvals:tasks", "check2-square", Action.SEE_OWN_TASKS),
    MenuEntry("Thông báo", "approvals:announcements", "megaphone", Action.SEE_ANNOUNCEMENT),
    MenuEntry("Lớp và học sinh", "students:classes", "people", Action.SEE_CLASS),
    MenuEntry("Hồ sơ học sinh", "students:records", "person-check", Action.SEE_SENSITIVE),
    MenuEntry("Điểm danh", "students:attendance", "clipboard-check", Action.SEE_ATTENDANCE, pages=ABOUT_DAYS),
    MenuEntry("Năm học", "students:years", "calendar-event", Action.SEE_YEAR),
    MenuEntry("Phiếu đề nghị sửa", "approvals:requests", "pencil-square", Action.SEE_REQUEST),
    MenuEntry("Lệnh mở, khoá sổ", "gradebook:orders", "calendar-check", Action.SEE_ORDERS),
    MenuEntry("Ngân hàng nhận xét", "gradebook:comments", "journal-text", Action.USE_COMMENTS),
    MenuEntry("Lịch mở, khoá sổ", "gradebook:lock_calendar", "calendar-event", Action.SEE_ORDERS),
    MenuEntry("Thông báo, nhắc tổ", "gradebook:team_reminders", "bell", Action.REMIND_TEACHERS),
    MenuEntry("Tiến độ nhập", "gradebook:progress", "bar-chart", Action.SEE_PROGRESS),
    MenuEntry("Kết quả năm học", "gradebook:year_ends", "award", Action.SEE_OUTCOMES),
    MenuEntry(
        "Biến động sĩ số",
        "students:movements",
        "arrow-left-right",
        Action.SEE_MOVEMENTS,
        pages=ABOUT_MOVEMENTS,
    ),
    MenuEntry("Xếp lớp năm mới", "gradebook:roll_overs", "arrow-repeat", Action.SEE_ROLL_OVER),
    MenuEntry("Bàn giao lớp", "gradebook:handovers", "journal-check", Action.SEE_HANDOVER),
    MenuEntry("Nạp danh sách", "students:import", "file-earmark-arrow-up", Action.IMPORT_ROSTERS),
    MenuEntry("Kí sổ THKQGD", "approvals:signatures", "pencil", Action.SEE_SIGNATURES),
    MenuEntry("In sổ, học bạ", "reports:prints", "printer", Action.SEE_PRINTS),
    MenuEntry("In sổ cá nhân, phiếu", "reports:own_prints", "printer", Action.PRINT_OWN_BOOK),
    MenuEntry("Cán bộ", "gradebook:staff", "person-badge", Action.SEE_STAFF, PEOPLE),
    MenuEntry("Phân công", "gradebook:class_staff", "table", Action.SEE_STAFF, PEOPLE),
    MenuEntry("Quyền xem cấp thêm", "gradebook:grants", "key", Action.GRANT, PEOPLE),
    MenuEntry("Tài khoản", "accounts:people", "person-circle", Action.SEE_ACCOUNTS, PEOPLE),
    MenuEntry("Tổng quan tài khoản", "accounts:overview", "person-check", Action.SEE_OVERVIEW, PEOPLE),
    MenuEntry("Tập huấn", "accounts:training", "award", Action.SEE_TRAINING, PEOPLE),
    MenuEntry("Tài khoản quản trị", "accounts:admin_account", "key", Action.SUPERVISE_CLERK, SUPERVISION),
    MenuEntry(
        "Kiểm tra hồ sơ", "approvals:inspections", "clipboard-check", Action.SEE_INSPECTION, SUPERVISION
    ),
    MenuEntry(
        "Đối chiếu số liệu",
        "approvals:reconciliations",
        "journal-check",
        Action.SEE_RECONCILIATION,
        SUPERVISION,
    ),
    MenuEntry("Nhật kí truy cập", "accounts:access_log", "eye", Action.SEE_ACCESS_LOG, SUPERVISION),
    MenuEntry("Văn bản của trường", "approvals:documents", "file-earmark-text", Action.SEE_DOCUMENTS, HELP),
    MenuEntry("Nhật kí thay đổi", "approvals:audit", "clock-history", Action.SEE_AUDIT_TRAIL, SUPERVISION),
    MenuEntry("Hỏi đáp, sự cố", "approvals:inquiries", "question-circle", Action.SEE_INQUIRY, HELP),
    MenuEntry("Hướng dẫn", "accounts:guides", "book", Action.SEE_HANDBOOK, HELP),
    MenuEntry("Ai được làm gì", "accounts:powers", "shield-lock", Action.SEE_HANDBOOK, HELP),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Visitors and a locked screen get the demo banner only."""
    bare = {"is_demo": settings.IS_DEMO, "server_time": clock.stamp()}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or _is_locked(request):
        return bare
    year = _year_in_view(user)
    return {
        **bare,
        "school_name": year.school_name if year else "Trường Tiểu học Kim Đồng",
        "year_label": year.label if year else "",
        "post_label": permissions.post_label(user),
        "waiting": _waiting(year),
        "may_search": permissions.may_anywhere(user, Action.SEE_CLASS),
        "menu": _menu(request, user, year),
        "notices": [*sessions.notices(request), *(_notices(user, year.open_windows) if year else [])],
        "orders_due": year.orders_due if year else [],
        "announcements_due": year.unread_first if year else [],
        "announcements_count": year.unread if year else 0,
    }


def _waiting(year: Any) -> dict[str, Any]:
    """What the bell counts, as the menu does, and where it leads: «Việc của tôi» has every kind."""
    if year is None:
        return {"count": 0, "url": reverse("approvals:tasks")}
    others = year.inquiries + year.unread + year.checks + year.figures + year.drafts + len(year.orders_due)
    if others:
        return {"count": year.waiting + others, "url": reverse("approvals:tasks")}
    return {"count": year.waiting, "url": f"{reverse('approvals:requests')}?who=waiting"}


def _is_locked(request: HttpRequest) -> bool:
    idle = getattr(
        request, "idle", None
    )  # not there when the request was refused before the lock was looked at
    return idle is not None and idle.is_locked


def _year_in_view(user: User) -> Any:
    """The current year with its open windows and the numbers of requests and inquiries that wait for this person."""
    sql, values = _statement(user, permissions.powers_of(user), clock.today(), clock.now_in_sql())
    found: Any = SchoolYear.objects.raw(sql, values)
    for year in found:
        year.open_windows = [json.loads(each) for each in year.open_windows]
        year.orders_due = [json.loads(each) for each in year.orders_due]
        year.unread_first = [_announced(json.loads(each)) for each in year.unread_first]
        return year
    return None


def _announced(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "is_short": row["letters"] <= SHORT and not row["file"]}


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
        waiting=_number_of(requests_waiting_for(user)),
        inquiries=_number_of(inquiries_to_read(user)),
        unread=_number_of(unread),
        unread_first=_list_of(unread.order_by("-told_at", "-pk").values(json=ANNOUNCED)[:MOST_ANNOUNCED]),
        checks=_number_of(findings_waiting_for(user))
        + _number_of(violations_waiting_for(user))
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


def requests_waiting_for(user: User) -> QuerySet[CorrectionRequest]:
    """Requests whose next move is this person's: to finish and file, to decide, to consent to, to carry out.

    One that another has overtaken can no longer be carried out: it is its proposer's to cancel.

    An opinion is nobody's duty: the head of the tổ is told of those still without one.
    """
    wanted = Q(proposer=user, state__in=WRITABLE) | Q(is_overtaken(), proposer=user, state=State.APPROVED)
    powers = permissions.powers_of(user)
    if powers.headed_teams:
        of_grades = Q(proposer__team=None, school_class__grade_level__in=powers.headed_grades)
        headed = Q(proposer__team__in=powers.headed_teams) | of_grades
        wanted |= Q(state=State.FILED, opinion_by=None) & headed & ~Q(proposer=user)
    if permissions.may(user, Action.DECIDE_REQUEST):
        wanted |= Q(state=State.FILED) & ~Q(proposer=user)
    if permissions.may(user, Action.CONSENT_TO_REQUEST):
        wanted |= Q(state=State.AWAITING) & ~Q(proposer=user) & ~Q(decided_by=user)
    if permissions.may(user, Action.APPLY_REQUEST):
        wanted |= (
            Q(state=State.APPROVED)
            & ~Q(is_overtaken())
            & ~Q(proposer=user)
            & ~Q(decided_by=user)
            & (Q(consent_by=None) | ~Q(consent_by=user))
        )
    # Named besides, so that the index of what waits is enough: most requests have come to their end.
    return CorrectionRequest.objects.filter(wanted, state__in=OPEN_STATES)


def inquiries_to_read(user: User) -> QuerySet[Inquiry]:
    """Questions and incidents that wait for this person's act, and own ones with news."""
    handled = Q(pk__in=waiting_for(user).values("pk"))
    news = Q(pk__in=Inquiry.objects.with_news_for(user.pk).values("pk"))
    return Inquiry.objects.filter(handled | news)


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


def _menu(request: HttpRequest, user: User, year: Any) -> list[dict[str, Any]]:
    """The lines of MENU that the table opens to the person, with what waits; `year` is None before the first."""
    counts = (
        {
            "approvals:requests": year.waiting,
            "approvals:inquiries": year.inquiries,
            "approvals:inspections": year.checks,
            "approvals:reconciliations": year.figures,
            "gradebook:orders": len(year.orders_due),
            "gradebook:year_ends": year.drafts,
            "approvals:announcements": year.unread,
        }
        if year is not None
        else {}
    )
    shown = [(entry, reverse(entry.page)) for entry in MENU if permissions.may_anywhere(user, entry.action)]
    current = _current(request, shown)
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


def _current(request: HttpRequest, shown: list[tuple[MenuEntry, str]]) -> MenuEntry | None:
    """The line under which the page stands: the one that names it, else the one whose address begins its own."""
    view = request.resolver_match.view_name if request.resolver_match else ""
    by_name = (entry for entry, _url in shown if view in entry.pages)
    by_address = (
        entry for entry, url in shown if request.path == url or (url != "/" and request.path.startswith(url))
    )
    return next(by_name, None) or next(by_address, None)
