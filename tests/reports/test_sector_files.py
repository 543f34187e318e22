"""Files in the shapes of the sector database: what is in them, what comes in again, what stays empty (domain.md 6)."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineWorkbook

from accounts.models import AccessLogEntry
from gradebook.regulation import Period
from gradebook.sheets import read_rows
from gradebook.workbook_reading import read_sheet
from reports.sector_files import Scope, write_sector_file
from reports.sector_pupils import origin_parts
from reports.sector_shapes import SHAPES, Content, shape_of
from students import movements
from students.models import Student
from students.movement_plans import Draft
from students.movement_rules import Kind
from students.roster_files import read_roster
from students.roster_planning import plan_roster
from students.roster_plans import Deed
from tests.gradebook.school import (
    CONFIRMED,
    add_pupils,
    close_window,
    leave_unassessed,
    make_school,
    open_window,
)
from tests.pupils import rewrite
from tests.reports.school_books import fill

pytestmark = pytest.mark.django_db
PLACE = "/reports/exports/"
DAY = datetime.timedelta(days=1)


def the_school():
    found = make_school(pupils=5)
    for number, pupil in enumerate(Student.objects.order_by("pk")):
        rewrite(
            Student.objects.filter(pk=pupil.pk),
            moet_id=f"00000000{number:02d}",
            national_id=f"00132000{number:04d}",
            ethnic_code="02",
        )
    Student.objects.filter(pk=found.pupils[0].pk).update(
        father_name="=1+1", origin="Tổ 3, Phường Lê Chân, Thành phố Hải Phòng", register_no="007/2026"
    )
    return found


def sheets_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def written(school, slug, period=Period.MID_TERM_1, **scope):
    return write_sector_file(shape_of(slug), Scope(school.year, **scope), period).content


def as_rows(sheet):
    return [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]


# -- Pupils ------------------------------------------------------------------------------------------------


def test_the_pupil_list_has_the_known_columns_at_their_letters_and_sixteen_lists_of_codes(school):
    sheets = sheets_of(written(school, "hoc-sinh"))
    head = sheets["Sheet1"][0]
    at = {
        "B": "Mã lớp*",
        "C": "Mã học sinh*",
        "D": "Họ tên*",
        "E": "Ngày sinh",
        "F": "Giới tính",
        "G": "Trạng thái HS",
        "H": "Ngày nhập trạng thái",
        "I": "Dân tộc",
        "S": "Tổ/Thôn/Xóm (Theo địa chỉ thường trú)",
        "T": "Tỉnh/Thành phố\n(Theo quê quán)",
        "W": "Tổ/Thôn/Xóm (Theo quê quán)",
        "X": "Tỉnh/Thành phố\n(Theo nơi sinh)",
        "Z": "Nơi sinh chi tiết",
        "AA": "Chỗ ở hiện nay",
        "AB": "Số điện thoại liên hệ",
        "BK": "Họ tên cha",
        "BL": "Nghề nghiệp cha",
        "BM": "Năm sinh cha",
        "BN": "Số điện thoại cha",
        "BO": "Họ tên mẹ",
        "BP": "Nghề nghiệp mẹ",
        "BQ": "Năm sinh mẹ",
        "BR": "Số điện thoại mẹ",
    }
    assert {letter: head[column_index_from_string(letter) - 1] for letter in at} == at
    assert len(sheets) == 17
    assert ["02", "Chuyển đến kỳ 1"] in sheets["TRANG_THAI"]
    assert ["99", "Không"] in sheets["TON_GIAO"]
    assert len(sheets["DAN_TOC"]) == 56


def test_ids_are_text_with_their_zeros_days_are_text_and_what_looks_like_a_formula_stays_text(school):
    book = load_workbook(io.BytesIO(written(school, "hoc-sinh", school_class=school.class_4a)))
    first = {cell.value: book["Sheet1"].cell(2, cell.column) for cell in book["Sheet1"][1]}
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    assert (first["Mã học sinh*"].value, first["Mã học sinh*"].number_format) == (pupil.moet_id, "@")
    assert first["Số định danh cá nhân"].value == pupil.national_id
    assert first["Ngày sinh"].value == pupil.birth_label
    assert (first["Họ tên cha"].value, first["Họ tên cha"].data_type) == ("=1+1", "s")
    assert first["Họ tên cha"].quotePrefix
    assert first["Số đăng bộ"].value == "007/2026"


def test_an_origin_is_taken_apart_where_it_names_its_units_and_nothing_is_guessed(school):
    row = as_rows(sheets_of(written(school, "hoc-sinh"))["Sheet1"])
    four_a = next(each for each in row if each["Số đăng bộ"] == "007/2026")
    assert four_a["Tỉnh/Thành phố\n(Theo quê quán)"] == "Thành phố Hải Phòng"
    assert four_a["Xã/Phường\n(Theo quê quán)"] == "Phường Lê Chân"
    assert four_a["Tổ/Thôn/Xóm (Theo quê quán)"] == "Tổ 3"
    assert origin_parts("Hải Phòng") == {"province": "", "district": "", "ward": "", "rest": "Hải Phòng"}
    assert origin_parts("Xã An Hưng, Huyện An Dương, Thành phố Hải Phòng")["district"] == "Huyện An Dương"


def test_who_left_is_on_the_list_with_the_status_of_the_sector_and_its_day(school):
    gone = school.pupils[1]
    on = school.year.starts_on + 40 * DAY
    movements.record(Draft(Kind.LEFT, gone, on, None, leave_reason="01"), by=school.tuan)
    rows = as_rows(sheets_of(written(school, "hoc-sinh", grade=4))["Sheet1"])
    left = next(row for row in rows if row["Họ tên*"] == gone.full_name and row["Mã lớp*"] == "4A")
    assert left["Trạng thái HS"].startswith("Thôi học")
    assert left["Ngày nhập trạng thái"] == f"{on:%d/%m/%Y}"
    assert left["Lý do thôi học"] == "Kinh tế gia đình khó khăn"
    others = [row for row in rows if row is not left]
    assert {row["Trạng thái HS"] for row in others} == {"Đang học"}
    assert len(rows) == 8


@pytest.mark.parametrize("slug", ["hoc-sinh", "hoc-sinh-bo"])
def test_a_pupil_list_comes_in_again_and_changes_no_pupil(school, slug):
    file = read_roster(written(school, slug), "x.xlsx", school_year=school.year.pk)
    assert [str(each) for each in file.problems] == []
    assert len(file.rows) == 10
    plan = plan_roster(file, school.year)
    assert {(each.deed, each.changes) for each in plan.rows} == {(Deed.KEEP, ())}


# -- Results -----------------------------------------------------------------------------------------------


@pytest.fixture
def marked(school):
    for period in (Period.MID_TERM_1, Period.END_TERM_1):
        open_window(school, period)
        fill(school.class_4a, school.pupils, period)
    return school


def test_each_subject_has_a_sheet_with_the_mark_in_the_sixth_column(marked):
    sheets = sheets_of(written(marked, "diem-theo-mon", Period.END_TERM_1, school_class=marked.class_4a))
    assert list(sheets)[:2] == ["Tiếng Việt", "Toán"]
    assert sheets["Toán"][0].index("Điểm KTĐK") == 5
    for row, pupil in zip(as_rows(sheets["Toán"]), marked.pupils, strict=True):
        stored = pupil.subject_results.get(line__code="TOAN", period="CHKI")
        assert (row["Mức đạt được"], row["Điểm KTĐK"]) == (stored.attainment, stored.mark)
        assert row["Nội dung nhận xét"] == stored.comment
        assert row["Mã nhận xét"] == ""
    assert {row["Điểm KTĐK"] for row in as_rows(sheets["Đạo đức"])} == {""}


def test_a_term_stands_in_one_row_the_middle_beside_the_end(marked):
    sheets = sheets_of(written(marked, "diem-hang-ngang", Period.MID_TERM_1, grade=4))
    row = as_rows(sheets["Toán"])[0]
    results = marked.pupils[0].subject_results.filter(line__code="TOAN")
    middle, end = results.get(period="GHKI"), results.get(period="CHKI")
    assert (row["Mức GK"], row["Nhận xét GK"]) == (middle.attainment, middle.comment)
    assert (row["Mức CK"], row["Điểm KTĐK"], row["Nhận xét CK"]) == (end.attainment, end.mark, end.comment)
    assert len(sheets["Toán"]) == 1 + 5 + 3


def test_the_comments_on_competencies_and_qualities_stand_in_a_row_a_pupil(marked):
    sheets = sheets_of(written(marked, "nang-luc-pham-chat", Period.END_TERM_1, school_class=marked.class_4a))
    row = as_rows(sheets["NLPC"])[0]
    comments = dict(
        marked.pupils[0]
        .trait_results.exclude(comment="")
        .filter(period="CHKI")
        .values_list("item", "comment")
    )
    assert row["Nhận xét NL chung"] == comments["general"]
    assert row["Nhận xét NL đặc thù"] == comments["specific"]
    assert row["Nhận xét Phẩm chất"] == comments["quality"]
    assert row["Thời điểm đánh giá"] == "cuối học kì 1"


def test_the_sheets_of_the_subject_that_the_sector_has_as_one_have_its_names(marked):
    names = list(sheets_of(written(marked, "diem-theo-mon", Period.END_TERM_1, school_class=marked.class_4a)))
    assert [name for name in names if name.startswith("TH-CN")] == ["TH-CN (Tin học)", "TH-CN (Công nghệ)"]
    assert not {"Tin học", "Công nghệ"} & set(names)


def test_the_ministry_s_own_list_has_its_headings_as_they_are(school):
    (head, *_rows) = sheets_of(written(school, "hoc-sinh-bo"))["Sheet1"]
    assert head == [
        *("STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái"),
        *("SĐT liên hệ", "Nơi sinh chi tiết", "Tổ/thôn HKTT", "Tỉnh quê quán", "Phường/Xã quê quán"),
        *("Chỗ ở hiện nay", "Số CMND", "Ngày cấp", "Nơi cấp", "Tên cha", "Nghề", "Năm sinh"),
        *("Tên mẹ", "Nghề", "Năm sinh", "Lớp học", "Khối học", "Số định danh cá nhân"),
    ]


@pytest.mark.parametrize("slug", ["diem-theo-mon", "diem-hang-doc", "diem-hang-ngang"])
@pytest.mark.parametrize("period", [Period.MID_TERM_1, Period.END_TERM_1])
def test_marks_come_in_again_as_they_are_stored(marked, slug, period):
    data = written(marked, slug, period, school_class=marked.class_4a)
    ref = marked.sheet("TOAN", period)
    rows = read_rows(ref)
    found = read_sheet(data, "x.xlsx", ref, rows, by=marked.lan)
    assert [str(each) for each in found.problems if each.level == "error"] == []
    stored = {
        (row.student.pk, cell.column.field.value): cell.value
        for row in rows
        for cell in row.cells
        if cell.value
    }
    read = {(change.student_id, change.field): change.value for change in found.changes}
    assert read.items() <= stored.items()
    assert {key for key in stored if key[1] != "mark"} <= read.keys()


def test_who_is_not_assessed_has_empty_cells(marked):
    leave_unassessed(marked.pupils[0])
    sheets = sheets_of(written(marked, "diem-theo-mon", Period.END_TERM_1, school_class=marked.class_4a))
    row = as_rows(sheets["Toán"])[0]
    assert (row["Mức đạt được"], row["Điểm KTĐK"], row["Nội dung nhận xét"]) == ("", "", "")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.slug)
def test_the_statements_do_not_grow_with_the_pupils(marked, shape):
    def statements():
        with CaptureQueriesContext(connection) as made:
            write_sector_file(shape, Scope(marked.year), Period.END_TERM_1)
        return len(made)

    few = statements()
    add_pupils(marked.class_4a, 30)
    assert statements() == few == (2 if shape.slug.startswith("hoc-sinh") else 4)


# -- Pages -------------------------------------------------------------------------------------------------


def test_the_page_names_what_the_school_does_not_keep(client, school):
    client.force_login(school.tuan)
    page = client.get(PLACE).content.decode()
    assert "chưa có trong hệ thống" in page
    assert "Nhóm máu; Bệnh về mắt; Biết bơi" in page
    assert "Mã nhận xét" in page


def test_a_file_leaves_with_the_password_and_a_line_in_the_log(client, school):
    client.force_login(school.tuan)
    wanted = {"shape": "hoc-sinh", "scope": str(school.class_4a.pk), "period": "GHKI"}
    assert client.get(f"{PLACE}sector/", wanted).status_code == 422
    client.post(reverse("accounts:confirm"), {**CONFIRMED, "lasting": "exports", "next": f"{PLACE}sector/"})
    answer = client.get(f"{PLACE}sector/", wanted)
    assert answer["Content-Disposition"].endswith(f'csdl-hoc-sinh-lop-4a-{school.year.pk}.xlsx"')
    assert len(sheets_of(b"".join(answer.streaming_content))["Sheet1"]) == 6
    line = AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk")
    assert "lớp 4A" in line.target
    assert line.detail.endswith("5 hàng")


def test_a_period_that_was_never_open_is_told_on_the_page_and_before_the_file_leaves(client, school):
    open_window(school, Period.MID_TERM_1)
    client.force_login(school.tuan)
    page = client.get(PLACE).content.decode()
    assert "Chưa từng mở nhập: <strong>Cuối học kì I, Giữa học kì II, Cuối năm học</strong>" in page
    shape = next(each for each in SHAPES if each.is_of_a_period)
    asked = {"shape": shape.slug, "scope": "truong", "period": "CHKI", "year": school.year.pk}
    asking = client.get(f"{PLACE}sector/", asked).content.decode()
    assert "Cuối học kì I chưa từng mở nhập: các cột kết quả trống." in asking
    asking = client.get(f"{PLACE}sector/", {**asked, "period": "GHKI"}).content.decode()
    assert "chưa từng mở nhập" not in asking


def test_a_file_of_both_periods_of_a_term_says_of_each_what_is_not_final(client, school):
    open_window(school, Period.MID_TERM_1)
    client.force_login(school.tuan)
    term = next(each for each in SHAPES if each.content is Content.TERM)
    asked = {"shape": term.slug, "scope": "truong", "period": "GHKI", "year": school.year.pk}
    mid, end = "Giữa học kì I", "Cuối học kì I"
    asking = client.get(f"{PLACE}sector/", asked).content.decode()
    assert f"{mid} còn lớp đang mở nhập: kết quả còn có thể thay đổi." in asking
    assert f"{end} chưa từng mở nhập: các cột kết quả trống." in asking
    close_window(school, Period.MID_TERM_1)
    open_window(school, Period.END_TERM_1)
    asking = client.get(f"{PLACE}sector/", asked).content.decode()
    assert f"{mid} còn lớp" not in asking
    assert f"{end} còn lớp đang mở nhập" in asking


def test_a_wrong_choice_is_answered_at_its_place(client, school):
    client.force_login(school.tuan)
    answer = client.get(f"{PLACE}sector/", {"shape": "la", "scope": "999999", "period": "GHKI"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Không có mẫu tệp này." in page
    assert "Lớp này không thuộc năm học đang xem." in page


def test_the_office_finds_it_in_the_menu_and_teachers_do_not(client, school):
    for person, is_shown in (
        (school.tuan, True),
        (school.bich, True),
        (school.lan, False),
        (school.dung, False),
    ):
        client.force_login(person)
        assert ("Xuất dữ liệu" in client.get("/").content.decode()) is is_shown


def test_the_page_has_its_budget_of_statements(client, school, django_assert_num_queries):
    client.force_login(school.tuan)
    client.get(PLACE)
    with django_assert_num_queries(8):
        client.get(PLACE)
