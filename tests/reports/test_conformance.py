"""Books are read by everybody and kept for ever: an independent validator says so of the whole file, codes and all."""

from pathlib import Path

import pypdfium2
import pytest
import segno

from reports import pdf
from reports.pdf_archive import marks_in
from reports.print_addresses import address_of
from reports.print_marks import Marks
from tests.conforming import faults_of, faults_of_file
from tests.reports import sample_books as sample

FOOT = "Mã nhật kí: 104233-7K3M-9QXD-2F5B"
SIDE = 9 / 25.4 * 72


def bound(tmp_path: Path, *contents: object) -> Path:
    """As a worker binds them: the chain's code at the foot, a square code to each part."""
    file = tmp_path / "book.pdf"
    drawn = [
        pdf.render_class_table(each) if hasattr(each, "rows") else pdf.render_transcript(each)
        for each in contents
    ]
    addresses = [address_of(pdf.print_code(each)) for each in contents]
    hashes = tuple(pdf.content_hash(each) for each in contents)
    marks = Marks("ab" * 32, ("104233-7K3M-9QXD-2F5B",), hashes)
    pdf.merge_into(file, drawn, title="Sổ", foot=FOOT, addresses=addresses, marks=marks)
    assert marks_in(file) == marks
    return file


@pytest.mark.parametrize("grade", [2, 3, 5])
def test_a_class_table_conforms_to_pdf_ua_and_pdf_a(tmp_path, grade):
    assert faults_of_file(bound(tmp_path, sample.class_table(grade))) == []


def test_transcripts_of_a_class_conform_final_and_preview_with_the_longest_comments(tmp_path):
    books = [
        sample.transcript(1, 3, code="3100000001", name="Trần Ý"),
        sample.longest_transcript(),
        sample.transcript(3, 4),
    ]
    assert faults_of_file(bound(tmp_path, *books)) == []


def test_what_was_never_declared_is_found_out():
    assert any("PDFA2A-ID-SCHEMA" in each for each in faults_of(pdf.render_transcript(sample.transcript(1))))


def modules_at(file: Path, place: int, left: float, top: float, count: int) -> list[list[bool]]:
    """Whether the middle of each module of a square is dark; left and top in points from the page's upper left."""
    document = pypdfium2.PdfDocument(file)
    scale = 6
    picture = document[place].render(scale=scale).to_pil().convert("L")
    document.close()
    step = SIDE / count
    return [
        [
            picture.getpixel((int((left + (x + 0.5) * step) * scale), int((top + (y + 0.5) * step) * scale)))
            < 128
            for x in range(count)
        ]
        for y in range(count)
    ]


def expected(code: str) -> list[list[bool]]:
    made = segno.make(address_of(code), error="m", micro=False, boost_error=False)
    return [[bool(module) for module in row] for row in made.matrix]


def millimetres(length: float) -> float:
    return length / 25.4 * 72


def test_the_square_on_each_page_of_a_transcript_opens_the_page_of_its_code(tmp_path):
    first, second = sample.transcript(1, code="3100000001", name="Trần Ý"), sample.transcript(3, 4)
    file = bound(tmp_path, first, second)
    for place, book in ((0, first), (2, first), (8, second)):
        wanted = expected(pdf.print_code(book))
        found = modules_at(file, place, millimetres(210 - 30), millimetres(12.4 - 9), len(wanted))
        assert found == wanted


def test_the_square_of_a_class_table_stands_on_its_first_page(tmp_path):
    table = sample.class_table(2)
    wanted = expected(pdf.print_code(table))
    file = bound(tmp_path, table)
    assert modules_at(file, 0, millimetres(297 - 18), millimetres(16 - 9), len(wanted)) == wanted


def test_a_square_has_modules_wide_enough_for_a_telephone():
    assert len(expected("7K3M-9QXD")) <= 29
