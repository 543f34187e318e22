"""What the head of a tổ has told of a window: read by its teachers on the start page, and ticked off (PLAN IV.4)."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.json_rows import JsonRows
from gradebook.models import EntryNotice, EntryNoticeRecipient, EntryWindow
from gradebook.regulation import Period

NOT_YOURS = "Lời nhắn này gửi cho người khác; người nhận tự ghi đã đọc."


@dataclass(frozen=True, slots=True)
class TeamNotice:
    """`text` is what the head added of their own; `pk` is that of the person's copy."""

    pk: int
    is_read: bool
    words: str
    text: str
    order_id: int
    number: str


def with_team_notices(windows: QuerySet[EntryWindow], user: User) -> QuerySet[EntryWindow]:
    """Windows that bring along what was told to this person of them: no statement more."""
    received = EntryNoticeRecipient.objects.filter(notice__window=OuterRef("pk"), person=user)
    told = JSONObject(
        kind="notice__kind",
        grade_level="notice__grade_level",
        text="notice__text",
        sent_at="notice__sent_at",
        by="notice__sent_by__full_name",
        missing="missing",
        pk="pk",
        read_at="read_at",
    )
    return windows.annotate(told=JsonRows(received.order_by("notice__sent_at").values(json=told)))


def read_team_notices(windows: Iterable[Any], with_gaps: Collection[str]) -> tuple[TeamNotice, ...]:
    """Of the windows still to end: each head's last announcement, and the last reminder while there are gaps.

    `with_gaps` are the periods of which the person has open sheets with cells to fill, by whatever window.
    """
    found = []
    for window in windows:
        if window.closes_at <= window.asked_at:
            continue
        last = {(each["kind"], each["grade_level"]): each for each in window.told}
        for (kind, _grade), told in last.items():
            if kind == EntryNotice.Kind.ANNOUNCE or window.period in with_gaps:
                found.append(_notice(window, told))
    return tuple(found)


def _notice(window: Any, told: dict[str, Any]) -> TeamNotice:
    return TeamNotice(
        pk=told["pk"],
        is_read=told["read_at"] is not None,
        words=_words(window, told),
        text=told["text"],
        order_id=window.order_id,
        number=window.order.number,
    )


def mark_notice_read(pk: int, *, by: User) -> None:
    """«Đã đọc» of one's own copy, once: the first moment stays. Raises Refused, DoesNotExist."""
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        copy = EntryNoticeRecipient.objects.select_for_update().get(pk=pk)
        permissions.require(by, Action.SEE_OWN_TASKS, NOT_YOURS, owner_id=copy.person_id)
        if copy.read_at is None:
            copy.read_at = clock.now()
            copy.save()


def _words(window: Any, told: dict[str, Any]) -> str:
    sent = localtime(datetime.datetime.fromisoformat(told["sent_at"]))
    who = f"{told['by']}, tổ (khối) trưởng khối {told['grade_level']},"
    period = Period(window.period).label
    if told["kind"] == EntryNotice.Kind.ANNOUNCE:
        return (
            f"{who} thông báo ngày {sent:%d/%m/%Y}: nhập {period} từ {window.opens_label} đến "
            f"{window.closes_label}."
        )
    return (
        f"{who} nhắc lúc {sent:%H:%M %d/%m/%Y}: {period} của thầy cô còn thiếu {told['missing']} ô, khoá lúc "
        f"{window.closes_label}."
    )
