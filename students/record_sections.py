"""The sections of a pupil's record: their fields in order, their words, and a value as people read it."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from students.code_lists import (
    CodeList,
    day_boarding_kinds,
    disability_kinds,
    ethnic_groups,
    policy_groups,
    religions,
)
from students.models import Student, YearProfile
from students.record_rules import CLERK_FIELDS, EXEMPTION, EXEMPTION_DECISION, YEAR_FIELDS

BIRTH = ("birth_year", "birth_month", "birth_day")
PERMANENT_UNIT = (
    *("permanent_form", "permanent_ward_code", "permanent_ward", "permanent_district"),
    *("permanent_province_code", "permanent_province"),
)
CODES: Mapping[str, Callable[[], CodeList]] = {
    "ethnic_code": ethnic_groups,
    "religion_code": religions,
    "policy_code": policy_groups,
    "disability_code": disability_kinds,
    "day_boarding_code": day_boarding_kinds,
}
# Kept by the application beside what people read: keys of the name, codes of the units that stand there by name.
NOT_SHOWN = frozenset(
    {"id", "sort_key", "search_key", "veil", "permanent_ward_code", "permanent_province_code"}
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record that is shown and edited as one; `fields` are those of the database."""

    code: str
    title: str
    fields: tuple[str, ...]

    @property
    def is_the_clerks(self) -> bool:
        return not CLERK_FIELDS.isdisjoint(self.fields)


SECTIONS = (
    Section("ids", "Mã số", ("moet_id", "national_id", "school_code", "register_no")),
    Section(
        "person",
        "Nhân thân",
        (
            *("full_name", *BIRTH, "gender", "ethnic_code", "religion_code", "nationality"),
            *("birth_place", "origin"),
        ),
    ),
    Section(
        "address",
        "Nơi ở, liên hệ",
        ("home_address", "permanent_detail", "permanent_hamlet", *PERMANENT_UNIT, "phone", "email"),
    ),
    Section(
        "family",
        "Gia đình",
        (
            *("father_name", "father_birth_year", "father_job", "father_phone", "father_workplace"),
            *("mother_name", "mother_birth_year", "mother_job", "mother_phone", "mother_workplace"),
            *("guardian_name", "guardian_relation", "guardian_birth_year", "guardian_job"),
            *("guardian_phone", "guardian_workplace"),
        ),
    ),
    Section(
        "support",
        "Diện chính sách, khuyết tật",
        (
            *("policy_code", "disability_code", "disability_level", "disability_certificate_no"),
            "disability_certificate_on",
        ),
    ),
    Section("exemption", "Miễn đánh giá", (EXEMPTION, *EXEMPTION_DECISION)),
    Section(
        "year",
        "Sức khoẻ, sinh hoạt trong năm học",
        (
            *("height_cm", "weight_kg", "measured_on", "boarding", "day_boarding_code"),
            *("is_pioneer", "pioneer_since", "pioneer_place"),
        ),
    ),
)
BY_CODE = {section.code: section for section in SECTIONS}
SECTION_OF = {field: section for section in SECTIONS for field in section.fields}


def label(name: str) -> str:
    """The field's name in the school's words, as it begins a line: "Mã học sinh"."""
    model = YearProfile if name in YEAR_FIELDS else Student
    words = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr] # noqa: SLF001 - Django's documented API
    return words[:1].upper() + words[1:]


def shown(name: str, value: Any) -> str:
    """A stored value as people read it."""
    if value in (None, ""):
        return ""
    if name in CODES:
        return CODES[name]().names.get(value, value)
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    model = YearProfile if name in YEAR_FIELDS else Student
    choices = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr] # noqa: SLF001 - Django's documented API
    return str(choices.get(value, value))
