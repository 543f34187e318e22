"""Put finished PDFs one after another without losing what makes them readable by machine.

pikepdf joins pages, not structure: a book of 35 merged pupils would be 200 untagged pages. Here each
part's structure tree is hung under one document element and its pages are numbered anew, so that the whole
is PDF/UA-1 again.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from reports import page_foot
from reports.shared_content import share_beginnings
from reports.shared_faces import share_faces


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
    target: Path, parts: Iterable[Path | bytes], *, title: str, foot: page_foot.Sheet | None = None
) -> None:
    """Write the merged PDF of ``merge`` to a file: for books too large to hold twice in memory.

    ``foot`` draws one more line at the foot of each page.
    """
    with target.open("wb") as whole:
        _save(parts, title, whole, foot)


def _save(
    parts: Iterable[Path | bytes], title: str, target: BinaryIO, foot: page_foot.Sheet | None = None
) -> None:
    with ExitStack() as still_open, pikepdf.new() as whole:
        top = tagged_document(whole, title)
        bookmarks: list[tuple[str, int]] = []
        pages: list[range] = []
        pages_before = 0
        for part in parts:
            source = still_open.enter_context(
                pikepdf.open(BytesIO(part) if isinstance(part, bytes) else part)
            )
            bookmarks.append((str(source.docinfo.get("/Title", "")), pages_before))
            _append(whole, top, source, pages_before)
            pages.append(range(pages_before, pages_before + len(source.pages)))
            pages_before += len(source.pages)
        if not bookmarks:
            raise ValueError("Không có phần nào để ghép thành sổ.")
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(label, page) for label, page in bookmarks)
        share_beginnings(whole, pages)
        if foot is not None:
            page_foot.lay_over(whole, foot)
        share_faces(whole)
        whole.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            min_version="1.7",
        )


def tagged_document(whole: Pdf, title: str) -> pikepdf.Object:
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
    whole.docinfo["/Title"] = title
    with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta.register_xml_namespace("http://www.aiim.org/pdfua/ns/id/", "pdfuaid")
        meta["pdfuaid:part"] = "1"
        meta["dc:title"] = title
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
