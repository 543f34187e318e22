"""Pupil lists as the clerk really gets them become the same plain rows (R85, R87, R93, R95)."""

import datetime
import json
from collections.abc import Sequence

import pytest

from students.code_lists import ethnic_groups
from students.roster_files import Problem, RosterFile, RosterRow, read_roster
from students.roster_rows import class_label
from tests.students.workbook_making import DATA, archive, workbook

TRUTH = json.loads((DATA / "demo" / "truth.json").read_text(encoding="utf-8"))["pupils"]
FIFTH_OF_SEPTEMBER = datetime.datetime(2019, 9, 5)  # noqa: DTZ001 - a day in Excel has no time zone
FOURTH_OF_JANUARY = datetime.datetime(2025, 1, 4)  # noqa: DTZ001 - as above
GENDERS = {"Nam": "male", "Nữ": "female"}
HEADINGS = ("STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc")
AN = (1, "1A", "3100000001", "Nguyễn Văn An", "05/09/2019", "Nam", "Kinh")


def demo(name: str) -> RosterFile:
    return read_roster((DATA / "demo" / name).read_bytes(), name, school_year=2025)


def sample(name: str) -> RosterFile:
    return read_roster((DATA / "rosters" / name).read_bytes(), name)


def read(
    *rows: Sequence[object], title: str = "Sheet1", merged: Sequence[str] = (), **options: int
) -> RosterFile:
    return read_roster(workbook((title, rows), merged=merged), "danh-sach.xlsx", **options)


def one(heading: str, value: object, **options: int) -> tuple[RosterRow, tuple[Problem, ...]]:
    """Read a list of one pupil with one column more (or other) than the usual ones."""
    cells = dict(zip(HEADINGS, AN, strict=True)) | {heading: value}
    file = read(tuple(cells), tuple(cells.values()), **options)
    return file.rows[0], file.problems


def message(heading: str, value: object, **options: int) -> str:
    _, problems = one(heading, value, **options)
    assert len(problems) == 1, problems
    return str(problems[0])


SAME_WORDS = (
    "class_name",
    "grade",
    "moet_id",
    "national_id",
    "register_no",
    "full_name",
    "birth_place",
    "origin",
    "status",
)
OTHER_WORDS = {
    "home_address": "home",
    "phone": "mother_phone",
    "father_name": "father",
    "father_birth_year": "father_born",
    "father_job": "father_job",
    "mother_name": "mother",
    "mother_birth_year": "mother_born",
    "mother_job": "mother_job",
    "policy_code": "policy",
    "disability_code": "disability",
}


def expected(pupil: dict) -> dict:
    """Return what truth.json says of a pupil, in the words of RosterRow."""
    year, month, day = map(int, pupil["birth_date"].split("-"))
    result = {name: pupil[name] for name in SAME_WORDS}
    result |= {name: pupil[other] for name, other in OTHER_WORDS.items()}
    result |= {"birth_year": year, "birth_month": month, "birth_day": day, "gender": GENDERS[pupil["gender"]]}
    return result | {"ethnic_code": ethnic_groups().find(pupil["ethnic"])}


FLAT = frozenset(expected(TRUTH[0]))
VENDOR = FLAT - {
    *(
        "origin",
        "phone",
        "father_name",
        "father_birth_year",
        "father_job",
        "mother_name",
        "mother_birth_year",
    ),
    *("mother_job", "policy_code", "disability_code", "status"),
}
PER_CLASS = (VENDOR | {"father_name", "mother_name"}) - {"national_id", "birth_place", "home_address"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("danh-sach-hoc-sinh-csdl.xlsx", FLAT),
        ("danh-sach-hoc-sinh-phan-mem.xlsx", VENDOR),
        ("danh-sach-theo-lop.xlsx", PER_CLASS),
    ],
)
def test_the_three_shapes_of_one_school_give_the_same_pupils(name: str, fields: frozenset[str]) -> None:
    file = demo(name)
    assert file.problems == ()
    assert [{field: getattr(row, field) for field in fields} for row in file.rows] == [
        {field: value for field, value in expected(pupil).items() if field in fields} for pupil in TRUTH
    ]


@pytest.mark.parametrize("name", ["danh-sach-hoc-sinh-phan-mem.xlsx", "danh-sach-theo-lop.xlsx"])
def test_a_column_that_a_file_lacks_is_not_given(name: str) -> None:
    assert all("status" not in row.given and "father_job" not in row.given for row in demo(name).rows)


def test_an_empty_cell_is_not_given_though_its_column_is_there() -> None:
    rows = demo("danh-sach-hoc-sinh-csdl.xlsx").rows
    assert [("policy_code" in row.given) for row in rows] == [bool(pupil["policy"]) for pupil in TRUTH]
    assert all("class_name" in row.given and "birth_day" in row.given for row in rows)


def test_the_school_year_stands_in_a_title() -> None:
    assert demo("danh-sach-theo-lop.xlsx").school_year == 2025
    assert demo("danh-sach-hoc-sinh-csdl.xlsx").school_year is None


def test_the_number_36_in_an_empty_cell_is_empty() -> None:
    file = sample("csdl_export_two_sheets_36_placeholders.xlsx")
    assert file.errors == ()
    assert len(file.rows) == 70
    first = file.rows[0]
    assert (first.birth_place, first.national_id, first.father_name) == ("", "076021349759", "")
    assert not {"birth_place", "father_name", "disability_code"} & first.given
    assert file.unknown_headers == ("Trường", "Tỉnh/Thành phố", "Xã/Phường", "Thôn/Xóm")


def test_the_36th_pupil_keeps_ordinal_and_register_number() -> None:
    rows = [
        (n, "1A", None, f"Nguyễn Văn {chr(64 + n % 26)}", f"{1 + n % 28}/9/2019", n) for n in range(1, 41)
    ]
    file = read((*HEADINGS[:5], "Số đăng bộ"), *rows)
    assert [row.register_no for row in file.rows] == [str(n) for n in range(1, 41)]


def test_a_girl_is_marked_with_x_under_a_merged_header_above_a_footer() -> None:
    file = sample("kqgd_nu_x_merged_header_footer.xlsx")
    assert file.problems == ()
    assert len(file.rows) == 30
    assert [row.gender for row in file.rows[:6]] == ["male", "female", "female", "male", "female", "female"]
    assert {(row.class_name, row.grade) for row in file.rows} == {("4A", 4)}
    assert file.rows[0].full_name == "Hồ Hữu Đình Nguyên"


@pytest.mark.parametrize("name", ["roster_nfd_eth_nbsp.xlsx", "roster_strict_ooxml.xlsx"])
def test_nfd_nbsp_and_strict_files_give_clean_names_and_say_that_the_class_is_missing(name: str) -> None:
    file = sample(name)
    assert len(file.rows) == 30
    assert [row.full_name for row in file.rows[1:4]] == [
        "Trần Quốc Phúc Nguyên",
        "Trần Xuân Hiếu",
        "NGUYỄN VĂN HUY THÔNG",
    ]
    assert {row.phone for row in file.rows} == {"0912345678"}
    assert [problem.row for problem in file.errors] == [0]
    assert "không thấy tên lớp" in str(file.errors[0])


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("5/9/2019", (2019, 9, 5)),
        ("05-09-2019", (2019, 9, 5)),
        ("05.09.2019", (2019, 9, 5)),
        (" 5 / 9 / 2019 ", (2019, 9, 5)),
        ("'05/09/2019", (2019, 9, 5)),
        ("2019-09-05", (2019, 9, 5)),
        ("2019-09-05T00:00:00", (2019, 9, 5)),
        ("05/09/2019 00:00:00", (2019, 9, 5)),
        ("ngày 05 tháng 9 năm 2019", (2019, 9, 5)),
        (FIFTH_OF_SEPTEMBER, (2019, 9, 5)),
        (43713, (2019, 9, 5)),
        ("43713", (2019, 9, 5)),
        (43713.0, (2019, 9, 5)),
        (2019, (2019, None, None)),
        ("2019", (2019, None, None)),
        ("09/2019", (2019, 9, None)),
        ("29/02/2020", (2020, 2, 29)),
    ],
)
def test_a_birth_date_is_read_however_it_is_written(value: object, date: tuple) -> None:
    row, problems = one("Ngày sinh", value)
    assert problems == ()
    assert (row.birth_year, row.birth_month, row.birth_day) == date
    assert {"birth_year", "birth_month", "birth_day"} <= row.given


@pytest.mark.parametrize("value", ["31/02/2019", "29/02/2019", "00/09/2019", "05/13/2019", "0/2019"])
def test_a_day_that_never_was_is_reported_with_place_and_remedy(value: str) -> None:
    assert message("Ngày sinh", value) == (
        f"Trang «Sheet1», hàng 2, cột E «Ngày sinh»: «{value}» không phải ngày có thật. "
        "Ghi theo dạng ngày/tháng/năm, ví dụ 05/09/2019."
    )


@pytest.mark.parametrize("value", ["không rõ", "5/9/19", "5/9", "x", True, 3, 999999])
def test_what_is_no_date_is_reported_and_not_given(value: object) -> None:
    row, problems = one("Ngày sinh", value)
    assert "không phải ngày" in problems[0].message
    assert "birth_year" not in row.given


@pytest.mark.parametrize(
    ("heading", "value", "field", "kept"),
    [
        ("Mã định danh Bộ GD&ĐT", 3100000001, "moet_id", "3100000001"),
        ("Mã định danh Bộ GD&ĐT", 545502692, "moet_id", "0545502692"),
        ("Mã định danh Bộ GD&ĐT", "3100000001.0", "moet_id", "3100000001"),
        ("Mã định danh Bộ GD&ĐT", " 3100 000 001", "moet_id", "3100000001"),
        ("Số định danh cá nhân", 31219000001, "national_id", "031219000001"),
        ("Số định danh cá nhân", 1219000001.0, "national_id", "001219000001"),
        ("Số định danh cá nhân", "031219000001", "national_id", "031219000001"),
        ("SĐT liên hệ", 912345678, "phone", "0912345678"),
        ("SĐT liên hệ", "+84 912 345 678", "phone", "0912345678"),
        ("SĐT liên hệ", "0912.345.678", "phone", "0912345678"),
        ("Sổ đăng bộ", "2025/0001", "register_no", "2025/0001"),
        ("Giới tính", "NỮ ", "gender", "female"),
        ("Giới tính", "nam", "gender", "male"),
        ("Phái", "Nữ", "gender", "male"),
        ("Dân tộc", "H'Mông", "ethnic_code", "08"),
        ("Dân tộc", "nùng", "ethnic_code", "07"),
        ("Dân tộc", 1, "ethnic_code", "01"),
        ("Lớp", "Lớp 1a", "class_name", "1A"),
        ("Lớp", "1 A", "class_name", "1A"),
        ("Khối học", "Khối 1", "grade", 1),
        ("Diện chính sách", "4", "policy_code", "04"),
        ("Diện chính sách", "Hộ nghèo", "policy_code", "08"),
        ("Loại khuyết tật", "Khuyết tật nhìn", "disability_code", "03"),
        ("Trạng thái", "chuyển đến kì 1", "status", "Chuyển đến kỳ 1"),
        ("Trạng thái HS", "01", "status", "Đang học"),
        ("Họ tên cha (bố)", "Trần  Văn Bình", "father_name", ""),
        ("Năm sinh mẹ", 1990, "mother_birth_year", 1990),
        ("Năm sinh (cha)", "05/09/1990", "father_birth_year", 1990),
        ("Họ tên người giám hộ", "Lê Thị Ba", "guardian_name", "Lê Thị Ba"),
    ],
)
def test_a_cell_is_read_in_the_ways_it_is_written(
    heading: str, value: object, field: str, kept: object
) -> None:
    row, problems = one(heading, value)
    assert problems == ()
    assert getattr(row, field) == kept


@pytest.mark.parametrize(
    ("heading", "value", "words"),
    [
        ("Mã định danh Bộ GD&ĐT", "310000001", "có 9 chữ số; mã định danh Bộ GD&ĐT phải có đúng 10 chữ số"),
        ("Mã định danh Bộ GD&ĐT", 3100, "có 4 chữ số"),
        ("Mã định danh Bộ GD&ĐT", "HS00000001", "chỉ gồm chữ số"),
        ("Mã định danh Bộ GD&ĐT", "3.1E+09", "rút gọn"),
        ("Số định danh cá nhân", "31219000001", "đúng 12 chữ số"),
        ("Giới tính", 1, "Ghi «Nam» hoặc «Nữ»"),
        ("Dân tộc", "Klingon", "không có trong danh mục dân tộc"),
        ("Diện chính sách", "99", "Ghi mã hai chữ số từ 01 đến 16"),
        ("Trạng thái", "lung tung", "không có trong danh mục trạng thái"),
        ("Khối học", "Khối 6", "không phải khối của tiểu học"),
        ("Khối học", 2, "lớp «1A» không thuộc khối 2"),
        ("Lớp", None, "thiếu lớp"),
        ("Lớp", "Hoa Sen", "không rõ khối"),
        ("Lớp", FOURTH_OF_JANUARY, "Excel đã đổi tên lớp thành ngày"),
        ("Họ và tên", "Nguyễn Văn 4n", "có chữ số"),
        ("Họ và tên", "An " * 60, "dài quá 150 kí tự"),
        ("Nơi sinh", "x" * 301, "nhiều nhất 300"),
        ("Nơi sinh", "#REF!", "lỗi «#REF!» của Excel"),
    ],
)
def test_a_broken_cell_is_an_error_that_says_what_to_write(heading: str, value: object, words: str) -> None:
    _, problems = one(heading, value)
    assert [problem.level for problem in problems] == ["error"]
    assert words in str(problems[0])


def test_a_formula_that_was_never_calculated_is_an_error_not_an_empty_cell() -> None:
    assert "công thức chưa được tính" in message("Dân tộc", '="Kinh"')


def test_a_name_that_is_an_uncalculated_formula_is_told_as_such_and_once() -> None:
    for cells in ((1, "=1+1", "05/09/2019", "1A"), (None, "=A1", None, None), (1, "=A1", None, '="1A"')):
        file = read(("STT", "Họ và tên", "Ngày sinh", "Lớp"), cells, (2, "Lê Thị Ý", "06/09/2019", "1A"))
        found = [problem for problem in file.problems if problem.column_letter == "B"]
        assert len(found) == 1
        assert "hàng 2, cột B «Họ và tên»: ô có công thức chưa được tính" in str(found[0])
        assert not [problem for problem in file.problems if "thiếu" in problem.message]


def test_a_formula_in_the_column_of_girls_does_not_make_a_boy() -> None:
    file = read(("Họ và tên", "Ngày sinh", "Nữ"), ("Lê Thị Ý", 2019, '="x"'), title="1A")
    assert "gender" not in file.rows[0].given
    assert "công thức chưa được tính" in str(file.errors[0])


def test_every_broken_cell_of_every_row_is_reported_in_order() -> None:
    file = read(
        HEADINGS,
        (1, None, "12", "Nguyễn Văn An", "31/02/2019", "Nam", "Kinh"),
        (2, "1A", "3100000002", None, "05/09/2019", "Nam", "Kinh"),
        (3, "1A", "3100000003", "Lê Thị Ý", "05/09/2019", "?", "?"),
    )
    assert [(problem.row, problem.column_letter) for problem in file.problems] == [
        *((2, "C"), (2, "E"), (2, "B")),
        (3, "D"),
        *((4, "F"), (4, "G")),
    ]
    assert [row.full_name for row in file.rows] == ["Nguyễn Văn An", "Lê Thị Ý"]


@pytest.mark.parametrize(("born", "warned"), [(2010, False), (2009, True), (2020, False), (2021, True)])
def test_an_age_that_no_primary_pupil_has_is_a_warning(born: int, warned: bool) -> None:
    _, problems = one("Ngày sinh", born, school_year=2025)
    assert [problem.level for problem in problems] == ["warning"] * warned
    assert all("tuổi trong năm học 2025 - 2026" in problem.message for problem in problems)


def test_a_phone_that_is_none_is_a_warning_and_is_not_taken() -> None:
    row, problems = one("SĐT liên hệ", "0912345678/0987654321")
    assert [problem.level for problem in problems] == ["warning"]
    assert "phone" not in row.given


def test_an_id_that_stands_twice_names_the_other_row() -> None:
    other = (2, "1B", "3100000001", "Lê Thị Ý", "06/09/2019", "Nữ", "Kinh")
    file = read(HEADINGS, AN, other)
    assert str(file.errors[0]) == (
        "Trang «Sheet1», hàng 3, cột C «Mã định danh Bộ GD&ĐT»: mã định danh Bộ GD&ĐT «3100000001» "
        "đã có ở hàng 2 (Nguyễn Văn An). Mỗi học sinh chỉ ghi một hàng; hãy sửa hoặc bỏ một trong hai hàng."
    )
    assert len(file.errors) == 1


def test_the_same_name_and_birth_date_in_one_class_is_a_warning() -> None:
    file = read(HEADINGS, AN, (2, "1A", "3100000002", *AN[3:]))
    assert [problem.level for problem in file.problems] == ["warning"]
    assert "mã khác nhau: là hai em (như sinh đôi) thì để nguyên" in file.problems[0].message
    file = read(HEADINGS, AN, (2, "1A", None, *AN[3:]))
    assert "là hai em thì ghi mã định danh Bộ GD&ĐT của từng em" in file.problems[0].message


def test_one_class_in_two_grades_is_an_error() -> None:
    headings = (*HEADINGS, "Khối")
    rows = [(1, "Hoa Sen", "3100000001", *AN[3:], 1), (2, "Hoa Sen", "3100000002", "Lê Ý", *AN[4:], 2)]
    assert "Một lớp chỉ thuộc một khối" in str(read(headings, *rows).errors[0])


def test_headings_in_two_rows_name_father_and_mother_apart() -> None:
    rows = [
        ("STT", "Lớp", "Họ và tên", "Cha", None, None, "Mẹ", None),
        (None, None, None, "Họ tên", "Năm sinh", "Nghề nghiệp", "Họ tên", "Năm sinh"),
        (1, "1A", "Nguyễn Văn An", "Nguyễn Văn Ba", 1985, "Thợ may", "Lê Thị Tư", 1987),
    ]
    for merged in ([], ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:H1"]):
        file = read(*rows, merged=merged)
        assert file.problems == ()
        row = file.rows[0]
        assert (row.full_name, row.father_name, row.father_birth_year, row.father_job) == (
            *("Nguyễn Văn An", "Nguyễn Văn Ba", 1985, "Thợ may"),
        )
        assert (row.mother_name, row.mother_birth_year) == ("Lê Thị Tư", 1987)


def test_a_name_split_under_one_merged_heading_is_joined() -> None:
    file = read(
        ("STT", "Họ và tên", None, "Ngày sinh"),
        (1, "Nguyễn Thị", "Ý", 2019),
        title="Lớp 1A",
        merged=["B1:C1"],
    )
    assert [row.full_name for row in file.rows] == ["Nguyễn Thị Ý"]


@pytest.mark.parametrize("middle", ["Tên đệm", "Đệm", "Chữ đệm", "Tên lót", "Họ lót"])
def test_a_name_in_three_columns_is_read_whole(middle: str) -> None:
    file = read(
        ("STT", "Họ", middle, "Tên", "Lớp"),
        (1, "Lý", "Văn Thành", "Tách", "1A"),
        (2, "Lý", None, "Hai", "1A"),
    )
    assert [row.full_name for row in file.rows] == ["Lý Văn Thành Tách", "Lý Hai"]
    assert (file.problems, file.unknown_headers) == ((), ())


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (("Họ", "Đệm và tên"), ("Lý", "Văn Tách")),
        (("Họ", "Họ và đệm", "Tên"), ("Lý", "Lý Văn", "Tách")),
        (("Họ và đệm", "Đệm", "Tên"), ("Lý Văn", "Văn", "Tách")),
        (("Tên", "Họ", "Tên đệm"), ("Tách", "Lý", "Văn")),
        (("Họ và tên", "Họ", "Tên"), ("Lý Văn Tách", "Lý", "Tách")),
    ],
)
def test_the_parts_of_a_name_are_put_together_once_each(headings: tuple, cells: tuple) -> None:
    assert read((*headings, "Lớp"), (*cells, "1A")).rows[0].full_name == "Lý Văn Tách"


@pytest.mark.parametrize(
    ("headings", "cells", "words"),
    [
        (
            ("Họ", "Tên thánh", "Tên"),
            ("Lý", "Văn Thành", "Tách"),
            "Trang «Sheet1», cột B «Tên thánh»: cột này nằm giữa",
        ),
        (("Họ", None, "Tên"), ("Lý", "Văn Thành", "Tách"), "Trang «Sheet1», cột B: cột này nằm giữa"),
        (("Họ và tên", None, "Ngày sinh"), ("Lý Văn Thành", "Tách", 2019), "(hàng 2: «Tách»)"),
        (
            ("Họ và tên", "Tên"),
            ("Lý Văn Thành", "Tách"),
            "ô này ghi «Tách», không có trong họ tên «Lý Văn Thành»",
        ),
        (("Họ đệm", "Tên"), ("Lý Văn", None), "cột B «Tên»: thiếu tên: mới có «Lý Văn»"),
    ],
)
def test_a_column_that_may_hold_a_part_of_the_name_is_never_left_out(
    headings: tuple, cells: tuple, words: str
) -> None:
    file = read((*headings, "Lớp"), (*cells, "1A"), (*cells, "1B"))
    errors = [str(problem) for problem in file.errors]
    assert words in errors[0]
    assert len([error for error in errors if "cột này nằm" in error]) <= 1, "once for the sheet"


def test_a_column_of_marks_beside_the_name_is_no_part_of_it() -> None:
    assert not read(("Họ và tên", None, "Lớp"), ("Lý Văn Tách", "x", "1A")).problems


def test_the_header_may_stand_in_row_30_under_titles_and_the_row_of_column_numbers_is_no_pupil() -> None:
    file = read(
        ("DANH SÁCH HỌC SINH LỚP 2B",), *[()] * 28, HEADINGS[:1] + HEADINGS[3:], (1, 2, 3, 4, 5), (1, *AN[3:])
    )
    assert [(row.row, row.full_name, row.class_name) for row in file.rows] == [(32, "Nguyễn Văn An", "2B")]
    assert file.problems == ()


def test_classes_one_below_the_other_each_with_title_and_header_keep_their_pupils() -> None:
    headings = ("STT", "Họ và tên", "Ngày sinh")
    file = read(
        ("DANH SÁCH HỌC SINH LỚP 1A",), headings, (1, "Nguyễn Văn An", 2019), (None, "Tổng số: 1"), (),
        ("DANH SÁCH HỌC SINH LỚP 1B",), headings, (1, "Lê Thị Ý", 2019), (None, "Cộng: 1"),
        (None, None, "Giáo viên chủ nhiệm"), (None, "Trần Thị Hoa"),
    )  # fmt: skip
    assert [(row.full_name, row.class_name) for row in file.rows] == [
        ("Nguyễn Văn An", "1A"),
        ("Lê Thị Ý", "1B"),
    ]
    assert file.problems == ()


def test_numbered_rows_left_blank_at_the_end_of_a_form_are_no_pupils() -> None:
    file = read(HEADINGS, AN, (2,), (3,))
    assert len(file.rows) == 1
    assert file.problems == ()


def test_a_family_name_that_looks_like_a_footer_is_a_pupil() -> None:
    names = ("Công Tằng Tôn Nữ An", "Tô Văn Công", "Tổng Thị Ý")
    file = read(("Họ và tên", "Ngày sinh"), *[(name, "05/09/2019") for name in names], title="1A")
    assert tuple(row.full_name for row in file.rows) == names


def test_parents_in_one_cell_are_told_apart_or_left_alone() -> None:
    row, _ = one("Họ tên cha / mẹ", "Cha: Trần Văn Ba / Mẹ: Lê Thị Tư")
    assert (row.father_name, row.mother_name) == ("Trần Văn Ba", "Lê Thị Tư")
    row, _ = one("Họ tên cha / mẹ", " / Lê Thị Tư")
    assert "father_name" not in row.given
    row, problems = one("Họ tên cha / mẹ", "Lê Thị Tư")
    assert not {"father_name", "mother_name"} & row.given
    assert problems[0].level == "warning"


def test_a_class_merged_downwards_is_that_of_every_row_it_reaches_over() -> None:
    rows = [
        ("STT", "Lớp", "Họ và tên"),
        (1, "1Z", "Mạc Một"),
        (2, None, "Mạc Hai"),
        (3, "1Y", "Mạc Ba"),
        (4, None, None),
    ]
    file = read(*rows, title="Lớp gộp", merged=("B2:B3", "B4:B9"))
    assert [(row.full_name, row.class_name) for row in file.rows] == [
        ("Mạc Một", "1Z"),
        ("Mạc Hai", "1Z"),
        ("Mạc Ba", "1Y"),
    ]
    assert not file.problems, "the numbered row left blank is no pupil"


def test_ids_names_and_birth_dates_are_never_filled_from_merged_cells() -> None:
    rows = [
        ("Lớp", "Họ và tên", "Ngày sinh", "Mẹ"),
        ("1A", "Mạc Một", 2019, "Lê Thị Ba"),
        ("1A", "Mạc Hai", None, None),
    ]
    file = read(*rows, merged=("C2:C3", "D2:D3"))
    assert [(row.birth_year, row.mother_name) for row in file.rows] == [
        (2019, "Lê Thị Ba"),
        (None, "Lê Thị Ba"),
    ]


def test_beside_a_column_of_classes_the_sheets_name_is_no_class() -> None:
    file = read(("Lớp", "Họ và tên", "Ngày sinh"), (None, "Lý Hai", 2019), title="Lớp 1A")
    assert [str(problem) for problem in file.errors] == [
        "Trang «Lớp 1A», hàng 2, cột A «Lớp»: thiếu lớp. Ghi tên lớp, ví dụ «1A»."
    ]


@pytest.mark.parametrize(
    ("title", "guessed"), [("Lớp 1A", False), ("4.1", False), ("Lớp 1", True), ("Lớp gộp 1", True)]
)
def test_a_sheets_name_that_may_be_no_class_is_marked_as_a_guess(title: str, guessed: bool) -> None:
    file = read(("Họ và tên", "Khối"), ("Lý Hai", 4 if title == "4.1" else 1), title=title)
    assert file.rows[0].is_class_guessed is guessed


def test_a_sheet_and_its_title_that_name_different_classes_are_an_error() -> None:
    file = read(
        ("DANH SÁCH LỚP 1B",), ("STT", "Họ và tên", "Ngày sinh"), (1, "Nguyễn An", 2019), title="Lớp 1A"
    )
    assert "tên trang là lớp 1A nhưng tiêu đề trong trang ghi lớp 1B" in str(file.errors[0])


def test_sheets_without_a_list_and_hidden_sheets_are_named() -> None:
    data = workbook(("DS", [HEADINGS, AN]), ("DAN_TOC", [("Mã", "Tên"), ("01", "Kinh")]))
    assert read_roster(data, "x.xlsx").skipped_sheets == ("DAN_TOC",)


@pytest.mark.parametrize("rows", [[("a", "b"), (1, 2)], [("Họ và tên",), ("Nguyễn Văn An",)], [HEADINGS]])
def test_a_file_without_pupils_says_so(rows: list[tuple]) -> None:
    file = read(*rows)
    assert file.rows == ()
    assert len(file.errors) == 1


def test_a_list_in_a_minimal_archive_is_read_without_row_and_cell_numbers() -> None:
    def cells(*texts: str) -> str:
        return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"

    data = archive(cells("Họ tên", "Lớp") + cells("Lê Ý", "4.1"))
    assert [(row.full_name, row.class_name, row.grade) for row in read_roster(data, "x").rows] == [
        ("Lê Ý", "4.1", 4)
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Lớp 1A", "1A"),
        ("1a1", "1A1"),
        ("4.1", "4.1"),
        ("lớp: 5 đ", "5Đ"),
        ("Hoa Sen", "Hoa Sen"),
        ("Lớp Hoa Sen", "Hoa Sen"),
    ],
)
def test_classes_are_written_one_way(text: str, label: str) -> None:
    assert class_label(text) == label


# -- Groups of headings, dates in parts, headings said of nobody -------------------------------------------------


def test_the_names_of_the_parents_are_never_part_of_the_pupils_whatever_group_stands_first():
    file = read(
        ("", "Thông tin cha", "", "Thông tin mẹ", "Thông tin học sinh", "", ""),
        ("STT", "Họ và tên", "SĐT", "Họ và tên", "Họ và tên", "Ngày sinh", "Lớp"),
        (1, "Trần Văn Hai", "0912345678", "Lê Thị Ba", "Trần Minh An", "05/09/2019", "1A"),
        merged=("B1:C1", "E1:G1"),
    )
    (row,) = file.rows
    assert (row.full_name, row.father_name, row.mother_name) == ("Trần Minh An", "Trần Văn Hai", "Lê Thị Ba")
    assert (row.father_phone, row.phone) == ("0912345678", "")
    assert not file.errors


def test_columns_of_names_that_nothing_tells_apart_are_refused():
    file = read(
        ("STT", "Họ và tên", "SĐT", "Họ và tên", "Ngày sinh", "Lớp"),
        (1, "Trần Văn Hai", "", "Trần Minh An", "05/09/2019", "1A"),
    )
    assert not file.rows
    assert "các cột B, D cùng tiêu đề «Họ và tên», không rõ cột nào của học sinh" in str(file.errors[0])


@pytest.mark.parametrize(
    "headings",
    [
        (("STT", "Họ và tên", "Ngày sinh", "", "", "Lớp"), ("", "", "Ngày", "Tháng", "Năm", "")),
        (("STT", "Họ và tên", "Ngày sinh", "Tháng sinh", "Năm sinh", "Lớp"),),
    ],
)
def test_a_birth_date_in_three_columns_is_read_as_far_as_it_is_known(headings):
    file = read(
        *headings,
        (1, "Trần Minh An", 5, 9, 2019, "1A"),
        (2, "Trần Minh Anh", "", 9, 2019, "1A"),
        (3, "Trần Minh Ánh", "", "", 2019, "1A"),
        (4, "Trần Minh Bảo", 31, 2, 2019, "1A"),
        merged=("C1:E1",) if len(headings) > 1 else (),
    )
    births = [(row.birth_day, row.birth_month, row.birth_year) for row in file.rows]
    assert births[:3] == [(5, 9, 2019), (None, 9, 2019), (None, None, 2019)]
    (problem,) = file.errors
    assert (problem.row, problem.column_letter) == (4 + len(headings), "E")
    assert "«31/2/2019» không phải ngày có thật" in problem.message


def test_what_follows_the_name_of_a_parent_is_said_of_that_parent():
    file = read(
        (
            "Họ và tên",
            "Ngày sinh",
            "Lớp",
            "Họ tên cha",
            "Năm sinh",
            "Nghề nghiệp",
            "Họ tên mẹ",
            "Năm sinh",
            "Nghề nghiệp",
        ),
        ("Trần Minh An", "05/09/2019", "1A", "Trần Văn Hai", 1988, "Thợ mộc", "Lê Thị Ba", 1990, "Nông dân"),
    )
    (row,) = file.rows
    assert (row.birth_year, row.father_birth_year, row.mother_birth_year) == (2019, 1988, 1990)
    assert (row.father_job, row.mother_job) == ("Thợ mộc", "Nông dân")


@pytest.mark.parametrize(
    ("heading", "told"), [("Điện thoại", True), ("Điện thoại liên hệ", False), ("Điện thoại mẹ", False)]
)
def test_a_telephone_of_nobody_named_behind_the_columns_of_a_parent_is_pointed_out(heading, told):
    file = read(
        ("Họ và tên", "Ngày sinh", "Lớp", "Họ tên mẹ", "Nghề nghiệp", heading),
        ("Trần Minh An", "05/09/2019", "1A", "Lê Thị Ba", "Nông dân", "0912345678"),
    )
    found = [(each.level, each.column_letter) for each in file.problems if "«Điện thoại mẹ»" in each.message]
    assert found == ([("warning", "F")] if told else [])


def test_a_column_of_pupil_codes_that_holds_the_ministrys_is_read_as_that_and_told():
    file = read(
        ("Mã học sinh", "Họ và tên", "Ngày sinh", "Lớp"),
        ("3100000237", "Lê Như Ảnh", "05/09/2019", "1A"),
        ("HS-12", "Lê Minh Hải", "06/09/2019", "1A"),
    )
    assert [(row.moet_id, row.school_code) for row in file.rows] == [("3100000237", ""), ("", "HS-12")]
    assert file.rows[0].conversions[0].read == "mã định danh 3100000237"


def test_an_id_under_the_heading_of_another_names_that_heading():
    told = message("Mã định danh Bộ GD&ĐT", "031318012345")
    assert "Là «Số định danh cá nhân» thì đổi tiêu đề cột" in told
