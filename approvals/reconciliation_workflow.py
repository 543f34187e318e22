"""The states of a monthly check of the data and of each answer, and who may move them: pure (PLAN IV.3).

Pages offer what the tables allow, `approvals.reconciliations` asks them, the database knows the same moves (migration
0054), the tests try every act in every state by everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class RoundState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return "Đang đối chiếu" if self == RoundState.OPEN else "Đã kết thúc"


class ReplyState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    RESOLVED = "resolved"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return _REPLY_LABELS[self]


_REPLY_LABELS = {
    ReplyState.WAITING: "Chưa trả lời",
    ReplyState.CONFIRMED: "Đã xác nhận đúng",
    ReplyState.DIFFERS: "Báo sai khác",
    ReplyState.RESOLVED: "Sai khác đã giải quyết",
    ReplyState.LAPSED: "Không trả lời trong hạn",
}


class ReplyAct(StrEnum):
    CONFIRM = "confirm"
    REPORT = "report"
    RESOLVE = "resolve"
    LAPSE = "lapse"


class ReconciliationActor(StrEnum):
    """The teacher whose data they are, or the clerk."""

    TEACHER = "teacher"
    CLERK = "clerk"


@dataclass(frozen=True, slots=True)
class ReplyMove:
    source: ReplyState
    act: ReplyAct
    actor: ReconciliationActor
    target: ReplyState


MOVES: tuple[ReplyMove, ...] = (
    ReplyMove(ReplyState.WAITING, ReplyAct.CONFIRM, ReconciliationActor.TEACHER, ReplyState.CONFIRMED),
    ReplyMove(ReplyState.WAITING, ReplyAct.REPORT, ReconciliationActor.TEACHER, ReplyState.DIFFERS),
    # Found out later, or not yet put right: as long as the round is open.
    ReplyMove(ReplyState.CONFIRMED, ReplyAct.REPORT, ReconciliationActor.TEACHER, ReplyState.DIFFERS),
    ReplyMove(ReplyState.RESOLVED, ReplyAct.REPORT, ReconciliationActor.TEACHER, ReplyState.DIFFERS),
    ReplyMove(ReplyState.DIFFERS, ReplyAct.RESOLVE, ReconciliationActor.CLERK, ReplyState.RESOLVED),
    # Of all who have not answered, when the round is closed after its day.
    ReplyMove(ReplyState.WAITING, ReplyAct.LAPSE, ReconciliationActor.CLERK, ReplyState.LAPSED),
)
NEEDS_WORDS = frozenset({ReplyAct.REPORT, ReplyAct.RESOLVE})


def reply_target(
    source: ReplyState, act: ReplyAct, actors: Collection[ReconciliationActor]
) -> ReplyState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    for move in MOVES:
        if move.source == source and move.act == act and move.actor in actors:
            return move.target
    return None


def reply_acts(source: ReplyState, actors: Collection[ReconciliationActor]) -> tuple[ReplyAct, ...]:
    """What a page offers, in the table's order; to lapse is part of closing the round."""
    return tuple(
        act for act in ReplyAct if act != ReplyAct.LAPSE and reply_target(source, act, actors) is not None
    )


def why_not_closed(*, differing: int, waiting: int, is_overdue: bool) -> str:
    """What keeps the clerk from closing a round; "" for nothing."""
    if differing:
        return (
            f"Còn {differing} sai khác chưa giải quyết. Ghi cách giải quyết từng sai khác rồi mới kết thúc."
        )
    if waiting and not is_overdue:
        return (
            f"Còn {waiting} người chưa trả lời và chưa hết hạn. Chờ trả lời đủ hoặc hết hạn rồi mới kết thúc."
        )
    return ""
