"""Lists give all that a record holds, in the ways lists write it, judged by the record's own rules (5.4; R9, R10)."""

import datetime
from decimal import Decimal

import pytest

from accounts import clock
from students.administrative_units import AddressForm, successors, units
from students.imports import carry_out_roster
from students.models import Student, YearProfile
from students.roster_planning import plan_roster
from students.roster_plans import Deed
from tests.students.rosters import listed, pupil

pytestmark = pytest.mark.django_db


def problems(school, **cells: object) -> list[tuple[str, str]]:
    plan = plan_roster(listed(pupil(1, **cells)), school.year)
    own = [*(reason for each in plan.rows for reason in each.reasons)]
    warnings = [each for each in plan.problems if each.level == "warning" and each.row]
    return [(each.level, str(each)) for each in (*own, *warnings)]


def stored(school, **cells: object) -> Student:
    carry_out_roster(listed(pupil(1, **cells)), school.year, by=school.tuan)
    return Student.objects.get(moet_id="3100000001")


@pytest.mark.parametrize(
    ("heading", "value", "field", "kept"),
    [
        ("Tôn giáo", "Không", "religion_code", "99"),
        ("Tôn giáo", "phật giáo", "religion_code", "01"),
        ("Quốc tịch", "Lào", "nationality", "Lào"),
        ("Email phụ huynh", "Ba@Example.com", "email", "ba@example.com"),
        ("SĐT mẹ", 912345678, "mother_phone", "0912345678"),
        ("Điện thoại của cha", "0912.345.678", "father_phone", "0912345678"),
        ("Nơi làm việc (bố)", "Chợ Sắt", "father_workplace", "Chợ Sắt"),
        ("Đội viên", "x", "is_pioneer", True),
    ],
)
def test_a_cell_of_the_record_is_read_in_the_ways_it_is_written(school, heading, value, field, kept):
    assert getattr(stored(school, **{heading: value}), field) == kept


def test_headings_in_two_rows_tell_the_guardian_from_the_parents(school):
    cells = {
        "Người giám hộ – Họ tên": "Lê Văn Năm",
        "Người giám hộ – Năm sinh": 1950,
        "Cha – SĐT": "0912345678",
    }
    student = stored(school, **cells)
    assert (student.guardian_name, student.guardian_birth_year, student.father_phone) == (
        *("Lê Văn Năm", 1950, "0912345678"),
    )


@pytest.mark.parametrize("size", [("131,4", "27.55"), ("131 cm", "27,6 kg"), ("1,31 m", 27.6)])
def test_height_and_weight_are_of_the_year_and_measured_today_when_no_day_is_given(school, size):
    student = stored(school, **{"Chiều cao (cm)": size[0], "Cân nặng (kg)": size[1]})
    profile = YearProfile.objects.get(student=student, year=school.year)
    assert (profile.height_cm, profile.weight_kg) == (131, Decimal("27.6"))
    assert profile.measured_on == clock.today()
    assert profile.history.get().acting_role == "Văn thư"
    again = plan_roster(listed(pupil(1, **{"Chiều cao": 131, "Cân nặng": "27,6"})), school.year)
    assert again.counts == {Deed.KEEP: 1}
    taller = plan_roster(listed(pupil(1, **{"Chiều cao": 135})), school.year)
    assert [(each.label, each.old, each.new) for each in taller.rows[0].changes] == [
        ("chiều cao (cm)", "131", "135")
    ]


def test_the_kind_of_day_boarding_counts_before_the_mark_beside_it_and_a_mark_of_full_boarding_is_no_day_boarding(
    school,
):
    marked = {"Bán trú": "Có", "Loại bán trú": "Thuộc đối tượng chính sách"}
    profile = YearProfile.objects.get(student=stored(school, **marked))
    assert (profile.boarding, profile.day_boarding_code) == ("day", "01")
    assert listed(pupil(2, **{"Nội trú": "x"})).unknown_headers == ("Nội trú",)


@pytest.mark.parametrize(
    ("heading", "value", "words"),
    [
        ("Chiều cao (cm)", 300, "từ 60 đến 220"),
        ("Cân nặng", "nhẹ", "không phải cân nặng"),
        ("Tôn giáo", "Klingon", "không có trong danh mục tôn giáo"),
        ("Đội viên", "hình như", "Ghi «Có» hoặc «Không»"),
        ("Mức độ khuyết tật", "hơi nặng", "Ghi «Đặc biệt nặng», «Nặng» hoặc «Nhẹ»"),
        ("Mức độ khuyết tật", "Nặng", "khuyết tật thì chọn loại khuyết tật"),
        ("Ngày vào Đội", "05/2026", "thiếu ngày hoặc tháng"),
        ("Nơi vào Đội", "Hải Phòng", "đánh dấu Đội viên"),
        ("Năm sinh cha", 2019, "không thể là 2019"),
    ],
)
def test_what_the_records_own_rules_refuse_is_refused_with_its_cell(school, heading, value, words):
    errors = [told for level, told in problems(school, **{heading: value}) if level == "error"]
    assert len(errors) == 1
    assert words in errors[0]
    assert "hàng 2" in errors[0]


def test_what_a_record_lacks_beside_the_list_is_said_and_does_not_keep_it_out(school):
    ((level, told),) = problems(school, **{"Nghề nghiệp cha": "Thợ mộc"})
    assert level == "warning"
    assert "ghi cả họ tên" in told
    assert stored(school, **{"Nghề nghiệp cha": "Thợ mộc"}).father_job == "Thợ mộc"


def test_a_certificate_of_disability_comes_whole(school):
    student = stored(
        school,
        **{
            "Loại khuyết tật": "Khuyết tật nhìn",
            "Mức độ khuyết tật": "Khuyết tật nặng",
            "Số giấy xác nhận khuyết tật": "12/GXN",
            "Ngày cấp giấy xác nhận khuyết tật": "04/03/2022",
            "Khuyết tật không đánh giá": "Có",
            "Số quyết định không đánh giá": "12/QĐ-THKĐ",
            "Ngày quyết định không đánh giá": "05/09/2025",
        },
    )
    assert (student.disability_code, student.disability_level) == ("03", "severe")
    assert student.disability_certificate_on == datetime.date(2022, 3, 4)
    assert student.is_exempt_from_assessment
    assert student.exemption_decision_on == datetime.date(2025, 9, 5)


def test_a_list_leaves_no_child_unassessed_without_a_decision(school):
    told = problems(
        school,
        **{
            "Loại khuyết tật": "Khuyết tật nhìn",
            "Mức độ khuyết tật": "Khuyết tật nặng",
            "Số giấy xác nhận khuyết tật": "12/GXN",
            "Ngày cấp giấy xác nhận khuyết tật": "04/03/2022",
            "Khuyết tật không đánh giá": "Có",
        },
    )
    assert [(level, "ghi cả số và ngày quyết định" in words) for level, words in told] == [("error", True)]


# -- Nơi thường trú ----------------------------------------------------------------------------------------


def test_an_address_in_one_cell_is_taken_apart_by_the_list_of_units(school):
    student = stored(school, **{"Hộ khẩu thường trú": "Số 5 Tô Hiệu, Tổ 3, P. Lê Chân, TP Hải Phòng"})
    assert (student.permanent_detail, student.permanent_hamlet) == ("Số 5 Tô Hiệu", "Tổ 3")
    assert student.permanent_ward == "Phường Lê Chân"
    assert student.permanent_form == AddressForm.TWO_LEVEL
    assert len(student.permanent_ward_code) == 5


@pytest.mark.parametrize(("written", "kept"), [("VN", "Việt Nam"), ("CHDCND Lào", "Lào")])
def test_a_nationality_is_read_by_code_and_other_names(school, written, kept):
    assert stored(school, **{"Quốc tịch": written}).nationality == kept


def test_a_nationality_that_no_country_has_is_a_warning_and_is_not_taken(school):
    ((level, told),) = problems(school, **{"Quốc tịch": "xyz123"})
    assert level == "warning"
    assert "danh sách quốc tịch" in told
    assert stored(school, **{"Quốc tịch": "xyz123"}).nationality == "Việt Nam"


def test_an_address_that_names_no_unit_is_a_warning_and_is_not_taken(school):
    ((level, told),) = problems(school, **{"Thường trú": "nhà bà ngoại"})
    assert level == "warning"
    assert "không nhận ra xã (phường)" in told


def old_ward(*, divided: bool):
    return next(
        unit
        for unit in units(AddressForm.THREE_LEVEL)
        if unit.code and (len(successors(unit)) > 1 if divided else len(successors(unit)) == 1)
    )


def parts(unit) -> dict[str, str]:
    return {
        "Xã/phường thường trú": unit.ward,
        "Quận/huyện thường trú": unit.district,
        "Tỉnh thường trú": unit.province,
    }


def test_an_old_address_becomes_that_of_today_where_one_ward_has_taken_its_place(school):
    old = old_ward(divided=False)
    student = stored(school, **parts(old))
    (new,) = successors(old)
    assert (student.permanent_form, student.permanent_ward_code) == (AddressForm.TWO_LEVEL, new.code)
    assert student.permanent_district == ""


def test_an_old_address_whose_ward_was_divided_is_not_guessed_but_kept_as_it_is(school):
    old = old_ward(divided=True)
    ((level, told),) = problems(school, **parts(old))
    assert level == "warning"
    assert f"«{old.ward}», nay thuộc nhiều xã (phường) khác nhau" in told
    student = stored(school, **{**parts(old), "Số nhà": "12 Tô Hiệu"})
    assert (student.permanent_form, student.permanent_ward_code) == (AddressForm.THREE_LEVEL, old.code)
    assert plan_roster(listed(pupil(1, **parts(old))), school.year).counts == {Deed.KEEP: 1}


def test_an_address_of_today_does_not_go_back_to_the_old_form(school):
    (new,) = successors(old_ward(divided=False))
    stored(school, **{"Thường trú": new.label})
    assert plan_roster(listed(pupil(1, **parts(old_ward(divided=False)))), school.year).counts == {
        Deed.KEEP: 1
    }
