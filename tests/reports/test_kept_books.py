"""A book printed again without a change: the same file with another line at its foot, not joined and not read again."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from reports import book_binding, kept_books, pdf_merge, read_back
from reports.book_binding import Manuscript
from reports.pdf_archive import marks_in
from tests.conforming import faults_of_file
from tests.reports import sample_books as sample

FIRST, SECOND = "104233-7K3M-9QXD-2F5B", "104299-AAAA-BBBB-CCCC"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def printed(name: str, code: str, *, books=None) -> Path:
    books = books or (sample.transcript(1, 3, code="3100000001", name="Trần Ý"), sample.transcript(3, 4))
    manuscript = Manuscript(books, 14, "Học bạ lớp 4A", audit_code=code)
    parts = book_binding.draw_pages(manuscript, progressed=lambda _n: None, stop_if_asked=lambda: None)
    book_binding.bind(manuscript, parts, name=name)
    return Path(book_binding.default_storage.path(name))


def texts(file: Path) -> list[str]:
    return [read_back.squeezed(text) for text in read_back.page_texts(file)]


def without_foot(file: Path, code: str) -> list[str]:
    return [text.replace(f"Mãnhậtkí:{code}", "") for text in texts(file)]


def test_a_book_printed_again_is_copied_and_carries_the_chains_new_head(monkeypatch):
    first = printed("a.pdf", FIRST)

    def joined_again(*_args, **_kwargs):
        raise AssertionError("joined again")

    monkeypatch.setattr(pdf_merge, "_save", joined_again)
    second = printed("b.pdf", SECOND)
    assert all(FIRST in text for text in texts(first) if text)
    assert all(SECOND in text and FIRST not in text for text in texts(second) if text)
    assert without_foot(first, FIRST) == without_foot(second, SECOND)


def test_the_copy_still_conforms_to_pdf_ua_and_pdf_a():
    printed("a.pdf", FIRST)
    second = printed("b.pdf", SECOND)
    assert faults_of_file(second) == []
    with pikepdf.open(second) as book:
        assert book.check_pdf_syntax() == []


def test_the_metadata_of_the_copy_tell_the_contents_and_the_new_head():
    first, second = (marks_in(printed(name, code)) for name, code in (("a.pdf", FIRST), ("b.pdf", SECOND)))
    assert (first.audit_codes, second.audit_codes) == ((FIRST,), (SECOND,))
    assert (first.content_hash, first.parts) == (second.content_hash, second.parts)
    assert [len(each) for each in (second.content_hash, *second.parts)] == [64, 64, 64]


def test_a_book_with_another_pupil_or_another_word_is_not_taken_for_it():
    printed("a.pdf", FIRST)
    other = (sample.transcript(1, 3, code="3100000001", name="Trần Ý Nhi"), sample.transcript(3, 4))
    assert "TrầnÝNhi" in "".join(texts(printed("b.pdf", FIRST, books=other)))


def test_a_kept_book_that_is_damaged_is_bound_anew(tmp_path):
    first = printed("a.pdf", FIRST)
    (kept,) = (tmp_path / "pages").glob("*.book.pdf")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 255
    kept.write_bytes(content)
    assert without_foot(printed("b.pdf", SECOND), SECOND) == without_foot(first, FIRST)


def test_the_copy_is_drawn_like_the_first():
    """But for the line itself."""
    files = [printed("a.pdf", FIRST), printed("b.pdf", SECOND)]
    documents = [pypdfium2.PdfDocument(each) for each in files]
    for place in range(len(documents[0])):
        pictures = [each[place].render(scale=1).to_pil() for each in documents]
        above = (0, 0, pictures[0].width, pictures[0].height - 30)
        assert pictures[0].crop(above).tobytes() == pictures[1].crop(above).tobytes()


def test_a_file_of_another_making_is_refused(tmp_path):
    alien = tmp_path / "alien.pdf"
    alien.write_bytes(b"%PDF-1.4\nnothing\n")
    with pytest.raises(ValueError, match="startxref"):
        kept_books.replace_streams(alien, {1: b"<<>>"})
