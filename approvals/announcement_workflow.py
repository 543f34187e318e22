"""The states of an announcement and who may move it: a table, pure. It is told once, and may be withdrawn once."""

from dataclasses import dataclass
from enum import StrEnum


class AnnouncementState(StrEnum):
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return "Đã thông báo" if self == AnnouncementState.SHOWN else "Đã thu hồi"


class AnnouncementAct(StrEnum):
    READ = "read"
    WITHDRAW = "withdraw"


class AnnouncementActor(StrEnum):
    """In which part a person stands before an announcement."""

    AUTHOR = "author"
    PRINCIPAL = "principal"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class AnnouncementMove:
    source: AnnouncementState
    act: AnnouncementAct
    actor: AnnouncementActor
    target: AnnouncementState


MOVES: tuple[AnnouncementMove, ...] = (
    AnnouncementMove(
        AnnouncementState.SHOWN, AnnouncementAct.READ, AnnouncementActor.READER, AnnouncementState.SHOWN
    ),
    AnnouncementMove(
        AnnouncementState.SHOWN,
        AnnouncementAct.WITHDRAW,
        AnnouncementActor.AUTHOR,
        AnnouncementState.WITHDRAWN,
    ),
    # What the head of a tổ has told, the principal may take back too.
    AnnouncementMove(
        AnnouncementState.SHOWN,
        AnnouncementAct.WITHDRAW,
        AnnouncementActor.PRINCIPAL,
        AnnouncementState.WITHDRAWN,
    ),
)


def target_of(
    source: AnnouncementState, act: AnnouncementAct, parts: frozenset[AnnouncementActor]
) -> AnnouncementState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    for move in MOVES:
        if move.source == source and move.act == act and move.actor in parts:
            return move.target
    return None
