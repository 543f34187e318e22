"""Measures read from boxes that WeasyPrint has laid out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint import Document
from weasyprint.formatting_structure import boxes

from reports.form_measures import DECIMALS, NUMBER, RUNNING, Frame, Margin, Paper, Place, Stroke
from reports.set_lines import Look

_BLACK = (0.0, 0.0, 0.0)


def pieces_in(document: Document, own: Mapping[Element, Element]) -> dict[Element, tuple[set[int], Any]]:
    """By each piece on which pages it stands, from 0, and its outermost box.

    `own`: the form's elements by those that WeasyPrint has read.
    """
    found: dict[Element, tuple[set[int], Any]] = {}
    for number, page in enumerate(document.pages):
        for box in _in_order(page._page_box):  # noqa: SLF001 - what was laid out has no other way in
            element = own.get(box.element) if box.element is not None else None
            if element is None or "data-piece" not in element.attrib:
                continue
            if not isinstance(box, boxes.TextBox | boxes.LineBox):
                found.setdefault(element, (set(), box))[0].add(number)
    return found


def page_box_of(document: Document, number: int) -> Any:
    return document.pages[number]._page_box  # noqa: SLF001 - as above


def edges_of(piece: Any) -> tuple[float, float]:
    """Upper edge and height."""
    height = piece.height if isinstance(piece, boxes.TableRowBox) else piece.margin_height()
    return piece.position_y, height


def holders_in(box: Any) -> Iterator[Any]:
    """The boxes that hold lines."""
    for each in _in_order(box):
        children = getattr(each, "children", ())
        if children and all(isinstance(child, boxes.LineBox) for child in children):
            yield each


def texts_in(lines: Sequence[Any]) -> Iterator[Any]:
    for line in lines:
        for box in _in_order(line):
            if isinstance(box, boxes.TextBox) and box.text.strip(" "):
                yield box


def frame_of(holder: Any) -> Frame:
    align = holder.style["text_align_all"]
    first = next(texts_in(holder.children[:1]), None)
    indent = 0.0
    if align in ("start", "left"):
        align = "left"
        indent = first.position_x - holder.content_box_x() if first is not None else 0.0
    return Frame(_round(holder.content_box_x()), _round(holder.width), _round(indent), align)


def baseline_of(line: Any, top: float) -> float:
    text = next(texts_in([line]), line)
    return _round(text.position_y + text.baseline - top)


def fixed_text(box: Any, top: float) -> Place:
    """A text as WeasyPrint has set it."""
    text = Look(box.style).drawn(box.pango_layout, box.text, box.width)
    return Place(_round(box.position_x), _round(box.position_y + box.baseline - top), text)


def paper_of(page_box: Any, running: str) -> Paper:
    margin_boxes = [each for each in page_box.children if isinstance(each, boxes.MarginBox)]
    holders = [holder for each in margin_boxes for holder in holders_in(each)]
    layers = page_box.background.layers if page_box.background else ()
    has_background = any(layer.image is not None for layer in layers)
    return Paper(
        bottom=_round(page_box.content_box_y() + page_box.height),
        margins=tuple(_margin(holder, running) for holder in holders),
        page_name=page_box.page_type.name if has_background else "",
    )


def _margin(holder: Any, running: str) -> Margin:
    texts = list(texts_in(holder.children))
    text = "".join(box.text for box in texts)
    if text == running:
        text = RUNNING
    elif text.startswith("Trang "):
        text = NUMBER
    return Margin(text, Look(texts[0].style), frame_of(holder), baseline_of(holder.children[0], 0.0))


def strokes_in(piece: Any, top: float) -> Iterator[Stroke]:
    """Borders of cells, of a frame, the line under what is to be filled in.

    A row leaves its upper edge to the one above, which only the head of the table has not.
    """
    is_head = isinstance(piece, boxes.TableRowGroupBox) and piece.is_header
    edges: dict[Stroke, None] = {}
    for box in _in_order(piece):
        if isinstance(box, boxes.TableCellBox):
            edges |= dict.fromkeys(each for each in _cell(box, top) if is_head or _is_below(each))
        elif isinstance(box, boxes.BlockContainerBox):
            yield from _border(box, top)
    yield from edges


def _is_below(stroke: Stroke) -> bool:
    """Whether it is not the piece's upper edge."""
    return stroke[1] != stroke[3] or stroke[1] > 10**-DECIMALS


def _cell(cell: Any, top: float) -> Iterator[Stroke]:
    """In a table whose borders collapse a cell's box ends in their middles."""
    left, up = cell.position_x, cell.position_y - top
    edges = (left, up, left + cell.border_width(), up + cell.border_height())
    return _rectangle(edges, cell.style["border_top_width"], _ink(cell.style["border_top_color"]))


def _border(box: Any, top: float) -> Iterator[Stroke]:
    style = box.style
    left, up = box.border_box_x(), box.border_box_y() - top
    edges = (left, up, left + box.border_width(), up + box.border_height())
    if box.border_top_width:
        # Double, the only kind around a block in the forms: two lines with one's width between them.
        third = box.border_top_width / 3
        for inside in (third / 2, third * 2.5):
            yield from _rectangle(_grown(edges, -inside), third, _ink(style["border_top_color"]))
    elif box.border_bottom_width:
        width = box.border_bottom_width
        y = _round(edges[3] - width / 2)
        yield _round(left), y, _round(edges[2]), y, width, _ink(style["border_bottom_color"])
    if style["outline_style"] != "none" and style["outline_width"]:
        outside = style["outline_offset"] + style["outline_width"] / 2
        yield from _rectangle(_grown(edges, outside), style["outline_width"], _ink(style["outline_color"]))


Edges = tuple[float, float, float, float]


def _grown(edges: Edges, by: float) -> Edges:
    left, up, right, down = edges
    return left - by, up - by, right + by, down + by


def _rectangle(edges: Edges, width: float, ink: tuple[float, ...]) -> Iterator[Stroke]:
    left, up, right, down = (_round(each) for each in edges)
    yield left, up, right, up, width, ink
    yield left, down, right, down, width, ink
    yield left, up, left, down, width, ink
    yield right, up, right, down, width, ink


def _ink(colour: Any) -> tuple[float, ...]:
    if colour == "currentcolor":
        return _BLACK
    return tuple(_round(each) for each in colour.to("srgb").coordinates)


def _in_order(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _in_order(child)


def _round(length: float) -> float:
    return round(length, DECIMALS)
