"""Put finished PDFs one after another without losing what makes them readable by machine.

pikepdf joins pages, not structure: a book of 35 merged pupils would be 200 untagged pages. Here each
part's structure tree is hung under one document element and its pages are numbered anew, so that the whole
is PDF/UA-1 again. The faces are embedded once for all parts instead of once a pupil.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import BytesIO
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, Final

import pikepdf
from django.conf import settings
from pikepdf import Array, Dictionary, Name, Pdf

from reports import page_foot, pdf_archive

_FACES: Final = {
    "Tinos": "Tinos-Regular.ttf",
    "Tinos-Bold": "Tinos-Bold.ttf",
    "Tinos-Italic": "Tinos-Italic.ttf",
    "Tinos-Bold-Italic": "Tinos-BoldItalic.ttf",
}


def merge(parts: Iterable[Path | bytes], *, title: str) -> bytes:
    """Return one PDF of all parts in their order, with a bookmark per part; the same parts, the same bytes.

    Parts are PDFs drawn by ``reports.pdf`` and still fresh (their ``content_hash`` holds); the result is
    tagged, in Vietnamese, and shows ``title``. Raises ValueError for no part, pikepdf.PdfError for a part
    that is not a PDF.
    """
    whole = BytesIO()
    _save(parts, title, whole)
    return whole.getvalue()


def merge_into(
    target: Path,
    parts: Iterable[Path | bytes],
    *,
    title: str,
    foot: page_foot.Sheet | None = None,
    addresses: Sequence[str] = (),
) -> None:
    """Write the merged PDF of ``merge`` to a file: for books too large to hold twice in memory.

    ``foot`` draws one more line at the foot of each page; ``addresses`` are what the square code on the pages of each
    part opens, "" for a part without one.
    """
    with target.open("wb") as whole:
        _save(parts, title, whole, foot, addresses)


def _save(
    parts: Iterable[Path | bytes],
    title: str,
    target: BinaryIO,
    line: page_foot.Sheet | None = None,
    addresses: Sequence[str] = (),
) -> None:
    with ExitStack() as still_open, pikepdf.new() as whole:
        top = _document(whole)
        foot = page_foot.Foot(whole, line)
        bookmarks: list[tuple[str, int]] = []
        for part, address in zip(parts, chain(addresses, repeat("")), strict=False):
            source = still_open.enter_context(
                pikepdf.open(BytesIO(part) if isinstance(part, bytes) else part)
            )
            pages_before = len(whole.pages)
            bookmarks.append((str(source.docinfo.get("/Title", "")), pages_before))
            _append(whole, top, source, pages_before)
            foot.lay_over(pages_before, len(whole.pages), address)
        if not bookmarks:
            raise ValueError("Không có phần nào để ghép thành sổ.")
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(label, page) for label, page in bookmarks)
        _share_faces(whole)
        whole.remove_unreferenced_resources()
        pdf_archive.declare(whole, title)
        whole.save(target, **pdf_archive.save_options())


def _document(whole: Pdf) -> pikepdf.Object:
    """Lay the empty frame of a tagged document; return the element under which the parts hang."""
    tree = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    top = whole.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree, K=Array()))
    tree.K = Array([top])
    tree.ParentTree = whole.make_indirect(Dictionary(Nums=Array()))
    root = whole.Root
    root.StructTreeRoot = tree
    root.MarkInfo = Dictionary(Marked=True)
    root.Lang = pikepdf.String("vi")
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    return top


def _append(whole: Pdf, top: pikepdf.Object, source: Pdf, pages_before: int) -> None:
    """Append the pages of a part, then its structure: in this order, or the tree would lose its pages."""
    first_new = len(whole.pages)
    whole.pages.extend(source.pages)
    for page in whole.pages[first_new:]:
        if Name.StructParents in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + pages_before
    tree = whole.copy_foreign(source.Root.StructTreeRoot)
    for element in tree.K:
        element.S = Name.Part
        element.P = top
        top.K.append(element)
    numbers = whole.Root.StructTreeRoot.ParentTree.Nums
    own = list(tree.ParentTree.Nums)
    for key, value in zip(own[::2], own[1::2], strict=True):
        numbers.append(int(key) + pages_before)
        numbers.append(value)


def _share_faces(whole: Pdf) -> None:
    """Embed each face once where that is smaller than the many subsets: glyph numbers are the same in both."""
    subsets: dict[str, list[pikepdf.Object]] = {}
    for thing in whole.objects:
        if (
            isinstance(thing, Dictionary)
            and thing.get("/Type") == Name.FontDescriptor
            and "/FontFile2" in thing
        ):
            subsets.setdefault(str(thing.FontName).partition("+")[2], []).append(thing)
    for face, descriptors in subsets.items():
        if face in _FACES:
            content = (settings.BASE_DIR / "static" / "fonts" / "print" / _FACES[face]).read_bytes()
            _share(whole, content, descriptors)


def _share(whole: Pdf, content: bytes, descriptors: list[pikepdf.Object]) -> None:
    fresh = [d for d in descriptors if _build(d.FontFile2.read_bytes()) == _build(content)]
    if sum(int(d.FontFile2.Length1) for d in fresh) <= len(content):
        return
    shared = whole.make_stream(content, Length1=len(content))
    for descriptor in fresh:
        descriptor.FontFile2 = shared


def _build(face: bytes) -> bytes:
    """Return revision and time stamps of a TrueType file: a subset keeps them, another build has others."""
    for place in range(12, 12 + 16 * int.from_bytes(face[4:6], "big"), 16):
        if face[place : place + 4] == b"head":
            start = int.from_bytes(face[place + 8 : place + 12], "big")
            return face[start + 4 : start + 8] + face[start + 20 : start + 36]
    raise ValueError("Tệp phông chữ không có bảng head.")
