"""One face for all parts of a book: each part comes with subsets of its own, glyph numbers are the same in all.

Their place takes one font with the glyphs, widths and texts of all parts together: otherwise the book of a school would
hold three thousand fonts.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import pikepdf
from django.conf import settings
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Dictionary, Pdf

_FACES: Final = {
    "Tinos": "Tinos-Regular.ttf",
    "Tinos-Bold": "Tinos-Bold.ttf",
    "Tinos-Italic": "Tinos-Italic.ttf",
    "Tinos-Bold-Italic": "Tinos-BoldItalic.ttf",
}
_RUN: Final = re.compile(rb"(\d+) \[([^\]]*)\]")
_TEXT: Final = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
_TEXTS_AT_ONCE: Final = 100
"""As many lines may stand between beginbfchar and endbfchar."""
_MAP_BEGINS: Final = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
_MAP_ENDS: Final = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


@dataclass(slots=True)
class _Face:
    """The fonts of one face, and what each says of its glyphs: width (thousandths) and text (UTF-16 in hex)."""

    fonts: list[pikepdf.Object] = field(default_factory=list)
    widths: dict[int, bytes] = field(default_factory=dict)
    texts: dict[bytes, bytes] = field(default_factory=dict)

    def takes(self, font: pikepdf.Object) -> None:
        """A font that says something else of a glyph than those before is left as it is."""
        widths, texts = _widths(font.DescendantFonts[0].W), dict(_TEXT.findall(font.ToUnicode.read_bytes()))
        if _agree(self.widths, widths) and _agree(self.texts, texts):
            self.widths |= widths
            self.texts |= texts
            self.fonts.append(font)


def share_faces(whole: Pdf) -> None:
    """Gives all parts of a merged PDF the same fonts, in the resources of its pages."""
    resources = _fonts_of_pages(whole)
    every = {font.objgen: font for fonts in resources for _name, font in fonts.items()}
    found: dict[str, _Face] = defaultdict(_Face)
    shared: dict[tuple[int, int], pikepdf.Object] = {}
    firsts: dict[tuple[bytes, ...], pikepdf.Object] = {}
    for objgen, font in every.items():
        name = str(font.BaseFont).partition("+")[2]
        if name in _FACES and _is_embedded(font):
            first = firsts.setdefault(_whole(font), font)
            if first.objgen == objgen:
                found[name].takes(font)
            else:
                shared[objgen] = first
    for name, face in found.items():
        content = (settings.BASE_DIR / "static" / "fonts" / "print" / _FACES[name]).read_bytes()
        joined = _shared(whole, content, face)
        shared = {each: joined.get(first.objgen, first) for each, first in shared.items()} | joined
    for fonts in resources if shared else ():
        for label, font in list(fonts.items()):
            if font.objgen in shared:
                fonts[label] = shared[font.objgen]


def _is_embedded(font: pikepdf.Object) -> bool:
    return "/DescendantFonts" in font and "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _whole(font: pikepdf.Object) -> tuple[bytes, ...]:
    """All that a font says: the books of a form bring the same font each."""
    kin = font.DescendantFonts[0]
    return (
        kin.FontDescriptor.FontFile2.read_raw_bytes(),
        font.ToUnicode.read_raw_bytes(),
        kin.W.unparse(resolved=True),
        str(font.BaseFont).encode(),
    )


def _fonts_of_pages(whole: Pdf) -> list[pikepdf.Object]:
    """The font resources, once each: pages of a part have theirs in common."""
    found: dict[tuple[int, int], pikepdf.Object] = {}
    own = []
    for page in whole.pages:
        fonts = page.obj.get("/Resources", Dictionary()).get("/Font")
        if fonts is not None and fonts.is_indirect:
            found[fonts.objgen] = fonts
        elif fonts is not None:
            own.append(fonts)
    return [*found.values(), *own]


def _shared(whole: Pdf, content: bytes, face: _Face) -> dict[tuple[int, int], pikepdf.Object]:
    """The one font by the numbers of those whose place it takes; {} where there is one anyway."""
    fonts = [font for font in face.fonts if _build(_file_of(font)) == _build(content)]
    if len(fonts) < 2:
        return {}
    font = fonts[0]
    kin = font.DescendantFonts[0]
    subset = subset_of(content, [0, *face.widths, *(int(glyph, 16) for glyph in face.texts)])
    kin.FontDescriptor.FontFile2 = whole.make_stream(subset, Length1=len(subset))
    kin.W = packed_widths(face.widths)
    font.ToUnicode = whole.make_stream(character_map(face.texts))
    return {each.objgen: font for each in fonts}


def _file_of(font: pikepdf.Object) -> bytes:
    return font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()


def subset_of(content: bytes, glyphs: Iterable[int]) -> bytes:
    """The face with these glyphs alone, at the numbers that they have; the same glyphs, the same bytes."""
    options = Options(retain_gids=True, layout_features=[], notdef_outline=True, recalc_timestamp=False)
    with TTFont(BytesIO(content), lazy=True, recalcTimestamp=False) as face:
        subsetter = Subsetter(options)
        subsetter.populate(gids=sorted(set(glyphs)))
        subsetter.subset(face)
        target = BytesIO()
        face.save(target)
    return target.getvalue()


def _agree(known: Mapping[Any, bytes], further: Mapping[Any, bytes]) -> bool:
    return all(known.get(glyph, told) == told for glyph, told in further.items())


def _widths(packed: pikepdf.Object) -> dict[int, bytes]:
    """By glyph, of an array "1 [ 250 ] 9 [ 333 333 ]"."""
    found = {}
    for first, run in _RUN.findall(packed.unparse(resolved=True)[1:-1]):
        for place, width in enumerate(run.split()):
            found[int(first) + place] = width
    return found


def packed_widths(widths: Mapping[int, bytes]) -> pikepdf.Object:
    """Widths by glyph as the array that `W` of a font is."""
    runs: list[tuple[int, list[bytes]]] = []
    for glyph in sorted(widths):
        if not runs or glyph != runs[-1][0] + len(runs[-1][1]):
            runs.append((glyph, []))
        runs[-1][1].append(widths[glyph])
    text = b" ".join(b"%d [ %b ]" % (first, b" ".join(run)) for first, run in runs)
    return pikepdf.Object.parse(b"[ " + text + b" ]")


def character_map(texts: Mapping[bytes, bytes]) -> bytes:
    """What `ToUnicode` of a font says; both in hexadecimal digits, texts in UTF-16."""
    lines = [b"<%b> <%b>" % line for line in sorted(texts.items())]
    blocks = [lines[first : first + _TEXTS_AT_ONCE] for first in range(0, len(lines), _TEXTS_AT_ONCE)]
    told = b"".join(b"%d beginbfchar\n%b\nendbfchar\n" % (len(block), b"\n".join(block)) for block in blocks)
    return _MAP_BEGINS + told + _MAP_ENDS


def _build(face: bytes) -> bytes:
    """Return revision and time stamps of a TrueType file: a subset keeps them, another build has others."""
    for place in range(12, 12 + 16 * int.from_bytes(face[4:6], "big"), 16):
        if face[place : place + 4] == b"head":
            start = int.from_bytes(face[place + 8 : place + 12], "big")
            return face[start + 4 : start + 8] + face[start + 20 : start + 36]
    raise ValueError("Tệp phông chữ không có bảng head.")
