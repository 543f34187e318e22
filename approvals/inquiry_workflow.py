"""The states of a question or an incident and who may move it: a table, pure (PLAN IV.3 to IV.6).

Pages offer what the table allows, `approvals.inquiries` asks it, the tests try every act in every state by everybody.
"""

from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class InquiryState(Labelled):
    NEW = "new", "Mới"
    ACCEPTED = "accepted", "Đã tiếp nhận"
    REFERRED = "referred", "Đã chuyển Hiệu trưởng"
    SENT = "sent", "Đã gửi đơn vị kĩ thuật"
    ANSWERED = "answered", "Đã trả lời"
    CLOSED = "closed", "Đã đóng"


class Desk(Labelled):
    """Who handles an inquiry that has not been passed on to the principal."""

    GRADE_HEAD = "grade_head", "Tổ (khối) trưởng"
    CLERK = "clerk", "Văn thư"


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


_ASKER = frozenset({InquiryActor.ASKER})
_HEAD = frozenset({InquiryActor.GRADE_HEAD})
_CLERK = frozenset({InquiryActor.CLERK})
_PRINCIPAL = frozenset({InquiryActor.PRINCIPAL})
_DESK = _HEAD | _CLERK

MOVES: tuple[Move[InquiryState, InquiryAct, InquiryActor], ...] = (
    Move(InquiryState.NEW, InquiryAct.ACCEPT, _DESK, InquiryState.ACCEPTED),
    Move(InquiryState.NEW, InquiryAct.ANSWER, _DESK, InquiryState.ANSWERED),
    Move(InquiryState.NEW, InquiryAct.HAND_OVER, _HEAD, InquiryState.NEW),
    Move(InquiryState.NEW, InquiryAct.REFER, _DESK, InquiryState.REFERRED),
    Move(InquiryState.NEW, InquiryAct.SEND_OUT, _CLERK, InquiryState.SENT),
    Move(InquiryState.NEW, InquiryAct.NOTE, _ASKER | _DESK, InquiryState.NEW),
    Move(InquiryState.NEW, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    Move(InquiryState.ACCEPTED, InquiryAct.ANSWER, _DESK, InquiryState.ANSWERED),
    Move(InquiryState.ACCEPTED, InquiryAct.HAND_OVER, _HEAD, InquiryState.NEW),
    Move(InquiryState.ACCEPTED, InquiryAct.REFER, _DESK, InquiryState.REFERRED),
    Move(InquiryState.ACCEPTED, InquiryAct.SEND_OUT, _CLERK, InquiryState.SENT),
    Move(InquiryState.ACCEPTED, InquiryAct.NOTE, _ASKER | _DESK, InquiryState.ACCEPTED),
    Move(InquiryState.ACCEPTED, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    Move(InquiryState.REFERRED, InquiryAct.ANSWER, _PRINCIPAL, InquiryState.ANSWERED),
    # Back down to the clerk, with the principal's word on what to do.
    Move(InquiryState.REFERRED, InquiryAct.HAND_OVER, _PRINCIPAL, InquiryState.NEW),
    Move(InquiryState.REFERRED, InquiryAct.NOTE, _ASKER | _DESK | _PRINCIPAL, InquiryState.REFERRED),
    Move(InquiryState.REFERRED, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    Move(InquiryState.SENT, InquiryAct.ANSWER, _CLERK, InquiryState.ANSWERED),
    Move(InquiryState.SENT, InquiryAct.REFER, _CLERK, InquiryState.REFERRED),
    Move(InquiryState.SENT, InquiryAct.NOTE, _ASKER | _CLERK, InquiryState.SENT),
    Move(InquiryState.SENT, InquiryAct.CLOSE, _ASKER, InquiryState.CLOSED),
    Move(InquiryState.ANSWERED, InquiryAct.ASK_AGAIN, _ASKER, InquiryState.ACCEPTED),
    Move(InquiryState.ANSWERED, InquiryAct.CLOSE, _ASKER | _DESK | _PRINCIPAL, InquiryState.CLOSED),
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
    return target_in(MOVES, source, act, actors)


def acts_open_to(source: InquiryState, actors: frozenset[InquiryActor]) -> tuple[InquiryAct, ...]:
    """The acts that a page offers, in the order above."""
    return tuple(act for act in InquiryAct if target_of(source, act, actors) is not None)


def waited(minutes: int) -> str:
    """«2 ngày», «5 giờ», «20 phút»: a length of time in words, rounded down."""
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} ngày"
    return f"{minutes // 60} giờ" if minutes >= 60 else f"{max(minutes, 0)} phút"
