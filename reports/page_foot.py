"""What belongs to a printing and not to the pages' content: one more line at the foot, and a square code above.

Pages are kept under the hash of their content and bound again and again; these are laid over them as they are bound.
For a reader of the PDF's structure they are artifacts, like the running lines that stand beside them.
"""

from typing import Final

import pikepdf
import segno
from pikepdf import Array, Dictionary, Name, Pdf

from reports.foot_line import font_in, line_of

_MILLIMETRE: Final = 72 / 25.4
_A4_WIDTH: Final = 600
_SIDE: Final = 9 * _MILLIMETRE
"""Of the square; its modules are 0.36 mm wide at 25 a side, wide enough for a telephone's camera."""


class Foot:
    """Lays over pages of one document; what several pages share is drawn once."""

    def __init__(self, whole: Pdf, line: str) -> None:
        """`line`: "" for none."""
        self.whole = whole
        self.line = line
        self._font = font_in(whole) if line else None
        self._lines: dict[tuple[float, float], pikepdf.Object] = {}
        self._before = whole.make_stream(b"q")

    def lay_over(self, pages: range, address: str = "") -> None:
        """Over the pages of a part, by their places from 0, but for the empty backs of leaves.

        `address` is what the square code opens; no code where there is none. Of pages that lie across, the first alone
        has room for it, beside its heading.
        """
        square = _square(self.whole, address) if address else None
        after: dict[str, pikepdf.Object] = {}
        for place in pages:
            page = self.whole.pages[place]
            if Name.Contents not in page.obj:
                continue
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            size = (right - left, top - bottom)
            drawn = []
            if self.line:
                drawn.append((Name.FootLine, self._line(size), "1 0 0 1 0 0"))
            if square is not None and (place == pages.start or size[0] < size[1]):
                across, up = _place_of_square(*size)
                drawn.append((Name.FootSquare, square, f"{_SIDE:.3f} 0 0 {_SIDE:.3f} {across:.3f} {up:.3f}"))
            if drawn:
                self._draw(page, drawn, after)

    def _line(self, size: tuple[float, float]) -> pikepdf.Object:
        if size not in self._lines:
            self._lines[size] = self.whole.make_stream(
                line_of(self.line, *size),
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, *size]),
                Resources=Dictionary(Font=Dictionary(Foot=self._font)),
            )
        return self._lines[size]

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


def _place_of_square(width: float, height: float) -> tuple[float, float]:
    """Its lower left corner, at the right above the text, where nothing else is printed (css/print)."""
    if width < height:
        return width - 30 * _MILLIMETRE, height - 12.4 * _MILLIMETRE
    edge = 12 if height > _A4_WIDTH else 9
    return width - (edge + 9) * _MILLIMETRE, height - (edge + 7) * _MILLIMETRE


def _square(whole: Pdf, address: str) -> pikepdf.Object:
    """A QR code (ISO 18004) in a field of 1 × 1: a rectangle for each run of dark modules of a row."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False, boost_error=False).matrix]
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
