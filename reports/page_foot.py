"""One more line at the foot of finished pages: what belongs to a printing and not to the pages' content.

Pages are kept under the hash of their content and bound again and again; this line is laid over them as they are bound.
For a reader of the PDF's structure it is an artifact, like the running lines that stand beside it.
"""

from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Name, Pdf

Sheet = Callable[[float, float], bytes]
"""A PDF of one page with nothing but the line, for a page of that width and height in points."""


def lay_over(whole: Pdf, sheet: Sheet) -> None:
    """Adds the line to every page that has anything on it; the empty backs of leaves stay empty."""
    names: dict[tuple[float, float], Name] = {}
    forms: dict[tuple[float, float], pikepdf.Object] = {}
    after: dict[tuple[float, float], pikepdf.Object] = {}
    before = whole.make_stream(b"q")
    for page in whole.pages:
        if Name.Contents not in page.obj:
            continue
        left, bottom, right, top = (float(edge) for edge in page.mediabox)
        size = (right - left, top - bottom)
        if size not in forms:
            forms[size] = _form(whole, sheet(*size))
            names[size] = Name(f"/Foot{len(forms)}")
            after[size] = whole.make_stream(f"Q /Artifact BMC q {names[size]} Do Q EMC".encode())
        page.add_resource(forms[size], Name.XObject, names[size])
        own = page.obj.Contents
        contents = list(own) if isinstance(own, pikepdf.Array) else [own]
        page.obj.Contents = pikepdf.Array([before, *contents, after[size]])


def _form(whole: Pdf, sheet: bytes) -> pikepdf.Object:
    with pikepdf.open(BytesIO(sheet)) as source:
        return whole.copy_foreign(source.pages[0].as_form_xobject())
