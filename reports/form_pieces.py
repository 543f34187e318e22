"""What stands on the sheets of a form, piece by piece, as its template marks it.

`data-sheet` begins a page and names it, `data-page` around it names its background; `data-piece` is what stays whole on
it, one below another: a line of fields, a row of a table. In a piece each paragraph and each cell holds text that is
wrapped for itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

_HOLDERS: Final = frozenset(("p", "h1", "h2", "h3", "th", "td"))
_SPACE: Final = re.compile(r"[ \t\r\n]+")
BREAK: Final = "\u2028"
"""In a text: a line ends here."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look: `owner` 0 is that of the paragraph itself, 1 that of its first child and so on."""

    owner: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`element`: a paragraph, a cell, a line of a heading; without runs where it is empty."""

    element: Element
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Piece:
    """`shape` tells pieces apart that are laid out differently even with the same texts; `where` says what is around.

    `is_of_rows`: an empty cell beside others takes as much room as one with a line.
    """

    element: Element
    where: str
    shape: str
    is_of_rows: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`shape` tells apart what stands around the pieces: the page's margins, its background."""

    shape: str
    pieces: tuple[Piece, ...]


def sheets_of(root: Element) -> list[Sheet]:
    """In the order of the pages. Each holds all its texts in pieces."""
    found: list[Sheet] = []
    _look_for_sheets(root, "", "", found)
    return found


def _look_for_sheets(element: Element, around: str, page: str, found: list[Sheet]) -> None:
    own = f"{around}>{_look(element)}"
    page = page or element.get("data-page", "")
    if "data-sheet" in element.attrib:
        pieces: list[Piece] = []
        _look_for_pieces(element, own, pieces)
        found.append(Sheet(f"{element.attrib['data-sheet']} {page}", tuple(pieces)))
        return
    for child in element:
        _look_for_sheets(child, own, page, found)


def _look_for_pieces(element: Element, around: str, found: list[Piece]) -> None:
    for child in element:
        if "data-piece" in child.attrib:
            shape = f"{around}>{''.join(_shape(child))}"
            where = f"{around}>{_look(child)}"
            is_of_rows = child.tag in ("tr", "tbody")
            found.append(Piece(child, where, shape, is_of_rows, tuple(_paragraphs(child))))
        else:
            _look_for_pieces(child, f"{around}>{_look(child)}", found)


def _look(element: Element) -> str:
    return f"{element.tag}.{element.get('class', '')}"


def _shape(element: Element) -> Iterator[str]:
    yield f"{_look(element)}{element.get('rowspan', '')}("
    for child in element:
        yield from _shape(child)
    yield ")"


def is_holder(element: Element) -> bool:
    """Whether text in it is wrapped for itself."""
    return "data-line" in element.attrib or (
        element.tag in _HOLDERS and not any("data-line" in child.attrib for child in element)
    )


def _paragraphs(element: Element) -> Iterator[Paragraph]:
    if is_holder(element):
        yield Paragraph(element, _runs(element))
        return
    for child in element:
        yield from _paragraphs(child)


def _runs(element: Element) -> tuple[Run, ...]:
    """White space between words is one space, as in a browser; none begins or ends a paragraph."""
    told: list[tuple[int, str]] = [(0, element.text or "")]
    for place, child in enumerate(element, start=1):
        told.append((0, BREAK) if child.tag == "br" else (place, child.text or ""))
        told.append((0, child.tail or ""))
    return _tidied(told)


def _tidied(told: Sequence[tuple[int, str]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    ends_in_space = True
    for owner, raw in told:
        text = BREAK if raw == BREAK else _SPACE.sub(" ", raw)
        if ends_in_space:
            text = text.removeprefix(" ")
        if not text:
            continue
        ends_in_space = text.endswith(" ") or text == BREAK
        if runs and runs[-1].owner == owner:
            runs[-1] = Run(owner, runs[-1].text + text)
        else:
            runs.append(Run(owner, text))
    if runs:
        runs[-1] = Run(runs[-1].owner, runs[-1].text.rstrip(" "))
    return tuple(run for run in runs if run.text)
