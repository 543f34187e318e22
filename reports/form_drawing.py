"""What a composed page shows, in the operators of a PDF; each text is marked with the paragraph that it is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element

from reports.form_measures import Place, Stroke
from reports.learned_forms import ComposedPage
from reports.set_lines import PIXEL

A4: Final = (595.276, 841.89)
"""Points."""


@dataclass(slots=True)
class Marked:
    """What stands on the pages, by the paragraph: the page's number among the objects, and the marks on it."""

    of: dict[Element, tuple[int, list[int]]]
    parents: list[list[int]]


def places_of(page: ComposedPage) -> Iterator[Place]:
    """Those that show anything."""
    for places in (*page.texts.values(), page.margins):
        yield from (place for place in places if place.text.shown)


def n(value: float) -> bytes:
    return f"{value:.2f}".rstrip("0").rstrip(".").encode() or b"0"


def content_of(page: ComposedPage, own: int, marked: Marked, has_background: bool) -> bytes:
    out: list[bytes] = []
    if has_background:
        out.append(b"/Artifact BMC /Behind Do EMC")
    for strokes in page.strokes:
        out.append(b"/Artifact BMC")
        out += _drawn(strokes)
        out.append(b"EMC")
    parents: list[int] = []
    pen = _Pen(out)
    count = 0
    for element, places in page.texts.items():
        marks = []
        for place in places:
            if not place.text.shown:
                continue
            out.append(b"/Span<</MCID %d>>BDC" % count)
            pen.show(place)
            out.append(b"EMC")
            marks.append(count)
            count += 1
        marked.of[element] = (own, marks)
        parents += [id(element)] * len(marks)
    out.append(b"/Artifact BMC")
    for place in page.margins:
        pen.show(place)
    out.append(b"EMC")
    marked.parents.append(parents)
    return b"\n".join(out)


class _Pen:
    """Writes texts, the colour and the face only where they change."""

    def __init__(self, out: list[bytes]) -> None:
        self._out = out
        self._colour: tuple[float, ...] = (0.0, 0.0, 0.0)
        self._face: tuple[str, float] = ("", 0.0)

    def show(self, place: Place) -> None:
        text = place.text
        if not text.shown:
            return
        if text.colour != self._colour:
            self._colour = text.colour
            self._out.append(b"%b rg" % b" ".join(n3(each) for each in text.colour))
        face = b""
        if (text.face, text.size) != self._face:
            self._face = (text.face, text.size)
            face = b"/%b %b Tf " % (text.face.encode(), n(text.size))
        x, y = n(place.x * PIXEL), n(A4[1] - place.baseline * PIXEL)
        self._out.append(b"BT %b%b %b Td %b ET" % (face, x, y, text.shown))


def n3(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode() or b"0"


def _drawn(strokes: Sequence[Stroke]) -> Iterator[bytes]:
    for (width, ink), alike in groupby(strokes, key=lambda each: (each[4], each[5])):
        yield b"q 2 J %b w %b RG" % (n3(width * PIXEL), b" ".join(n3(each) for each in ink))
        for x1, y1, x2, y2 in _joined([each[:4] for each in alike]):
            yield b"%b %b m %b %b l" % (
                *(n(x1 * PIXEL), n(A4[1] - y1 * PIXEL)),
                *(n(x2 * PIXEL), n(A4[1] - y2 * PIXEL)),
            )
        yield b"S Q"


def _joined(lines: Sequence[tuple[float, ...]]) -> Iterator[tuple[float, ...]]:
    """Lines that go on where others end are one; those that lie on each other too."""
    level = sorted({line for line in lines if line[1] == line[3]}, key=lambda line: (line[1], line[0]))
    upright = sorted({line for line in lines if line[1] != line[3]}, key=lambda line: (line[0], line[1]))
    for same, along in ((level, 2), (upright, 3)):
        open_line: tuple[float, ...] | None = None
        for line in same:
            if (
                open_line is not None
                and open_line[along] == line[along - 2]
                and _in_line(open_line, line, along)
            ):
                open_line = (*open_line[:2], *line[2:])
                continue
            if open_line is not None:
                yield open_line
            open_line = line
        if open_line is not None:
            yield open_line


def _in_line(first: tuple[float, ...], second: tuple[float, ...], along: int) -> bool:
    across = 3 - along
    return first[across] == second[across]
