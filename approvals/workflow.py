"""The states of a correction request and who may move it: a table, pure (PLAN IV; rule R52).

The table is the whole truth: pages offer what it allows, `approvals.corrections` asks it, the tests try every
move by every role against it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    FILED = "filed"
    APPROVED = "approved"
    REFUSED = "refused"
    APPLIED = "applied"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.DRAFT: "Nháp",
    State.FILED: "Đã gửi, chờ phê chuẩn",
    State.APPROVED: "Đã phê chuẩn, chờ thực hiện",
    State.REFUSED: "Bị từ chối",
    State.APPLIED: "Đã thực hiện",
    State.CANCELLED: "Đã huỷ",
}


class Act(StrEnum):
    FILE = "file"
    APPROVE = "approve"
    REFUSE = "refuse"
    APPLY = "apply"
    CANCEL = "cancel"


class Actor(StrEnum):
    """In which part a person stands before a request."""

    PROPOSER = "proposer"
    VICE_PRINCIPAL = "vice_principal"
    CLERK = "clerk"


@dataclass(frozen=True, slots=True)
class Move:
    source: State
    act: Act
    actor: Actor
    target: State


MOVES: tuple[Move, ...] = (
    Move(State.DRAFT, Act.FILE, Actor.PROPOSER, State.FILED),
    Move(State.DRAFT, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    Move(State.FILED, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    Move(State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL, State.APPROVED),
    Move(State.FILED, Act.REFUSE, Actor.VICE_PRINCIPAL, State.REFUSED),
    Move(State.APPROVED, Act.APPLY, Actor.CLERK, State.APPLIED),
    # A cell that has changed since filing can no longer be written (rule R53): its request needs an end.
    Move(State.APPROVED, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
)

OPEN_STATES = frozenset({State.DRAFT, State.FILED, State.APPROVED})


def target_of(source: State, act: Act, actors: frozenset[Actor]) -> State | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move.

    Nobody decides or carries out a request of their own: the proposer's part excludes the two others.
    """
    parts = frozenset({Actor.PROPOSER}) if Actor.PROPOSER in actors else actors
    for move in MOVES:
        if move.source == source and move.act == act and move.actor in parts:
            return move.target
    return None


def acts_open_to(source: State, actors: frozenset[Actor]) -> tuple[Act, ...]:
    """The acts that a page offers, in the table's order."""
    return tuple(act for act in Act if target_of(source, act, actors) is not None)
