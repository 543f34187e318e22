"""What a record must hold and what one field asks of another (domain.md 5.4; R10, R14, R15)."""

import datetime
from decimal import Decimal

import pytest

from students.models import Student, YearProfile
from students.record_rules import CLERK_FIELDS, gaps, problems
from students.records import record_of

TODAY = datetime.date(2026, 11, 25)
DECIDED = {
    "is_exempt_from_assessment": True,
    "exemption_decision_no": "12/QĐ-THKĐ",
    "exemption_decision_on": datetime.date(2026, 9, 5),
}
FULL_PUPIL = {
    "moet_id": "3100000001",
    "national_id": "031217000001",
    "school_code": "HS0001",
    "register_no": "2026/0001",
    "full_name": "Trần Ngọc Thái",
    "birth_year": 2017,
    "birth_month": 1,
    "birth_day": 20,
    "gender": "male",
    "ethnic_code": "01",
    "birth_place": "Hải Phòng",
    "origin": "Phường Ngô Quyền, Thành phố Hải Phòng",
    "home_address": "Số 2, Phường Kiến An, Thành phố Hải Phòng",
    "permanent_form": "two_level",
    "permanent_ward": "Phường Kiến An",
    "permanent_province": "Thành phố Hải Phòng",
    "mother_name": "Nguyễn Thanh Hồng",
    "mother_birth_year": 1984,
    "mother_phone": "0392185176",
}
MEASURED = {"height_cm": 128, "weight_kg": Decimal("26.5")}


def record(**other: object) -> dict:
    """A whole record; `other` replaces fields of the pupil or of the year."""
    year = {name: value for name, value in other.items() if hasattr(YearProfile, name)}
    pupil = {name: value for name, value in other.items() if name not in year}
    return record_of(Student(**{**FULL_PUPIL, **pupil}), YearProfile(**{**MEASURED, **year}))


def missing(**other: object) -> list[str]:
    return [gap.words for gap in gaps(record(**other))]


def refused(changed: str, **other: object) -> list[str]:
    """The fields about which a change of one field is refused."""
    return [problem.field for problem in problems(record(**other), on=TODAY, changed=frozenset({changed}))]


def test_a_whole_record_lacks_nothing():
    assert missing() == []
    assert problems(record(), on=TODAY, changed=frozenset(record())) == ()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("moet_id", "mã định danh Bộ GD&ĐT"),
        ("national_id", "số định danh cá nhân"),
        ("register_no", "số đăng bộ"),
        ("birth_year", "ngày sinh"),
        ("gender", "giới tính"),
        ("ethnic_code", "dân tộc"),
        ("birth_place", "nơi sinh"),
        ("origin", "quê quán"),
        ("home_address", "nơi ở hiện nay"),
        ("mother_birth_year", "năm sinh của mẹ"),
        ("mother_phone", "số điện thoại liên hệ"),
        ("height_cm", "chiều cao"),
        ("weight_kg", "cân nặng"),
    ],
)
def test_each_field_that_the_forms_need_is_missed(field, words):
    empty = "" if isinstance(record()[field], str) and field not in {"moet_id", "national_id"} else None
    assert missing(**{field: empty}) == [words]


def test_a_birth_date_may_be_a_year_or_a_month_and_year():
    assert missing(birth_month=None, birth_day=None) == []
    assert refused("birth_year", birth_day=None) == []


def test_a_guardian_stands_for_parents_and_is_then_named_whole():
    alone = {"mother_name": "", "mother_birth_year": None, "mother_phone": ""}
    assert missing(**alone, phone="0912345678") == [
        "họ tên mẹ (hoặc người giám hộ)",
        "người giám hộ (chưa ghi cha, mẹ)",
    ]
    guarded = {**alone, "guardian_name": "Lê Thị Bà", "phone": "0912345678"}
    assert missing(**guarded) == ["năm sinh của người giám hộ", "quan hệ của người giám hộ"]


def test_a_disabled_pupil_lacks_the_certificate_until_it_is_noted():
    assert missing(disability_code="03") == [
        "mức độ khuyết tật",
        "số giấy xác nhận khuyết tật",
        "ngày cấp giấy xác nhận khuyết tật",
    ]


def test_a_policy_for_the_disabled_asks_for_the_kind():
    assert "loại khuyết tật (diện chính sách là khuyết tật)" in missing(policy_code="06")


def test_a_disability_without_its_kind_is_refused():
    assert refused("disability_level", disability_level="mild") == ["disability_code"]
    # On the page of the exemption there is no field for the kind: said at the exemption.
    assert refused("is_exempt_from_assessment", **DECIDED) == ["is_exempt_from_assessment"]
    assert refused("disability_level", disability_level="mild", disability_code="03") == []


def test_without_a_certificate_no_child_is_exempt_from_assessment():
    certified = {"disability_code": "03", "disability_level": "severe", "disability_certificate_no": "12/GXN"}
    exempt = {**DECIDED, **certified}
    assert refused("is_exempt_from_assessment", **exempt) == ["is_exempt_from_assessment"]
    day = {"disability_certificate_on": datetime.date(2022, 3, 4)}
    assert refused("is_exempt_from_assessment", **exempt, **day) == []
    assert refused("disability_certificate_no", **exempt | day | {"disability_certificate_no": ""}) == [
        "is_exempt_from_assessment"
    ]


@pytest.mark.parametrize(
    ("stored", "wrong"),
    [
        ({"exemption_decision_no": ""}, ["exemption_decision_no"]),
        ({"exemption_decision_on": None}, ["exemption_decision_on"]),
        ({"exemption_decision_on": datetime.date(2026, 12, 1)}, ["exemption_decision_on"]),
        ({"is_exempt_from_assessment": False}, ["is_exempt_from_assessment"]),
    ],
)
def test_who_is_not_assessed_is_so_by_a_decision_with_number_and_day(stored, wrong):
    whole = {
        "disability_code": "03",
        "disability_level": "severe",
        "disability_certificate_no": "12/GXN",
        "disability_certificate_on": datetime.date(2022, 3, 4),
        **DECIDED,
    }
    assert refused("exemption_decision_on", **whole) == []
    assert refused("exemption_decision_on", **whole | stored) == wrong


def test_day_boarding_asks_for_its_kind():
    assert refused("boarding", boarding="day") == ["day_boarding_code"]
    assert refused("day_boarding_code", day_boarding_code="02") == ["day_boarding_code"]
    assert refused("boarding", boarding="day", day_boarding_code="02") == []


def test_a_pioneer_lacks_the_day_and_a_day_asks_for_the_pioneer():
    assert missing(is_pioneer=True) == ["ngày vào Đội"]
    joined = datetime.date(2026, 5, 15)
    assert refused("pioneer_since", pioneer_since=joined) == ["is_pioneer"]
    assert refused("pioneer_since", is_pioneer=True, pioneer_since=joined) == []
    assert refused("pioneer_since", is_pioneer=True, pioneer_since=TODAY + datetime.timedelta(1)) == [
        "pioneer_since"
    ]


OLD_ADDRESS = {
    "permanent_form": "three_level",
    "permanent_ward": "Phường Trúc Bạch",
    "permanent_district": "Quận Ba Đình",
    "permanent_province": "Thành phố Hà Nội",
}


def test_an_address_of_three_levels_stays_until_it_is_touched_and_is_missed():
    assert missing(**OLD_ADDRESS) == ["nơi thường trú theo hai cấp (đang ghi xã, huyện, tỉnh cũ)"]
    assert refused("phone", **OLD_ADDRESS) == []
    assert refused("permanent_form", **OLD_ADDRESS) == ["permanent_ward"]


def test_before_1_july_2025_an_address_has_three_levels():
    day = datetime.date(2025, 6, 30)
    found = problems(record(**OLD_ADDRESS), on=day, changed=frozenset({"permanent_form"}))
    assert found == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("moet_id", "310000001"),
        ("national_id", "03121700000A"),
        ("school_code", "TAM-1"),
        ("full_name", " "),
        ("birth_day", 31 + 1),
        ("birth_year", 2027),
        ("birth_year", 1990),
        ("mother_birth_year", 2010),
        ("height_cm", 12),
        ("weight_kg", Decimal(200)),
    ],
)
def test_what_cannot_be_is_refused(field, value):
    assert refused(field, **{field: value}) != []


def test_of_a_birth_date_that_cannot_be_only_that_is_told():
    wrong = {"birth_year": 1984, "is_pioneer": True, "pioneer_since": TODAY, "father_name": "Lê Văn Ba"}
    changed = frozenset({"birth_year"})
    found = problems(record(**wrong, father_birth_year=1985), on=TODAY, changed=changed)
    assert [each.field for each in found] == ["birth_year"]


def test_what_was_wrong_before_does_not_hold_back_another_field():
    assert refused("phone", birth_year=1990, phone="0912345678") == []


def test_ids_are_the_clerks():
    assert {
        gap.field for gap in gaps(record(moet_id=None, register_no="", gender="")) if gap.is_the_clerks
    } == {
        "moet_id",
        "register_no",
    }
    ids = {"moet_id", "national_id", "school_code", "register_no"}
    assert ids | set(DECIDED) == CLERK_FIELDS
