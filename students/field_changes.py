"""What a row of a pupil list changes in a stored pupil: only what the row gives (rules R15, R85)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from students.matching import BIRTH, IDS, birth_of, births_agree
from students.models import Student, YearProfile
from students.record_sections import CODES, NOT_SHOWN, label, shown
from students.roster_addresses import UNIT_FIELDS, unit_to_write
from students.roster_row import RosterRow

COPIED = (
    *IDS,
    *("register_no", "full_name", *BIRTH, "gender", "ethnic_code", "religion_code", "nationality"),
    *("birth_place", "origin", "home_address", "permanent_detail", "permanent_hamlet", *UNIT_FIELDS),
    *("phone", "email"),
    *("father_name", "father_birth_year", "father_job", "father_phone", "father_workplace"),
    *("mother_name", "mother_birth_year", "mother_job", "mother_phone", "mother_workplace"),
    *("guardian_name", "guardian_relation", "guardian_birth_year", "guardian_job", "guardian_phone"),
    *("guardian_workplace", "policy_code", "disability_code", "disability_level"),
    *("disability_certificate_no", "disability_certificate_on", "is_exempt_from_assessment"),
    *("is_pioneer", "pioneer_since", "pioneer_place"),
)
"""The fields of a pupil that a list can give."""

WITHIN_WARD = frozenset({"permanent_detail", "permanent_hamlet"})

OF_YEAR = ("height_cm", "weight_kg", "measured_on", "boarding", "day_boarding_code")
"""The fields of the pupil's year that a list can give."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a stored pupil, with the old and the new value as people read them."""

    label: str
    old: str
    new: str


def field_changes(row: RosterRow, student: Student, profile: YearProfile) -> Iterator[FieldChange]:
    """What the row would change in a stored pupil and their year; the parts of a birth date are one field."""
    new = values_to_write(row, student)
    if any(name in new and new[name] != getattr(student, name) for name in BIRTH):
        changed = Student(**{name: new.get(name, getattr(student, name)) for name in BIRTH})
        yield FieldChange("ngày sinh", student.birth_label, changed.birth_label)
    for name, value in new.items():
        if name not in BIRTH:
            yield from _change(name, getattr(student, name), value)
    for name, value in year_values(row).items():
        yield from _change(name, getattr(profile, name), value)


def _change(name: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if new != old and name not in NOT_SHOWN:
        words = label(name)
        yield FieldChange(words[:1].lower() + words[1:], _shown(name, old), _shown(name, new))


def values_to_write(row: RosterRow, student: Student) -> dict[str, Any]:
    """What the row gives, by field. A birth date that only says less than the stored one is left out (rule R15)."""
    given = {name: getattr(row, name) for name in COPIED if name in row.given}
    says_less = sum(map(bool, birth_of(row))) < sum(map(bool, birth_of(student)))
    if says_less and births_agree(row, student):
        given = {name: value for name, value in given.items() if name not in BIRTH}
    if "permanent_form" in given:
        unit = {name: given.pop(name) for name in UNIT_FIELDS}
        found = unit_to_write(unit, student)
        if found is None:
            # The house is of no use without its ward.
            given = {name: value for name, value in given.items() if name not in WITHIN_WARD}
        given |= found or {}
    return {name: (value or None) if name in IDS else value for name, value in given.items()}


def old_ward_is_divided(row: RosterRow, student: Student) -> bool:
    """Whether the row's permanent address names an old ward that has become several, and so is not taken."""
    if "permanent_form" not in row.given:
        return False
    return unit_to_write({name: getattr(row, name) for name in UNIT_FIELDS}, student) is None


def year_values(row: RosterRow) -> dict[str, Any]:
    """What the row gives of the pupil's year, by field."""
    return {name: getattr(row, name) for name in OF_YEAR if name in row.given}


def _shown(name: str, value: Any) -> str:
    """A stored value as people read it; a code is followed by its name."""
    words = shown(name, value)
    return f"{value} {words}" if name in CODES and words != value else words
