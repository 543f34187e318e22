"""The states of an announcement and who may move it: a table, pure. It is told once, and may be withdrawn once.

That it was withdrawn is read by those who have read it before, which the acts and the database see to.
"""

from enum import StrEnum

from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in


class AnnouncementState(Labelled):
    SHOWN = "shown", "Đã thông báo"
    WITHDRAWN = "withdrawn", "Đã thu hồi"


class AnnouncementAct(StrEnum):
    READ = "read"
    WITHDRAW = "withdraw"


class AnnouncementActor(StrEnum):
    """In which part a person stands before an announcement."""

    AUTHOR = "author"
    PRINCIPAL = "principal"
    READER = "reader"


_AUTHOR = frozenset({AnnouncementActor.AUTHOR})
_PRINCIPAL = frozenset({AnnouncementActor.PRINCIPAL})
_READER = frozenset({AnnouncementActor.READER})

MOVES: tuple[Move[AnnouncementState, AnnouncementAct, AnnouncementActor], ...] = (
    Move(AnnouncementState.SHOWN, AnnouncementAct.READ, _READER, AnnouncementState.SHOWN),
    Move(AnnouncementState.WITHDRAWN, AnnouncementAct.READ, _READER, AnnouncementState.WITHDRAWN),
    Move(
        AnnouncementState.SHOWN,
        AnnouncementAct.WITHDRAW,
        _AUTHOR,
        AnnouncementState.WITHDRAWN,
    ),
    # What the head of a tổ has told, the principal may take back too.
    Move(
        AnnouncementState.SHOWN,
        AnnouncementAct.WITHDRAW,
        _PRINCIPAL,
        AnnouncementState.WITHDRAWN,
    ),
)


def target_of(
    source: AnnouncementState, act: AnnouncementAct, parts: frozenset[AnnouncementActor]
) -> AnnouncementState | None:
    """The state an act leads to for someone standing in the given parts; None where the table has no such move."""
    return target_in(MOVES, source, act, parts)
