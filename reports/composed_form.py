"""A form composed of learned pieces: what was never seen is laid out by WeasyPrint first, once a process."""

from collections.abc import Callable
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

import pikepdf
from weasyprint import Document

from reports import form_file
from reports.form_drawing import A4
from reports.form_pieces import sheets_of
from reports.learned_forms import Form, Unknown
from reports.set_lines import ManyFaces

LayOut = Callable[[str], Document]
_OPAQUE: Final = b"/a1.0 gs\n"


class ComposedForm:
    """The pupils' books of one template. `lay_out` is WeasyPrint's way with it."""

    def __init__(self, lay_out: LayOut) -> None:
        self._lay_out = lay_out
        self._form = Form()
        self._backgrounds: dict[str, form_file.Background] = {}

    def learn(self, markup: str, *, running: str) -> None:
        root = ElementTree.fromstring(markup)  # noqa: S314 - our own template, its values escaped
        self._form.learn(sheets_of(root), self._lay_out(markup), root, running)

    def drawn(self, markup: str, *, running: str, title: str) -> bytes | None:
        """The PDF; None of a book that only WeasyPrint can draw: the same in every process.

        `running` is the line at the foot of its pages.
        """
        try:
            root = ElementTree.fromstring(markup)  # noqa: S314 - our own template, its values escaped
        except ElementTree.ParseError:
            # A letter that no document of XML may hold.
            return None
        sheets = sheets_of(root)
        try:
            try:
                pages = self._form.compose(sheets, running)
            except Unknown:
                self._form.learn(sheets, self._lay_out(markup), root, running)
                pages = self._form.compose(sheets, running)
        except (Unknown, ManyFaces):
            return None
        if pages is None:
            return None
        for name in {page.page_name for page in pages if page.page_name} - self._backgrounds.keys():
            self._backgrounds[name] = self._background(name)
        return form_file.written(root, pages, title=title, backgrounds=self._backgrounds)

    def _background(self, name: str) -> form_file.Background:
        """The picture behind the pages of that name, out of an empty one."""
        empty = f'<html lang="vi"><body style="page: {name}"><p>&#160;</p></body></html>'
        drawn = self._lay_out(empty).write_pdf()
        with pikepdf.open(BytesIO(drawn)) as document:
            pictures = list(document.pages[0].Resources.XObject.values())
            # The one picture, with nothing but opaque shapes.
            content = pictures[0].read_bytes().replace(_OPAQUE, b"")
        return form_file.Background(b"0.75 0 0 -0.75 0 %.3f cm\n%b" % (A4[1], content))
