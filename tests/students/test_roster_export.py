"""What goes out as a list comes in again and changes nothing; a blank one says how to fill it in (R69, R85, R89)."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLogEntry
from students.administrative_units import AddressForm, units
from students.code_lists import disability_kinds, ethnic_groups, policy_groups, religions
from students.header_search import folded_heading
from students.imports import Deed, plan_roster
from students.models import Student, YearProfile
from students.names import search_key, sort_key
from students.roster_addresses import fields_of
from students.roster_columns import SYNONYMS
from students.roster_export import COLUMNS, seats_of, write_blank, write_roster
from students.roster_files import read_roster
from tests.gradebook.school import CONFIRMED, School

pytestmark = pytest.mark.django_db
FULL = {
    "moet_id": "0100000007",
    "national_id": "001320000007",
    "school_code": "TAM-2026-0001",
    "register_no": "007/2026",
    "full_name": "Y Krông H'Ni (B)",
    "birth_year": 2016,
    "birth_month": 2,
    "birth_day": None,
    "gender": "female",
    "ethnic_code": "08",
    "religion_code": "99",
    "nationality": "Lào",
    "birth_place": '=HYPERLINK("http://x","Bệnh viện")',
    "origin": "- không rõ",
    "home_address": '+84 phố Tô Hiệu; ngõ 2, "nhà" 5',
    "permanent_detail": "Số 5",
    "permanent_hamlet": "Tổ 3",
    "permanent_form": "two_level",
    "phone": "0912345678",
    "email": "ba@example.com",
    "father_name": "Trần Văn Ba",
    "father_birth_year": 1985,
    "father_job": "@nông",
    "father_phone": "0912345679",
    "father_workplace": "Hợp tác xã",
    "mother_name": "Lê Thị Tư",
    "mother_birth_year": 1987,
    "mother_job": "36",
    "mother_phone": "0912345670",
    "mother_workplace": "Chợ Sắt",
    "guardian_name": "Lê Văn Năm",
    "guardian_relation": "Ông ngoại",
    "guardian_birth_year": 1950,
    "guardian_job": "Hưu trí",
    "guardian_phone": "0912345671",
    "guardian_workplace": "Ở nhà",
    "policy_code": "08",
    "disability_code": "03",
    "disability_level": "severe",
    "disability_certificate_no": "000012",
    "disability_certificate_on": datetime.date(2022, 3, 4),
    "is_exempt_from_assessment": True,
    "exemption_decision_no": "12/QĐ-THKĐ",
    "exemption_decision_on": datetime.date(2025, 9, 5),
    "is_pioneer": True,
    "pioneer_since": datetime.date(2025, 5, 15),
    "pioneer_place": "Trường Tiểu học Kim Đồng",
}


@pytest.fixture(autouse=True)
def _ids(school: School) -> None:
    """Pupils of one name and birth date are told apart by their ids alone."""
    for number, student in enumerate(Student.objects.order_by("pk")):
        Student.objects.filter(pk=student.pk).update(moet_id=f"31000000{number:02d}")


@pytest.fixture
def full(school: School) -> Student:
    """The first pupil of 4A with everything that a record can hold; of a ward of today."""
    student = school.pupils[0]
    for name, value in (FULL | fields_of(units(AddressForm.TWO_LEVEL)[40])).items():
        setattr(student, name, value)
    student.sort_key, student.search_key = sort_key(student.full_name), search_key(student.full_name)
    student.save()
    YearProfile.objects.create(
        student=student,
        year=school.year,
        height_cm=131,
        weight_kg=Decimal("27.5"),
        measured_on=datetime.date(2026, 9, 7),
        boarding="day",
        day_boarding_code="02",
    )
    return student


def exported(school: School, **scope: object) -> bytes:
    seats = seats_of(school.year, **scope)
    return write_roster(seats, title="Danh sách học sinh", year=school.year, by=school.tuan)


def test_what_was_exported_comes_in_again_and_changes_nothing(school, full):
    data = exported(school)
    file = read_roster(data, "x.xlsx", school_year=school.year.pk)
    assert (file.problems, file.unknown_headers) == ((), ())
    assert file.school_year == school.year.pk
    assert len(file.rows) == len(school.pupils) + 5
    plan = plan_roster(file, school.year)
    assert [str(reason) for each in plan.rows for reason in each.reasons] == []
    assert [(each.deed, each.changes) for each in plan.rows] == [(Deed.KEEP, ())] * len(file.rows)
    assert [problem for problem in plan.problems if problem.level == "error"] == []


def test_every_field_of_the_record_that_a_list_can_give_is_in_the_file(school, full):
    file = read_roster(exported(school, school_class=school.class_4a), "x.xlsx")
    row = next(row for row in file.rows if row.moet_id == full.moet_id)
    for name in FULL:
        assert getattr(row, name) == getattr(full, name), name
    assert (row.height_cm, row.weight_kg) == (131, Decimal("27.5"))


def test_an_address_of_three_levels_goes_out_and_comes_in_as_it_was(school):
    old = next(unit for unit in units(AddressForm.THREE_LEVEL) if unit.code)
    Student.objects.filter(pk=school.pupils[1].pk).update(**fields_of(old))
    plan = plan_roster(read_roster(exported(school), "x.xlsx"), school.year)
    assert {each.deed for each in plan.rows} == {Deed.KEEP}


def test_a_class_a_grade_and_the_school_hold_their_pupils_in_the_books_order(school):
    of = {
        name: [seat.school_class.name for seat in seats_of(school.year, **scope)]
        for name, scope in {
            "class": {"school_class": school.class_4b},
            "grade": {"grade": 4},
            "school": {},
        }.items()
    }
    assert of["class"] == ["4B"] * 3
    assert of["grade"] == ["4A"] * len(school.pupils) + ["4B"] * 3
    assert of["school"] == ["1A"] * 2 + of["grade"]


def test_the_reader_knows_every_heading_of_ours_as_what_it_is():
    for column in COLUMNS:
        assert folded_heading(column.heading) in SYNONYMS[column.field], column.heading
    assert len({column.heading for column in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize("codes", [ethnic_groups, religions, policy_groups, disability_kinds])
def test_every_entry_of_a_code_list_is_found_again_by_its_name(codes):
    assert {code: codes().find(name) for code, name in codes().names.items()} == {
        code: code for code in codes().names
    }


def test_no_cell_of_an_export_is_a_formula(school, full):
    book = openpyxl.load_workbook(io.BytesIO(exported(school)))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    (like_formula,) = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert like_formula.quotePrefix


def test_a_blank_list_has_code_lists_notes_and_choices_and_is_read_when_filled_in(school):
    data = write_blank(school.year, by=school.tuan)
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["Danh sách"]
    headings = {cell.value: cell for cell in page[4]}
    assert book.sheetnames == ["Danh sách", "Danh mục", "Hướng dẫn"]
    assert "không mất số 0" in headings["Mã định danh Bộ GD&ĐT"].comment.text
    offered = {
        str(check.sqref).split(":")[0]: check.formula1 for check in page.data_validations.dataValidation
    }
    letter = headings["Dân tộc"].column_letter
    assert offered[f"{letter}5"].startswith("'Danh mục'!")
    empty = read_roster(data, "mau.xlsx")
    assert "không có học sinh nào" in str(empty.errors[0])
    for heading, value in {
        "Họ và tên": "Lê Thị Đào",
        "Lớp": "1B",
        "Ngày sinh": "05/09/2020",
        "Giới tính": "Nữ",
        "Tôn giáo": "Không",
        "Chiều cao (cm)": 115,
        "Thường trú: xã (phường)": "Phường Lê Chân",
        "Thường trú: tỉnh (thành phố)": "Thành phố Hải Phòng",
    }.items():
        page.cell(5, headings[heading].column, value)
    output = io.BytesIO()
    book.save(output)
    file = read_roster(output.getvalue(), "mau.xlsx", school_year=school.year.pk)
    assert file.problems == ()
    assert plan_roster(file, school.year).counts == {Deed.CREATE: 1}
    assert (file.rows[0].permanent_ward, file.rows[0].religion_code) == ("Phường Lê Chân", "99")


def test_an_export_asks_for_the_password_and_is_on_record_with_its_number(school, client):
    client.force_login(school.tuan)
    address = reverse("students:roster_file", args=[school.year.pk]) + "?grade=4"
    asked = client.get(address)
    assert asked.status_code == 422
    assert "khối 4" in asked.content.decode()
    client.post(reverse("accounts:confirm"), {**CONFIRMED, "next": address, "lasting": "exports"})
    answer = client.get(address)
    assert answer.status_code == 200
    assert "danh-sach-hoc-sinh-khoi-4-2026.xlsx" in answer["Content-Disposition"]
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.BULK_EXPORTED)
    assert entry.target == "Danh sách học sinh khối 4 năm học 2026 - 2027"
    assert entry.detail.startswith(f"{len(school.pupils) + 3} học sinh")
    rows = read_roster(b"".join(answer.streaming_content), "x.xlsx").rows
    assert {row.grade for row in rows} == {4}


def test_the_export_of_a_class_calls_it_as_the_school_does(school, client):
    client.force_login(school.tuan)
    address = reverse("students:roster_file", args=[school.year.pk]) + f"?class={school.class_4a.pk}"
    assert "Xuất danh sách học sinh lớp 4A năm học" in client.get(address).content.decode()
    client.post(reverse("accounts:confirm"), {**CONFIRMED, "next": address, "lasting": "exports"})
    assert "danh-sach-hoc-sinh-lop-4A-2026.xlsx" in client.get(address)["Content-Disposition"]


@pytest.mark.parametrize("query", ["?grade=6", "?class=0", "?class=x", "?grade=x"])
def test_what_does_not_exist_is_not_exported(school, client, query):
    client.force_login(school.tuan)
    assert client.get(reverse("students:roster_file", args=[school.year.pk]) + query).status_code == 404


def test_the_pages_offer_the_files_to_those_who_may_take_them(school, client):
    of_class = reverse("students:class", args=[school.class_4a.pk])
    file = reverse("students:roster_file", args=[school.year.pk])
    for person, offered in (("tuan", True), ("hoa", True), ("lan", False)):
        client.force_login(school.people[person])
        assert (f"{file}?class={school.class_4a.pk}" in client.get(of_class).content.decode()) is offered
        assert (f"{file}?grade=4" in client.get("/students/classes/").content.decode()) is offered
    client.force_login(school.tuan)
    blank = reverse("students:roster_blank", args=[school.year.pk])
    assert blank in client.get("/students/import/").content.decode()


def test_an_export_takes_the_same_statements_for_any_number(school):
    exported(school)  # who takes it is looked up once a person
    counts = []
    for scope in ({"school_class": school.class_1a}, {}):
        with CaptureQueriesContext(connection) as captured:
            exported(school, **scope)
        counts.append(len(captured))
    assert counts[0] == counts[1]
