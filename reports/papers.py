"""A report or a list as it is drawn on paper: which template with what in it, and whether a request may draw it.

Measured on the demo's school (docs/decisions/0181-long-papers-are-drawn-by-the-worker.md): 0.65 ms of the processor a
cell, a few pages in half a second, the quality report of the year in nine.
"""

from dataclasses import dataclass
from typing import Any, Final

from accounts.words import grouped

SHORT_CELLS: Final = 1000
"""Up to so many cells a paper is drawn while its reader waits, in 0.65 s; a longer one is a print."""
SECONDS_A_LINE: Final = 0.008
"""Of a list 5 ms, of a report 6 to 10."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`lines` and `cells` are those of its tables; `told` must be found in the file, in this order, before it is given
    out."""

    template: str
    context: dict[str, Any]
    title: str
    lines: int
    cells: int
    pupils: int
    told: tuple[str, ...]
    unit: str = "dòng"

    @property
    def is_long(self) -> bool:
        return is_long(self.cells)

    @property
    def lines_label(self) -> str:
        """ "1.202 dòng"."""
        return f"{grouped(self.lines)} {self.unit}"

    @property
    def seconds(self) -> int:
        """How long it will be drawn, at least one."""
        return seconds_for(self.lines)

    def drawn(self) -> bytes:
        # Only here, so that a web process that prints none does not load the typesetter (40 MB).
        from reports import pdf  # noqa: PLC0415

        return pdf.render(self.template, self.context, title=self.title)


def is_long(cells: int) -> bool:
    return cells > SHORT_CELLS


def seconds_for(lines: int) -> int:
    return max(1, round(lines * SECONDS_A_LINE))
