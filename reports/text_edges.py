"""Where the text of a page begins, so that what a printing adds at its foot stands below it and not in the margin."""

from dataclasses import dataclass
from typing import Final

from reports.book_content import ClassTable, Transcript
from reports.own_book_content import OwnBookFront, OwnSheet
from reports.slip_content import Slip

_A4_WIDTH: Final = 600


@dataclass(frozen=True, slots=True)
class Edges:
    """In millimetres from the paper's left: of a part's first page, of its other right-hand pages, of its left-hand
    ones. As the margins in css/print."""

    first: float
    right: float
    left: float

    def of(self, place: int) -> float:
        """`place` in the part, from 0; a part begins on a right-hand page."""
        return self.first if place == 0 else self.left if place % 2 else self.right


TRANSCRIPT: Final = Edges(15, 20, 14)
SLIP: Final = Edges(16, 16, 16)
LETTER: Final = Edges(30, 30, 30)


def edges_of(content: Transcript | ClassTable | Slip | OwnBookFront | OwnSheet) -> Edges | None:
    """None for what lies across: there it depends on the paper's size alone."""
    match content:
        case Transcript():
            return TRANSCRIPT
        case Slip():
            return SLIP
    return None


def edge_by_size(width: float, height: float) -> float:
    """Of a page of that size in points, in millimetres."""
    if width < height:
        return 14
    return 12 if height > _A4_WIDTH else 9
