"""The line that a printing adds at the foot of pages: its operators, and the few letters of the face that it needs.

Set by itself, glyph after glyph, so that a finished file can get another line without being read
(`reports.pdf_append`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

import pikepdf
from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Pdf, String

from reports.shared_faces import character_map, packed_widths, subset_of

_LETTERS: Final = "".join(map(chr, range(0x20, 0x7F))) + "ãảậíổủ…"
_SIZE: Final = 6
_NUMBER_SIZE: Final = 8
_GREY: Final = ".267 g"
_MILLIMETRE: Final = 72 / 25.4
_LOWEST: Final = 6.2
"""Office printers leave the outer five millimetres of a paper white."""
_NAME: Final = "/KIMDNG+Tinos"


@dataclass(frozen=True, slots=True)
class _Face:
    content: bytes
    glyphs: Mapping[str, int]
    widths: Mapping[int, bytes]
    ascent: int
    descent: int


@cache
def _face() -> _Face:
    content = (settings.BASE_DIR / "static" / "fonts" / "print" / "Tinos-Regular.ttf").read_bytes()
    with TTFont(BytesIO(content), lazy=True) as font:
        letters, upem = font.getBestCmap(), font["head"].unitsPerEm
        glyphs = {letter: font.getGlyphID(letters[ord(letter)]) for letter in _LETTERS}
        widths = {
            glyph: b"%d" % round(font["hmtx"][font.getGlyphName(glyph)][0] * 1000 / upem)
            for glyph in {0, *glyphs.values()}
        }
        measures = [round(each * 1000 / upem) for each in (font["hhea"].ascent, font["hhea"].descent)]
    return _Face(subset_of(content, [0, *glyphs.values()]), glyphs, widths, *measures)


def audit_foot(code: str) -> str:
    """What the line says of the audit chain's head; a test's manuscript may have none."""
    return f"Mã nhật kí: {code}" if code else ""


def page_number(place: int, pages: int) -> str:
    """What stands at the foot of a book whose parts have numbers of their own; `place` from 1."""
    return f"Trang {place}/{pages} của cả sổ"


def line_of(text: str, width: float, height: float) -> bytes:
    """The operators for a page of that size in points, from its left edge: it is moved as it is laid over the page."""
    return _shown(text, _SIZE, 0, _up(width, height))


def number_of(text: str, width: float, height: float, edge: float) -> bytes:
    """The same for a page number that ends so many points before the page's right edge."""
    face = _face()
    long = sum(int(face.widths[face.glyphs[letter]]) for letter in text) * _NUMBER_SIZE / 1000
    return _shown(text, _NUMBER_SIZE, width - edge - long, _up(width, height))


def _up(width: float, height: float) -> float:
    """Where there is room below or above the running lines, in millimetres from the bottom; see css/print."""
    return _LOWEST if width < height else 9.2


def _shown(text: str, size: int, across: float, up: float) -> bytes:
    """A letter that the line has not is left out."""
    glyphs = _face().glyphs
    shown = "".join(f"{glyphs[letter]:04x}" for letter in text if letter in glyphs)
    baseline = up * _MILLIMETRE - _face().descent * size / 1000
    return f"{_GREY} BT /Foot {size} Tf {across:.2f} {baseline:.2f} Td <{shown}> Tj ET".encode()


def font_in(whole: Pdf) -> pikepdf.Object:
    """The face as a font of that document."""
    face = _face()
    texts = {
        b"%04x" % glyph: letter.encode("utf-16-be").hex().encode() for letter, glyph in face.glyphs.items()
    }
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(_NAME),
        Flags=4,
        FontBBox=Array([-600, -300, 2000, 1100]),
        ItalicAngle=0,
        Ascent=face.ascent,
        Descent=face.descent,
        CapHeight=face.ascent,
        StemV=80,
        FontFile2=whole.make_stream(face.content, Length1=len(face.content)),
    )
    kin = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(_NAME),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        CIDToGIDMap=Name.Identity,
        W=packed_widths(face.widths),
        FontDescriptor=whole.make_indirect(descriptor),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(_NAME),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([whole.make_indirect(kin)]),
        ToUnicode=whole.make_stream(character_map(texts)),
    )
    return whole.make_indirect(font)
