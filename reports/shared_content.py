"""What a page has in common with the same page of the other parts stands in a merged file once.

The instructions on page 2 of every học bạ differ in their running foot alone, which WeasyPrint draws last: their
content is cut there, and the common beginning is one stream for all. It may be cut between any two lines.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

LEAST: Final = 4096
"""Bytes in common that are worth a stream of their own."""


def share_beginnings(whole: Pdf, parts: Sequence[range]) -> None:
    """`parts`: the places of each part's pages in the file, from 0."""
    for place in range(max(len(pages) for pages in parts)):
        same = [whole.pages[pages[place]].obj for pages in parts if place < len(pages)]
        drawn = [page for page in same if pikepdf.Name.Contents in page]
        if len(drawn) > 1:
            _share_beginning(whole, drawn)


def share_backgrounds(pages: Iterable[pikepdf.Page]) -> None:
    """The picture behind the pages of a preview comes with each part; `reports.form_file` names it so."""
    firsts: dict[bytes, pikepdf.Object] = {}
    for page in pages:
        pictures = page.obj.get(Name.Resources, Dictionary()).get(Name.XObject)
        if pictures is not None and Name.Behind in pictures:
            drawn = pictures.Behind
            pictures.Behind = firsts.setdefault(drawn.read_raw_bytes(), drawn)


def _share_beginning(whole: Pdf, pages: Sequence[pikepdf.Object]) -> None:
    """Of the longest stream of each page: what was laid over it is shorter."""
    streams = [_streams(page) for page in pages]
    longest = [max(range(len(own)), key=lambda at, own=own: len(own[at])) for own in streams]  # type: ignore[misc]
    contents = [own[at] for own, at in zip(streams, longest, strict=True)]
    cut = contents[0].rfind(b"\n", 0, _in_common(contents)) + 1
    if cut < LEAST:
        return
    beginning = whole.make_stream(contents[0][:cut])
    for page, at, content in zip(pages, longest, contents, strict=True):
        parts = list(page.Contents) if isinstance(page.Contents, Array) else [page.Contents]
        page.Contents = Array([*parts[:at], beginning, whole.make_stream(content[cut:]), *parts[at + 1 :]])


def _streams(page: pikepdf.Object) -> list[bytes]:
    parts = page.Contents if isinstance(page.Contents, Array) else [page.Contents]
    return [part.read_bytes() for part in parts]


def _in_common(contents: Sequence[bytes]) -> int:
    """With how many bytes all begin alike: as many as the first and the last in order do."""
    first, last = min(contents), max(contents)
    return next(
        (place for place, both in enumerate(zip(first, last, strict=False)) if both[0] != both[1]), len(first)
    )
