"""Put finished PDFs one after another without losing what makes them readable by machine.

pikepdf joins pages, not structure: a book of 35 merged pupils would be 200 untagged pages. Here each
part's structure tree is hung under one document element and its pages are numbered anew, so that the whole
is PDF/UA-1 again.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from reports import page_foot, pdf_archive
from reports.print_marks import NO_MARKS, Marks
from reports.shared_content import share_backgrounds, share_beginnings
from reports.shared_faces import share_faces
from reports.text_edges import Edges


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
    foot: str = "",
    addresses: Sequence[str] = (),
    edges: Sequence[Edges | None] = (),
    marks: Marks = NO_MARKS,
    is_numbered: bool = False,
) -> None:
    """Write the merged PDF of ``merge`` to a file: for books too large to hold twice in memory.

    ``foot`` is one more line at each page's foot, small; ``addresses`` are what the square code on the pages of each
    part opens, "" for a part without one; ``edges`` where its text begins. ``marks`` go into the file's metadata. A
    file that ``is_numbered`` has the number of each page in the whole beside that in its part.
    """
    with target.open("wb") as whole:
        _save(parts, title, whole, _Printing(foot, tuple(addresses), tuple(edges), marks, is_numbered))


@dataclass(frozen=True, slots=True)
class _Printing:
    """What belongs to a printing and not to the parts; as in `merge_into`."""

    line: str = ""
    addresses: tuple[str, ...] = ()
    edges: tuple[Edges | None, ...] = ()
    marks: Marks = NO_MARKS
    is_numbered: bool = False


_NO_PRINTING: Final = _Printing()


def _save(
    parts: Iterable[Path | bytes],
    title: str,
    target: BinaryIO,
    printing: _Printing = _NO_PRINTING,
) -> None:
    with ExitStack() as still_open, pikepdf.new() as whole:
        top = tagged_document(whole)
        bookmarks: list[tuple[str, int]] = []
        pages: list[range] = []
        for part in parts:
            source = still_open.enter_context(
                pikepdf.open(BytesIO(part) if isinstance(part, bytes) else part)
            )
            pages_before = len(whole.pages)
            bookmarks.append((str(source.docinfo.get("/Title", "")), pages_before))
            _append(whole, top, source, pages_before)
            pages.append(range(pages_before, len(whole.pages)))
        if not bookmarks:
            raise ValueError("Không có phần nào để ghép thành sổ.")
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(label, page) for label, page in bookmarks)
        share_beginnings(whole, pages)
        share_backgrounds(whole.pages)
        foot = page_foot.Foot(whole, printing.line, is_numbered=printing.is_numbered)
        addresses, edges = chain(printing.addresses, repeat("")), chain(printing.edges, repeat(None))
        for own, address, edge in zip(pages, addresses, edges, strict=False):
            foot.lay_over(own, address, edge)
        share_faces(whole)
        pdf_archive.declare(whole, title, printing.marks)
        whole.save(target, **pdf_archive.save_options())


def tagged_document(whole: Pdf) -> pikepdf.Object:
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
