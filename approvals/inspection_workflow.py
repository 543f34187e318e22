"""The states of an inspection and of what was found, and who may move them: two tables, pure (PLAN IV.1, IV.2).

Pages offer what the tables allow, `approvals.inspections` and `approvals.findings` ask them, the database knows the
same moves (migration 0052), the tests try every act in every state by everybody.
"""

from collections.abc import Collection
from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class InspectionState(Labelled):
    OPEN = "open", "Đang kiểm tra"
    CLOSED = "closed", "Đã kết thúc"
    CANCELLED = "cancelled", "Đã huỷ"


class InspectionAct(StrEnum):
    NOTE = "note"
    CHOOSE = "choose"
    CLOSE = "close"
    CANCEL = "cancel"


class FindingState(Labelled):
    NOTED = "noted", "Đã ghi nhận"
    ASKED = "asked", "Chờ giải trình"
    ANSWERED = "answered", "Đã giải trình, chờ kết luận"
    CLOSED = "closed", "Đã kết luận"


class FindingAct(StrEnum):
    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"
    WAIVE = "waive"


class Verdict(Labelled):
    """What a finding came to."""

    CORRECT = "correct", "Đúng quy định"
    FIXED = "fixed", "Có sai sót, đã khắc phục"
    TO_FIX = "to_fix", "Có sai sót, phải sửa theo phiếu đề nghị"
    VIOLATION = "violation", "Vi phạm quy định"


class InspectionActor(StrEnum):
    """In which part a person stands: who leads the inspection, the principal over any, who answers for the cell."""

    LEADER = "leader"
    PRINCIPAL = "principal"
    RESPONSIBLE = "responsible"


_INSPECTORS = frozenset({InspectionActor.LEADER, InspectionActor.PRINCIPAL})
_TEACHER = frozenset({InspectionActor.RESPONSIBLE})

INSPECTION_MOVES: tuple[Move[InspectionState, InspectionAct, InspectionActor], ...] = (
    Move(InspectionState.OPEN, InspectionAct.NOTE, _INSPECTORS, InspectionState.OPEN),
    Move(InspectionState.OPEN, InspectionAct.CHOOSE, _INSPECTORS, InspectionState.OPEN),
    Move(InspectionState.OPEN, InspectionAct.CLOSE, _INSPECTORS, InspectionState.CLOSED),
    Move(InspectionState.OPEN, InspectionAct.CANCEL, _INSPECTORS, InspectionState.CANCELLED),
)

FINDING_MOVES: tuple[Move[FindingState, FindingAct, InspectionActor], ...] = (
    Move(FindingState.NOTED, FindingAct.ASK, _INSPECTORS, FindingState.ASKED),
    Move(FindingState.NOTED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
    Move(FindingState.ASKED, FindingAct.ANSWER, _TEACHER, FindingState.ANSWERED),
    Move(FindingState.ASKED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
    # The answer leaves something open: asked once more, with a new day.
    Move(FindingState.ANSWERED, FindingAct.ASK, _INSPECTORS, FindingState.ASKED),
    Move(FindingState.ANSWERED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
    # No request is needed any more, though one was asked for: said with its reason, the verdict stays.
    Move(FindingState.CLOSED, FindingAct.WAIVE, _INSPECTORS, FindingState.CLOSED),
)


def inspection_target(
    source: InspectionState, act: InspectionAct, actors: Collection[InspectionActor]
) -> InspectionState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    return target_in(INSPECTION_MOVES, source, act, actors)


def finding_target(
    source: FindingState, act: FindingAct, actors: Collection[InspectionActor]
) -> FindingState | None:
    """The same of a finding. Nobody inspects the own sheet: who answers for the cell does no more than answer."""
    parts = {InspectionActor.RESPONSIBLE} if InspectionActor.RESPONSIBLE in actors else set(actors)
    return target_in(FINDING_MOVES, source, act, parts)


def inspection_acts(
    source: InspectionState, actors: Collection[InspectionActor]
) -> tuple[InspectionAct, ...]:
    """What a page offers, in the table's order."""
    return tuple(act for act in InspectionAct if inspection_target(source, act, actors) is not None)


def finding_acts(source: FindingState, actors: Collection[InspectionActor]) -> tuple[FindingAct, ...]:
    return tuple(act for act in FindingAct if finding_target(source, act, actors) is not None)


def may_conclude(source: FindingState, verdict: Verdict, *, is_overdue: bool) -> bool:
    """Nobody is blamed unheard: a fault is concluded after the answer, or when its day has passed without one."""
    if verdict == Verdict.CORRECT or source == FindingState.ANSWERED:
        return True
    if source == FindingState.ASKED:
        return is_overdue
    return source == FindingState.NOTED and verdict != Verdict.VIOLATION
