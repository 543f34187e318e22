"""What is known of a form's pieces once they were laid out. Lengths in pixels of CSS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reports.set_lines import Look, SetText

Stroke = tuple[float, float, float, float, float, tuple[float, ...]]
"""x, y, x, y, width, colour."""
DECIMALS: Final = 3
"""Measures are rounded, so that it does not matter on which page they were taken."""
RUNNING: Final = "running"
NUMBER: Final = "number"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is drawn: from the upper left corner of the page, or from the upper edge of its piece."""

    x: float
    baseline: float
    text: SetText


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the lines of a paragraph may stand; `align` is left, right, center or justify."""

    x: float
    room: float
    indent: float
    align: str

    def begin(self, width: float) -> float:
        """Where a line of that width begins."""
        spare = self.room - width
        if self.align == "center":
            return self.x + spare / 2
        return self.x + spare if self.align == "right" else self.x


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a piece, from its upper edge: where the lines of its paragraphs stand, and what is drawn beside them.

    `fixed`: the texts of the paragraphs that WeasyPrint has broken, by their places in the piece.
    """

    height: float
    baselines: tuple[tuple[float, ...], ...]
    strokes: tuple[Stroke, ...]
    fixed: Mapping[int, tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class Margin:
    """A line in a page's margin; `text` is its own, or RUNNING or NUMBER, which differ from page to page."""

    text: str
    look: Look
    frame: Frame
    baseline: float


@dataclass(frozen=True, slots=True)
class Paper:
    """What a sheet has beside its pieces, which end above `bottom`; `page_name` where it has a background, else ""."""

    bottom: float
    margins: tuple[Margin, ...]
    page_name: str
