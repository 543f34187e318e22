"""The states of a request about personal data and of an incident, and who may move them: pure (domain.md 7.1).

Pages offer what the tables allow, `approvals.data_requests` and `approvals.data_incidents` ask them, the database knows
the same moves.
"""

from collections.abc import Collection
from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class RequestState(Labelled):
    RECEIVED = "received", "Mới nhận"
    ANSWERED = "answered", "Đã phản hồi tiếp nhận"
    GRANTED = "granted", "Chấp nhận, chờ thực hiện"
    DONE = "done", "Đã thực hiện, đã trả lời"
    REFUSED = "refused", "Từ chối, đã trả lời"
    CANCELLED = "cancelled", "Người yêu cầu rút"


class RequestAct(StrEnum):
    ANSWER = "answer"
    GRANT = "grant"
    REFUSE = "refuse"
    CARRY_OUT = "carry_out"
    CANCEL = "cancel"


class IncidentState(Labelled):
    OPEN = "open", "Chưa thông báo"
    NOTIFIED = "notified", "Đã thông báo cơ quan"
    CLOSED = "closed", "Đã kết thúc"


class IncidentAct(StrEnum):
    NOTIFY = "notify"
    CLOSE = "close"


class DataActor(StrEnum):
    PRINCIPAL = "principal"
    CLERK = "clerk"


_OFFICE = frozenset(DataActor)
_PRINCIPAL = frozenset({DataActor.PRINCIPAL})
_UNDECIDED = (RequestState.RECEIVED, RequestState.ANSWERED)
OPEN_REQUESTS = (*_UNDECIDED, RequestState.GRANTED)
TAKEN_BY_COPY = (RequestState.GRANTED, RequestState.DONE)
"""In which the copy of a person's data may be made."""

REQUEST_MOVES: tuple[Move[RequestState, RequestAct, DataActor], ...] = (
    Move(RequestState.RECEIVED, RequestAct.ANSWER, _OFFICE, RequestState.ANSWERED),
    *(Move(state, RequestAct.GRANT, _PRINCIPAL, RequestState.GRANTED) for state in _UNDECIDED),
    *(Move(state, RequestAct.REFUSE, _PRINCIPAL, RequestState.REFUSED) for state in _UNDECIDED),
    Move(RequestState.GRANTED, RequestAct.CARRY_OUT, _OFFICE, RequestState.DONE),
    *(Move(state, RequestAct.CANCEL, _OFFICE, RequestState.CANCELLED) for state in OPEN_REQUESTS),
)
INCIDENT_MOVES: tuple[Move[IncidentState, IncidentAct, DataActor], ...] = (
    Move(IncidentState.OPEN, IncidentAct.NOTIFY, _OFFICE, IncidentState.NOTIFIED),
    Move(IncidentState.NOTIFIED, IncidentAct.CLOSE, _PRINCIPAL, IncidentState.CLOSED),
    # What turns out to be no breach of personal data; the conclusion says why.
    Move(IncidentState.OPEN, IncidentAct.CLOSE, _PRINCIPAL, IncidentState.CLOSED),
)


def request_target(
    source: RequestState, act: RequestAct, actors: Collection[DataActor]
) -> RequestState | None:
    """The state an act leads to for somebody who stands in these parts; None where the table has no such move."""
    return target_in(REQUEST_MOVES, source, act, actors)


def incident_target(
    source: IncidentState, act: IncidentAct, actors: Collection[DataActor]
) -> IncidentState | None:
    """As `request_target`."""
    return target_in(INCIDENT_MOVES, source, act, actors)
