"""What personal data ask of people: requests by their days, incidents by the 72-hour clock, slips (rules R66, R67)."""

import datetime
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db.models import Count, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from approvals.data_consents import child_is_asked
from approvals.data_requests import acts_for
from approvals.data_rules import hours_left, notify_by
from approvals.data_workflow import RequestAct, RequestState
from approvals.models import Consent, DataIncident, DataRequest, ProcessingPurpose
from students.models import Enrolment

MOST: Final = 20
_TO_DO: Final = {
    RequestState.RECEIVED: "Phản hồi tiếp nhận cho người yêu cầu",
    RequestState.ANSWERED: "Quyết định chấp nhận hoặc từ chối",
    RequestState.GRANTED: "Thực hiện rồi trả lời người yêu cầu",
}


def data_tasks(user: User) -> list[Task]:
    """Two statements for principal and clerk, one for who leads a class. Incidents first, then by the nearest day."""
    is_office = permissions.may(user, Action.KEEP_DATA_PROTECTION)
    return [*([*_incidents(), *_requests(user)] if is_office else ()), *_slips(user)]


def _slips(user: User) -> Iterator[Task]:
    """Slips that pupils of the own classes lack, while the school collects them: others of the class have some."""
    own = powers_of(user).homeroom_classes
    if not own:
        return
    today = clock.today()
    seats = (
        Enrolment.objects.filter(school_class__in=own)
        .held_on(today)
        .select_related("school_class", "student")
        .annotate(
            asked=Subquery(
                ProcessingPurpose.objects.to_agree_to()
                .order_by()
                .values("needs_consent")
                .annotate(number=Count("pk"))
                .values("number")
            ),
            by=_said_by(Consent.Giver.REPRESENTATIVE),
            by_child=_said_by(Consent.Giver.CHILD),
        )
        .order_by("school_class_id")
    )
    for school_class, group in groupby(seats, key=attrgetter("school_class")):
        pupils = list(group)
        lacking = sum(_lacks(each, today) for each in pupils)
        if lacking and any(each.by for each in pupils):
            yield Task(
                f"Phiếu đồng ý lớp {school_class.name}",
                "thu phiếu rồi ghi ở trang của lớp",
                reverse("approvals:consent_class", args=[school_class.pk]),
                "warning",
                f"{lacking} em còn thiếu",
            )


def _said_by(giver: str) -> Count:
    """Of how many purposes that are asked for the giver has said something."""
    return Count(
        "student__consents__purpose",
        distinct=True,
        filter=Q(
            student__consents__giver=giver,
            student__consents__purpose__state=ProcessingPurpose.State.IN_FORCE,
            student__consents__purpose__needs_consent=True,
        ),
    )


def _lacks(seat: Any, today: datetime.date) -> bool:
    """As `data_consents.Cell.is_missing` has it of one purpose, of any."""
    asked = seat.asked or 0
    return seat.by < asked or (seat.by_child < asked and child_is_asked(seat.student, today))


def _incidents() -> Iterator[Task]:
    now = clock.stamp()
    for each in DataIncident.objects.to_notify().order_by("discovered_at")[:MOST]:
        left = hours_left(notify_by(each.discovered_at), now)
        yield Task(
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


def _requests(user: User) -> list[Task]:
    """Of those whose next step is the other's only what is overdue: somebody has to ask after it."""
    today = clock.today()
    rows = DataRequest.objects.still_open().select_related("student", "person").order_by("due_on", "pk")
    found = [
        Task(
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
