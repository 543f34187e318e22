"""Books are read by everybody and kept for ever: an independent validator says so of the whole file, codes and all."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import segno

from reports import page_foot, pdf, read_back
from reports.pdf_archive import marks_in
from reports.pdf_pages import keep_only
from reports.print_addresses import address_of
from reports.print_marks import Marks
from reports.text_edges import edges_of
from tests.conforming import faults_of, faults_of_file
from tests.reports import sample_books as sample
from tests.reports import sample_own_books, sample_slips

FOOT = "Mã nhật kí: 104233-7K3M-9QXD-2F5B"
SIDE = 9 / 25.4 * 72


def bound(tmp_path: Path, *contents: object, is_numbered: bool = False) -> Path:
    """As a worker binds them: the chain's code at the foot, a square code to each part."""
    file = tmp_path / "book.pdf"
    drawn = [pdf.draw(each) for each in contents]
    addresses = [address_of(pdf.print_code(each)) for each in contents]
    hashes = tuple(pdf.content_hash(each) for each in contents)
    marks = Marks("ab" * 32, ("104233-7K3M-9QXD-2F5B",), hashes)
    edges = [edges_of(each) for each in contents]
    laid = {"foot": FOOT, "addresses": addresses, "edges": edges, "marks": marks, "is_numbered": is_numbered}
    pdf.merge_into(file, drawn, title="Sổ", **laid)
    assert marks_in(file) == marks
    return file


@pytest.mark.parametrize("grade", [2, 3, 5])
def test_a_class_table_conforms_to_pdf_ua_and_pdf_a(tmp_path, grade):
    assert faults_of_file(bound(tmp_path, sample.class_table(grade))) == []


def test_transcripts_of_a_class_conform_final_and_preview_with_the_longest_comments(tmp_path):
    books = [
        sample.transcript(1, 3, code="3100000001", name="Trần Ý"),
        sample.longest_transcript(),
        sample.transcript_with_old_year(),
        sample.transcript(3, 4),
    ]
    assert faults_of_file(bound(tmp_path, *books)) == []


@pytest.mark.parametrize(
    ("contents", "pages"),
    [
        ([sample.class_table(4, pupils=70)], (3, 5)),
        ([sample.class_table(2)], (2,)),
        (
            [sample.transcript(1, 3, code="3100000001", name="Trần Ý"), sample.longest_transcript()],
            (4, 9, 10),
        ),
    ],
    ids=["goes-on", "class-table", "transcripts"],
)
def test_pages_that_replace_old_ones_conform_by_themselves(tmp_path, contents, pages):
    file = bound(tmp_path, *contents)
    words = read_back.page_texts(file)
    marks = Marks("cd" * 32, ("104233-7K3M-9QXD-2F5B",), ())
    keep_only(file, pages, title="Trang thay", marks=marks)
    assert faults_of_file(file) == []
    assert read_back.page_texts(file) == [words[page - 1] for page in pages]
    assert marks_in(file) == marks
    with pikepdf.open(file) as kept:
        assert (str(kept.docinfo.Title), str(kept.Root.Lang)) == ("Trang thay", "vi")
        shown = {page.objgen for page in kept.pages}
        elements = list(elements_under(kept.Root.StructTreeRoot))
        assert {each.Pg.objgen for each in elements if pikepdf.Name.Pg in each} == shown
        heads = {str(each.ID) for each in elements if pikepdf.Name.ID in each}
        told = [each.A for each in elements if each.S == pikepdf.Name.TD and pikepdf.Name.A in each]
        assert {str(name) for about in told for name in about.get("/Headers", ())} <= heads
        under = {each.objgen for each in elements}
        named = [each for node in list(kept.Root.StructTreeRoot.ParentTree.Nums)[1::2] for each in node]
        # The running lines hang beside the tree, as in the whole book.
        lost = [each for each in named if each.objgen not in under and pikepdf.Name.NonStruct != each.P.S]
        assert lost == []


def elements_under(node):
    for kid in node.get(pikepdf.Name.K, ()):
        if isinstance(kid, pikepdf.Dictionary) and pikepdf.Name.S in kid:
            yield kid
            yield from elements_under(kid)


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
        found = modules_at(file, place, millimetres(210 - 30), millimetres(15.2 - 9), len(wanted))
        assert found == wanted


def test_the_square_of_a_class_table_stands_on_its_first_page(tmp_path):
    table = sample.class_table(2, pupils=5)
    wanted = expected(pdf.print_code(table))
    file = bound(tmp_path, table)
    assert modules_at(file, 0, millimetres(297 - 18), millimetres(16 - 9), len(wanted)) == wanted


@pytest.mark.parametrize(
    "host", ["KD.VN", "HOSO.KIMDONG.EDU.VN", "SOSACH.TIEUHOCKIMDONG.EDU.VN", "H" * 30 + ".TIEUHOC.EDU.VN"]
)
def test_a_square_has_modules_a_third_of_a_millimetre_wide_however_long_the_address(host):
    modules = len(page_foot.modules_of(f"HTTPS://{host}/P/7K3M9QXD"))
    side = page_foot.side_of(modules)
    assert side / modules >= millimetres(0.33)
    assert side <= millimetres(10.2), "else it would cover what stands below it"


LEFT_ENDS = [
    ("transcript", 0, 15),
    ("transcript", 1, 14),
    ("transcript", 2, 20),
    ("slip", 0, 16),
    ("slip", 1, 16),
    ("table", 0, 9),
]


@pytest.mark.parametrize(("kind", "place", "millimetres_in"), LEFT_ENDS)
def test_the_chains_code_at_the_foot_begins_where_the_line_above_it_does(
    tmp_path, kind, place, millimetres_in
):
    content = {
        "transcript": sample.transcript(1, 3),
        "slip": sample_slips.slip(),
        "table": sample.class_table(2, pupils=5),
    }
    file = bound(tmp_path, content[kind])
    document = pypdfium2.PdfDocument(file)
    text = document[place].get_textpage()
    firsts = []
    for words in ("Mã nhật kí", {"table": "Bảng tổng hợp KQĐGGD"}.get(kind, "Mã HS")):
        index, _count = text.search(words).get_next()
        firsts.append(text.get_charbox(index)[0])
    document.close()
    assert firsts == pytest.approx([millimetres(millimetres_in)] * 2, abs=1)


def test_every_page_of_an_own_book_has_its_number_in_the_whole_beside_that_in_its_part(tmp_path):
    book = sample_own_books.own_book(sample_own_books.own_sheet(), sample_own_books.own_sheet(of_traits=True))
    file = bound(tmp_path, *book.parts, is_numbered=True)
    texts = [read_back.squeezed(text) for text in read_back.page_texts(file)]
    for number, text in enumerate(texts, start=1):
        assert f"Trang{number}/{len(texts)}củacảsổ" in text
        assert text.count("củacảsổ") == 1
    assert sum("Phầnnày:trang1/" in text for text in texts) == len(book.parts)
    assert faults_of_file(file) == []
