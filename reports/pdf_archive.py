"""Say in a finished PDF that it may be read by everybody (PDF/UA-1) and kept for ever (PDF/A-2a), and make it true.

What WeasyPrint draws is tagged and brings its faces along. For the archive it lacks what its colours mean, an
identifier, and metadata that declare both standards; a test asks an independent validator about each kind of print.
The metadata also carry what proves a print: the hashes of its contents and the head of the audit chain.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from reports.print_marks import NO_MARKS, Marks

# ICC's own profile, free to copy and to embed (reports/data/README.md).
_COLOURS: Final = Path(__file__).with_name("data") / "sRGB2014.icc"
_METADATA: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>A</pdfaid:conformance>
   <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag>{schema}<rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
     <pdfaProperty:name>part</pdfaProperty:name>
     <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
     <pdfaProperty:category>internal</pdfaProperty:category>
     <pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>{marks}
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
_NAMES: Final = "urn:kimdong:print:1#"
_MARKS: Final = f"""
  <rdf:Description rdf:about="" xmlns:kimdong="{_NAMES}">
   <kimdong:contentHash>{{content_hash}}</kimdong:contentHash>
   <kimdong:auditCodes>{{audit_codes}}</kimdong:auditCodes>
   <kimdong:partHashes>{{parts}}</kimdong:partHashes>
  </rdf:Description>"""
_PROPERTIES: Final = (
    ("contentHash", "Text", "SHA-256 of the contents of this print"),
    (
        "auditCodes",
        "seq Text",
        "Head of the audit chain when the contents were read; of many classes one each",
    ),
    ("partHashes", "seq Text", "SHA-256 of the contents of each part, in the order of the file"),
)


def metadata_of(title: str, marks: Marks = NO_MARKS) -> bytes:
    """The XMP packet."""
    has_marks = marks != NO_MARKS
    told = {"title": escape(title), "marks": _told(marks) if has_marks else ""}
    return _METADATA.format(**told, schema=_schema() if has_marks else "").encode()


def _told(marks: Marks) -> str:
    return _MARKS.format(
        content_hash=escape(marks.content_hash),
        audit_codes=_sequence(marks.audit_codes),
        parts=_sequence(marks.parts),
    )


def _sequence(texts: Iterable[str]) -> str:
    return f"<rdf:Seq>{''.join(f'<rdf:li>{escape(text)}</rdf:li>' for text in texts)}</rdf:Seq>"


def _schema() -> str:
    properties = "".join(
        f"""
     <rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>{name}</pdfaProperty:name>
      <pdfaProperty:valueType>{kind}</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>{about}</pdfaProperty:description>
     </rdf:li>"""
        for name, kind, about in _PROPERTIES
    )
    return f"""<rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Kim Dong prints</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{_NAMES}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>kimdong</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>{properties}
    </rdf:Seq></pdfaSchema:property>
   </rdf:li>"""


def marks_in(file: Path) -> Marks:
    """Read back from a print; NO_MARKS where it carries none."""
    with pikepdf.open(file) as document, document.open_metadata() as told:
        return Marks(
            str(told.get(f"{{{_NAMES}}}contentHash", "")),
            _texts(told.get(f"{{{_NAMES}}}auditCodes")),
            _texts(told.get(f"{{{_NAMES}}}partHashes")),
        )


def _texts(told: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(told or ())


def declare(document: Pdf, title: str, marks: Marks = NO_MARKS) -> None:
    """Titles a tagged document and completes what the archive asks for; to be saved with an identifier."""
    complete(document, title, metadata_of(title, marks))


def complete(document: Pdf, title: str, metadata: bytes) -> None:
    """The same with an XMP packet that is there already."""
    root = document.Root
    root.Metadata = document.make_stream(metadata, Type=Name.Metadata, Subtype=Name.XML)
    document.docinfo["/Title"] = title
    colours = document.make_stream(_COLOURS.read_bytes(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        DestOutputProfile=colours,
    )
    root.OutputIntents = Array([document.make_indirect(intent)])
    for page in document.pages:
        if Name.Group not in page.obj:
            page.obj.Group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB)


def declared(drawn: bytes, title: str) -> bytes:
    """A single finished PDF, declared and saved."""
    output = BytesIO()
    with pikepdf.open(BytesIO(drawn)) as document:
        declare(document, title)
        document.save(output, **save_options())
    return output.getvalue()


def save_options() -> dict[str, Any]:
    """How pikepdf saves what was declared: the same document, the same bytes."""
    return {
        "deterministic_id": True,
        "object_stream_mode": pikepdf.ObjectStreamMode.generate,
        "compress_streams": True,
        "min_version": "1.7",
    }
