"""The states of an inspection and of what was found, and who may move them: two tables, pure (PLAN IV.1, IV.2).

Pages offer what the tables allow, `approvals.inspections` and `approvals.findings` ask them, the database knows the
same moves (migration 0052), the tests try every act in every state by everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class InspectionState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _INSPECTION_LABELS[self]


_INSPECTION_LABELS = {
    InspectionState.OPEN: "Đang kiểm tra",
    InspectionState.CLOSED: "Đã kết thúc",
    InspectionState.CANCELLED: "Đã huỷ",
}


class InspectionAct(StrEnum):
    NOTE = "note"
    CHOOSE = "choose"
    CLOSE = "close"
    CANCEL = "cancel"


class FindingState(StrEnum):
    NOTED = "noted"
    ASKED = "asked"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _FINDING_LABELS[self]


_FINDING_LABELS = {
    FindingState.NOTED: "Đã ghi nhận",
    FindingState.ASKED: "Chờ giải trình",
    FindingState.ANSWERED: "Đã giải trình, chờ kết luận",
    FindingState.CLOSED: "Đã kết luận",
}


class FindingAct(StrEnum):
    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"


class Verdict(StrEnum):
    """What a finding came to."""

    CORRECT = "correct"
    FIXED = "fixed"
    TO_FIX = "to_fix"
    VIOLATION = "violation"

    @property
    def label(self) -> str:
        return _VERDICT_LABELS[self]


_VERDICT_LABELS = {
    Verdict.CORRECT: "Đúng quy định",
    Verdict.FIXED: "Có sai sót, đã khắc phục",
    Verdict.TO_FIX: "Có sai sót, phải sửa theo phiếu đề nghị",
    Verdict.VIOLATION: "Vi phạm quy định",
}


class InspectionActor(StrEnum):
    """In which part a person stands: who leads the inspection, the principal over any, who answers for the cell."""

    LEADER = "leader"
    PRINCIPAL = "principal"
    RESPONSIBLE = "responsible"


@dataclass(frozen=True, slots=True)
class InspectionMove:
    source: InspectionState
    act: InspectionAct
    actors: frozenset[InspectionActor]
    target: InspectionState


@dataclass(frozen=True, slots=True)
class FindingMove:
    source: FindingState
    act: FindingAct
    actors: frozenset[InspectionActor]
    target: FindingState


_INSPECTORS = frozenset({InspectionActor.LEADER, InspectionActor.PRINCIPAL})
_TEACHER = frozenset({InspectionActor.RESPONSIBLE})

INSPECTION_MOVES: tuple[InspectionMove, ...] = (
    InspectionMove(InspectionState.OPEN, InspectionAct.NOTE, _INSPECTORS, InspectionState.OPEN),
    InspectionMove(InspectionState.OPEN, InspectionAct.CHOOSE, _INSPECTORS, InspectionState.OPEN),
    InspectionMove(InspectionState.OPEN, InspectionAct.CLOSE, _INSPECTORS, InspectionState.CLOSED),
    InspectionMove(InspectionState.OPEN, InspectionAct.CANCEL, _INSPECTORS, InspectionState.CANCELLED),
)

FINDING_MOVES: tuple[FindingMove, ...] = (
    FindingMove(FindingState.NOTED, FindingAct.ASK, _INSPECTORS, FindingState.ASKED),
    FindingMove(FindingState.NOTED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
    FindingMove(FindingState.ASKED, FindingAct.ANSWER, _TEACHER, FindingState.ANSWERED),
    FindingMove(FindingState.ASKED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
    # The answer leaves something open: asked once more, with a new day.
    FindingMove(FindingState.ANSWERED, FindingAct.ASK, _INSPECTORS, FindingState.ASKED),
    FindingMove(FindingState.ANSWERED, FindingAct.CLOSE, _INSPECTORS, FindingState.CLOSED),
)


def inspection_target(
    source: InspectionState, act: InspectionAct, actors: Collection[InspectionActor]
) -> InspectionState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    for move in INSPECTION_MOVES:
        if move.source == source and move.act == act and move.actors.intersection(actors):
            return move.target
    return None


def finding_target(
    source: FindingState, act: FindingAct, actors: Collection[InspectionActor]
) -> FindingState | None:
    """The same of a finding. Nobody inspects the own sheet: who answers for the cell does no more than answer."""
    parts = {InspectionActor.RESPONSIBLE} if InspectionActor.RESPONSIBLE in actors else set(actors)
    for move in FINDING_MOVES:
        if move.source == source and move.act == act and move.actors & parts:
            return move.target
    return None


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
