"""A mark sheet as a workbook, and what a workbook is understood to want (domain 6; rules R86 to R89)."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradebook.regulation import Period
from gradebook.sheets import read_rows
from gradebook.workbook_columns import RowKey, key_of
from gradebook.workbook_reading import read_sheet
from gradebook.workbook_words import period_of
from students.workbooks import WorkbookRefused
from tests.gradebook.mark_files import HEADINGS, cells_of, described, download, filled, typed
from tests.gradebook.school import enter, make_school, open_window
from tests.students.workbook_making import DATA, workbook


def the_school():
    school = make_school()
    open_window(school)
    return school


def read(school, data, code="TOAN", period="GHKI", school_class=None):
    ref = school.sheet(code, period, school_class)
    return read_sheet(data, "tệp của tôi.xlsx", ref, read_rows(ref), by=school.lan)


def wants(found):
    """{(pupil, field or item): value} of a file without problems."""
    assert [str(problem) for problem in found.problems] == []
    return {(change.student_id, change.field): change.value for change in found.changes}


def only_problem(found) -> str:
    (problem,) = found.problems
    return str(problem)


# -- The download


def test_the_download_has_the_columns_of_the_flat_shape_and_a_row_a_pupil_in_class_order(school):
    enter(school.sheet(), school.pupils[0], "attainment", "T", by=school.lan)
    enter(school.sheet(), school.pupils[0], "mark", "9", by=school.lan)
    rows = cells_of(download(school))
    assert tuple(rows[0][:-1]) == HEADINGS
    assert [row[3] for row in rows[1:]] == [pupil.full_name for pupil in school.pupils]
    assert rows[1][:9] == [
        1.0,
        "4A",
        "",
        school.pupils[0].full_name,
        school.pupils[0].birth_label,
        "T",
        9.0,
        "",
        "Giữa học kì I",
    ]


def test_a_mark_is_a_column_only_where_the_test_matrix_has_one(school):
    assert "Điểm KTĐK" in cells_of(download(school, "NN1", "CHKI"))[0]
    assert "Điểm KTĐK" not in cells_of(download(school, "NN1", "GHKI"))[0]


def test_the_homeroom_file_has_a_column_for_each_trait_and_each_group_comment(school):
    headings = cells_of(download(school, "NLPC"))[0]
    assert len(headings) == 5 + 18 + 2
    assert headings[5:11] == [
        "Yêu nước",
        "Nhân ái",
        "Chăm chỉ",
        "Trung thực",
        "Trách nhiệm",
        "Nhận xét phẩm chất chủ yếu",
    ]


def test_ids_are_text_with_their_leading_zeros(school):
    school.pupils[0].moet_id = "0012345678"
    school.pupils[0].save()
    school.pupils[1].school_code = "007"
    school.pupils[1].save()
    assert [row[2] for row in cells_of(download(school))[1:3]] == ["0012345678", "007"]


def test_the_key_is_out_of_sight_at_the_right(school):
    page = openpyxl.load_workbook(io.BytesIO(download(school))).worksheets[0]
    assert page["J1"].value == "Khoá (không sửa)"
    assert page.column_dimensions["J"].hidden
    assert not page.column_dimensions["H"].hidden


@pytest.mark.parametrize(
    "comment", ['=HYPERLINK("http://x","y")', "- Em cần cố gắng", "+1", "@SUM(A1)", "Dòng một\nDòng hai"]
)
def test_a_comment_that_looks_like_a_formula_is_text_and_comes_back_unchanged(school, comment):
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, "comment", comment, by=school.lan)
    data = download(school)
    assert cells_of(data)[1][7] == comment
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert wants(read(school, data))[pupil.pk, "comment"] == comment


def test_a_cell_that_looks_like_a_formula_is_marked_as_a_quotation(school):
    """So that editing it in Excel keeps it text."""
    enter(school.sheet(), school.pupils[0], "comment", "-1+2", by=school.lan)
    enter(school.sheet(), school.pupils[1], "comment", "Em chăm ngoan", by=school.lan)
    page = openpyxl.load_workbook(io.BytesIO(download(school))).worksheets[0]
    assert (page["H2"].quotePrefix, page["H3"].quotePrefix) == (True, False)
    assert (page["H2"].number_format, page["H2"].data_type) == ("@", "s")


# -- Whose row it is


def test_a_download_filled_in_finds_its_pupils_even_after_sorting(school):
    data = filled(download(school), F2="T", G2=9, F6="H")
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = list(book.worksheets[0].values)
    found = read(school, workbook(("Toán", [rows[0], *reversed(rows[1:])])))
    first, last = school.pupils[0].pk, school.pupils[-1].pk
    assert wants(found) == {(first, "attainment"): "T", (first, "mark"): "9", (last, "attainment"): "H"}


def test_a_key_column_sorted_apart_from_the_names_is_refused(school):
    data = filled(download(school), F2="T")
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    shifted = filled(data, J2=page["J3"].value, J3=page["J2"].value)
    assert "sắp xếp lệch cột" in only_problem(read(school, shifted))


@pytest.mark.parametrize("heading", ["Mã học sinh", "Mã định danh Bộ GD&ĐT", "Mã định danh"])
def test_a_file_of_another_system_is_matched_by_the_ministrys_id(school, heading):
    school.pupils[2].moet_id = "0012345678"
    school.pupils[2].save()
    data = typed({heading: "0012345678", "Họ và tên": "Viết Sai", "Mức đạt được": "Hoàn thành tốt"})
    refused = read(school, data)
    assert "Kiểm tra lại mã" in only_problem(refused)
    data = typed({heading: "0012345678", "Mức đạt được": "Hoàn thành tốt"})
    assert wants(read(school, data)) == {(school.pupils[2].pk, "attainment"): "Hoàn thành tốt"}


def test_an_id_beside_another_name_is_refused_even_where_the_birth_date_fits(school):
    school.pupils[2].moet_id = "0012345678"
    school.pupils[2].save()
    row = described(school.pupils[2], level="T", id="0012345678")
    row["Họ và tên"] = school.pupils[3].full_name
    refusal = only_problem(read(school, typed(row)))
    assert f"mã này là của {school.pupils[2].full_name}" in refusal
    assert f"hàng lại ghi «{school.pupils[3].full_name}»" in refusal


def test_an_id_that_excel_made_a_number_gets_its_zeros_back(school):
    school.pupils[2].moet_id = "0012345678"
    school.pupils[2].save()
    data = typed({"Mã học sinh": 12345678, "Điểm KTĐK": 7.0})
    assert wants(read(school, data)) == {(school.pupils[2].pk, "mark"): "7"}


def test_the_schools_own_id_comes_next(school):
    school.pupils[1].school_code = "HS-17"
    school.pupils[1].save()
    assert wants(read(school, typed({"Mã HS": "HS-17", "Điểm": "8"}))) == {(school.pupils[1].pk, "mark"): "8"}


@pytest.mark.parametrize("as_date", [False, True])
def test_without_id_name_and_birth_date_together_find_the_pupil(school, as_date):
    pupil = school.pupils[3]
    row = described(pupil, level="H", id="MÃ CỦA PHẦN MỀM KHÁC")
    row["Họ và tên"] = f" {pupil.full_name.upper()}\u00a0"
    if as_date:
        row["Ngày sinh"] = datetime.datetime(pupil.birth_year, pupil.birth_month, pupil.birth_day)  # noqa: DTZ001
    assert wants(read(school, typed(row))) == {(pupil.pk, "attainment"): "H"}


def test_a_name_alone_is_not_enough(school):
    data = typed({"Họ và tên": school.pupils[0].full_name, "Mức đạt được": "T"})
    assert "Ghi mã định danh hoặc ngày sinh" in only_problem(read(school, data))


def test_two_pupils_of_one_name_and_birth_date_need_an_id(school):
    one, other = school.pupils[:2]
    other.full_name, other.birth_day, other.birth_month = one.full_name, one.birth_day, one.birth_month
    other.save()
    found = read(school, typed(described(one, level="T")))
    assert "có 2 em cùng họ tên và ngày sinh" in only_problem(found)


def test_a_pupil_of_another_class_is_refused_by_name_and_row(school):
    stranger = described(school.pupils[0], level="T") | {"Họ và tên": "Nguyễn Văn Lạ"}
    message = only_problem(read(school, typed(described(school.pupils[0], level="T"), stranger)))
    assert message.startswith("Trang «Sheet1», hàng 3, cột A «Họ và tên»")
    assert "không có trong danh sách lớp 4A" in message


def test_a_pupil_on_two_rows_is_refused(school):
    row = described(school.pupils[0], level="T")
    assert "đã có ở hàng 2" in only_problem(read(school, typed(row, row | {"Mức đạt được": "H"})))


def test_a_result_without_a_pupil_is_never_dropped_in_silence(school):
    found = read(school, typed(described(school.pupils[0], level="T"), {"Mức đạt được": "H"}))
    assert "không ghi là của em nào" in only_problem(found)
    assert found.has_errors


def test_titles_repeated_headings_sums_and_signatures_are_no_pupils(school):
    first, second = school.pupils[:2]
    headings = ["STT", "Họ và tên", "Ngày sinh", "Mức đạt được", "Nhận xét"]
    lines = [
        ["BẢNG KẾT QUẢ MÔN TOÁN"],
        [],
        headings,
        [1, 2, 3, 4, 5],
        [1, first.full_name, first.birth_label, "T", None],
        headings,
        [2, second.full_name, second.birth_label, "H", None],
        [None, "Tổng cộng: 2", None, "2", None],
        [None, "Giáo viên chủ nhiệm"],
    ]
    found = read(school, workbook(("Sheet1", lines)))
    assert wants(found) == {(first.pk, "attainment"): "T", (second.pk, "attainment"): "H"}


# -- Whose sheet it is


def test_a_file_of_another_class_is_refused_with_words(school):
    data = filled(download(school), F2="T")
    message = only_problem(read(school, data, school_class=school.class_4b))
    assert "tệp là của lớp 4A, còn đây là sổ Toán · Lớp 4B" in message
    assert read(school, data, school_class=school.class_4b).changes == ()


def test_a_file_of_another_period_is_refused_with_words(school):
    message = only_problem(read(school, filled(download(school), F2="T"), period="CHKI"))
    assert "thời điểm đánh giá «Giữa học kì I»" in message


def test_the_key_tells_the_period_and_the_line_even_where_the_columns_are_gone(school):
    data = filled(download(school), F2="T", B2=None, I2=None)
    assert "thời điểm đánh giá «Giữa học kì I»" in only_problem(read(school, data, period="CHKI"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0].title = "Sheet1"
    output = io.BytesIO()
    book.save(output)
    assert "môn học, hoạt động giáo dục khác" in only_problem(read(school, output.getvalue(), code="TV"))


@pytest.mark.parametrize(("of", "on"), [("TOAN", "TV"), ("TOAN", "NLPC"), ("NLPC", "TOAN")])
def test_a_file_of_another_line_is_refused_with_words(school, of, on):
    with pytest.raises(WorkbookRefused, match=r"Tệp là của «.*», còn đây là sổ"):
        read(school, filled(download(school, of), F2="T"), code=on)


def test_of_a_file_with_a_page_a_subject_the_page_of_this_line_is_read(school):
    pupil = school.pupils[0]
    headings = ["Họ và tên", "Ngày sinh", "Mức đạt được"]
    pages = [
        (title, [headings, [pupil.full_name, pupil.birth_label, level]])
        for title, level in (("TH-CN (Tin học)", "C"), ("TH-CN (Công nghệ)", "T"))
    ]
    assert wants(read(school, workbook(*pages), code="CN")) == {(pupil.pk, "attainment"): "T"}


def test_two_tables_that_could_both_be_meant_are_refused(school):
    rows = [["Họ và tên", "Ngày sinh", "Mức đạt được"], ["A B", "01/01/2015", "T"]]
    with pytest.raises(WorkbookRefused, match="nhiều trang có bảng kết quả: «Một», «Hai»"):
        read(school, workbook(("Một", rows), ("Hai", rows)))


def test_two_columns_for_one_cell_are_refused(school):
    row = described(school.pupils[0], level="T") | {"Mức": "H"}
    with pytest.raises(WorkbookRefused, match="cùng là «Mức đạt được»"):
        read(school, typed(row))


def test_a_file_without_our_headings_says_which_are_needed(school):
    with pytest.raises(WorkbookRefused, match="«Mức đạt được», «Điểm KTĐK», «Nội dung nhận xét»"):
        read(school, typed({"Họ và tên": "A", "Điện thoại": "0912345678"}))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("GHKI", Period.MID_TERM_1),
        ("Giữa học kỳ 1", Period.MID_TERM_1),
        ("GK1", Period.MID_TERM_1),
        ("Cuối HKI", Period.END_TERM_1),
        ("CKI", Period.END_TERM_1),
        ("ghkii", Period.MID_TERM_2),
        ("Giữa học kì II", Period.MID_TERM_2),
        ("Cuối năm", Period.YEAR_END),
        ("CHKII", Period.YEAR_END),
        ("Học kì I", None),
        ("GHKIII", None),
    ],
)
def test_the_names_of_a_period(text, period):
    assert period_of(text) == period


@pytest.mark.parametrize("period", Period)
def test_our_own_names_of_a_period_are_understood(period):
    assert period_of(period.label) == period_of(period.value) == period


# -- What the cells want


def test_empty_cells_want_nothing(school):
    enter(school.sheet(), school.pupils[0], "comment", "Em chăm.", by=school.lan)
    assert read(school, filled(download(school), H2=None, F2="\u00a0", F3="\u200b")).changes == ()


def test_a_row_with_our_key_brings_the_version_its_writer_saw(school):
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, "mark", "7", by=school.lan)
    data = filled(download(school), F2="T", F3="H")
    enter(school.sheet(), pupil, "mark", "8", by=school.lan)
    enter(school.sheet(), pupil, "mark", "9", by=school.lan)
    changes = {(change.student_id, change.field): change for change in read(school, data).changes}
    assert (changes[pupil.pk, "attainment"].version, changes[pupil.pk, "attainment"].is_typed) == (1, False)
    assert changes[school.pupils[1].pk, "attainment"].version == 0
    plain = read(school, typed(described(pupil, level="T"))).changes[0]
    assert (plain.version, plain.is_typed) == (3, True)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (8, "8"),
        (8.0, "8"),
        ("8", "8"),
        (8.5, "8.5"),
        (datetime.datetime(2026, 9, 8), "08/09/2026"),  # noqa: DTZ001 - a cell has no zone
        (True, "TRUE"),
    ],
)
def test_a_mark_is_handed_on_as_it_stands_never_bent_into_one(school, cell, value):
    pupil = school.pupils[0]
    assert wants(read(school, typed(described(pupil, mark=cell)))) == {(pupil.pk, "mark"): value}


def test_a_comment_keeps_its_lines_and_loses_only_a_guard_against_formulas(school):
    comments = {"Một_x000D_\nHai": "Một\nHai", "'- Em cần cố gắng": "- Em cần cố gắng", "'Tốt'": "'Tốt'"}
    rows = [described(pupil, comment=each) for pupil, each in zip(school.pupils, comments, strict=False)]
    found = wants(read(school, typed(*rows)))
    assert list(found.values()) == list(comments.values())


def test_an_error_of_excel_and_a_formula_without_value_are_problems_not_comments(school):
    book = openpyxl.load_workbook(io.BytesIO(download(school)))
    book.worksheets[0]["H2"] = "=A1"
    book.worksheets[0]["H3"] = "#REF!"
    output = io.BytesIO()
    book.save(output)
    formula, error = read(school, output.getvalue()).problems
    assert (formula.row, formula.column_letter, error.row) == (2, "H", 3)
    assert "công thức chưa có kết quả" in str(formula)
    assert "#REF!" in str(error)


def test_headings_that_mean_nothing_here_are_named(school):
    found = read(school, typed(described(school.pupils[0], level="T") | {"Ghi chú": "T01"}))
    assert found.unused == ("Ghi chú",)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("password.xls", "mật khẩu|Excel cũ"),
        ("pass_protected.xlsx", "mật khẩu"),
        ("xlsx-corrupted.xlsx", "hỏng"),
        ("poc-xmlbomb.xlsx", "DTD|nén quá nhiều|hỏng"),
        ("SimpleMacro.xlsm", "macro"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_words_of_all_uploads(school, name, words):
    with pytest.raises(WorkbookRefused, match=words):
        read(school, (DATA / "workbooks" / name).read_bytes())


def test_a_list_of_a_whole_school_is_refused(school):
    rows = [described(school.pupils[0], level="T") for _ in range(201)]
    with pytest.raises(WorkbookRefused, match="hơn 200 học sinh"):
        read(school, typed(*rows))


@given(
    st.builds(
        RowKey,
        class_id=st.integers(1, 10**9),
        code=st.sampled_from(["TOAN", "NN1", "NLPC"]),
        period=st.sampled_from([period.value for period in Period]),
        student_id=st.integers(1, 10**9),
        versions=st.dictionaries(st.sampled_from(["TOAN", "yeu_nuoc", "quality"]), st.integers(1, 10**6)),
    )
)
def test_a_key_comes_back_as_it_was_written(key):
    assert key_of(str(key)) == key


@given(st.text())
def test_what_is_no_key_is_none(text):
    assert key_of(text) is None
