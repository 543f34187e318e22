"""Lines of text as WeasyPrint sets them: broken at the same words, glyph by glyph at the same places.

What was set once is kept while the process lives: most texts of a form stand on every pupil's pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Final

from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi
from weasyprint.text.fonts import get_pango_font_key
from weasyprint.text.line_break import split_first_line

PIXEL: Final = 0.75
"""Points."""
_PRECISION: Final = 2
_MOST_KEPT: Final = 20_000
_SHORT: Final = 40
"""Letters of a text that mostly stands on one line, and on the pages of others too: it is tried whole and kept."""


@dataclass(frozen=True, slots=True)
class SetText:
    """Glyphs of one line in one look; `width` in pixels, `shown` is what a PDF's operators say."""

    width: float
    face: str
    size: float
    colour: tuple[float, ...]
    shown: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """Its texts with how far from the line's beginning each stands (pixels), and the width of all."""

    texts: tuple[tuple[float, SetText], ...]
    width: float


class Look:
    """How texts look that share a style of WeasyPrint's; the style's own look ups are slow."""

    def __init__(self, style: Any) -> None:
        self.style = style
        self._set: dict[str, SetText] = {}

    @cached_property
    def colour(self) -> tuple[float, ...]:
        return tuple(round(each, 3) for each in self.style["color"].to("srgb").coordinates)

    def line(self, text: str) -> SetText:
        """A text that is not broken."""
        found = self._set.get(text)
        if found is None:
            if len(self._set) > _MOST_KEPT:
                self._set.clear()
            layout, _length, _resume, width, _height, _baseline = split_first_line(
                text, self.style, None, None, 0
            )
            found = self._set[text] = self.drawn(layout, text, width)
        return found

    def first_line(self, text: str, room: float, *, begins: bool) -> tuple[SetText | None, str]:
        """As much as has room, and the rest; None where not even a word has. `begins`: nothing stands before it."""
        layout, _length, resume, width, _height, _baseline = split_first_line(
            text, self.style, None, room, 0, is_line_start=begins
        )
        if width > room and not begins:
            return None, text
        rest = "" if resume is None else text.encode()[resume:].decode().lstrip(" ")
        return self.drawn(layout, layout.text, width), rest

    def drawn(self, layout: Any, text: str, width: float) -> SetText:
        """As WeasyPrint draws a layout of Pango's. Raises ManyFaces."""
        layout.reactivate(self.style)
        recorder = _Recorder()
        box = SimpleNamespace(text=text, style=self.style, pango_layout=layout)
        draw_first_line(recorder, box, "clip", "none", Matrix())
        layout.deactivate()
        return SetText(
            width, recorder.face, round(recorder.size * PIXEL, _PRECISION), self.colour, recorder.shown
        )


_fonts: dict[int, Font] = {}


class _Recorder:
    """Takes the place of a stream of WeasyPrint's and keeps what is shown in it."""

    ink_rect = ffi.new("PangoRectangle *")
    logical_rect = ffi.new("PangoRectangle *")

    def __init__(self) -> None:
        self.face = ""
        self.size = 0.0
        self.shown = b""

    def add_font(self, pango_font: Any) -> tuple[Font, float]:
        key, description, size = get_pango_font_key(pango_font)
        if key not in _fonts:
            _fonts[key] = Font(pango_font, description, size)
        return _fonts[key], size

    def set_text_matrix(self, *_matrix: float) -> None:
        pass

    def set_font_size(self, face: str, size: float) -> None:
        if self.face and face != self.face:
            raise ManyFaces
        self.face, self.size = face, size

    def show_text(self, text: str) -> None:
        self.shown += f"[{text}] TJ".replace(">0<", "").encode()

    def set_text_rise(self, _rise: float) -> None:
        raise ManyFaces


class ManyFaces(Exception):
    """A letter that the form's own face lacks."""


def font_of(face: str) -> Font:
    return next(font for font in _fonts.values() if font.hash == face)


def lines_of(runs: Sequence[tuple[Look, str]], *, room: float, indent: float) -> list[Line] | None:
    """The lines of a paragraph; None where only the typesetter itself knows how to break them."""
    *before, (look, text) = runs
    at = indent
    texts: list[tuple[float, SetText]] = []
    for each, said in before:
        set_text = each.line(said)
        texts.append((at - indent, set_text))
        at += set_text.width
    if at > room:
        return None
    if len(text) <= _SHORT:
        whole = look.line(text)
        if at + whole.width <= room:
            return [Line((*texts, (at - indent, whole)), at + whole.width - indent)]
    first, rest = look.first_line(text, room - at, begins=not before)
    if first is None:
        return None
    lines = [Line((*texts, (at - indent, first)), at + first.width - indent)]
    while rest:
        following, rest = look.first_line(rest, room, begins=True)
        assert following is not None  # noqa: S101 - at the beginning of a line there always is one
        lines.append(Line(((0.0, following),), following.width))
    return lines
