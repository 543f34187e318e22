"""The list of questions and incidents, and what the page of one shows; constant numbers of statements."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404

from accounts import clock, permissions
from accounts.clock import moment_label
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.inquiries import actors_of, visible_inquiries, waiting_for
from approvals.inquiry_workflow import WAITING_STATES, Desk, InquiryAct, InquiryState, acts_open_to, waited
from approvals.models import Inquiry
from approvals.page_places import leads_somewhere
from approvals.request_list import Filter

PER_PAGE = 25

STATE_KINDS: Mapping[InquiryState, str] = {
    InquiryState.NEW: "waiting",
    InquiryState.ACCEPTED: "open",
    InquiryState.REFERRED: "waiting",
    InquiryState.SENT: "waiting",
    InquiryState.ANSWERED: "ok",
    InquiryState.CLOSED: "locked",
}
STATE_ICONS: Mapping[InquiryState, str] = {
    InquiryState.NEW: "inbox",
    InquiryState.ACCEPTED: "person-check",
    InquiryState.REFERRED: "send",
    InquiryState.SENT: "gear",
    InquiryState.ANSWERED: "check-circle",
    InquiryState.CLOSED: "lock",
}
_ACTS_DONE: Mapping[str, tuple[str, str]] = {
    InquiryAct.ACCEPT: ("Tiếp nhận", "neutral"),
    InquiryAct.ANSWER: ("Trả lời", "ok"),
    InquiryAct.HAND_OVER: ("Chuyển văn thư", "neutral"),
    InquiryAct.REFER: ("Chuyển Hiệu trưởng", "neutral"),
    InquiryAct.SEND_OUT: ("Ghi nhận đã gửi đơn vị kĩ thuật", "neutral"),
    InquiryAct.NOTE: ("Bổ sung", "neutral"),
    InquiryAct.ASK_AGAIN: ("Hỏi thêm", "neutral"),
    InquiryAct.CLOSE: ("Đóng", "neutral"),
}


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """An inquiry in a list: what it is about, with whom it lies, and how long it has waited or took."""

    inquiry: Inquiry
    state: InquiryState
    where: str
    age: str
    is_unread: bool

    @property
    def kind(self) -> str:
        return STATE_KINDS[self.state]

    @property
    def icon(self) -> str:
        return STATE_ICONS[self.state]


def line_of(inquiry: Inquiry) -> InquiryLine:
    """The inquiry must come with its team."""
    return InquiryLine(
        inquiry, InquiryState(inquiry.state), _where(inquiry), age_of(inquiry), is_unread=inquiry.is_unread
    )


def _where(inquiry: Inquiry) -> str:
    """With whom it lies now."""
    if inquiry.state == InquiryState.REFERRED:
        return "Hiệu trưởng"
    return f"Tổ trưởng {inquiry.team}" if inquiry.desk == Desk.GRADE_HEAD else "Văn thư"


def age_of(inquiry: Inquiry) -> str:
    """«chờ 2 ngày» until it is answered, then «trả lời sau 3 giờ»."""
    if inquiry.state in WAITING_STATES:
        return f"chờ {_between(inquiry.asked_at, clock.stamp())}"
    if inquiry.answered_at:
        return f"trả lời sau {_between(inquiry.asked_at, inquiry.answered_at)}"
    return "người hỏi đóng"


def _between(begin: datetime.datetime, end: datetime.datetime) -> str:
    return waited(int((end - begin).total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class InquiryList:
    page: Page
    lines: tuple[InquiryLine, ...]
    whose: tuple[Filter, ...]
    states: tuple[Filter, ...]
    who: str
    state: str


def read_list(request: SignedInRequest) -> InquiryList:
    """`?who=` (mine, waiting, all) and `?state=` (open, answered, closed) narrow the list. Three statements.

    "all" means all that the person may see; unknown values mean all.
    """
    user = request.user
    visible = visible_inquiries(user)
    people = {"waiting": Q(pk__in=waiting_for(user).values("pk")), "mine": Q(asker=user)}
    stages = {
        "open": Q(state__in=WAITING_STATES),
        "answered": Q(state=InquiryState.ANSWERED),
        "closed": Q(state=InquiryState.CLOSED),
    }
    who, state = (request.GET.get(name, "") for name in ("who", "state"))
    chosen_who, chosen_stage = people.get(who, Q()), stages.get(state, Q())
    counts = visible.aggregate(
        all=Count("pk", filter=chosen_stage) if chosen_stage else Count("pk"),
        every=Count("pk", filter=chosen_who) if chosen_who else Count("pk"),
        shown=Count("pk", filter=chosen_who & chosen_stage) if chosen_who & chosen_stage else Count("pk"),
        **{key: Count("pk", filter=value & chosen_stage) for key, value in people.items()},
        **{key: Count("pk", filter=value & chosen_who) for key, value in stages.items()},
    )
    found = visible.filter(chosen_who, chosen_stage).select_related("asker", "team").order_by("-id")
    paginator = Paginator(found, PER_PAGE)
    paginator.count = counts["shown"]  # known already: one statement less
    page = paginator.get_page(request.GET.get("page"))
    return InquiryList(
        page,
        tuple(line_of(each) for each in page.object_list),
        _filters((("Tất cả", ""), ("Chờ tôi xử lí", "waiting"), ("Của tôi", "mine")), counts, who, "all"),
        _filters(
            (("Mọi trạng thái", ""), ("Đang chờ", "open"), ("Đã trả lời", "answered"), ("Đã đóng", "closed")),
            counts,
            state,
            "every",
        ),
        who if who in people else "",
        state if state in stages else "",
    )


def _filters(
    choices: tuple[tuple[str, str], ...], counts: Mapping[str, int], chosen: str, every: str
) -> tuple[Filter, ...]:
    known = {value for _label, value in choices}
    return tuple(
        Filter(label, value, counts[value or every], value == (chosen if chosen in known else ""))
        for label, value in choices
    )


# -- One inquiry -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One act in the inquiry's life."""

    what: str
    who: str
    role: str
    at: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class InquiryPage:
    line: InquiryLine
    asker_role: str
    steps: tuple[Step, ...]
    acts: tuple[str, ...]
    is_own: bool
    links_to_page: bool

    @property
    def main_act(self) -> str:
        """The one that the page expects: an answer; of the asker, to go on asking."""
        wanted = (InquiryAct.ANSWER, InquiryAct.ASK_AGAIN, InquiryAct.NOTE)
        return next((act.value for act in wanted if act in self.acts), "")


WHO_READS = "Câu hỏi, sự cố chỉ mở cho người hỏi và người giải quyết."


def get_inquiry(user: User, pk: int) -> Inquiry:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    inquiry = get_object_or_404(Inquiry.objects.select_related("asker__team", "team"), pk=pk)
    permissions.require(
        user, Action.SEE_INQUIRY, WHO_READS, owner_id=inquiry.asker_id, team_id=inquiry.team_id
    )
    return inquiry


def read_page(user: User, inquiry: Inquiry) -> InquiryPage:
    """Two statements: how it was asked, and what followed."""
    asked = inquiry.history.order_by("history_id").values_list("acting_role", flat=True).first()
    return InquiryPage(
        line=line_of(inquiry),
        asker_role=asked or "",
        steps=tuple(_step(each) for each in inquiry.entries.select_related("by").order_by("-id")),
        acts=tuple(act.value for act in acts_open_to(InquiryState(inquiry.state), actors_of(user, inquiry))),
        is_own=inquiry.asker_id == user.pk,
        links_to_page=bool(inquiry.page_path) and leads_somewhere(inquiry.page_path),
    )


def _step(entry: Any) -> Step:
    what, kind = _ACTS_DONE[entry.act]
    return Step(what, entry.by.full_name, entry.role, moment_label(entry.at), entry.text, kind)
