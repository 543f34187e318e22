"""The shapes of mark files that teachers know: wide, under two-row headings, with vendors' short names (domain 6)."""

import pytest

from gradebook.comment_bank import Listed, Whose, shipped
from gradebook.comment_codes import code_of
from gradebook.models import BankComment
from gradebook.regulation import Period
from gradebook.sheets import read_rows
from gradebook.workbook_reading import read_sheet
from gradebook.workbook_words import Half, said_by_name, said_by_title, when_in
from students.workbooks import WorkbookRefused
from tests.gradebook.school import make_school
from tests.students.workbook_making import workbook

WHO = ["STT", "Lớp", "Họ và tên", "Ngày sinh"]
WIDE = [*WHO, "Mức GK", "Nhận xét GK", "Mức CK", "Điểm KTĐK", "Nhận xét CK"]


def the_school():
    return make_school(pupils=1)


def read(school, rows, period="CHKI", code="TOAN", title="Sheet1", **book):
    ref = school.sheet(code, period)
    return read_sheet(workbook((title, rows), **book), "tệp.xlsx", ref, read_rows(ref), by=school.lan)


def row(pupil, *cells):
    return [1, "4A", pupil.full_name, pupil.birth_label, *cells]


def wants(found):
    assert [str(problem) for problem in found.problems if problem.level == "error"] == []
    return {
        change.item if change.field == "rating" else change.field: change.value for change in found.changes
    }


FILLED = ("C", "giữa kì", "T", 9, "cuối kì")


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        ("GHKI", {"attainment": "C", "comment": "giữa kì"}),
        ("CHKI", {"attainment": "T", "mark": "9", "comment": "cuối kì"}),
        ("CN", {"attainment": "T", "mark": "9", "comment": "cuối kì"}),
    ],
)
def test_of_a_wide_table_the_columns_of_this_period_are_read_and_the_mark_is_of_the_terms_end(
    school, period, wanted
):
    found = read(school, [WIDE, row(school.pupils[0], *FILLED)], period)
    assert wants(found) == wanted
    assert found.unused == ()
    assert len(found.elsewhere) == 1


def test_a_wide_table_may_have_a_mark_of_the_middle_and_none_of_the_end(school):
    headings = [*WHO, "Mức GK", "Điểm GK", "Mức CK", "Nhận xét CK"]
    rows = [headings, row(school.pupils[0], "T", 8, "H", "Khá")]
    assert wants(read(school, rows, "GHKI")) == {"attainment": "T", "mark": "8"}
    assert wants(read(school, rows)) == {"attainment": "H", "comment": "Khá"}


@pytest.mark.parametrize("merged", [True, False])
def test_a_period_over_the_columns_is_read_with_them(school, merged):
    rows = [
        [*WHO, "Giữa kì I", None, "Cuối học kỳ I", None, None],
        [None] * 4 + ["Mức", "Nhận xét", "Mức đạt được", "Điểm KTĐK", "Nhận xét"],
        row(school.pupils[0], *FILLED),
    ]
    areas = ["E1:F1", "G1:I1", *(f"{letter}1:{letter}2" for letter in "ABCD")] if merged else []
    for period, wanted in (("GHKI", "C"), ("CHKI", "T")):
        assert wants(read(school, rows, period, merged=areas))["attainment"] == wanted
    assert "Nhận xét" not in " ".join(read(school, rows, merged=areas).unused)


def test_lines_over_the_columns_are_read_each_for_its_own_sheet(school):
    rows = [
        [*WHO, "Tiếng Việt", None, "Toán", None],
        [None] * 4 + ["Mức", "Điểm", "Mức", "Điểm"],
        row(school.pupils[0], "T", 9, "H", 6),
    ]
    assert wants(read(school, rows)) == {"attainment": "H", "mark": "6"}
    assert wants(read(school, rows, code="TV")) == {"attainment": "T", "mark": "9"}


def test_a_column_that_leaves_open_of_which_period_it_is_is_not_guessed(school):
    rows = [[*WHO, "Mức GK", "Mức CK", "Nhận xét"], row(school.pupils[0], "T", "T", "Tốt")]
    with pytest.raises(WorkbookRefused, match="cột G «Nhận xét» không nói là của giữa kì hay cuối kì"):
        read(school, rows)


def test_titles_above_the_headings_tell_the_line_the_class_and_the_period(school):
    table = [[*WHO[2:], "Mức"], [school.pupils[0].full_name, school.pupils[0].birth_label, "T"]]
    title = ["BẢNG KẾT QUẢ MÔN TOÁN LỚP 4A"], ["Cuối học kì I, năm học 2026-2027"]
    assert wants(read(school, [*title, *table])) == {"attainment": "T"}
    assert "tệp là của Tiếng Việt" in str(read(school, [["Môn: Tiếng Việt"], *table]).problems[0])
    assert "tệp là của lớp 4B" in str(read(school, [["Lớp: 4B"], *table]).problems[0])
    assert "Giữa học kì I" in str(read(school, [["Giữa học kì I"], *table]).problems[0])


def test_of_a_flat_table_of_two_classes_this_class_is_read_and_the_other_named(school):
    other = row(school.pupils[0], "C")
    other[1] = "4B"
    found = read(school, [[*WHO, "Mức đạt được"], row(school.pupils[0], "T"), other])
    assert wants(found) == {"attainment": "T"}
    assert found.elsewhere == ("lớp 4B",)


@pytest.mark.parametrize(
    "footer",
    [
        ["Tổng cộng", None, None, None, "5"],
        ["Tổng:", None, None, None, "5 T"],
        [None, None, None, None, "12"],
        [None, None, None, None, "T: 1; H: 0"],
        ["Cộng", None, None, None, "T: 12"],
        [None, "T: 1", None, None, "H: 0"],
        ["Tỉ lệ", None, None, None, "100%"],
    ],
)
def test_sums_under_the_levels_are_no_pupils(school, footer):
    found = read(school, [[*WHO, "Mức đạt được"], row(school.pupils[0], "T"), footer])
    assert wants(found) == {"attainment": "T"}


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("Thẩm mỹ", "tham_mi"),
        ("Năng lực thẩm mỹ", "tham_mi"),
        ("GQVĐ và sáng tạo", "giai_quyet_van_de"),
        ("NL GQVĐ&ST", "giai_quyet_van_de"),
        ("Giao tiếp, hợp tác", "giao_tiep_hop_tac"),
        ("PC Yêu nước", "yeu_nuoc"),
    ],
)
def test_vendors_short_names_of_a_trait_are_known(school, heading, item):
    found = read(school, [[*WHO, heading], row(school.pupils[0], "T")], code="NLPC")
    assert (wants(found), found.unused) == ({item: "T"}, ())


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Cuối học kỳ I năm học 2026-2027", Period.END_TERM_1),
        ("Cuối năm học 2026 - 2027", Period.YEAR_END),
        ("CK", Half.END),
        ("Giữa kì", Half.MIDDLE),
        ("Học kì I", None),
    ],
)
def test_what_a_cell_says_of_when(text, when):
    assert when_in(text) == when


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("4A Toán GHKI", ("4a", "TOAN", Period.MID_TERM_1)),
        ("CN", ("", "CN", None)),
        ("TH-CN (Tin học)", ("", "TH", None)),
        ("Âm nhạc - Lớp 2G", ("2g", "AN", None)),
        ("GHKII", ("", "", Period.MID_TERM_2)),
        ("Sheet1", ("", "", None)),
    ],
)
def test_what_the_name_of_a_page_says(name, said):
    found = said_by_name(name)
    assert (found.class_key, found.code, found.when) == said


def test_a_grade_in_a_title_is_no_class():
    assert said_by_title("KẾT QUẢ KHỐI LỚP 4, NĂM HỌC 2026-2027").class_key == ""


# -- Comments by their code

FLAT = [*WHO, "Mức đạt được", "Điểm KTĐK", "Mã nhận xét", "Nội dung nhận xét"]


def codes(school, *cells, code="TOAN"):
    return read(school, [FLAT, row(school.pupils[0], "T", None, *cells)], "GHKI", code=code)


def test_the_code_of_a_comment_stands_for_its_text_of_this_line(school):
    wanted = {"attainment": "T", "comment": shipped_text("TOAN", "T", 1)}
    assert wants(codes(school, "t102")) == wanted
    assert wants(codes(school, "T102", "Lời của cô.")) == wanted | {"comment": "Lời của cô."}


def test_several_codes_follow_each_other_and_those_of_ones_own_are_filled_in_for_the_pupil(school):
    own = BankComment.objects.create(owner=school.lan, subject="TOAN", level="H", text="{tên} tính chậm.")
    found = wants(codes(school, f"T{10_000 + own.pk}; T101"))
    given = school.pupils[0].full_name.split()[-1]
    assert found["comment"] == f"{given} tính chậm. {shipped_text('TOAN', 'T', 0)}"
    own.owner = school.thu
    own.save()
    assert codes(school, f"T{10_000 + own.pk}").has_errors


def test_an_unknown_code_and_one_of_another_line_are_refused_at_their_cell_with_the_remedy(school):
    (problem,) = codes(school, "TV101").problems
    assert (problem.row, problem.column_letter, problem.value) == (2, "G", "TV101")
    assert "«TV101» không có trong ngân hàng nhận xét Toán. Tra mã ở trang" in problem.message


def test_no_two_comments_of_the_shipped_bank_have_one_code():
    listed = [code_of(Listed(entry, Whose.SHIPPED)) for entry in shipped()]
    given = [code for code in listed if code]
    assert len(set(given)) == len(given)
    assert {"TV101", "TV1203", "T5301"} <= set(given)


def shipped_text(subject, level, number):
    return [entry.text for entry in shipped() if (entry.subject, entry.level) == (subject, level)][number]
