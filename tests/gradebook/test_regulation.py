"""The regulation's tables, compared cell by cell with docs/regulation.md."""

import dataclasses
import itertools
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradebook.regulation import (
    COMPETENCY_LINES,
    GRADES,
    LINES,
    TRAITS,
    Attainment,
    Award,
    NotCovered,
    Period,
    Rating,
    TraitGroup,
    UnknownCode,
    UnknownGrade,
    YearResult,
    has_mark,
    line_by_code,
    line_by_name,
    lines_for,
    optional_lines_for,
    rules_for,
    trait_by_code,
    traits_for,
    year_label,
)

# Thông tư 27/2020 Điều 7 khoản 1, one row per grade and line, one column per period; x is a mark cell.
MATRIX = """
                GHKI CHKI GHKII CN
        1 TV     -    x    -    x
        1 TOAN   -    x    -    x
        1 NN1    -    -    -    -
        1 LSDL   -    -    -    -
        1 KH     -    -    -    -
        1 TH     -    -    -    -
        1 CN     -    -    -    -
        1 DD     -    -    -    -
        1 TNXH   -    -    -    -
        1 GDTC   -    -    -    -
        1 AN     -    -    -    -
        1 MT     -    -    -    -
        1 HDTN   -    -    -    -
        1 TDT    -    -    -    -
        2 TV     -    x    -    x
        2 TOAN   -    x    -    x
        2 NN1    -    -    -    -
        2 LSDL   -    -    -    -
        2 KH     -    -    -    -
        2 TH     -    -    -    -
        2 CN     -    -    -    -
        2 DD     -    -    -    -
        2 TNXH   -    -    -    -
        2 GDTC   -    -    -    -
        2 AN     -    -    -    -
        2 MT     -    -    -    -
        2 HDTN   -    -    -    -
        2 TDT    -    -    -    -
        3 TV     -    x    -    x
        3 TOAN   -    x    -    x
        3 NN1    -    x    -    x
        3 LSDL   -    -    -    -
        3 KH     -    -    -    -
        3 TH     -    x    -    x
        3 CN     -    x    -    x
        3 DD     -    -    -    -
        3 TNXH   -    -    -    -
        3 GDTC   -    -    -    -
        3 AN     -    -    -    -
        3 MT     -    -    -    -
        3 HDTN   -    -    -    -
        3 TDT    -    -    -    -
        4 TV     x    x    x    x
        4 TOAN   x    x    x    x
        4 NN1    -    x    -    x
        4 LSDL   -    x    -    x
        4 KH     -    x    -    x
        4 TH     -    x    -    x
        4 CN     -    x    -    x
        4 DD     -    -    -    -
        4 TNXH   -    -    -    -
        4 GDTC   -    -    -    -
        4 AN     -    -    -    -
        4 MT     -    -    -    -
        4 HDTN   -    -    -    -
        4 TDT    -    -    -    -
        5 TV     x    x    x    x
        5 TOAN   x    x    x    x
        5 NN1    -    x    -    x
        5 LSDL   -    x    -    x
        5 KH     -    x    -    x
        5 TH     -    x    -    x
        5 CN     -    x    -    x
        5 DD     -    -    -    -
        5 TNXH   -    -    -    -
        5 GDTC   -    -    -    -
        5 AN     -    -    -    -
        5 MT     -    -    -    -
        5 HDTN   -    -    -    -
        5 TDT    -    -    -    -
"""


def matrix_cells():
    """(grade, line code, period, whether there is a mark cell) for each of the 5 x 14 x 4 cells."""
    header, *rows = MATRIX.strip().splitlines()
    periods = [Period(name) for name in header.split()]
    for row in rows:
        grade, code, *marks = row.split()
        for period, mark in zip(periods, marks, strict=True):
            yield int(grade), code, period, mark == "x"


def test_the_literal_matrix_of_this_test_covers_every_grade_line_and_period():
    cells = [(grade, code, period) for grade, code, period, _ in matrix_cells()]
    everything = itertools.product(GRADES, (line.code for line in LINES), Period)
    assert sorted(cells) == sorted(everything)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_mark_cell_exists_exactly_where_the_circular_has_a_test(year):
    wrong = [
        (grade, code, period.value)
        for grade, code, period, expected in matrix_cells()
        if has_mark(year, grade, code, period, rules=rules_for(year)) is not expected
    ]
    assert wrong == []


def test_an_ethnic_language_is_tested_at_the_end_of_terms_only_where_the_year_says_so():
    rules = dataclasses.replace(rules_for(2024), ethnic_language_has_mark=True)
    tested = [period for period in Period if has_mark(2024, 3, "TDT", period, rules=rules)]
    assert tested == [Period.END_TERM_1, Period.YEAR_END]


COMPULSORY = {
    1: "TV TOAN DD TNXH GDTC AN MT HDTN",
    2: "TV TOAN DD TNXH GDTC AN MT HDTN",
    3: "TV TOAN NN1 TH CN DD TNXH GDTC AN MT HDTN",
    4: "TV TOAN NN1 LSDL KH TH CN DD GDTC AN MT HDTN",
    5: "TV TOAN NN1 LSDL KH TH CN DD GDTC AN MT HDTN",
}


@pytest.mark.parametrize(("grade", "count"), [(1, 8), (2, 8), (3, 11), (4, 12), (5, 12)])
def test_a_grade_has_its_compulsory_lines_in_the_order_of_the_hoc_ba(grade, count):
    lines = lines_for(2024, grade, rules=rules_for(2024))
    assert [line.code for line in lines] == COMPULSORY[grade].split()
    assert len(lines) == count
    assert not any(line.is_optional for line in lines)


@pytest.mark.parametrize(
    ("grade", "codes"),
    [(1, "NN1 TH TDT"), (2, "NN1 TH TDT"), (3, "TDT"), (4, "TDT"), (5, "TDT")],
)
def test_the_lines_a_school_may_switch_on_are_marked_optional(grade, codes):
    lines = optional_lines_for(2026, grade, rules=rules_for(2026))
    assert [line.code for line in lines] == codes.split()
    assert all(line.is_optional for line in lines)


def test_the_lines_stand_as_in_the_hoc_ba_form_with_the_programme_spelling():
    assert [(line.position, line.code, line.name, line.short_name) for line in LINES] == [
        (1, "TV", "Tiếng Việt", "Tiếng Việt"),
        (2, "TOAN", "Toán", "Toán"),
        (3, "NN1", "Ngoại ngữ 1", "Ngoại ngữ 1"),
        (4, "LSDL", "Lịch sử và Địa lí", "Lịch sử và Địa lí"),
        (5, "KH", "Khoa học", "Khoa học"),
        (6, "TH", "Tin học và Công nghệ (Tin học)", "Tin học"),
        (7, "CN", "Tin học và Công nghệ (Công nghệ)", "Công nghệ"),
        (8, "DD", "Đạo đức", "Đạo đức"),
        (9, "TNXH", "Tự nhiên và Xã hội", "Tự nhiên và Xã hội"),
        (10, "GDTC", "Giáo dục thể chất", "Giáo dục thể chất"),
        (11, "AN", "Nghệ thuật (Âm nhạc)", "Âm nhạc"),
        (12, "MT", "Nghệ thuật (Mĩ thuật)", "Mĩ thuật"),
        (13, "HDTN", "Hoạt động trải nghiệm", "Hoạt động trải nghiệm"),
        (14, "TDT", "Tiếng dân tộc", "Tiếng dân tộc"),
    ]


QUALITIES = ["Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"]
GENERAL = ["Tự chủ và tự học", "Giao tiếp và hợp tác", "Giải quyết vấn đề và sáng tạo"]
SPECIFIC_5 = ["Ngôn ngữ", "Tính toán", "Khoa học", "Thẩm mĩ", "Thể chất"]
SPECIFIC_7 = ["Ngôn ngữ", "Tính toán", "Khoa học", "Công nghệ", "Tin học", "Thẩm mĩ", "Thể chất"]


@pytest.mark.parametrize(
    ("grade", "specific"),
    [(1, SPECIFIC_5), (2, SPECIFIC_5), (3, SPECIFIC_7), (4, SPECIFIC_7), (5, SPECIFIC_7)],
)
def test_grades_1_and_2_have_five_specific_competencies_and_the_others_seven(grade, specific):
    traits = traits_for(2024, grade, rules=rules_for(2024))
    by_group = {group: [t.name for t in traits if t.group is group] for group in TraitGroup}
    assert by_group == {
        TraitGroup.QUALITY: QUALITIES,
        TraitGroup.GENERAL: GENERAL,
        TraitGroup.SPECIFIC: specific,
    }


def test_a_year_may_give_grades_1_and_2_all_seven_specific_competencies():
    rules = rules_for(2024)
    seven = {**rules.specific, 1: rules.specific[3]}
    traits = traits_for(2024, 1, rules=dataclasses.replace(rules, specific=seven))
    assert len(traits) == len(traits_for(2024, 3, rules=rules_for(2024))) == 15
    assert len(traits_for(2024, 1, rules=rules_for(2024))) == 13


def test_every_competency_pair_names_a_known_trait_and_known_lines():
    for trait_code, line_codes in COMPETENCY_LINES.items():
        assert trait_by_code(trait_code).group is TraitGroup.SPECIFIC
        assert all(line_by_code(code) for code in line_codes)


def test_codes_of_lines_and_traits_never_collide():
    codes = [line.code for line in LINES] + [trait.code for trait in TRAITS]
    assert len(codes) == len(set(codes)) == 29


# ── Years ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("year", "charter"),
    [(2020, "28/2020"), (2024, "28/2020"), (2025, "28/2020"), (2026, "15/2026"), (2030, "15/2026")],
)
def test_a_year_cites_the_charter_in_force_when_it_began_and_the_assessment_circular(year, charter):
    first, second = rules_for(year).legal_bases
    assert f"{charter}/TT-BGDĐT" in first
    assert "27/2020/TT-BGDĐT" in second


@pytest.mark.parametrize(
    ("year", "day", "charter"),
    [
        (2025, date(2026, 5, 9), "28/2020"),
        (2025, date(2026, 5, 10), "15/2026"),
        (2025, date(2026, 5, 29), "15/2026"),
        (2026, date(2026, 5, 9), "28/2020"),
        (2020, date(2020, 9, 5), "28/2020"),
    ],
)
def test_a_paper_cites_the_charter_in_force_on_its_day_whatever_its_year(year, day, charter):
    first, second = rules_for(year).bases_on(day)
    assert f"{charter}/TT-BGDĐT" in first
    assert "27/2020/TT-BGDĐT" in second


def test_years_before_the_circular_have_no_rules():
    with pytest.raises(NotCovered, match="Năm học 2019 - 2020 chưa áp dụng Thông tư 27/2020"):
        rules_for(2019)


ROADMAP = [(1, 2020), (2, 2021), (3, 2022), (4, 2023), (5, 2024)]


@pytest.mark.parametrize(("grade", "first_year"), ROADMAP)
def test_a_grade_is_covered_from_its_year_in_the_roadmap(grade, first_year):
    assert lines_for(first_year, grade, rules=rules_for(first_year))
    with pytest.raises(NotCovered):
        lines_for(first_year - 1, grade, rules=rules_for(first_year - 1))


def test_the_refusal_of_an_early_year_names_grade_year_and_first_year():
    with pytest.raises(NotCovered) as refusal:
        traits_for(2023, 5, rules=rules_for(2023))
    assert str(refusal.value) == (
        "Lớp 5 năm học 2023 - 2024 chưa áp dụng Thông tư 27/2020/TT-BGDĐT "
        "(lớp 5 áp dụng từ năm học 2024 - 2025)."
    )


def test_all_five_grades_are_covered_for_the_first_time_in_2024():
    assert [grade for grade in GRADES if lines_for(2024, grade, rules=rules_for(2024))] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_a_grade_outside_primary_school_is_refused(grade):
    with pytest.raises(UnknownGrade, match="chỉ từ lớp 1 đến lớp 5"):
        lines_for(2024, grade, rules=rules_for(2024))


def test_settings_of_one_year_leave_the_defaults_of_another_untouched():
    changed = dataclasses.replace(rules_for(2026), mark_floor=1, comment_limit=200)
    assert (changed.mark_floor, changed.comment_limit) == (1, 200)
    assert (rules_for(2026).mark_floor, rules_for(2026).comment_limit) == (0, 1000)
    assert (rules_for(2024).mark_floor, rules_for(2024).comment_limit) == (0, 1000)


def test_the_tables_cannot_be_changed_in_place():
    with pytest.raises(TypeError):
        rules_for(2024).compulsory[1] = ("TV",)


def test_a_year_is_written_as_the_forms_write_it():
    assert year_label(2024) == "2024 - 2025"


def test_unknown_codes_are_refused_by_name():
    with pytest.raises(UnknownCode, match="“LATIN”"):
        has_mark(2024, 4, "LATIN", Period.YEAR_END, rules=rules_for(2024))
    with pytest.raises(UnknownCode, match="“lễ phép”"):
        trait_by_code("lễ phép")


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_value_carries_its_official_wording():
    assert [(p.value, p.label, p.order, p.is_end_of_term) for p in Period] == [
        ("GHKI", "Giữa học kì I", 1, False),
        ("CHKI", "Cuối học kì I", 2, True),
        ("GHKII", "Giữa học kì II", 3, False),
        ("CN", "Cuối năm học", 4, True),
    ]
    assert [(a.value, a.label) for a in Attainment] == [
        ("T", "Hoàn thành tốt"),
        ("H", "Hoàn thành"),
        ("C", "Chưa hoàn thành"),
    ]
    assert [(r.value, r.label) for r in Rating] == [("T", "Tốt"), ("Đ", "Đạt"), ("C", "Cần cố gắng")]
    assert [(r.value, r.label) for r in YearResult] == [
        ("HTXS", "Hoàn thành xuất sắc"),
        ("HTT", "Hoàn thành tốt"),
        ("HT", "Hoàn thành"),
        ("CHT", "Chưa hoàn thành"),
    ]
    assert [(a.value, a.label) for a in Award] == [
        ("HSXS", "Học sinh Xuất sắc"),
        ("HSTB", "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"),
    ]
    assert [g.label for g in TraitGroup] == ["Phẩm chất chủ yếu", "Năng lực chung", "Năng lực đặc thù"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TH-CN (Tin học)", "TH"),
        ("TH-CN (Công nghệ)", "CN"),
        ("Tin học và Công nghệ (Tin học)", "TH"),
        ("TIN HỌC", "TH"),
        ("TN-XH", "TNXH"),
        ("TN&XH", "TNXH"),
        ("Tự nhiên và xã hội", "TNXH"),
        ("Mỹ thuật", "MT"),
        ("Nghệ thuật (Mỹ thuật)", "MT"),
        ("Âm nhạc", "AN"),
        ("Lịch sử và Địa lý", "LSDL"),
        ("LS&ĐL", "LSDL"),
        ("Lịch sử & Địa lí", "LSDL"),
        ("Ngoại ngữ", "NN1"),
        ("Ngoại ngữ 1 (Tiếng Anh)", "NN1"),
        ("Tiếng Anh", "NN1"),
        ("HĐTN", "HDTN"),
        ("GDTC", "GDTC"),
        ("Thể dục", "GDTC"),
        ("Tiếng DT", "TDT"),
        ("Đạo đức", "DD"),
        ("  toán\u00a0", "TOAN"),
        ("Ti\u200bếng Việt", "TV"),
        (unicodedata.normalize("NFD", "Khoa học"), "KH"),
    ],
)
def test_spellings_met_in_files_find_their_line(text, code):
    assert line_by_name(text) == line_by_code(code)


@pytest.mark.parametrize(
    "text", ["Tin học và Công nghệ", "Nghệ thuật", "Ngoại ngữ 2", "Lịch sử", "Thể chất", "", "Tổng", "T"]
)
def test_a_name_that_is_not_one_line_finds_none_rather_than_a_guess(text):
    assert line_by_name(text) is None


@given(
    line=st.sampled_from(LINES),
    form=st.sampled_from(["NFC", "NFD"]),
    change=st.sampled_from([str, str.upper, str.lower, "  {} ".format, "\ufeff{}".format]),
)
def test_every_official_name_finds_its_own_line_however_it_is_encoded(line, form, change):
    assert line_by_name(change(unicodedata.normalize(form, line.name))) == line
    assert line_by_name(change(unicodedata.normalize(form, line.short_name))) == line


def test_every_test_and_function_the_document_names_exists():
    root = Path(__file__).resolve().parents[2]
    text = (root / "docs/regulation.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests").glob("*/test_*.py"))
    places = [
        *(root / "gradebook").glob("*.py"),
        *(root / f"approvals/{name}.py" for name in ("data_rules", "retention")),
        *(root / f"students/{name}.py" for name in ("record_rules", "records", "administrative_units")),
    ]
    code = "".join(path.read_text(encoding="utf-8") for path in places)
    named_tests = set(re.findall(r"`(test_\w+)`", text))
    named_functions = set(re.findall(r"`(\w+)\(\)`", text))
    assert {name for name in named_tests if f"def {name}(" not in tests} == set()
    assert {name for name in named_functions if f"def {name}(" not in code} == set()
    assert len(named_tests) > 20
    assert len(named_functions) > 15
