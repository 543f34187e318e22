"""Office printers leave the outer five millimetres of a paper white: nothing that is to be read stands there."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from reports import pdf
from reports.page_foot import Foot
from tests.pictures import APPROVED, SCALE
from tests.reports import sample_own_books

LEAST_MM = 6.0
_DARK = 200
"""A watermark is lighter."""
ADDRESS = "HTTP://KIEM-TRA.TRUONG.VN/P/7K3M9QXD"


def white_edges(page: Image.Image, scale: float) -> list[float]:
    """In millimetres, at the left, above, at the right and below."""
    ink = page.convert("L").point(lambda shade: 255 if shade < _DARK else 0).getbbox()
    left, top, right, bottom = ink or (page.width, page.height, 0, 0)
    return [dots / scale / 72 * 25.4 for dots in (left, top, page.width - right, page.height - bottom)]


@pytest.mark.parametrize("picture", sorted(APPROVED.glob("*.png")), ids=lambda file: file.stem)
def test_no_form_has_anything_within_six_millimetres_of_the_paper_s_edge(picture: Path) -> None:
    a_dot = 25.4 / 72 / SCALE
    assert min(white_edges(Image.open(picture), SCALE)) > LEAST_MM - a_dot


@pytest.mark.parametrize("size", [(595, 842), (842, 595), (1191, 842)], ids=["a4", "a4-across", "a3-across"])
def test_what_a_printing_lays_over_a_page_stands_six_millimetres_from_its_edges(
    size: tuple[int, int],
) -> None:
    with pikepdf.new() as whole:
        whole.add_blank_page(page_size=size)
        whole.pages[0].Contents = whole.make_stream(b" ")
        Foot(whole, "Mã nhật kí: 12345-0123456789abcdef", is_numbered=True).lay_over(range(1), ADDRESS)
        file = BytesIO()
        whole.save(file)
    document = pypdfium2.PdfDocument(file.getvalue())
    page = document[0].render(scale=4, grayscale=True).to_pil()
    document.close()
    assert min(white_edges(page, 4)) >= LEAST_MM
    assert white_edges(page, 4)[3] < 12, "the foot is there"


@pytest.mark.parametrize("of_traits", [False, True])
def test_the_pages_on_which_an_own_book_goes_on_keep_the_six_millimetres_to_a_hair(of_traits: bool) -> None:
    """The rule over the repeated heads is finer than a dot of the approved pictures."""
    scale = 300 / 72
    document = pypdfium2.PdfDocument(
        pdf.render_own_sheet(sample_own_books.own_sheet(of_traits=of_traits, pupils=35))
    )
    assert len(document) > 1
    for page in document:
        assert min(white_edges(page.render(scale=scale, grayscale=True).to_pil(), scale)) >= LEAST_MM
    document.close()
