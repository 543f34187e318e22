"""Bound books, kept by what is in them: printed again without a change they are copied, neither joined nor read again.

A printing differs from the one before in the head of the audit chain alone: in a line at the foot, one object that all
pages of a class show, and in the file's metadata. So the copy gets other ones appended to it.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pikepdf
from django.conf import settings
from pikepdf import Dictionary, Name

from reports.foot_line import line_of
from reports.pdf_append import replace_streams
from reports.whole_files import KEPT, written_whole

BINDING_VERSION: Final = 3
"""Raise when the modules that join parts do it differently: no book that was bound before is taken then."""


@dataclass(frozen=True, slots=True)
class FootLine:
    """An object of the file, the font that it uses, and the size in points of the pages that show it."""

    number: int
    font: int
    width: float
    height: float

    def told(self, text: str) -> bytes:
        """The object with another text."""
        content = line_of(text, self.width, self.height)
        about = b"/Type/XObject/Subtype/Form/BBox[0 0 %.3f %.3f]/Resources<</Font<</Foot %d 0 R>>>>/Length %d"
        head = about % (self.width, self.height, self.font, len(content))
        return b"<<%b>>\nstream\n%b\nendstream" % (head, content)


@dataclass(frozen=True, slots=True)
class KeptBook:
    """`facts`: what was found out when it was bound; `feet`: the lines of each of its parts with one of its own;
    `metadata`: the number of that object."""

    digest: str
    metadata: int
    facts: dict[str, Any] = field(default_factory=dict)
    feet: tuple[tuple[FootLine, ...], ...] = ()


def key_of(*what: str) -> str:
    """Of everything that is in a book, the line at its foot aside."""
    told = json.dumps([BINDING_VERSION, pikepdf.__version__, settings.START_PAGE, *what])
    return hashlib.sha256(told.encode()).hexdigest()


def take(key: str, target: Path, feet: Sequence[str], metadata: bytes) -> dict[str, Any] | None:
    """Copies the book to `target`, with these lines at the foot of its parts and this XMP packet; returns its facts.

    None where it is not kept, or no longer as it was.
    """
    file, about = _places(key)
    try:
        kept = _read(about)
        shutil.copyfile(file, target)
    except FileNotFoundError:
        return None
    with target.open("rb") as copy:
        if hashlib.file_digest(copy, "sha256").hexdigest() != kept.digest:
            return None
    about_copy = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream" % (
        len(metadata),
        metadata,
    )
    streams = {kept.metadata: about_copy} | {
        line.number: line.told(text)
        for own, text in zip(kept.feet, feet, strict=True)
        if text
        for line in own
    }
    replace_streams(target, streams)
    for each in (file, about):
        os.utime(each)
    return kept.facts


def keep(key: str, source: Path, facts: dict[str, Any], parts: Sequence[int]) -> None:
    """`parts`: how many pages of the file have a line at their foot together."""
    file, about = _places(key)
    with written_whole(file) as draft:
        shutil.copyfile(source, draft)
    with file.open("rb") as copy:
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
    with pikepdf.open(file) as book:
        kept = KeptBook(digest, book.Root.Metadata.objgen[0], facts, _feet(book, parts))
    with written_whole(about) as draft:
        draft.write_text(json.dumps(asdict(kept)))


def _places(key: str) -> tuple[Path, Path]:
    folder = Path(settings.MEDIA_ROOT) / KEPT
    return folder / f"{key}.book.pdf", folder / f"{key}.book.json"


def _read(about: Path) -> KeptBook:
    told = json.loads(about.read_text())
    feet = tuple(tuple(FootLine(**line) for line in own) for own in told["feet"])
    return KeptBook(told["digest"], told["metadata"], told["facts"], feet)


def _feet(book: pikepdf.Pdf, parts: Sequence[int]) -> tuple[tuple[FootLine, ...], ...]:
    found = []
    every, first = list(book.pages), 0
    for pages in parts:
        lines: dict[int, FootLine] = {}
        for page in every[first : first + pages]:
            shown = page.obj.get(Name.Resources, Dictionary()).get(Name.XObject, Dictionary())
            if Name.FootLine in shown:
                form = shown.FootLine
                font = form.Resources.Font.Foot.objgen[0]
                width, height = (float(edge) for edge in list(form.BBox)[2:])
                lines[form.objgen[0]] = FootLine(form.objgen[0], font, width, height)
        found.append(tuple(lines.values()))
        first += pages
    return tuple(found)
