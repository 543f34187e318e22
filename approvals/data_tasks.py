"""What personal data ask of principal and clerk: requests by their days, incidents by the 72-hour clock (rule R67)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.timezone import localdate

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from approvals.data_requests import acts_for
from approvals.data_rules import hours_left, notify_by
from approvals.data_workflow import RequestAct, RequestState
from approvals.models import DataIncident, DataRequest

MOST: Final = 20
_TO_DO: Final = {
    RequestState.RECEIVED: "Phản hồi tiếp nhận cho người yêu cầu",
    RequestState.ANSWERED: "Quyết định chấp nhận hoặc từ chối",
    RequestState.GRANTED: "Thực hiện rồi trả lời người yêu cầu",
}


@dataclass(frozen=True, slots=True)
class DataTask:
    title: str
    detail: str
    url: str
    kind: str
    word: str
    due_on: datetime.date | None = None


def data_tasks(user: User) -> list[DataTask]:
    """For principal and clerk, two statements; none for everybody else. Incidents first, then by the nearest day."""
    if not permissions.may(user, Action.KEEP_DATA_PROTECTION):
        return []
    return [*_incidents(), *_requests(user)]


def _incidents() -> Iterator[DataTask]:
    now = clock.stamp()
    for each in DataIncident.objects.to_notify().order_by("discovered_at")[:MOST]:
        left = hours_left(notify_by(each.discovered_at), now)
        yield DataTask(
            f"{each.label}: thông báo cơ quan chuyên trách",
            f"phát hiện lúc {clock.moment_label(each.discovered_at)}; hạn 72 giờ",
            reverse("approvals:data_incident", args=[each.pk]),
            "refused" if left < 0 else "warning",
            hours_words(left),
            localdate(notify_by(each.discovered_at)),
        )


def hours_words(left: int) -> str:
    """«Còn 31 giờ», «Còn dưới 1 giờ», «Quá hạn 5 giờ»."""
    if left < 0:
        return f"Quá hạn {-left} giờ"
    return f"Còn {left} giờ" if left else "Còn dưới 1 giờ"


def due_of(request: DataRequest) -> datetime.date:
    """The next of its days: that of the first answer until it is given or decided."""
    return request.answer_due_on if request.state == RequestState.RECEIVED else request.due_on


def days_words(day: datetime.date, today: datetime.date) -> str:
    days = (day - today).days
    if days < 0:
        return f"Quá hạn {-days} ngày"
    return f"Còn {days} ngày" if days else "Hạn hôm nay"


def _requests(user: User) -> list[DataTask]:
    """Of those whose next step is the other's only what is overdue: somebody has to ask after it."""
    today = clock.today()
    rows = DataRequest.objects.still_open().select_related("student", "person").order_by("due_on", "pk")
    found = [
        DataTask(
            f"{each.label} ({each.get_kind_display().lower()}): {each.subject}",
            f"{_TO_DO[RequestState(each.state)]}; hạn {due_of(each):%d/%m/%Y}",
            reverse("approvals:data_request", args=[each.pk]),
            "refused" if due_of(each) < today else "warning",
            days_words(due_of(each), today),
            due_of(each),
        )
        for each in rows[:MOST]
        if due_of(each) < today or any(act != RequestAct.CANCEL for act in acts_for(each, user))
    ]
    return sorted(found, key=lambda task: task.due_on or today)
