"""Requests of the people whose data the school has: written down, answered, decided, carried out (rule R67)."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Max, QuerySet

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.powers import Action
from approvals.data_refusals import DataOutdated, DataRefused, check_is_of_late, words_of
from approvals.data_rules import SENT_TWICE_WITHIN, RequestKind, answer_due_on, request_due_on
from approvals.data_withdrawals import check_withdrawn, quoted
from approvals.data_workflow import DataActor, RequestAct, RequestState, request_target
from approvals.models import DataRequest
from students.models import Student

WHO_KEEPS = "Yêu cầu về dữ liệu cá nhân do Hiệu trưởng, văn thư ghi; Hiệu trưởng quyết định."
_WORDS = {
    RequestAct.ANSWER: "phản hồi cho người yêu cầu",
    RequestAct.GRANT: "quyết định",
    RequestAct.REFUSE: "lí do từ chối",
    RequestAct.CARRY_OUT: "đã làm gì, trả lời thế nào",
    RequestAct.CANCEL: "vì sao thôi yêu cầu",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks; about a pupil or somebody of the staff."""

    kind: RequestKind
    subject: Student | User
    requester: str
    relation: str
    identity: str
    text: str
    received_on: datetime.date


def record_request(asked: Asked, *, by: User) -> DataRequest:
    """Writes it into the register with its number and the days of the law. Raises Refused, DataRefused.

    Sent twice, the second finds what the first has written.
    """
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    if asked.received_on > clock.today():
        raise DataRefused("Ngày nhận chưa tới. Ghi ngày đã nhận yêu cầu.", "received_on")
    check_is_of_late(asked.received_on, "Ngày nhận", "đã nhận yêu cầu", "received_on")
    told = _told(asked)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = asked.received_on.year
        number = next_number(DataRequest.objects.filter(year=year))
        since = clock.stamp() - SENT_TWICE_WITHIN
        if twin := DataRequest.objects.filter(**told, recorded_by=by, recorded_at__gt=since).first():
            act.says(f"{twin.label} được gửi lần nữa: đã ghi rồi", thing=f"data_request:{twin.pk}")
            return twin
        made = DataRequest.objects.create(
            year=year,
            number=number,
            **told,
            answer_due_on=answer_due_on(asked.received_on),
            due_on=request_due_on(asked.kind, asked.received_on),
            recorded_by=by,
            recorded_at=clock.now(),
        )
        act.says(f"Ghi {made.label} về dữ liệu cá nhân", thing=f"data_request:{made.pk}")
    return made


def _told(asked: Asked) -> dict[str, Any]:
    subject = asked.subject
    return {
        "kind": asked.kind,
        "student": subject if isinstance(subject, Student) else None,
        "person": subject if isinstance(subject, User) else None,
        "requester": words_of(asked.requester, "người yêu cầu", "requester"),
        "relation": words_of(asked.relation, "quan hệ", "relation"),
        "identity": words_of(asked.identity, "đã xác minh bằng gì", "identity"),
        "text": words_of(asked.text, "nội dung yêu cầu", "text"),
        "received_on": asked.received_on,
    }


def next_number(of_year: QuerySet[Any]) -> int:
    """The number after the last of a register's year; nobody else takes one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [of_year.model._meta.db_table])  # noqa: SLF001 - Django's documented API
    return (of_year.aggregate(last=Max("number"))["last"] or 0) + 1


def actors_of(user: User) -> set[DataActor]:
    return {actor for actor in DataActor if permissions.has_post(user, Post.Kind(actor.value))}


def acts_for(request: DataRequest, user: User) -> list[RequestAct]:
    """What the page offers this person, in the table's order."""
    actors = actors_of(user)
    return [act for act in RequestAct if request_target(RequestState(request.state), act, actors)]


def move_request(
    request: DataRequest, act: RequestAct, *, text: str, kept: Collection[int] = (), by: User
) -> DataRequest:
    """One move with its words. Raises PermissionDenied, DataRefused without words, DataOutdated.

    A request to withdraw consents is not carried out while one still stands: DataRefused, but for purposes that it did
    not ask for (`kept`, by number), which the reply then names.
    """
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    words = words_of(text, _WORDS[act], "text")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as done:
        held = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        target = _target(held, act, by)
        now = clock.now()
        if act == RequestAct.ANSWER:
            held.answered_at, held.answered_by, held.answer = now, by, words
        elif act in (RequestAct.GRANT, RequestAct.REFUSE):
            held.decided_at, held.decided_by, held.decision = now, by, words
        else:
            if act == RequestAct.CARRY_OUT and (unasked := check_withdrawn(held, kept)):
                words = f"{words}\nYêu cầu không xin rút: {quoted(unasked)}."
            held.closed_at, held.closed_by, held.reply = now, by, words
        held.state = target
        held.save()
        done.says(f"{held.label} về dữ liệu cá nhân: {target.label}", thing=f"data_request:{held.pk}")
    return held


def _target(held: DataRequest, act: RequestAct, by: User) -> RequestState:
    state = RequestState(held.state)
    target = request_target(state, act, actors_of(by))
    if target is not None:
        return target
    if request_target(state, act, set(DataActor)) is not None:
        raise PermissionDenied(WHO_KEEPS)
    raise DataOutdated(f"{held.label} nay ở trạng thái «{state.label}»: vừa có người làm trước.")
