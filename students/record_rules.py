"""What a pupil's record must hold, and what one field asks of another (domain.md 5.4; R9, R10, R14, R15). Pure.

A record is a mapping from the names of fields (of Student, and of YearProfile for the year) to their values. `problems`
refuse a change; `gaps` are what is still to be filled: a record with gaps can be kept, but not sent to the sector's
database or printed whole. Each rule names where it comes from.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from students.administrative_units import AddressForm, form_on, is_divided, unit
from students.names import looks_like_a_name

Record = Mapping[str, Any]

EXEMPTION = "is_exempt_from_assessment"
EXEMPTION_DECISION = ("exemption_decision_no", "exemption_decision_on")
CLERK_FIELDS = frozenset(
    {"moet_id", "national_id", "school_code", "register_no", EXEMPTION, *EXEMPTION_DECISION}
)
"""Ids are the clerk's alone; class and status are written by movements, which are the clerk's too (R14).

So is the exemption from assessment: the principal decides it (domain.md 1.8), the clerk notes the decision.
"""

YEAR_FIELDS = frozenset({"height_cm", "weight_kg", "measured_on", "boarding", "day_boarding_code"})
"""Kept for each school year."""

SENSITIVE_FIELDS = frozenset(
    {
        *("ethnic_code", "religion_code", "policy_code", "disability_code", "disability_level"),
        *("disability_certificate_no", "disability_certificate_on", EXEMPTION, *EXEMPTION_DECISION),
        *("height_cm", "weight_kg", "measured_on"),
    }
)
"""For the homeroom teacher of the class, the school's leaders and the clerk only (NĐ 356/2025 Điều 4; R65)."""

TEMPORARY = re.compile(r"TAM-[0-9]{4}-[0-9]{4}")
"""A code of the school's own until the ministry gives one: TAM-2026-0001 (R9)."""

OLDEST_PUPIL = 25
YOUNGEST_PARENT = 12
YOUNGEST_PIONEER = 8
OF_ORPHANS, OF_DISABLED = "05", "06"  # of the policy groups
PARENTS_LIVES = tuple(
    f"{who}_{what}" for who in ("father", "mother") for what in ("job", "phone", "workplace")
)
"""What is said of the living only; an orphan's record keeps the parents' names."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a change is refused: the field it is about, and the remedy in words."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something still to be filled: `field` is the first to go to, `words` say what, `source` why."""

    field: str
    words: str
    source: str

    @property
    def is_the_clerks(self) -> bool:
        return self.field in CLERK_FIELDS


# -- What is missing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Need:
    """`is_missing` says of a record whether the thing is needed and not there."""

    field: str
    words: str
    source: str
    is_missing: Callable[[Record], bool]


def _empty(*fields: str) -> Callable[[Record], bool]:
    """All of these are empty."""
    return lambda record: not any(record[field] for field in fields)


def _has(field: str, *needed: str) -> Callable[[Record], bool]:
    """The field is filled and the one it asks for is not."""
    return lambda record: bool(record[field]) and not any(record[each] for each in needed)


def _has_no_grown_up(record: Record) -> bool:
    return not (record["father_name"] or record["mother_name"] or record["guardian_name"])


def _lacks_mother(record: Record) -> bool:
    """A child in the care of a guardian may have none on the birth certificate."""
    return not (record["mother_name"] or record["guardian_name"])


def _is_disabled_without_kind(record: Record) -> bool:
    return bool(record["policy_code"] == OF_DISABLED and not record["disability_code"])


def is_orphan_with_parents(record: Record) -> bool:
    """Whether the record contradicts itself: both parents dead, and at work or at the telephone."""
    return bool(record["policy_code"] == OF_ORPHANS and any(record[each] for each in PARENTS_LIVES))


def _is_three_level(record: Record) -> bool:
    return bool(record["permanent_form"] == AddressForm.THREE_LEVEL)


_FORM = "học bạ, trang lí lịch (Thông tư 27/2020, Phụ lục 1)"
_SECTOR = "mô tả dữ liệu cơ sở dữ liệu ngành, hồ sơ học sinh"
_CERTIFICATE = "giấy xác nhận khuyết tật (Thông tư 03/2018, Điều 8)"

_NEEDS = (
    _Need("moet_id", "mã định danh Bộ GD&ĐT", _SECTOR, _empty("moet_id")),
    _Need("national_id", "số định danh cá nhân", "Nghị định 88/2026, Điều 9", _empty("national_id")),
    _Need("register_no", "số đăng bộ", "học bạ, quá trình học tập", _empty("register_no")),
    _Need("birth_year", "ngày sinh", _SECTOR, _empty("birth_year")),
    _Need("gender", "giới tính", _SECTOR, _empty("gender")),
    _Need("ethnic_code", "dân tộc", _SECTOR, _empty("ethnic_code")),
    _Need("nationality", "quốc tịch", _FORM, _empty("nationality")),
    _Need("birth_place", "nơi sinh", _FORM, _empty("birth_place")),
    _Need("origin", "quê quán", _FORM, _empty("origin")),
    _Need("home_address", "nơi ở hiện nay", _FORM, _empty("home_address")),
    _Need("permanent_ward", "nơi thường trú", _SECTOR, _empty("permanent_form")),
    _Need(
        "permanent_ward",
        "nơi thường trú theo hai cấp (đang ghi xã, huyện, tỉnh cũ)",
        "chính quyền địa phương hai cấp từ 01/7/2025",
        _is_three_level,
    ),
    _Need("mother_name", "họ tên mẹ (hoặc người giám hộ)", _SECTOR, _lacks_mother),
    _Need("mother_birth_year", "năm sinh của mẹ", _SECTOR, _has("mother_name", "mother_birth_year")),
    _Need("guardian_name", "người giám hộ (chưa ghi cha, mẹ)", _SECTOR, _has_no_grown_up),
    _Need(
        "guardian_birth_year",
        "năm sinh của người giám hộ",
        _SECTOR,
        _has("guardian_name", "guardian_birth_year"),
    ),
    _Need(
        "guardian_relation",
        "quan hệ của người giám hộ",
        _SECTOR,
        _has("guardian_name", "guardian_relation"),
    ),
    _Need(
        "phone",
        "số điện thoại liên hệ",
        "hồ sơ học sinh: liên lạc với gia đình",
        _empty("phone", "father_phone", "mother_phone", "guardian_phone"),
    ),
    _Need(
        "disability_code",
        "loại khuyết tật (diện chính sách là khuyết tật)",
        _SECTOR,
        _is_disabled_without_kind,
    ),
    _Need(
        "policy_code",
        "diện chính sách đúng (đang ghi mồ côi cả cha, mẹ mà có nghề nghiệp, điện thoại của cha, mẹ)",
        _SECTOR,
        is_orphan_with_parents,
    ),
    _Need("disability_level", "mức độ khuyết tật", _CERTIFICATE, _has("disability_code", "disability_level")),
    _Need(
        "disability_certificate_no",
        "số giấy xác nhận khuyết tật",
        _CERTIFICATE,
        _has("disability_code", "disability_certificate_no"),
    ),
    _Need(
        "disability_certificate_on",
        "ngày cấp giấy xác nhận khuyết tật",
        _CERTIFICATE,
        _has("disability_code", "disability_certificate_on"),
    ),
    _Need("pioneer_since", "ngày vào Đội", _SECTOR, _has("is_pioneer", "pioneer_since")),
    _Need("height_cm", "chiều cao", "học bạ, trang năm học", _empty("height_cm")),
    _Need("weight_kg", "cân nặng", "học bạ, trang năm học", _empty("weight_kg")),
)


def gaps(record: Record) -> tuple[Gap, ...]:
    """What is missing of a record, in the order of the record's sections."""
    return tuple(Gap(need.field, need.words, need.source) for need in _NEEDS if need.is_missing(record))


def lacks_for_teacher(record: Record) -> bool:
    """Whether anything is missing that the homeroom teacher writes."""
    return any(need.field not in CLERK_FIELDS and need.is_missing(record) for need in _NEEDS)


# -- What is refused ---------------------------------------------------------------------------------------


def problems(record: Record, *, on: datetime.date, changed: frozenset[str]) -> tuple[Problem, ...]:
    """What speaks against keeping a record as it would be on a day, of that which touches a `changed` field.

    What was there before and is not touched refuses nothing: a phone number is not held back by an old birth date.
    """
    found = (
        *_about_ids(record),
        *_about_birth(record, on),
        *_about_address(record, on),
        *_about_family(record, on),
        *_about_support(record, on),
        *_about_school(record, on),
    )
    touched = [(fields, problem) for fields, problem in found if changed & fields]
    if any(problem.field == "birth_year" for _fields, problem in touched):
        # One mistake, one message: what else does not fit a birth date that cannot be follows from it.
        touched = [each for each in touched if each[1].field == "birth_year" or "birth_year" not in each[0]]
    return tuple(problem for _fields, problem in touched)


Finding = tuple[frozenset[str], Problem]


def _finding(field: str, message: str, *others: str) -> Finding:
    return frozenset({field, *others}), Problem(field, message)


def _about_ids(record: Record) -> Iterator[Finding]:
    for field, digits, name in (
        ("moet_id", 10, "Mã định danh Bộ GD&ĐT"),
        ("national_id", 12, "Số định danh"),
    ):
        value = record[field]
        if value and not re.fullmatch(rf"[0-9]{{{digits}}}", value):
            yield _finding(
                field, f"{name} gồm đúng {digits} chữ số. Ghi lại cho đủ, không có chữ hay dấu cách."
            )
    code = record["school_code"]
    if code and code.upper().startswith("TAM") and not TEMPORARY.fullmatch(code):
        yield _finding("school_code", "Mã tạm có dạng TAM-2026-0001: TAM, năm, số thứ tự bốn chữ số.")


def _about_birth(record: Record, on: datetime.date) -> Iterator[Finding]:
    if not record["full_name"].strip():
        yield _finding("full_name", "Chưa có họ và tên. Ghi họ và tên theo giấy khai sinh.")
    elif not looks_like_a_name(record["full_name"]):
        yield _finding("full_name", "Họ và tên chỉ có chữ. Bỏ số, dấu và hình, ghi theo giấy khai sinh.")
    elif record["full_name"] == record["full_name"].lower():
        yield _finding("full_name", "Viết hoa chữ đầu của họ, đệm và tên, ví dụ Lương Minh An.")
    year = record["birth_year"]
    if not year:
        return
    parts = ("birth_month", "birth_day")
    first = _first_day_of_birth(record)
    if first is None:
        yield _finding("birth_year", "Ngày sinh không có thật. Ghi lại theo giấy khai sinh.", *parts)
    elif first > on or year < on.year - OLDEST_PUPIL:
        yield _finding("birth_year", f"Năm sinh {year} không thể đúng. Ghi lại theo giấy khai sinh.", *parts)


def _first_day_of_birth(record: Record) -> datetime.date | None:
    """The earliest day that the birth date can mean (R15); None when there is no such day."""
    try:
        return datetime.date(record["birth_year"], record["birth_month"] or 1, record["birth_day"] or 1)
    except (TypeError, ValueError):
        return None


def _about_address(record: Record, on: datetime.date) -> Iterator[Finding]:
    """What is written down today is written in today's form; an older record stays until somebody changes it.

    So is an old ward that has become several, until somebody knows which.
    """
    form = record["permanent_form"]
    old = unit(AddressForm(form), record["permanent_ward_code"]) if form else None
    if form and form != form_on(on) and not (old and is_divided(old)):
        yield _finding(
            "permanent_ward",
            "Từ 01/7/2025 địa chỉ ghi theo hai cấp, không còn huyện (quận). Chọn xã (phường) hiện nay.",
            *("permanent_form", "permanent_district", "permanent_province"),
        )
    if not form and (record["permanent_detail"] or record["permanent_hamlet"]):
        yield _finding(
            "permanent_ward",
            "Đã ghi số nhà hoặc tổ, thôn nơi thường trú thì chọn cả xã (phường).",
            *("permanent_detail", "permanent_hamlet", "permanent_form"),
        )


def _about_family(record: Record, on: datetime.date) -> Iterator[Finding]:
    for who, name in (("father", "cha"), ("mother", "mẹ"), ("guardian", "người giám hộ")):
        details = tuple(f"{who}_{each}" for each in ("birth_year", "job", "phone", "workplace"))
        year = record[f"{who}_birth_year"]
        latest = (record["birth_year"] or on.year) - (0 if who == "guardian" else YOUNGEST_PARENT)
        if year and not 1900 <= year <= min(latest, on.year):
            yield _finding(
                f"{who}_birth_year", f"Năm sinh của {name} không thể là {year}. Kiểm tra lại.", "birth_year"
            )
        if any(record[each] for each in details) and not record[f"{who}_name"]:
            yield _finding(f"{who}_name", f"Đã ghi thông tin của {name} thì ghi cả họ tên.", *details)
    if record["guardian_relation"] and not record["guardian_name"]:
        yield _finding(
            "guardian_name", "Đã ghi quan hệ thì ghi cả họ tên người giám hộ.", "guardian_relation"
        )


def _about_support(record: Record, on: datetime.date) -> Iterator[Finding]:
    """Disabled → the kind is named (R10); the certificate is of a day between birth and today."""
    details = (
        *("disability_level", "disability_certificate_no", "disability_certificate_on"),
        "is_exempt_from_assessment",
    )
    if record[EXEMPTION] and not all(record[each] for each in ("disability_code", *details)):
        yield _finding(
            EXEMPTION,
            "Không đánh giá là theo giấy xác nhận khuyết tật và quyết định của Hiệu trưởng. Giáo viên chủ nhiệm ghi "
            "loại khuyết tật, mức độ, số và ngày cấp giấy xác nhận ở hồ sơ học sinh trước.",
            "disability_code",
            *details,
        )
    elif any(record[each] for each in details) and not record["disability_code"]:
        yield _finding("disability_code", "Học sinh khuyết tật thì chọn loại khuyết tật theo giấy.", *details)
    yield from _day_within_life(record, "disability_certificate_on", "Ngày cấp giấy", on)
    yield from _about_exemption(record, on)


def _about_exemption(record: Record, on: datetime.date) -> Iterator[Finding]:
    """Not assessed: by a decision of the principal, with its number and day (domain.md 1.8; R33)."""
    number, day = (record[name] for name in EXEMPTION_DECISION)
    if record[EXEMPTION] and not (number and day):
        yield _finding(
            "exemption_decision_on" if number else "exemption_decision_no",
            "Không đánh giá là theo quyết định của Hiệu trưởng: ghi cả số và ngày quyết định.",
            *(EXEMPTION, *EXEMPTION_DECISION),
        )
    elif (number or day) and not record[EXEMPTION]:
        yield _finding(
            EXEMPTION,
            "Có quyết định thì đánh dấu «Khuyết tật không đánh giá»; thôi không miễn nữa thì xoá cả số và ngày quyết "
            "định.",
            *EXEMPTION_DECISION,
        )
    yield from _day_within_life(record, "exemption_decision_on", "Ngày quyết định", on)


def _about_school(record: Record, on: datetime.date) -> Iterator[Finding]:
    if (record["pioneer_since"] or record["pioneer_place"]) and not record["is_pioneer"]:
        yield _finding(
            "is_pioneer",
            "Đã ghi ngày hoặc nơi vào Đội thì đánh dấu Đội viên.",
            "pioneer_since",
            "pioneer_place",
        )
    yield from _day_within_life(record, "pioneer_since", "Ngày vào Đội", on, after_years=YOUNGEST_PIONEER)
    is_day_boarder = record["boarding"] == "day"
    if is_day_boarder != bool(record["day_boarding_code"]):
        words = (
            "Học bán trú thì chọn loại bán trú."
            if is_day_boarder
            else "Chỉ học sinh bán trú mới có loại bán trú. Bỏ loại, hoặc chọn Bán trú."
        )
        yield _finding("day_boarding_code", words, "boarding")
    yield from size_problems(record)
    yield from _day_within_life(record, "measured_on", "Ngày đo", on)


def size_problems(record: Record) -> Iterator[Finding]:
    """A child of a primary school is 60 to 220 cm tall and weighs 8 to 150 kg."""
    height, weight = record["height_cm"], record["weight_kg"]
    if height is not None and not 60 <= height <= 220:
        yield _finding("height_cm", "Chiều cao tính bằng xăng-ti-mét, từ 60 đến 220. Kiểm tra lại.")
    if weight is not None and not 8 <= weight <= 150:
        yield _finding("weight_kg", "Cân nặng tính bằng ki-lô-gam, từ 8 đến 150. Kiểm tra lại.")


def _day_within_life(
    record: Record, field: str, name: str, on: datetime.date, *, after_years: int = 0
) -> Iterator[Finding]:
    day = record[field]
    if not day:
        return
    if day > on:
        yield _finding(field, f"{name} {day:%d/%m/%Y} chưa tới. Kiểm tra lại.")
    elif record["birth_year"] and day.year < record["birth_year"] + after_years:
        yield _finding(field, f"{name} {day:%d/%m/%Y} quá sớm so với ngày sinh. Kiểm tra lại.", "birth_year")
