"""What belongs to a printing and not to the pages' content: one more line at the foot, and a square code above.

Pages are kept under the hash of their content and bound again and again; these are laid over them as they are bound.
For a reader of the PDF's structure they are artifacts, like the running lines that stand beside them.
"""

from typing import Final

import pikepdf
import segno
from pikepdf import Array, Dictionary, Name, Pdf

from reports.foot_line import font_in, line_of, number_of, page_number
from reports.text_edges import Edges, edge_by_size

_MILLIMETRE: Final = 72 / 25.4
_LEAST_SIDE: Final = 9 * _MILLIMETRE
"""Of the square: more would come too near to what stands below it. Its 25 modules are 0.36 mm wide."""
_MODULE: Final = 0.34 * _MILLIMETRE
"""The least width of a module: a telephone's camera wants a third of a millimetre on paper."""
_UPPERMOST: Final = 6.2 * _MILLIMETRE
"""Office printers leave the outer five millimetres of a paper white."""
_FEW_MODULES: Final = 25
"""A side; an address that needs more at level M is written at level L, where it mostly does not."""


class Foot:
    """Lays over pages of one document; what several pages share is drawn once."""

    def __init__(self, whole: Pdf, line: str, *, is_numbered: bool = False) -> None:
        """`line`: "" for none. `is_numbered`: each page gets its number in the whole, which has all its pages."""
        self.whole = whole
        self.line = line
        self.is_numbered = is_numbered
        self._font = font_in(whole) if line or is_numbered else None
        self._lines: dict[tuple[float, float], pikepdf.Object] = {}
        self._before = whole.make_stream(b"q")

    def lay_over(self, pages: range, address: str = "", edges: Edges | None = None) -> None:
        """Over the pages of a part, by their places from 0, but for the empty backs of leaves.

        `edges`: where its text begins, by the paper's size where nothing is known of it. `address` is what the square
        code opens; no code where there is none. Of pages that lie across, the first alone has room for it, beside its
        heading.
        """
        modules = modules_of(address) if address else []
        square = _square(self.whole, modules) if modules else None
        after: dict[str, pikepdf.Object] = {}
        for place in pages:
            page = self.whole.pages[place]
            if Name.Contents not in page.obj:
                continue
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            size = (right - left, top - bottom)
            drawn = []
            if self.line:
                edge = edges.of(place - pages.start) if edges else edge_by_size(*size)
                drawn.append((Name.FootLine, self._line(size), f"1 0 0 1 {edge * _MILLIMETRE:.2f} 0"))
            if self.is_numbered:
                # A name of its own: the pages of a part share their resources.
                name = Name(f"/FootNumber{place + 1}")
                drawn.append((name, self._number(place, size), "1 0 0 1 0 0"))
            if square is not None and (place == pages.start or size[0] < size[1]):
                side = side_of(len(modules))
                across, up = _place_of_square(*size, side)
                drawn.append((Name.FootSquare, square, f"{side:.3f} 0 0 {side:.3f} {across:.3f} {up:.3f}"))
            if drawn:
                self._draw(page, drawn, after)

    def _line(self, size: tuple[float, float]) -> pikepdf.Object:
        if size not in self._lines:
            self._lines[size] = self._form(line_of(self.line, *size), size)
        return self._lines[size]

    def _number(self, place: int, size: tuple[float, float]) -> pikepdf.Object:
        text = page_number(place + 1, len(self.whole.pages))
        return self._form(number_of(text, *size, edge_by_size(*size) * _MILLIMETRE), size)

    def _form(self, operators: bytes, size: tuple[float, float]) -> pikepdf.Object:
        return self.whole.make_stream(
            operators,
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, *size]),
            Resources=Dictionary(Font=Dictionary(Foot=self._font)),
        )

    def _draw(
        self,
        page: pikepdf.Page,
        drawn: list[tuple[Name, pikepdf.Object, str]],
        after: dict[str, pikepdf.Object],
    ) -> None:
        """`after`: the calls that pages of the part share."""
        for name, form, _where in drawn:
            page.add_resource(form, Name.XObject, name)
        calls = " ".join(f"q {where} cm {name} Do Q" for name, _form, where in drawn)
        if calls not in after:
            after[calls] = self.whole.make_stream(f"Q /Artifact BMC {calls} EMC".encode())
        own = page.obj.Contents
        contents = list(own) if isinstance(own, Array) else [own]
        page.obj.Contents = Array([self._before, *contents, after[calls]])


def side_of(modules: int) -> float:
    """Of the square of so many modules a side, in points."""
    return max(_LEAST_SIDE, modules * _MODULE)


def _place_of_square(width: float, height: float, side: float) -> tuple[float, float]:
    """Its lower left corner, at the right above the text, where nothing else is printed (css/print)."""
    if width < height:
        return width - 21 * _MILLIMETRE - side, height - _UPPERMOST - side
    edge = edge_by_size(width, height)
    return width - edge * _MILLIMETRE - side, height - (edge - 2) * _MILLIMETRE - side


def modules_of(address: str) -> list[list[int]]:
    """A QR code (ISO 18004), row by row, 1 for dark."""
    made = segno.make(address, error="m", micro=False, boost_error=False)
    if len(made.matrix) > _FEW_MODULES:
        made = segno.make(address, error="l", micro=False, boost_error=False)
    return [list(row) for row in made.matrix]


def _square(whole: Pdf, rows: list[list[int]]) -> pikepdf.Object:
    """In a field of 1 × 1: a rectangle for each run of dark modules of a row."""
    module = 1 / len(rows)
    runs = [
        f"{start * module:.5f} {1 - (row + 1) * module:.5f} {length * module:.5f} {module:.5f} re"
        for row, modules in enumerate(rows)
        for start, length in _runs(modules)
    ]
    # White beneath, should anything ever stand there.
    drawing = f"q 1 1 1 rg 0 0 1 1 re f 0 0 0 rg {' '.join(runs)} f Q"
    return whole.make_stream(
        drawing.encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 1, 1]),
        Resources=Dictionary(),
    )


def _runs(modules: list[int]) -> list[tuple[int, int]]:
    """Where dark runs begin and how long they are."""
    runs: list[tuple[int, int]] = []
    for place, is_dark in enumerate(modules):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
