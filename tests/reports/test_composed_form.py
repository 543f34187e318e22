"""Học bạ put together from what was learned of the form: to the eye and to a reader the pages that WeasyPrint draws."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops

from reports import pdf, pdf_archive, read_back
from reports.book_content import Transcript
from tests.conforming import faults_of
from tests.reports import sample_books as sample

STRONGLY = 140
"""Of 255: a shape that is elsewhere differs by more, the edge of one that is drawn a hair's breadth aside by less."""
FEW = 12
"""Such points of the million of a page: at corners, where lines meet."""


@pytest.fixture(autouse=True)
def nothing_learned():
    pdf._form.cache_clear()
    yield
    pdf._form.cache_clear()


def by_weasyprint(monkeypatch: pytest.MonkeyPatch, book: Transcript) -> bytes:
    with monkeypatch.context() as patched:
        patched.setattr("reports.composed_form.ComposedForm.drawn", lambda *_a, **_k: None)
        return pdf.render_transcript(book)


def is_composed(drawn: bytes) -> bool:
    with pikepdf.open(BytesIO(drawn)) as book:
        return "/Producer" not in book.docinfo


def unlike(first: bytes, second: bytes) -> list[int]:
    """How many points of each page differ strongly."""
    both = [pypdfium2.PdfDocument(each) for each in (first, second)]
    assert len(both[0]) == len(both[1])
    found = []
    for place in range(len(both[0])):
        pictures = [each[place].render(scale=1.5).to_pil().convert("L") for each in both]
        found.append(sum(ImageChops.difference(*pictures).histogram()[STRONGLY:]))
    return found


def with_comments(book: Transcript, comments: Sequence[str]) -> Transcript:
    year = book.years[0]
    rows = tuple(
        replace(row, comment=comments[place % len(comments)]) for place, row in enumerate(year.subjects)
    )
    return replace(book, years=(replace(year, subjects=rows), *book.years[1:]))


BOOKS = {
    "two years, the second a preview": lambda: sample.transcript(3, 4),
    "comments of one to five lines": lambda: with_comments(
        sample.transcript(3), ["Tốt.", "chữ dài " * 9, "nhận xét " * 14, "nhận xét " * 22, ""]
    ),
    "a long name and marks that mean something in a page's source": lambda: sample.transcript(
        1, code="3100000001", name="Nguyễn Thị <Tôn Nữ> & Công Tằng " + "Hoàng Anh " * 3
    ),
    # One comment in every row: with the usual ones a line stands on the very edge between two rows of points.
    "a year before Thông tư 27/2020": lambda: sample.transcript_with_old_year(comment=sample.COMMENTS[0]),
    "letters of other languages": lambda: sample.transcript(
        3, code="3100000002", name="Müller Ñandú Žofia Łukasz"
    ),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_composed_pages_look_like_those_of_weasyprint(monkeypatch, kind):
    book = BOOKS[kind]()
    composed = pdf.render_transcript(book)
    assert is_composed(composed)
    drawn = by_weasyprint(monkeypatch, book)
    assert not is_composed(drawn)
    assert max(unlike(composed, drawn)) <= FEW
    # The same letters: WeasyPrint draws what floats after the rest of its page.
    assert sorted(read_back.text_of(composed)) == sorted(read_back.text_of(drawn))


def test_what_was_learned_before_changes_no_byte():
    books = [make() for make in BOOKS.values()]
    first = [pdf.render_transcript(book) for book in books]
    pdf._form.cache_clear()
    again = [pdf.render_transcript(book) for book in reversed(books)]
    assert again[::-1] == first


def test_a_book_whose_table_needs_a_further_page_is_left_to_weasyprint(monkeypatch):
    pdf.render_transcript(sample.transcript(3))
    longest = sample.longest_transcript()
    drawn = pdf.render_transcript(longest)
    assert drawn == by_weasyprint(monkeypatch, longest)
    read_back.check_transcripts(drawn, [longest])


def test_a_letter_that_no_document_may_hold_is_weasyprints_business():
    drawn = pdf.render_transcript(sample.transcript(1, code="3100000001", name="Trần\x0b Ý"))
    assert not is_composed(drawn)
    assert "Ý" in read_back.text_of(drawn)


def test_a_composed_book_is_a_tagged_document_by_itself():
    composed = pdf.render_transcript(sample.transcript(3, 4))
    assert faults_of(pdf_archive.declared(composed, "Học bạ")) == []


def test_a_worker_that_is_ready_lays_out_nothing_for_an_ordinary_book(monkeypatch):
    pdf.learn_forms()

    def refused(*_args):
        raise AssertionError("laid out once more")

    with monkeypatch.context() as patched:
        patched.setattr(pdf, "_laid_out", refused)
        assert is_composed(pdf.render_transcript(sample.transcript(3)))
