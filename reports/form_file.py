"""A composed form as a tagged PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from reports.form_drawing import A4, Marked, content_of, n, places_of
from reports.form_faces import put_face
from reports.form_structure import put_structure
from reports.learned_forms import ComposedPage
from reports.pdf_writer import Writer

_METADATA: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Background:
    """What is drawn on the whole page behind its text, by the operators of a PDF that need no resources."""

    content: bytes

    def put(self, writer: Writer) -> int:
        about = b"/Type/XObject/Subtype/Form/BBox[0 0 %b %b]/Resources<<>>" % (n(A4[0]), n(A4[1]))
        return writer.stream(self.content, about)


def written(
    root: Element, pages: Sequence[ComposedPage], *, title: str, backgrounds: Mapping[str, "Background"]
) -> bytes:
    """The PDF of these pages, and of an empty one where their number is odd: the next pupil begins on a new leaf.

    `root`: the form that they were composed of; `backgrounds` by the name of the page.
    """
    writer = Writer()
    shown: dict[str, list[bytes]] = {}
    for place in (place for page in pages for place in places_of(page)):
        shown.setdefault(place.text.face, []).append(place.text.shown)
    faces = [b"/%b %d 0 R" % (face.encode(), put_face(writer, face, shown[face])) for face in sorted(shown)]
    fonts = writer.add(b"<<%b>>" % b"".join(faces))
    names = {page.page_name for page in pages if page.page_name}
    behind = {name: backgrounds[name].put(writer) for name in sorted(names)}
    tree, book = writer.number(), writer.number()
    marked = Marked({}, [])
    parent = writer.number()
    kids = []
    for number, page in enumerate(pages):
        own = writer.number()
        content = writer.stream(content_of(page, own, marked, page.page_name in behind))
        resources = b"/Font %d 0 R" % fonts
        if page.page_name in behind:
            resources += b"/XObject<</Behind %d 0 R>>" % behind[page.page_name]
        told = (
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b %b]/Contents %d 0 R/Resources<<%b>>"
            b"/StructParents %d/Tabs/S>>"
        )
        writer.put(own, told % (parent, n(A4[0]), n(A4[1]), content, resources, number))
        kids.append(own)
    if len(pages) % 2:
        kids.append(
            writer.add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b %b]>>" % (parent, n(A4[0]), n(A4[1])))
        )
    refs = b" ".join(b"%d 0 R" % kid for kid in kids)
    writer.put(parent, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), refs))
    put_structure(writer, root, tree, book, marked)
    about = _text(title)
    metadata = writer.stream(_METADATA.format(title=escape(title)).encode(), b"/Type/Metadata/Subtype/XML")
    catalog = (
        b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Metadata %d 0 R/Lang(vi)"
        b"/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>>>"
    )
    book_of = writer.add(catalog % (parent, tree, metadata))
    return writer.written(book_of, writer.add(b"<</Title %b>>" % about))


def _text(words: str) -> bytes:
    return b"<%b>" % ("\ufeff" + words).encode("utf-16-be").hex().encode()
