"""The states of a correction request, who may move it and by when: a table, pure (PLAN IV; rule R52).

The table is the whole truth: pages offer what it allows, `approvals.corrections` and its sisters ask it, the tests try
every move by every role against it. The database knows the pairs of states too (migration 0041) and refuses the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    FILED = "filed"
    RETURNED = "returned"
    AWAITING = "awaiting"
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
    State.RETURNED: "Yêu cầu bổ sung",
    State.AWAITING: "Chờ Hiệu trưởng đồng ý",
    State.APPROVED: "Đã phê chuẩn, chờ thực hiện",
    State.REFUSED: "Bị từ chối",
    State.APPLIED: "Đã thực hiện",
    State.CANCELLED: "Đã huỷ",
}


class Act(StrEnum):
    FILE = "file"
    OPINE = "opine"
    APPROVE = "approve"
    RETURN = "return"
    CONSENT = "consent"
    DECLINE = "decline"
    REFUSE = "refuse"
    APPLY = "apply"
    ASK_CONSENT = "ask-consent"
    CANCEL = "cancel"


class Actor(StrEnum):
    """In which part a person stands before a request: by what they are, or by what they did on this very one."""

    PROPOSER = "proposer"
    TEAM_HEAD = "team_head"
    VICE_PRINCIPAL = "vice_principal"
    PRINCIPAL = "principal"
    CLERK = "clerk"
    APPROVER = "approver"
    CONSENTER = "consenter"


@dataclass(frozen=True, slots=True)
class Move:
    """`if_needed`: only where the principal's consent is still needed (True) or is not (False); None: either way."""

    source: State
    act: Act
    actor: Actor
    target: State
    if_needed: bool | None = None


MOVES: tuple[Move, ...] = (
    Move(State.DRAFT, Act.FILE, Actor.PROPOSER, State.FILED),
    Move(State.DRAFT, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    # The opinion of the head of the proposer's tổ holds nothing up.
    Move(State.FILED, Act.OPINE, Actor.TEAM_HEAD, State.FILED),
    Move(State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL, State.APPROVED, if_needed=False),
    Move(State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL, State.AWAITING, if_needed=True),
    Move(State.FILED, Act.RETURN, Actor.VICE_PRINCIPAL, State.RETURNED),
    Move(State.FILED, Act.REFUSE, Actor.VICE_PRINCIPAL, State.REFUSED),
    Move(State.FILED, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    Move(State.RETURNED, Act.FILE, Actor.PROPOSER, State.FILED),
    # To a request for more that nobody answers there must be an end.
    Move(State.RETURNED, Act.REFUSE, Actor.VICE_PRINCIPAL, State.REFUSED),
    Move(State.RETURNED, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    Move(State.AWAITING, Act.CONSENT, Actor.PRINCIPAL, State.APPROVED),
    Move(State.AWAITING, Act.DECLINE, Actor.PRINCIPAL, State.REFUSED),
    Move(State.AWAITING, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
    Move(State.APPROVED, Act.APPLY, Actor.CLERK, State.APPLIED, if_needed=False),
    # The principal approved the class's results after the vice-principal had approved the request.
    Move(State.APPROVED, Act.ASK_CONSENT, Actor.CLERK, State.AWAITING, if_needed=True),
    # A cell that has changed since filing can no longer be written (rule R53): its request needs an end.
    Move(State.APPROVED, Act.CANCEL, Actor.PROPOSER, State.CANCELLED),
)

OPEN_STATES = frozenset({State.DRAFT, State.FILED, State.RETURNED, State.AWAITING, State.APPROVED})
WRITABLE = frozenset({State.DRAFT, State.RETURNED})
"""In which the proposer still gives reasons and evidence."""

SCHOOL_DAYS_FOR: Mapping[State, int] = {
    State.FILED: 3,
    State.RETURNED: 3,
    State.AWAITING: 2,
    State.APPROVED: 2,
}
"""How many school days whoever is next has from the day a request came into the state."""

_POSTS = frozenset({Actor.TEAM_HEAD, Actor.VICE_PRINCIPAL, Actor.PRINCIPAL, Actor.CLERK})
_SHUT_OUT_BY: Mapping[Actor, frozenset[Actor]] = {
    Actor.PROPOSER: _POSTS,
    Actor.APPROVER: frozenset({Actor.PRINCIPAL, Actor.CLERK}),
    Actor.CONSENTER: frozenset({Actor.VICE_PRINCIPAL, Actor.CLERK}),
}
"""Who proposed gives no opinion, decides and carries out nothing; who approved or consented does not go on with it."""


def parts_left(actors: frozenset[Actor]) -> frozenset[Actor]:
    """The parts in which somebody may act: proposer, approver, consenter and executor are four people (R52)."""
    return actors - frozenset().union(*(_SHUT_OUT_BY.get(actor, frozenset()) for actor in actors))


def target_of(source: State, act: Act, actors: frozenset[Actor], *, needs_consent: bool) -> State | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    parts = parts_left(actors)
    for move in MOVES:
        if (
            (move.source, move.act) == (source, act)
            and move.actor in parts
            and move.if_needed in (None, needs_consent)
        ):
            return move.target
    return None


def acts_open_to(source: State, actors: frozenset[Actor], *, needs_consent: bool) -> tuple[Act, ...]:
    """The acts that a page offers, in the order above."""
    return tuple(
        act for act in Act if target_of(source, act, actors, needs_consent=needs_consent) is not None
    )
