"""What a reader of a composed page is told of it: the elements of the form, each with the marks of its texts."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from reports.form_drawing import Marked
from reports.form_pieces import is_holder
from reports.pdf_writer import Writer

_ROLES: Final = {
    "section": "Sect",
    "p": "P",
    "h1": "H1",
    "h2": "H2",
    "h3": "H3",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
}
"""Of elements that a reader of the document is told of; others hold them together for the eye alone."""


def put_structure(writer: Writer, root: Element, tree: int, book: int, marked: Marked) -> None:
    numbers: dict[int, int] = {}
    body = root.find("body")
    assert body is not None  # noqa: S101 - the template has one
    kids = [each for child in body for each in _told(writer, child, book, marked, numbers)]
    writer.put(book, b"<</S/Document/P %d 0 R/K[%b]>>" % (tree, b" ".join(kids)))
    rows = [
        b"%d[%b]" % (number, b" ".join(b"%d 0 R" % numbers[each] for each in parents))
        for number, parents in enumerate(marked.parents)
    ]
    parents = writer.add(b"<</Nums[%b]>>" % b"".join(rows))
    writer.put(tree, b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (book, parents))


def _told(
    writer: Writer, element: Element, parent: int, marked: Marked, numbers: dict[int, int]
) -> Iterator[bytes]:
    """What hangs below the parent: the element itself, or what it holds where it says nothing by itself."""
    if element.tag == "colgroup":
        return
    role = _ROLES.get(element.tag)
    page, marks = marked.of.get(element, (0, []))
    if role is None and not marks:
        for child in element:
            yield from _told(writer, child, parent, marked, numbers)
        return
    if not marks and is_holder(element) and element.tag not in ("th", "td"):
        return
    own = numbers[id(element)] = writer.number()
    kids = [b"%d" % mark for mark in marks]
    kids += (
        [] if marks else [each for child in element for each in _told(writer, child, own, marked, numbers)]
    )
    about = b"/Pg %d 0 R" % page if marks else b""
    if kids:
        about += b"/K[%b]" % b" ".join(kids)
    writer.put(own, b"<</S/%b/P %d 0 R%b%b>>" % ((role or "Span").encode(), parent, about, _table(element)))
    yield b"%d 0 R" % own


def _table(element: Element) -> bytes:
    """How a cell belongs to others."""
    if element.tag == "th":
        scope = b"Row" if element.get("scope") == "row" else b"Column"
        return b"/A<</O/Table/Scope/%b>>" % scope
    rows = element.get("rowspan")
    return b"/A<</O/Table/RowSpan %b>>" % rows.encode() if element.tag == "td" and rows else b""
