"""The states of a monthly check of the data and of each answer, and who may move them: pure (PLAN IV.3).

Pages offer what the tables allow, `approvals.reconciliations` asks them, the database knows the same moves (migrations
0054, 0061), the tests try every act in every state by everybody.
"""

from collections.abc import Collection
from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class RoundState(Labelled):
    OPEN = "open", "Đang đối chiếu"
    CLOSED = "closed", "Đã kết thúc"


class ReplyState(Labelled):
    WAITING = "waiting", "Chưa trả lời"
    CONFIRMED = "confirmed", "Đã xác nhận đúng"
    DIFFERS = "differs", "Báo sai khác"
    RESOLVED = "resolved", "Sai khác đã giải quyết"
    LAPSED = "lapsed", "Không trả lời trong hạn"


class ReplyAct(StrEnum):
    CONFIRM = "confirm"
    REPORT = "report"
    RESOLVE = "resolve"
    ASK_AGAIN = "ask_again"
    LAPSE = "lapse"


class ReconciliationActor(StrEnum):
    """The teacher whose data they are, or the clerk."""

    TEACHER = "teacher"
    CLERK = "clerk"


_CLERK = frozenset({ReconciliationActor.CLERK})
_TEACHER = frozenset({ReconciliationActor.TEACHER})

MOVES: tuple[Move[ReplyState, ReplyAct, ReconciliationActor], ...] = (
    Move(ReplyState.WAITING, ReplyAct.CONFIRM, _TEACHER, ReplyState.CONFIRMED),
    Move(ReplyState.WAITING, ReplyAct.REPORT, _TEACHER, ReplyState.DIFFERS),
    # The figures have changed since, or were confirmed before the month was over.
    Move(ReplyState.CONFIRMED, ReplyAct.CONFIRM, _TEACHER, ReplyState.CONFIRMED),
    Move(ReplyState.CONFIRMED, ReplyAct.ASK_AGAIN, _CLERK, ReplyState.WAITING),
    # Found out later, or not yet put right: as long as the round is open.
    Move(ReplyState.CONFIRMED, ReplyAct.REPORT, _TEACHER, ReplyState.DIFFERS),
    Move(ReplyState.RESOLVED, ReplyAct.REPORT, _TEACHER, ReplyState.DIFFERS),
    Move(ReplyState.DIFFERS, ReplyAct.RESOLVE, _CLERK, ReplyState.RESOLVED),
    # Of all who have not answered, when the round is closed after its day.
    Move(ReplyState.WAITING, ReplyAct.LAPSE, _CLERK, ReplyState.LAPSED),
)
NEEDS_WORDS = frozenset({ReplyAct.REPORT, ReplyAct.RESOLVE})


def reply_target(
    source: ReplyState, act: ReplyAct, actors: Collection[ReconciliationActor]
) -> ReplyState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    return target_in(MOVES, source, act, actors)


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
