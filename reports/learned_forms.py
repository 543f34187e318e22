"""Where a form's pieces stand: learned from pages that WeasyPrint has laid out, used for all that are alike.

Laying out is what printing costs: a quarter of a second for the eight pages of a học bạ. But a row with two lines of
comment is as high for one pupil as for another. So where the texts of a piece break into as many lines as those of a
piece that was laid out before, its measures are taken over; only what was never seen is laid out. Pages that are not as
the form has them (a table that needs a further page) are left to WeasyPrint altogether.

Nothing that is learned is of a pupil, and what is composed depends on the content alone: in any process, after
whichever other books, the same content is composed of the same measures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from weasyprint import Document

from reports import laid_out_boxes as laid_out
from reports.form_measures import DECIMALS, NUMBER, RUNNING, Frame, Measures, Paper, Place, Stroke
from reports.form_pieces import BREAK, Piece, Sheet
from reports.set_lines import Line, Look, ManyFaces, lines_of

Broken = list[Line] | None
"""The lines of a paragraph; None where only WeasyPrint can break it."""
Signature = tuple[object, ...]
"""Of the paragraphs of a piece: how many lines each has, or the texts themselves where WeasyPrint has broken them."""
_SLACK: Final = 0.01


@dataclass(slots=True)
class ComposedPage:
    """`texts` by the paragraph that they are of, in the order of the form; `margins` are of no paragraph."""

    texts: dict[Element, list[Place]] = field(default_factory=dict)
    strokes: list[list[Stroke]] = field(default_factory=list)
    margins: list[Place] = field(default_factory=list)
    page_name: str = ""


class Unknown(Exception):
    """Something that was not learned yet."""


class Form:
    """All that was learned of a form in this process."""

    def __init__(self) -> None:
        self._frames: dict[tuple[str, int], Frame] = {}
        self._looks: dict[tuple[str, int, int], Look] = {}
        self._measures: dict[tuple[str, Signature], Measures] = {}
        self._gaps: dict[tuple[str, str], float] = {}
        self._papers: dict[str, Paper] = {}

    # -- Composing -----------------------------------------------------------------------------------------

    def compose(self, sheets: Sequence[Sheet], running: str) -> list[ComposedPage] | None:
        """A page a sheet; None where one has not room enough. Raises Unknown, ManyFaces."""
        pages = []
        for number, sheet in enumerate(sheets, start=1):
            page = self._page(sheet, {RUNNING: running, NUMBER: f"Trang {number}/{len(sheets)}"})
            if page is None:
                return None
            pages.append(page)
        return pages

    def _page(self, sheet: Sheet, told: Mapping[str, str]) -> ComposedPage | None:
        paper = self._papers.get(sheet.shape)
        if paper is None:
            raise Unknown(sheet.shape)
        page = ComposedPage(page_name=paper.page_name)
        before, bottom = "", 0.0
        for piece in sheet.pieces:
            gap = self._gaps.get((before, piece.where))
            if gap is None:
                raise Unknown(before, piece.where)
            bottom = self._put(piece, bottom + gap, page)
            before = piece.where
        if bottom > paper.bottom + _SLACK:
            return None
        for margin in paper.margins:
            text = margin.look.line(told.get(margin.text, margin.text))
            page.margins.append(Place(margin.frame.begin(text.width), margin.baseline, text))
        return page

    def _put(self, piece: Piece, top: float, page: ComposedPage) -> float:
        """Returns where the piece ends."""
        broken = [self._broken(piece, at) for at in range(len(piece.paragraphs))]
        measures = self._measures_of(piece, _signature(piece, broken))
        for at, (paragraph, lines) in enumerate(zip(piece.paragraphs, broken, strict=True)):
            if lines is None:
                page.texts[paragraph.element] = [
                    Place(each.x, top + each.baseline, each.text) for each in measures.fixed[at]
                ]
            elif lines:
                frame = self._frames[piece.shape, at]
                page.texts[paragraph.element] = list(_placed(lines, frame, top, measures.baselines[at]))
        if measures.strokes:
            page.strokes.append(
                [(x1, top + y1, x2, top + y2, width, ink) for x1, y1, x2, y2, width, ink in measures.strokes]
            )
        return top + measures.height

    def _measures_of(self, piece: Piece, signature: Signature) -> Measures:
        found = self._measures.get((piece.shape, signature))
        if found is None and piece.is_of_rows and any(signature):
            found = self._measures.get((piece.shape, tuple(own or 1 for own in signature)))
        if found is None:
            raise Unknown(piece.shape, signature)
        return found

    def _broken(self, piece: Piece, at: int) -> Broken:
        paragraph = piece.paragraphs[at]
        if not paragraph.runs:
            return []
        frame = self._frames.get((piece.shape, at))
        if frame is None:
            raise Unknown(piece.shape, at)
        if frame.align == "justify" or BREAK in paragraph.text:
            return None
        runs = []
        for run in paragraph.runs:
            look = self._looks.get((piece.shape, at, run.owner))
            if look is None:
                raise Unknown(piece.shape, at, run.owner)
            runs.append((look, run.text))
        return lines_of(runs, room=frame.room, indent=frame.indent)

    # -- Learning ------------------------------------------------------------------------------------------

    def learn(self, sheets: Sequence[Sheet], document: Document, root: Element, running: str) -> None:
        """From a document of these sheets; `root` is theirs, WeasyPrint has read the same again."""
        read = document._html.etree_element.iter()  # noqa: SLF001 - what was laid out has no other way in
        own = dict(zip(read, root.iter(), strict=True))
        stand = laid_out.pieces_in(document, own)
        for number, sheet in enumerate(sheets):
            found = [stand.get(piece.element) for piece in sheet.pieces]
            # What goes on over the page's end has other measures.
            if all(each is not None and each[0] == {number} for each in found):
                page_box = laid_out.page_box_of(document, number)
                self._learn_sheet(sheet, [each[1] for each in found if each], page_box, own, running)

    def _learn_sheet(
        self,
        sheet: Sheet,
        found: Sequence[Any],
        page_box: Any,
        own: Mapping[Element, Element],
        running: str,
    ) -> None:
        before, bottom = "", 0.0
        for piece, box in zip(sheet.pieces, found, strict=True):
            top, height = laid_out.edges_of(box)
            self._gaps.setdefault((before, piece.where), round(top - bottom, DECIMALS))
            bottom, before = top + height, piece.where
            self._learn_piece(piece, box, own)
        self._papers.setdefault(sheet.shape, laid_out.paper_of(page_box, running))

    def _learn_piece(self, piece: Piece, box: Any, own: Mapping[Element, Element]) -> None:
        top, height = laid_out.edges_of(box)
        lines = self._learn_paragraphs(piece, box, own)
        try:
            broken = [self._broken(piece, at) for at in range(len(piece.paragraphs))]
        except (Unknown, ManyFaces):
            return
        pairs = list(zip(broken, lines, strict=True))
        if any(told is not None and len(told) != len(laid) for told, laid in pairs):
            # Not broken as WeasyPrint breaks it: never composed.
            return
        fixed = {
            at: tuple(laid_out.fixed_text(text, top) for text in laid_out.texts_in(laid))
            for at, (told, laid) in enumerate(pairs)
            if told is None
        }
        measures = Measures(
            height=round(height, DECIMALS),
            baselines=tuple(tuple(laid_out.baseline_of(line, top) for line in laid) for laid in lines),
            strokes=tuple(laid_out.strokes_in(box, top)),
            fixed=fixed,
        )
        self._measures.setdefault((piece.shape, _signature(piece, broken)), measures)

    def _learn_paragraphs(self, piece: Piece, box: Any, own: Mapping[Element, Element]) -> list[list[Any]]:
        """Frames and looks of the piece's paragraphs; returns the lines that WeasyPrint has made of each."""
        holders = {own[each.element]: each for each in laid_out.holders_in(box)}
        found: list[list[Any]] = []
        for at, paragraph in enumerate(piece.paragraphs):
            holder = holders.get(paragraph.element) if paragraph.runs else None
            if holder is None:
                found.append([])
                continue
            self._frames.setdefault((piece.shape, at), laid_out.frame_of(holder))
            owners = {paragraph.element: 0, **{each: n for n, each in enumerate(paragraph.element, start=1)}}
            for text in laid_out.texts_in(holder.children):
                key = (piece.shape, at, owners[own[text.element]])
                if key not in self._looks:
                    self._looks[key] = Look(text.style)
            found.append(list(holder.children))
        return found


def _signature(piece: Piece, broken: Sequence[Broken]) -> Signature:
    return tuple(
        paragraph.runs if lines is None else len(lines)
        for paragraph, lines in zip(piece.paragraphs, broken, strict=True)
    )


def _placed(lines: Sequence[Line], frame: Frame, top: float, baselines: Sequence[float]) -> Iterator[Place]:
    indent = frame.indent
    for line, baseline in zip(lines, baselines, strict=True):
        begin = frame.begin(line.width) + indent
        indent = 0.0
        for along, text in line.texts:
            yield Place(begin + along, top + baseline, text)
