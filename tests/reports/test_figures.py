"""Tables of figures: heads, words, keeping and reading back, differences, sums that must come out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.figures import (
    Column,
    Report,
    Row,
    Table,
    as_text,
    differences,
    exceeding,
    figure_words,
    from_text,
    share,
    shown,
    uneven_columns,
    uneven_rows,
)

COLUMNS = (
    Column("all", ("Tổng số", "Tổng số")),
    Column("girls", ("Tổng số", "Nữ")),
    Column("minority", ("Tổng số", "Dân tộc thiểu số", "Tổng")),
    Column("minority_girls", ("Tổng số", "Dân tộc thiểu số", "Nữ")),
    Column("share", ("Tỉ lệ %",), is_share=True),
)


def table_of(*rows: Row) -> Table:
    return Table("pupils", "III. Học sinh", COLUMNS, rows)


def pupils(*, grade_1: int | None = 30, girls: int | None = 14) -> Table:
    return table_of(
        Row("37", "Tổng quy mô", (55, 26, 3, 1, Decimal("100.0")), code="37", unit="người", number="3.1."),
        Row("grades", "Quy mô chia ra theo lớp", is_heading=True),
        Row("40", "- Học sinh lớp 1", (grade_1, girls, 2, 1, Decimal("54.5")), code="40", level=1),
        Row("41", "- Học sinh lớp 2", (25, 12, 1, 0, Decimal("45.5")), code="41", not_asked=("minority",)),
    )


def report_of(table: Table, **changed: object) -> Report:
    return Report("mau", "Báo cáo", "ngày 30/09/2026", (table,), **changed)  # type: ignore[arg-type]


def test_heads_that_neighbours_share_are_one_and_short_ones_reach_down():
    lines = [[(head.text, head.across, head.down) for head in line] for line in pupils().head_rows]
    assert lines == [
        [("Tổng số", 4, 1), ("Tỉ lệ %", 1, 3)],
        [("Tổng số", 1, 2), ("Nữ", 1, 2), ("Dân tộc thiểu số", 2, 1)],
        [("Tổng", 1, 1), ("Nữ", 1, 1)],
    ]


@pytest.mark.parametrize(
    ("figure", "words"),
    [(0, "0"), (1050, "1.050"), (Decimal("98.5"), "98,5"), (Decimal("100.0"), "100,0"), (None, "…")],
)
def test_figures_are_written_the_vietnamese_way_and_what_is_unknown_is_no_zero(figure, words):
    assert figure_words(figure) == words


def test_a_share_is_rounded_half_upwards_to_one_place_and_there_is_none_of_nothing():
    assert share(1, 8) == Decimal("12.5")
    assert share(1, 16) == Decimal("6.3")
    assert share(3, 3) == Decimal("100.0")
    assert (share(0, 0), share(None, 5)) == (None, None)


def test_a_report_reads_back_as_it_was_kept():
    kept = report_of(
        pupils(girls=None), notes=("1 em chưa có giới tính.",), remarks=(("Đánh giá chung", "Đúng tiến độ."),)
    )
    assert from_text(as_text(kept)) == kept
    assert as_text(from_text(as_text(kept))) == as_text(kept)


def test_a_difference_names_table_row_column_and_both_figures():
    found = differences(report_of(pupils()), report_of(pupils(grade_1=31, girls=None)))
    assert [(each.table, each.row, each.column, each.old, each.new) for each in found] == [
        ("III. Học sinh", "Học sinh lớp 1 (mã số 40)", "Tổng số", "30", "31"),
        ("III. Học sinh", "Học sinh lớp 1 (mã số 40)", "Tổng số, Nữ", "14", "…"),
    ]
    assert differences(report_of(pupils()), report_of(pupils(), notes=("Ghi chú khác",))) == ()


def test_a_row_that_only_one_of_two_has_is_a_difference_too():
    shorter = table_of(*pupils().rows[:3])
    found = differences(report_of(pupils()), report_of(shorter))
    assert {(each.row, each.new) for each in found} == {("Học sinh lớp 2 (mã số 41)", "không có")}
    assert differences(report_of(shorter), report_of(pupils()))[0].old == "không có"


LEVELS = (
    Column("all", ("Tổng số", "SL")),
    Column("all%", ("Tổng số", "%"), is_share=True),
)


def subjects(*, maths: tuple[int, int] = (30, 12), extra: Row | None = None) -> Report:
    def level(key: str, good: int, of: int) -> Row:
        return Row(f"{key} T", "Hoàn thành tốt (T)", (good, share(good, of)), level=2)

    rows = (
        Row("#", "Môn học, hoạt động giáo dục", is_heading=True),
        Row("TV", "Tiếng Việt: được đánh giá", (30, share(30, 30)), level=1, is_heading=True),
        level("TV", 10, 30),
        Row("T", "Toán: được đánh giá", (maths[0], share(maths[0], 30)), level=1, is_heading=True),
        level("T", maths[1], maths[0]),
        *([extra] if extra else []),
    )
    return report_of(Table("school", "Toàn trường", LEVELS, rows))


def test_a_difference_says_under_which_heading_its_row_stands():
    (told,) = differences(subjects(), subjects(maths=(30, 13)))
    assert (told.row, told.column) == ("Toán: được đánh giá › Hoàn thành tốt (T)", "Tổng số, SL")
    (told,) = differences(subjects(), subjects(maths=(29, 12)))
    assert told.row == "Môn học, hoạt động giáo dục › Toán: được đánh giá"


def test_a_sum_below_what_it_adds_up_is_no_heading_of_the_rows_after_it():
    def of_classes(last: int) -> Report:
        rows = (
            Row("1A", "1A", (30, None), level=1),
            Row("khoi 1", "Khối 1", (30, None), is_heading=True),
            Row("2A", "2A", (last, None), level=1),
        )
        return report_of(Table("lop", "Toán", LEVELS, rows))

    assert [each.row for each in differences(of_classes(28), of_classes(29))] == ["2A"]


def test_a_share_is_told_only_where_no_count_tells_it():
    (told,) = differences(subjects(), subjects(maths=(30, 13)))
    assert (told.old, told.new) == ("12", "13")
    old = subjects().tables[0]
    shares_alone = tuple(
        replace(row, figures=(row.figures[0], None)) if row.key == "T T" else row for row in old.rows
    )
    (told,) = differences(subjects(), report_of(replace(old, rows=shares_alone)))
    assert (told.column, told.old, told.new) == ("Tổng số, %", "40,0", "–")


def test_what_one_side_leaves_out_and_the_other_has_as_0_is_no_difference():
    nobody = Row("none", "Chưa nhập", (0, share(0, 30)), level=2)
    assert differences(subjects(), subjects(extra=nobody)) == ()
    assert differences(subjects(extra=nobody), subjects()) == ()
    somebody = Row("none", "Chưa nhập", (1, share(1, 30)), level=2)
    assert [each.new for each in differences(subjects(), subjects(extra=somebody))] == ["1"]


def test_rows_that_do_not_add_up_are_told_with_both_sums():
    assert list(uneven_rows(pupils(), "37", ("40", "41"))) == []
    (told,) = uneven_rows(pupils(grade_1=31), "37", ("40", "41"))
    assert told == (
        "III. Học sinh, cột «Tổng số»: «Tổng quy mô (mã số 37)» là 55, cộng các dòng từ «Học sinh lớp 1 (mã số 40)» "
        "đến «Học sinh lớp 2 (mã số 41)» được 56."
    )


def test_nothing_is_found_wrong_where_a_figure_is_missing():
    assert list(uneven_rows(pupils(grade_1=None), "37", ("40", "41"))) == []


def test_a_part_greater_than_the_whole_is_told():
    assert list(exceeding(pupils(girls=31), "girls", "all")) == [
        "III. Học sinh, dòng «Học sinh lớp 1 (mã số 40)»: «Tổng số, Nữ» là 31, nhiều hơn «Tổng số» là 30."
    ]
    assert list(exceeding(pupils(), "girls", "all")) == []


def test_columns_that_do_not_add_up_are_told():
    marks = (Column("all", ("Tổng",)), Column("T", ("T",)), Column("H", ("H",)))
    table = Table(
        "levels", "Khối 4", marks, (Row("TOAN", "Toán", (30, 20, 9)), Row("TV", "Tiếng Việt", (30, 20, 10)))
    )
    assert list(uneven_columns(table, "all", ("T", "H"))) == [
        "Khối 4, dòng «Toán»: «Tổng» là 30, cộng các cột «T», «H» được 29."
    ]


def test_a_missing_figure_is_marked_and_only_counts_lead_to_pupils():
    page = shown(pupils(girls=None), lambda row, column: f"{row.key}-{column.key}")
    heading, grade_1, grade_2 = page.rows[1:]
    assert heading.cells == ()
    assert [(cell.words, cell.is_missing, cell.url) for cell in grade_1.cells] == [
        ("30", False, "40-all"),
        ("…", True, ""),
        ("2", False, "40-minority"),
        ("1", False, "40-minority_girls"),
        ("54,5", False, ""),
    ]
    assert [cell.words for cell in grade_2.cells] == ["25", "12", "×", "0", "45,5"]
    assert grade_2.cells[3].url == ""
