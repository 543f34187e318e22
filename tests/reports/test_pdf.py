"""The two books as drawn: repeatable, tagged, nothing clipped, final and preview told apart."""

import gc
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.conf import settings

from reports import page_fit, pdf
from reports.class_table_columns import class_table_blocks
from reports.pdf_merge import merge_into
from students.paper_dates import long_date
from tests.reports import sample_books as sample


def page_texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    texts = [document[place].get_textpage().get_text_range() for place in range(len(document))]
    document.close()
    return texts


def table_pages(content: bytes) -> list[str]:
    """The pages of a class's book that the table stands on: after the cover, before the statistics."""
    return [text for text in page_texts(content) if "Mã học sinh" in text]


def picture(content: bytes, place: int) -> str:
    document = pypdfium2.PdfDocument(content)
    digest = hashlib.sha256(document[place].render(scale=1).to_pil().tobytes()).hexdigest()
    document.close()
    return digest


def page_sizes(content: bytes) -> set[tuple[int, int]]:
    document = pypdfium2.PdfDocument(content)
    sizes = {
        tuple(round(side / 72 * 25.4) for side in document[place].get_size())
        for place in range(len(document))
    }
    document.close()
    return sizes


@pytest.fixture(scope="module")
def two_years():
    return pdf.render_transcript(sample.transcript(3, 4))


@pytest.fixture(scope="module")
def one_year():
    return pdf.render_transcript(sample.transcript(1, code="3100000001", name="Trần Ý"))


def test_the_same_book_drawn_twice_is_the_same_to_the_byte(two_years):
    assert pdf.render_transcript(sample.transcript(3, 4)) == two_years


def test_another_process_draws_the_same_bytes_under_the_same_hash(one_year):
    book = sample.transcript(1, code="3100000001", name="Trần Ý")
    program = (
        "import django, hashlib, json; django.setup()\n"
        "from reports import pdf; from tests.reports import sample_books as s\n"
        "b = s.transcript(1, code='3100000001', name='Trần Ý')\n"
        "d = hashlib.sha256(pdf.render_transcript(b)).hexdigest()\n"
        "print(json.dumps([pdf.content_hash(b), pdf.print_code(b), d]))"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    }
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=True,
    )
    assert json.loads(answer.stdout) == [
        pdf.content_hash(book),
        pdf.print_code(book),
        hashlib.sha256(one_year).hexdigest(),
    ]


def test_one_changed_comment_changes_hash_and_code_on_the_page(two_years):
    book = sample.transcript(3, 4)
    year = book.years[1]
    row = replace(year.subjects[0], comment="Em tiến bộ nhiều.")
    changed = replace(book, years=(book.years[0], replace(year, subjects=(row, *year.subjects[1:]))))
    assert pdf.content_hash(changed) != pdf.content_hash(book)
    assert f"Mã bản in: {pdf.print_code(book)}" in page_texts(two_years)[4]
    assert pdf.print_code(changed) != pdf.print_code(book)


def test_a_code_has_two_groups_of_four_without_letters_that_look_like_digits():
    assert set(pdf.print_code(sample.transcript(1))) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    assert [len(group) for group in pdf.print_code(sample.transcript(1)).split("-")] == [4, 4]


def test_a_book_is_tagged_vietnamese_and_titled(two_years):
    with pikepdf.open(BytesIO(two_years)) as book:
        assert book.Root.Lang == "vi"
        assert book.Root.MarkInfo.Marked
        assert book.Root.ViewerPreferences.DisplayDocTitle
        assert book.docinfo["/Title"] == "Học bạ – Nguyễn Phương Mai – 3100000417"
        assert b"pdfuaid:part" in book.Root.Metadata.read_bytes()


def test_a_year_lies_on_two_facing_pages_and_the_book_ends_on_an_even_page(two_years):
    texts = page_texts(two_years)
    assert len(texts) == 8
    assert "Lớp: 3A" in texts[3]
    assert "Năm học: 2024 - 2025" in texts[4]
    assert "Lớp: 4A" in texts[5]
    assert "Năm học: 2025 - 2026" in texts[6]
    assert texts[7] == ""
    assert page_sizes(two_years) == {(210, 297)}


def test_only_pages_of_a_year_not_yet_approved_are_marked_as_preview(two_years):
    marked = ["BẢN XEM TRƯỚC" in text for text in page_texts(two_years)]
    assert marked == [False, False, False, False, False, True, True, False]


def test_the_deputy_signs_for_the_principal(two_years):
    lines = page_texts(two_years)[4].splitlines()
    place = lines.index("KT. HIỆU TRƯỞNG")
    assert lines[place - 1] == "Xác nhận của Hiệu trưởng"
    assert lines[place + 1] == "PHÓ HIỆU TRƯỞNG"
    assert "Phạm Thị Vân Anh" in lines


def test_the_longest_comments_are_printed_to_their_last_word():
    texts = page_texts(pdf.render_transcript(sample.longest_transcript()))
    ends = "".join("".join(text.split()) for text in texts).count("hằngngàycùngbốmẹ.")
    assert ends == 12 + 3
    assert len(texts) % 2 == 0


def test_ordinary_comments_of_157_letters_in_every_line_stay_on_one_page():
    book = sample.transcript(4)
    comment = (sample.LONGEST_COMMENT[:156] + ".",)
    year = replace(book.years[0], subjects=sample.subject_rows(4, comment))
    assert len(page_texts(pdf.render_transcript(replace(book, years=(year,))))) == 6


def test_low_rows_come_before_small_type():
    """11 lines of 4 rows of text and 3 that are not taught: together they fill the page, at full size."""
    year = sample.transcript_year(3)
    long = replace(year, subjects=sample.subject_rows(3, ("chữ " * 45, "chữ " * 55, "Tốt.", "chữ " * 30)))
    assert (
        page_fit.fitted_year(long)["subject_type"].split()
        != page_fit.fitted_year(year)["subject_type"].split()
    )
    assert "long-subjects" not in page_fit.fitted_year(long)["subject_type"]
    book = replace(sample.transcript(3), years=(long,))
    assert len(page_texts(pdf.render_transcript(book))) == 6


def test_a_name_of_150_letters_and_markup_in_a_comment_are_printed_as_they_stand():
    name = " ".join(["Nguyễn Thị Hoàng Phương"] * 6) + " Ý Nhi"
    book = sample.transcript(1, name=name)
    rows = sample.subject_rows(1, ("<b>5 < 7 & 'đúng'</b> {{ title }}",))
    text = "".join(
        page_texts(pdf.render_transcript(replace(book, years=(replace(book.years[0], subjects=rows),))))
    )
    assert len(name) == 149
    assert "".join(name.split()) in "".join(text.split())
    assert "<b>5 < 7 & 'đúng'</b> {{ title }}" in text


def test_merged_books_keep_order_looks_structure_and_bookmarks(one_year, two_years):
    whole = pdf.merge([one_year, two_years, one_year], title="Học bạ lớp 4A")
    assert picture(whole, 3) == picture(one_year, 3)
    assert picture(whole, 6 + 5) == picture(two_years, 5)
    with pikepdf.open(BytesIO(whole)) as book, book.open_outline() as outline:
        assert [entry.title[-10:] for entry in outline.root] == ["3100000001", "3100000417", "3100000001"]
        assert len(book.pages) == 20
        assert book.docinfo["/Title"] == "Học bạ lớp 4A"
        assert b"pdfuaid:part" in book.Root.Metadata.read_bytes()
        numbers = list(book.Root.StructTreeRoot.ParentTree.Nums)[::2]
        pages = [int(page.obj.StructParents) for page in book.pages if "/StructParents" in page.obj]
        assert sorted(pages) == sorted(numbers)
        assert len(set(pages)) == len(pages) == 5 + 7 + 5
        first_cell = book.Root.StructTreeRoot.ParentTree.Nums[2 * numbers.index(9) + 1][0]
        assert first_cell.Pg.objgen == book.pages[9].obj.objgen


def test_merging_the_same_parts_gives_the_same_bytes_in_memory_and_in_a_file(tmp_path, one_year, two_years):
    part = tmp_path / "mai.pdf"
    part.write_bytes(two_years)
    merge_into(tmp_path / "lop.pdf", [one_year, part], title="Lớp")
    assert (tmp_path / "lop.pdf").read_bytes() == pdf.merge([one_year, two_years], title="Lớp")


def test_a_face_is_embedded_once_for_many_pupils_and_looks_the_same(one_year):
    whole = pdf.merge([one_year] * 12, title="Lớp")
    assert len(whole) < 12 * len(one_year) * 0.9
    assert picture(whole, 6 * 11 + 4) == picture(one_year, 4)


def test_merging_nothing_is_refused():
    with pytest.raises(ValueError, match="Không có phần nào"):
        pdf.merge([], title="Lớp")


@pytest.mark.parametrize(
    ("grade", "paper"), [(1, (297, 210)), (3, (297, 210)), (4, (420, 297)), (5, (420, 297))]
)
def test_the_class_table_lies_across_and_takes_a3_from_grade_4(grade, paper):
    table = sample.class_table(grade, pupils=3)
    assert page_sizes(pdf.render_class_table(table)) == {paper}


@pytest.mark.parametrize(
    ("grade", "pupils", "paper"), [(2, 25, (297, 210)), (2, 38, (420, 297)), (3, 35, (420, 297))]
)
def test_a_large_class_of_the_first_grades_takes_a3(grade, pupils, paper):
    content = pdf.render_class_table(of_ordinary_names(sample.class_table(grade, pupils=pupils)))
    assert page_sizes(content) == {paper}
    assert len(table_pages(content)) == 1


@pytest.mark.parametrize(("grade", "has_row"), [(3, False), (4, True)])
def test_a_table_of_a_period_without_a_test_has_no_total_of_marks(grade, has_row):
    (text,) = table_pages(pdf.render_class_table(sample.class_table(grade, "Giữa học kì I", pupils=3)))
    assert ("Số bài KTĐK dưới 5 điểm" in text) is has_row


def test_no_row_is_so_low_that_letters_touch_its_rules():
    """From the accents of Ẵ to the tail of g the face takes 1.14 of its size; a rule is 0.4 pt."""
    css = (settings.BASE_DIR / "static/css/print/class_table.css").read_text(encoding="utf-8")
    rows = re.findall(r"\.results tbody th \{ height: ([\d.]+)mm;(?:.*font-size: ([\d.]+)pt)?", css)
    assert len(rows) == 10
    for height, size in rows:
        assert float(height) >= 1.14 * float(size or 8.5) * 0.3528 + 0.4 * 0.3528 + 0.2


def test_headings_and_page_numbers_stand_on_every_page_of_a_long_table():
    content = pdf.render_class_table(sample.class_table(3, pupils=45))
    assert len(table_pages(content)) > 1
    for text in table_pages(content):
        assert "Môn học và hoạt động giáo dục" in text
        assert "Hoạt động trải nghiệm" in text
    texts = page_texts(content)
    assert all(f"Trang {number}/{len(texts)}" in text for number, text in enumerate(texts, start=1))


def test_a_blank_cell_and_a_cell_that_does_not_apply_are_told_apart():
    table = sample.class_table(4, "Giữa học kì I", pupils=1)
    cells = ("", *table.rows[0].cells[1:])
    table = replace(table, rows=(replace(table.rows[0], cells=cells),))
    (text,) = table_pages(pdf.render_class_table(table))
    line = next(line for line in text.splitlines() if line.startswith("1 3100000401"))
    assert line.count("–") == sum(cell is None for cell in cells) == 6
    assert f"{table.counts[0].missing}" == "1"
    assert table.counts[5].missing is None


def test_a_table_that_is_not_locked_says_so_and_a_locked_one_says_when():
    opened = page_texts(pdf.render_class_table(sample.class_table(1, pupils=2, locked=False)))
    locked = page_texts(pdf.render_class_table(sample.class_table(1, pupils=2)))
    assert all("BẢN XEM TRƯỚC" in text for text in opened)
    assert all("Chưa khoá: bản xem trước" in text for text in opened[:2])
    assert all("Đã khoá lúc 17:00 ngày 22/05/2026" in text for text in locked[:2])
    assert not any("BẢN XEM TRƯỚC" in text for text in locked)
    unopened = replace(sample.class_table(1, pupils=2, locked=False), was_opened=False)
    (text,) = table_pages(pdf.render_class_table(unopened))
    assert "BẢN XEM TRƯỚC – sổ chưa mở" in text
    assert "Chưa mở: bản xem trước" in text


@pytest.mark.parametrize(("grade", "pupils"), [(1, 38), (3, 37), (4, 38), (5, 32)])
@pytest.mark.parametrize("period", ["Giữa học kì I", "Cuối năm học"])
def test_an_ordinary_class_stands_on_one_page(grade, pupils, period):
    table = sample.class_table(grade, period, pupils=pupils)
    assert len(table_pages(pdf.render_class_table(of_ordinary_names(table)))) == 1


def of_ordinary_names(table):
    """The table with no name that takes two lines."""
    rows = tuple(replace(row, full_name=row.full_name[:24]) for row in table.rows)
    return replace(table, rows=rows)


def test_the_results_are_summed_up_from_best_to_worst():
    table = sample.class_table(3, pupils=5)
    assert table.outcome_summary[2] == ("Xếp loại", (("HTXS", 2), ("HTT", 2), ("HT", 1)))
    values = [("Chưa", "Không", "CHT", ""), ("x", "Không", "HT", "HSTB"), ("x", "x", "HTT", "HSXS")]
    rows = tuple(
        replace(row, cells=row.cells[:-4] + last) for row, last in zip(table.rows, values, strict=False)
    )
    summary = dict(replace(table, rows=rows).outcome_summary)
    assert summary["HTCT lớp học"] == (("x", 2), ("Chưa", 1))
    assert summary["Lên lớp"] == (("x", 1), ("Không", 2))
    assert summary["Xếp loại"] == (("HTT", 1), ("HT", 1), ("CHT", 1))


def test_blank_means_not_entered_only_where_something_is_assessed():
    (text,) = table_pages(pdf.render_class_table(sample.class_table(5, pupils=2)))
    words = " ".join(text.split())
    assert "Trong các cột đánh giá, ô trắng: chưa nhập" in words
    assert "chưa phê duyệt hoặc chờ phê duyệt lại (Xếp loại), không có (Khen thưởng)" in words
    assert "lớp 5 không xét lên lớp" in words


def test_the_foot_of_a_table_carries_its_code_and_hash():
    table = sample.class_table(1, pupils=2)
    text = page_texts(pdf.render_class_table(table))[0]
    assert f"Mã bản in: {pdf.print_code(table)} · SHA-256 của nội dung: {pdf.content_hash(table)}" in text


@pytest.mark.parametrize(
    ("grade", "subjects", "competencies"), [(1, 13, 8), (2, 13, 8), (3, 17, 10), (4, 20, 10), (5, 20, 10)]
)
def test_each_grade_has_the_columns_of_the_sector_export(grade, subjects, competencies):
    blocks = class_table_blocks(grade, year_end=True)
    assert [block.width for block in blocks] == [subjects, competencies, 5, 4]
    codes = [column.code for block in blocks for group in block.groups for column in group.columns]
    assert len(set(codes)) == len(codes)
    assert len(class_table_blocks(grade, year_end=False)) == 3


def test_totals_add_up_to_the_pupils_who_are_assessed():
    table = sample.class_table(3, pupils=20)
    for column, count, cells in zip(
        table.columns, table.counts, zip(*(row.cells for row in table.rows), strict=True), strict=True
    ):
        if column.kind == "level" and cells[0] is not None:
            assert count.good + count.middle + count.poor + count.missing == 20
    assert table.outcome_summary[0] == ("HTCT lớp học", (("x", 20),))


def test_a_row_with_a_cell_too_few_is_refused():
    table = sample.class_table(1, pupils=1)
    with pytest.raises(ValueError, match="STT 1: 29 ô, bảng có 30 cột"):
        replace(table, rows=(replace(table.rows[0], cells=table.rows[0].cells[1:]),))


@pytest.mark.parametrize(
    "address",
    ["https://example.vn/a.png", "file:///etc/hostname", "http://127.0.0.1:8000/", "data:text/plain,x"],
)
def test_a_page_can_fetch_nothing_but_our_static_files(address):
    with pytest.raises(pdf.ForeignAddressError, match="chỉ được dùng tệp tĩnh"):
        pdf.OwnFilesFetcher().fetch(address)


def test_a_page_cannot_climb_out_of_the_static_folder():
    outside = Path(settings.BASE_DIR, "static").as_uri() + "/css/../../manage.py"
    with pytest.raises(pdf.ForeignAddressError):
        pdf.OwnFilesFetcher().fetch(outside)


def test_garbage_collection_is_on_again_after_drawing():
    gc.enable()
    pdf.render_class_table(sample.class_table(1, pupils=1))
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ((2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        ((2026, 5, 28), "ngày 28 tháng 5 năm 2026"),
        ((2025, 11, 20), "ngày 20 tháng 11 năm 2025"),
    ],
)
def test_long_dates_have_a_zero_before_small_days_and_the_first_two_months(day, text):
    assert long_date(date(*day)) == text
