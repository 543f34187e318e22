"""Of the start page the correction requests: those whose next move is the person's, and answers to one's own."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from approvals.contested_cells import with_standing
from approvals.models import CorrectionRequest
from approvals.registers import register_of
from approvals.request_pages import STATE_ICONS, STATE_KINDS, is_overdue
from approvals.to_read import requests_to_read
from approvals.workflow import WRITABLE, State

_WHAT_TO_DO = {
    State.DRAFT: "Ghi lí do, kèm minh chứng rồi gửi",
    State.FILED: "Xem minh chứng và phê chuẩn",
    State.RETURNED: "Bổ sung theo yêu cầu rồi gửi lại",
    State.AWAITING: "Đồng ý hoặc không, vì kết quả của lớp đã phê duyệt",
    State.APPROVED: "Ghi giá trị đã phê chuẩn vào sổ",
}
MAY_OPINE = "Có thể ghi ý kiến của tổ (không bắt buộc)"
OUTDATED_OWN = (
    "Giá trị đã đổi từ khi lập phiếu: huỷ phiếu, còn cần sửa thì lập phiếu mới theo giá trị đang lưu"
)
OUTDATED = "Giá trị đã đổi từ khi lập phiếu, không phê chuẩn được: từ chối để giáo viên lập phiếu mới"
_ANSWERED = {
    State.AWAITING: "Phó Hiệu trưởng đã phê chuẩn, còn chờ Hiệu trưởng đồng ý: mở phiếu để xem",
    State.APPROVED: "Đã phê chuẩn, văn thư sẽ ghi vào sổ: mở phiếu để xem",
    State.REFUSED: "Đọc lí do từ chối",
    State.APPLIED: "Đã ghi vào sổ: mở phiếu để xem",
}
CANCELLED = "Người lập đã huỷ phiếu sau khi được phê chuẩn: mở phiếu để đọc lí do"


@dataclass(frozen=True, slots=True)
class RequestTask:
    """A request whose next move is this person's, or the person's own one with an answer to read."""

    title: str
    to_do: str
    url: str
    state: State
    kind: str
    icon: str
    proposer: str
    cells: int
    since: datetime.datetime
    note: str
    due_on: datetime.date | None = None
    is_overdue: bool = False
    is_outdated: bool = False
    is_contested: bool = False
    is_optional: bool = False


def read_requests(user: User, most: int) -> list[CorrectionRequest]:
    """What is due first, then what waits longest; at most so many."""
    found = with_standing(
        requests_to_read(user).select_related("school_class__year", "line", "proposer").with_cells()
    )
    return list(found.order_by(F("due_on").asc(nulls_last=True), "filed_at", "id")[:most])


def request_task(request: Any, user: User) -> RequestTask:
    register = register_of(request)
    state = State(request.state)
    is_own = request.proposer_id == user.pk
    is_news = is_own and state in _ANSWERED and not request.is_outdated
    # Who may only say something, reads an answer or is free to cancel has no day to keep: it is that of the next one.
    is_optional = _is_optional(request, state, user)
    has_a_day = state in WRITABLE if is_own else not is_optional
    return RequestTask(
        title=f"Phiếu {request.label} · {register.title} · {register.moment}",
        to_do=_ANSWERED[state] if is_news else _to_do(request, state, user),
        url=reverse("approvals:request", args=[request.pk]),
        state=state,
        kind=STATE_KINDS[state],
        icon=STATE_ICONS[state],
        proposer=request.proposer.full_name,
        cells=request.cells,
        since=localtime(_since(request)),
        note=_task_note(request, state),
        due_on=request.due_on if has_a_day else None,
        is_overdue=has_a_day and is_overdue(request),
        is_outdated=request.is_outdated,
        is_contested=request.is_contested,
        is_optional=is_optional,
    )


def _to_do(request: Any, state: State, user: User) -> str:
    """A vice-principal decides; the head of the tổ, who is told of it too, may say something. Nobody goes on with one
    in which a value has moved on."""
    if state == State.CANCELLED:
        return CANCELLED
    if request.is_outdated:
        return OUTDATED_OWN if request.proposer_id == user.pk else OUTDATED
    return MAY_OPINE if _is_optional(request, state, user) else _WHAT_TO_DO[state]


def _is_optional(request: Any, state: State, user: User) -> bool:
    """Whether it stands among the tasks for an opinion alone, which nobody has to give."""
    return (
        state == State.FILED
        and request.proposer_id != user.pk
        and not permissions.may(user, Action.DECIDE_REQUEST)
    )


def _since(request: Any) -> datetime.datetime:
    returned = request.returned_at if request.state == State.RETURNED else None
    return (
        returned
        or request.applied_at
        or request.consent_at
        or request.decided_at
        or request.filed_at
        or request.created_at
    )


def _task_note(request: Any, state: State) -> str:
    """What the proposer has to read."""
    if state == State.RETURNED:
        return request.return_note
    if state == State.CANCELLED:
        return request.cancel_note
    return (request.consent_note or request.decision_note) if state == State.REFUSED else ""
