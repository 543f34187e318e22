"""The states of a question or an incident and who may move it: a table, pure (PLAN IV.3 to IV.6).

Pages offer what the table allows, `approvals.inquiries` asks it, the tests try every act in every state by everybody.
"""

from dataclasses import dataclass
from enum import StrEnum


class InquiryState(StrEnum):
    NEW = "new"
    ACCEPTED = "accepted"
    REFERRED = "referred"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]


_STATE_LABELS = {
    InquiryState.NEW: "Mới",
    InquiryState.ACCEPTED: "Đã tiếp nhận",
    InquiryState.REFERRED: "Đã chuyển Hiệu trưởng",
    InquiryState.SENT: "Đã gửi đơn vị kĩ thuật",
    InquiryState.ANSWERED: "Đã trả lời",
    InquiryState.CLOSED: "Đã đóng",
}


class Desk(StrEnum):
    """Who handles an inquiry that has not been passed on to the principal."""

    GRADE_HEAD = "grade_head"
    CLERK = "clerk"

    @property
    def label(self) -> str:
        return "Tổ (khối) trưởng" if self == Desk.GRADE_HEAD else "Văn thư"


class InquiryAct(StrEnum):
    ACCEPT = "accept"
    ANSWER = "answer"
    HAND_OVER = "hand_over"
    REFER = "refer"
    SEND_OUT = "send_out"
    NOTE = "note"
    ASK_AGAIN = "ask_again"
    CLOSE = "close"


class InquiryActor(StrEnum):
    """In which part a person stands before an inquiry. The clerk helps with every one, whosever desk it is on."""

    ASKER = "asker"
    GRADE_HEAD = "grade_head"
    CLERK = "clerk"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class InquiryMove:
    source: InquiryState
    act: InquiryAct
    actors: frozenset[InquiryActor]
    target: InquiryState


_ASKER = frozenset({InquiryActor.ASKER})
_HEAD = frozenset({InquiryActor.GRADE_HEAD})
_CLERK = frozenset({InquiryActor.CLERK})
_PRINCIPAL = frozenset({InquiryActor.PRINCIPAL})
_DESK = _HEAD | _CLERK

MOVES: tuple[InquiryMove, ...] = (
    InquiryMove(InquiryState.NEW, InquiryAct.ACCEPT, _DESK, InquiryState.ACCEPTED),
    InquiryMove(InquiryState.NEW, InquiryAct.ANSWER, _DESK, InquiryState.ANSWERED),
    InquiryMove(InquiryState.NEW, InquiryAct.HAND_OVER, _HEAD, InquiryState.NEW),
    InquiryMove(InquiryState.NEW, InquiryAct.REFER, _DESK, InquiryState.REFERRED),
    InquiryMove(InquiryState.NEW, InquiryAct.SEND_OUT, _CLERK, InquiryState.SENT),
    InquiryMove(InquiryState.NEW, InquiryAct.NOTE, _ASKER | _DESK, InquiryState.NEW),
    InquiryMove(InquiryState.NEW, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.ANSWER, _DESK, InquiryState.ANSWERED),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.HAND_OVER, _HEAD, InquiryState.NEW),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.REFER, _DESK, InquiryState.REFERRED),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.SEND_OUT, _CLERK, InquiryState.SENT),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.NOTE, _ASKER | _DESK, InquiryState.ACCEPTED),
    InquiryMove(InquiryState.ACCEPTED, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    InquiryMove(InquiryState.REFERRED, InquiryAct.ANSWER, _PRINCIPAL, InquiryState.ANSWERED),
    # Back down to the clerk, with the principal's word on what to do.
    InquiryMove(InquiryState.REFERRED, InquiryAct.HAND_OVER, _PRINCIPAL, InquiryState.NEW),
    InquiryMove(InquiryState.REFERRED, InquiryAct.NOTE, _ASKER | _DESK | _PRINCIPAL, InquiryState.REFERRED),
    InquiryMove(InquiryState.REFERRED, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    InquiryMove(InquiryState.SENT, InquiryAct.ANSWER, _CLERK, InquiryState.ANSWERED),
    InquiryMove(InquiryState.SENT, InquiryAct.REFER, _CLERK, InquiryState.REFERRED),
    InquiryMove(InquiryState.SENT, InquiryAct.NOTE, _ASKER | _CLERK, InquiryState.SENT),
    InquiryMove(InquiryState.SENT, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    InquiryMove(InquiryState.ANSWERED, InquiryAct.ASK_AGAIN, _ASKER, InquiryState.ACCEPTED),
    InquiryMove(InquiryState.ANSWERED, InquiryAct.CLOSE, _ASKER | _DESK | _PRINCIPAL, InquiryState.CLOSED),
)

WAITING_STATES = frozenset(
    {InquiryState.NEW, InquiryState.ACCEPTED, InquiryState.REFERRED, InquiryState.SENT}
)
NEEDS_WORDS = frozenset(
    {
        InquiryAct.ANSWER,
        InquiryAct.REFER,
        InquiryAct.SEND_OUT,
        InquiryAct.NOTE,
        InquiryAct.ASK_AGAIN,
    }
)


def target_of(source: InquiryState, act: InquiryAct, actors: frozenset[InquiryActor]) -> InquiryState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move.

    A clerk or principal may pass on or close what they asked themselves, but an answer to oneself is none.
    """
    if act == InquiryAct.ANSWER and InquiryActor.ASKER in actors:
        return None
    for move in MOVES:
        if move.source == source and move.act == act and move.actors & actors:
            return move.target
    return None


def acts_open_to(source: InquiryState, actors: frozenset[InquiryActor]) -> tuple[InquiryAct, ...]:
    """The acts that a page offers, in the order above."""
    return tuple(act for act in InquiryAct if target_of(source, act, actors) is not None)


def waited(minutes: int) -> str:
    """«2 ngày», «5 giờ», «20 phút»: a length of time in words, rounded down."""
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} ngày"
    return f"{minutes // 60} giờ" if minutes >= 60 else f"{max(minutes, 0)} phút"
