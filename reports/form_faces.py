"""The faces of composed forms: the same bytes in every file, all letters of Vietnamese, whichever its pages use.

Files that are joined then have their faces in common. A letter of another language is added to the file that needs it.
"""

import zlib
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Final

from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from reports.pdf_writer import Writer
from reports.set_lines import font_of
from reports.shared_faces import character_map, subset_of

_REPERTOIRE: Final = (
    *range(0x20, 0x7F),
    *map(ord, "\u00a0ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư–—‘’“”…•·°"),
    *range(0x1EA0, 0x1EFA),
)
_FILES: Final = {
    (False, False): ("Tinos", "Tinos-Regular.ttf"),
    (True, False): ("Tinos-Bold", "Tinos-Bold.ttf"),
    (False, True): ("Tinos-Italic", "Tinos-Italic.ttf"),
    (True, True): ("Tinos-Bold-Italic", "Tinos-BoldItalic.ttf"),
}


def put_face(writer: Writer, face: str, shown: Iterable[bytes]) -> int:
    """The font's number. `shown`: all texts in this face, for letters that the repertoire has not."""
    used = {glyph for each in set(shown) for glyph in _glyphs_in(each)}
    return _font(writer, face, tuple(sorted(used - _glyphs(face).keys())))


@cache
def _glyphs_in(shown: bytes) -> frozenset[int]:
    found: set[int] = set()
    for run in shown.split(b"<")[1:]:
        digits = run.partition(b">")[0]
        found.update(int(digits[at : at + 4], 16) for at in range(0, len(digits), 4))
    return frozenset(found)


@cache
def _file(face: str) -> tuple[str, bytes]:
    """The face's name and its file."""
    font = font_of(face)
    name, file = _FILES[font.weight >= 600, bool(font.style)]
    return name, (settings.BASE_DIR / "static" / "fonts" / "print" / file).read_bytes()


@cache
def _glyphs(face: str) -> dict[int, str]:
    """The letters of the repertoire by their glyphs."""
    with TTFont(BytesIO(_file(face)[1]), lazy=True) as font:
        letters = font.getBestCmap()
        # Of two letters with one glyph (the two kinds of space) the first.
        told = [each for each in reversed(_REPERTOIRE) if each in letters]
        return {font.getGlyphID(letters[each]): chr(each) for each in told}


@cache
def _parts(face: str, further: tuple[int, ...]) -> tuple[bytes, int, bytes, bytes]:
    """The subset compressed, its length, the widths, and the compressed map to letters."""
    own = font_of(face)
    letters = _glyphs(face) | {glyph: own.to_unicode[glyph] for glyph in further}
    content = _file(face)[1]
    with TTFont(BytesIO(content), lazy=True) as font:
        widths = {
            glyph: round(font["hmtx"][font.getGlyphName(glyph)][0] * 1000 / font["head"].unitsPerEm)
            for glyph in sorted({0, *letters})
        }
    subset = subset_of(content, [0, *letters])
    told = b"".join(b"%d[%d]" % each for each in widths.items())
    texts = {b"%04x" % glyph: letter.encode("utf-16-be").hex().encode() for glyph, letter in letters.items()}
    return zlib.compress(subset, 9), len(subset), b"[%b]" % told, zlib.compress(character_map(texts), 9)


def _font(writer: Writer, face: str, further: tuple[int, ...]) -> int:
    own = font_of(face)
    packed, length, widths, letters = _parts(face, further)
    name = f"{face}+{_file(face)[0]}".encode()
    file = writer.stream(b"", b"/Length1 %d" % length, packed=packed)
    about = (
        b"<</Type/FontDescriptor/FontName/%b/Flags %d/FontBBox[-600 -300 2000 1100]/ItalicAngle 0"
        b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>"
    )
    descriptor = writer.add(about % (name, own.flags, own.ascent, own.descent, own.ascent, file))
    kin = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDToGIDMap/Identity/W %b/FontDescriptor %d 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
    )
    descendant = writer.add(kin % (name, widths, descriptor))
    text = writer.stream(b"", packed=letters)
    told = b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
    return writer.add(told % (name, descendant, text))
