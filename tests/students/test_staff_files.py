"""The staff list gives posts, teams and assignments in official wording (R88)."""

import datetime
import json
from collections.abc import Sequence

import pytest

from students.staff_files import StaffFile, StaffRow, read_staff
from students.subject_names import SUBJECT_NAMES, canonical_subject
from tests.students.workbook_making import DATA, workbook

TRUTH = json.loads((DATA / "demo" / "truth.json").read_text(encoding="utf-8"))["staff"]
HEADINGS = ("STT", "Mã cán bộ", "Họ và tên", "Chủ nhiệm lớp", "Môn dạy", "Lớp dạy", "Email")
LAN = (1, "CB01", "Nguyễn Thị Lan", "4A", "Toán, Tiếng Việt", "4A", "lan@kimdong.example")


def read(*rows: Sequence[object]) -> StaffFile:
    return read_staff(workbook(("CB", rows)), "can-bo.xlsx")


def one(heading: str, value: object) -> StaffFile:
    cells = dict(zip(HEADINGS, LAN, strict=True)) | {heading: value}
    return read(tuple(cells), tuple(cells.values()))


def words(row: StaffRow) -> dict:
    return {
        "no": row.row - 1,
        "code": row.code,
        "name": row.full_name,
        "born": row.birth_date and row.birth_date.strftime("%d/%m/%Y"),
        "gender": {"male": "Nam", "female": "Nữ"}[row.gender],
        "post": row.post,
        "group": row.team,
        "homeroom": row.homeroom_class,
        "subject": ", ".join(row.subjects).replace("Ngoại ngữ 1", "Ngoại ngữ 1 (Tiếng Anh)"),
        "teaches": ", ".join(row.classes),
        "phone": row.phone,
        "email": row.email,
    }


def test_the_staff_of_the_demo_school_are_read_as_they_are() -> None:
    file = read_staff((DATA / "demo" / "can-bo-giao-vien.xlsx").read_bytes(), "can-bo-giao-vien.xlsx")
    assert file.problems == ()
    assert file.unknown_headers == ()
    assert [words(row) for row in file.rows] == TRUTH


@pytest.mark.parametrize(
    ("written", "official"),
    [
        ("Mỹ thuật", "Mĩ thuật"),
        ("Lịch sử và Địa lý", "Lịch sử và Địa lí"),
        ("TN-XH", "Tự nhiên và Xã hội"),
        ("TN&XH", "Tự nhiên và Xã hội"),
        ("TH-CN (Tin học)", "Tin học"),
        ("TH-CN (Công nghệ)", "Công nghệ"),
        ("Tin học và Công nghệ (Tin học)", "Tin học"),
        ("Ngoại ngữ 1 (Tiếng Anh)", "Ngoại ngữ 1"),
        ("TIẾNG ANH", "Ngoại ngữ 1"),
        ("GDTC", "Giáo dục thể chất"),
        ("HĐTN", "Hoạt động trải nghiệm"),
    ],
)
def test_a_subject_is_known_by_its_other_spellings(written: str, official: str) -> None:
    assert canonical_subject(written) == official


def test_every_official_name_means_itself_and_a_double_subject_means_none() -> None:
    assert [canonical_subject(name) for name in SUBJECT_NAMES] == list(SUBJECT_NAMES)
    assert canonical_subject("Tin học và Công nghệ") is None


def test_subjects_and_classes_are_lists_however_they_are_separated() -> None:
    file = read(
        HEADINGS, (1, "CB01", "Nguyễn Lan", None, "TN-XH; Mỹ thuật\nToán, Toán", "3a, 3B;4.1 5C", None)
    )
    assert file.problems == ()
    assert file.rows[0].subjects == ("Tự nhiên và Xã hội", "Mĩ thuật", "Toán")
    assert file.rows[0].classes == ("3A", "3B", "4.1", "5C")


def test_a_partial_birth_date_is_kept_in_parts() -> None:
    row = one("Ngày sinh", "09/1980").rows[0]
    assert (row.birth_year, row.birth_month, row.birth_day, row.birth_date) == (1980, 9, None, None)
    assert one("Ngày sinh", "05/09/1980").rows[0].birth_date == datetime.date(1980, 9, 5)


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        ("Môn dạy", "Toán, Bơi", "Trang «CB», hàng 2, cột E «Môn dạy»: không có môn «Bơi»."),
        ("Lớp dạy", "3A - 3D", "Trang «CB», hàng 2, cột F «Lớp dạy»: không rõ lớp «-»."),
        ("Lớp dạy", "Khối 3", "Trang «CB», hàng 2, cột F «Lớp dạy»: không rõ lớp «KHỐI»."),
        ("Họ và tên", None, "Trang «CB», hàng 2, cột C «Họ và tên»: thiếu họ và tên."),
        ("Mã cán bộ", None, "Trang «CB», hàng 2, cột B «Mã cán bộ»: thiếu mã cán bộ."),
        ("Email", "lan", "Trang «CB», hàng 2, cột G «Email»: «lan» không phải địa chỉ email."),
        (
            "Ngày sinh",
            "31/02/1980",
            "Trang «CB», hàng 2, cột H «Ngày sinh»: «31/02/1980» không phải ngày có thật.",
        ),
        ("Giới tính", "?", "Trang «CB», hàng 2, cột H «Giới tính»: «?» không phải giới tính."),
    ],
)
def test_a_broken_cell_is_reported_with_its_place(heading: str, value: object, message: str) -> None:
    assert [str(problem).startswith(message) for problem in one(heading, value).problems] == [True]


def test_a_code_an_email_or_a_homeroom_class_that_stands_twice_is_reported() -> None:
    file = read(HEADINGS, LAN, (2, *LAN[1:]))
    assert [problem.value for problem in file.problems] == ["CB01", "lan@kimdong.example", "4A"]


def test_footer_and_repeated_heading_are_no_staff() -> None:
    file = read(
        HEADINGS,
        LAN,
        HEADINGS,
        (2, "CB02", "Lê Thị Hoa"),
        (None, None, "Tổng số: 2"),
        (None, None, "Lê Văn Minh"),
    )
    assert [row.full_name for row in file.rows] == ["Nguyễn Thị Lan", "Lê Thị Hoa"]
    assert file.problems == ()


def test_a_file_without_staff_says_so() -> None:
    assert "Không tìm thấy danh sách cán bộ" in str(read(("a", "b"), (1, 2)).problems[0])
