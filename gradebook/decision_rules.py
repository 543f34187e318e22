"""The states of a decision on results and who may move it: a table, pure (PLAN IV.1; rules R46, R48).

The table is the whole truth: pages offer what it allows, the acts ask it, the tests try every act in every state by
every part; the database knows the same moves.
"""

from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class DecisionKind(Labelled):
    """What a decision is about."""

    RESULTS = "results", "Công nhận kết quả, lên lớp"
    SUMMER = "summer", "Kiểm tra lại, rèn luyện trong hè"
    AWARDS = "awards", "Khen thưởng học sinh"

    @property
    def about(self) -> str:
        """Trích yếu, without the year."""
        return _ABOUT[self]


_ABOUT = {
    DecisionKind.RESULTS: (
        "Về việc công nhận kết quả đánh giá giáo dục, học sinh được lên lớp, hoàn thành chương trình tiểu học "
        "và không được lên lớp"
    ),
    DecisionKind.SUMMER: "Về việc học sinh phải kiểm tra lại, rèn luyện trong hè",
    DecisionKind.AWARDS: "Về việc khen thưởng học sinh",
}


class DecisionState(Labelled):
    DRAFT = "draft", "Dự thảo"
    ISSUED = "issued", "Đã ban hành"
    WITHDRAWN = "withdrawn", "Đã thu hồi"
    DROPPED = "dropped", "Đã bỏ dự thảo"


class DecisionAct(StrEnum):
    ISSUE = "issue"
    DROP = "drop"
    WITHDRAW = "withdraw"


class DecisionActor(StrEnum):
    """In which part a person stands before a decision."""

    OFFICE = "office"
    PRINCIPAL = "principal"


_OFFICE = frozenset({DecisionActor.OFFICE})
_PRINCIPAL = frozenset({DecisionActor.PRINCIPAL})

MOVES: tuple[Move[DecisionState, DecisionAct, DecisionActor], ...] = (
    Move(DecisionState.DRAFT, DecisionAct.ISSUE, _PRINCIPAL, DecisionState.ISSUED),
    Move(DecisionState.DRAFT, DecisionAct.DROP, _OFFICE, DecisionState.DROPPED),
    Move(DecisionState.ISSUED, DecisionAct.WITHDRAW, _PRINCIPAL, DecisionState.WITHDRAWN),
)


def target_of(
    source: DecisionState, act: DecisionAct, actors: frozenset[DecisionActor]
) -> DecisionState | None:
    """The state an act leads to for somebody who stands in these parts; None where the table has no such move."""
    return target_in(MOVES, source, act, actors)
