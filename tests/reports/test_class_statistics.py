"""The statistics of a class's book: counted from its own table, with the girls and the shares (domain 2.2)."""

from dataclasses import replace

import pytest

from reports import pdf
from reports.book_content import EXEMPT, NOT_ASSESSED, ClassTable
from reports.class_statistics import percent, statistics_of
from reports.read_back import squeezed, text_of
from tests.reports import sample_books as sample


def table_with(code: str, *cells: str | None, grade: int = 4, period: str = "Cuối năm học") -> ClassTable:
    """A class in which these cells stand in one column; every other pupil is a girl, the second first."""
    table = sample.class_table(grade, period, pupils=len(cells))
    place = [column.code for column in table.columns].index(code)
    rows = tuple(
        replace(row, cells=(*row.cells[:place], cell, *row.cells[place + 1 :]), is_girl=row.number % 2 == 0)
        for row, cell in zip(table.rows, cells, strict=True)
    )
    return replace(table, rows=rows)


def test_levels_are_counted_with_their_share_and_the_girls_among_them() -> None:
    (toan, *_others) = statistics_of(table_with("TOAN", "T", "T", "H", "C")).subjects
    assert toan.label == "Toán"
    assert toan.cells == ("4", "2", "2", "50,0", "1", "1", "25,0", "0", "1", "25,0", "1")


def test_blank_and_exempt_cells_are_counted_nowhere() -> None:
    (toan, *_others) = statistics_of(table_with("TOAN", "T", "", EXEMPT, NOT_ASSESSED, "H", "H")).subjects
    assert toan.cells == ("3", "1", "1", "33,3", "0", "2", "66,7", "1", "0", "0,0", "0")


def test_marks_are_counted_below_five_and_from_five_on() -> None:
    (toan, *_others) = statistics_of(table_with("TOAN.diem", "4", "5", "10", "")).subjects
    assert toan.test_cells == ("3", "1", "33,3", "0", "2", "66,7", "1")


def test_a_line_without_a_test_has_no_marks_and_a_line_not_taught_nothing() -> None:
    rows = {
        row.label: row for row in statistics_of(sample.class_table(4, "Giữa học kì I", pupils=3)).subjects
    }
    assert rows["Toán"].tests is not None
    assert set(rows["Khoa học"].test_cells) == {"–"}
    assert rows["Khoa học"].cells[0] == "3"
    assert set(rows["Tiếng dân tộc"].cells) == {"–"}


def test_qualities_and_competencies_stand_in_their_groups() -> None:
    groups = dict(statistics_of(table_with("yeu_nuoc", "T", "Đ", "C")).traits)
    assert [*groups] == ["Năng lực chung", "Năng lực đặc thù", "Phẩm chất chủ yếu"]
    assert [len(rows) for rows in groups.values()] == [3, 7, 5]
    (first, *_others) = groups["Phẩm chất chủ yếu"]
    assert first.cells == ("3", "1", "1", "33,3", "0", "1", "33,3", "1", "1", "33,3", "0")


def test_the_results_of_the_year_are_shares_of_the_whole_class() -> None:
    (_programme, promoted, result, award) = statistics_of(
        table_with("XEP_LOAI", "HTXS", "HT", "CHT", "")
    ).outcomes
    assert [row.cells for row in result[1]] == [
        ("1", "25,0", "0"),
        ("0", "0,0", "0"),
        ("1", "25,0", "1"),
        ("1", "25,0", "0"),
    ]
    assert promoted[0] == "Lên lớp"
    assert [row.label for row in award[1]] == ["Học sinh Xuất sắc", "Học sinh Tiêu biểu"]


def test_mid_year_there_is_no_result_and_grade_5_is_not_moved_up() -> None:
    assert statistics_of(sample.class_table(4, "Giữa học kì I", pupils=3)).outcomes == ()
    headings = [heading for heading, _rows in statistics_of(sample.class_table(5, pupils=3)).outcomes]
    assert headings == ["HTCT tiểu học", "Xếp loại", "Khen thưởng"]


def test_the_totals_of_the_table_and_the_statistics_say_the_same() -> None:
    table = sample.class_table(5, pupils=35)
    counts = dict(zip((column.code for column in table.columns), table.counts, strict=True))
    (toan, *_others) = statistics_of(table).subjects
    assert toan.shares is not None
    assert toan.tests is not None
    assert [share.total for share in toan.shares] == [
        counts["TOAN"].good,
        counts["TOAN"].middle,
        counts["TOAN"].poor,
    ]
    assert toan.tests[0].total == counts["TOAN.diem"].below_five


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "–"),
        (0, 7, "0,0"),
        (1, 3, "33,3"),
        (2, 3, "66,7"),
        (7, 7, "100,0"),
        (1, 8, "12,5"),
        (1, 16, "6,3"),
    ],
)
def test_a_share_is_told_to_one_place_with_a_comma(part: int, whole: int, told: str) -> None:
    assert percent(part, whole) == told


@pytest.mark.parametrize(
    ("grade", "period"), [(1, "Cuối năm học"), (3, "Giữa học kì II"), (5, "Cuối năm học")]
)
def test_cover_and_statistics_are_printed_with_the_table(grade: int, period: str) -> None:
    table = table_with("TOAN", "T", "T", "H", "C", grade=grade, period=period)
    text = text_of(pdf.render_class_table(table))
    for words in (
        "SỔ TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC",
        f"LỚP {grade}A",
        f"{period} – Năm học 2025 - 2026",
        "Giáo viên chủ nhiệm: Nguyễn Thị Ngọc Lan",
        "Sĩ số: 4 học sinh, trong đó nữ: 2",
        "Toán 4 2 2 50,0 1 1 25,0 0 1 25,0 1",
    ):
        assert squeezed(words) in text
