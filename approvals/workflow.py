"""The states of a correction request, who may move it and by when: a table, pure (PLAN IV; rule R52).

The table is the whole truth: pages offer what it allows, `approvals.corrections` and its sisters ask it, the tests try
every move by every role against it. The database knows the pairs of states too (migration 0055) and refuses the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class State(Labelled):
    DRAFT = "draft", "Nháp"
    FILED = "filed", "Đã gửi, chờ phê chuẩn"
    RETURNED = "returned", "Yêu cầu bổ sung"
    AWAITING = "awaiting", "Chờ Hiệu trưởng đồng ý"
    APPROVED = "approved", "Đã phê chuẩn, chờ thực hiện"
    REFUSED = "refused", "Bị từ chối"
    APPLIED = "applied", "Đã thực hiện"
    CANCELLED = "cancelled", "Đã huỷ"


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
class RequestMove(Move[State, Act, Actor]):
    """`if_needed`: only where the principal's consent is still needed (True) or is not (False); None: either way."""

    if_needed: bool | None = None


_CLERK = frozenset({Actor.CLERK})
_PRINCIPAL = frozenset({Actor.PRINCIPAL})
_PROPOSER = frozenset({Actor.PROPOSER})
_TEAM_HEAD = frozenset({Actor.TEAM_HEAD})
_VICE_PRINCIPAL = frozenset({Actor.VICE_PRINCIPAL})

MOVES: tuple[RequestMove, ...] = (
    RequestMove(State.DRAFT, Act.FILE, _PROPOSER, State.FILED),
    # So does the closing of its year, which nobody's draft holds up (`approvals.year_closing`).
    RequestMove(State.DRAFT, Act.CANCEL, _PROPOSER, State.CANCELLED),
    # The opinion of the head of the proposer's tổ holds nothing up.
    RequestMove(State.FILED, Act.OPINE, _TEAM_HEAD, State.FILED),
    RequestMove(State.FILED, Act.APPROVE, _VICE_PRINCIPAL, State.APPROVED, if_needed=False),
    RequestMove(State.FILED, Act.APPROVE, _VICE_PRINCIPAL, State.AWAITING, if_needed=True),
    RequestMove(State.FILED, Act.RETURN, _VICE_PRINCIPAL, State.RETURNED),
    RequestMove(State.FILED, Act.REFUSE, _VICE_PRINCIPAL, State.REFUSED),
    RequestMove(State.FILED, Act.CANCEL, _PROPOSER, State.CANCELLED),
    RequestMove(State.RETURNED, Act.FILE, _PROPOSER, State.FILED),
    # To a request for more that nobody answers there must be an end.
    RequestMove(State.RETURNED, Act.REFUSE, _VICE_PRINCIPAL, State.REFUSED),
    RequestMove(State.RETURNED, Act.CANCEL, _PROPOSER, State.CANCELLED),
    RequestMove(State.AWAITING, Act.CONSENT, _PRINCIPAL, State.APPROVED),
    RequestMove(State.AWAITING, Act.DECLINE, _PRINCIPAL, State.REFUSED),
    RequestMove(State.AWAITING, Act.CANCEL, _PROPOSER, State.CANCELLED),
    RequestMove(State.APPROVED, Act.APPLY, _CLERK, State.APPLIED, if_needed=False),
    # The principal approved the class's results after the vice-principal had approved the request.
    RequestMove(State.APPROVED, Act.ASK_CONSENT, _CLERK, State.AWAITING, if_needed=True),
    # A cell that has changed since filing can no longer be written (rule R53): its request needs an end.
    RequestMove(State.APPROVED, Act.CANCEL, _PROPOSER, State.CANCELLED),
)

OPEN_STATES = frozenset({State.DRAFT, State.FILED, State.RETURNED, State.AWAITING, State.APPROVED})
ANSWERED = frozenset({State.AWAITING, State.APPROVED, State.REFUSED, State.APPLIED})
"""In which the proposer has an answer to read."""
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
    moves = (move for move in MOVES if move.if_needed in (None, needs_consent))
    return target_in(moves, source, act, parts_left(actors))


def acts_open_to(source: State, actors: frozenset[Actor], *, needs_consent: bool) -> tuple[Act, ...]:
    """The acts that a page offers, in the order above."""
    return tuple(
        act for act in Act if target_of(source, act, actors, needs_consent=needs_consent) is not None
    )
