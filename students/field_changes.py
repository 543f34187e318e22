"""What a row of a pupil list changes in a stored pupil: only what the row gives (rules R15, R85)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from students.administrative_units import AddressForm
from students.matching import BIRTH, IDS, birth_of, births_agree, spelt
from students.models import Student, YearProfile
from students.names import is_in_capitals
from students.record_rules import YEAR_FIELDS
from students.record_sections import CODES, NOT_SHOWN, SECTIONS, label, shown
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
    *("exemption_decision_no", "exemption_decision_on"),
    *("is_pioneer", "pioneer_since", "pioneer_place"),
)
"""The fields of a pupil that a list can give."""

WITHIN_WARD = frozenset({"permanent_detail", "permanent_hamlet"})

# Fields that a list may give in one cell with others, or by a mark.
_TOGETHER = {
    "gender": "female_mark",
    "father_name": "parents",
    "mother_name": "parents",
    **dict.fromkeys((*UNIT_FIELDS, *WITHIN_WARD), "permanent"),
}

SIZES = frozenset({"height_cm", "weight_kg"})

OF_YEAR = ("height_cm", "weight_kg", "measured_on", "boarding", "day_boarding_code")
"""The fields of the pupil's year that a list can give."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a stored pupil, with the old and the new value as people read them."""

    label: str
    old: str
    new: str


def field_changes(
    row: RosterRow, student: Student, profile: YearProfile, *, day: datetime.date
) -> Iterator[FieldChange]:
    """What the row would change on a day in a stored pupil and their year; the parts of a birth date are one field."""
    new = values_to_write(row, student)
    if any(name in new and new[name] != getattr(student, name) for name in BIRTH):
        changed = Student(**{name: new.get(name, getattr(student, name)) for name in BIRTH})
        yield FieldChange("ngày sinh", student.birth_label, changed.birth_label)
    for name, value in new.items():
        if name not in BIRTH:
            yield from _change(name, getattr(student, name), value)
    for name, value in year_changes(row, profile, day).items():
        yield from _change(name, getattr(profile, name), value)


def _change(name: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if new != old and name not in NOT_SHOWN:
        words = label(name)
        yield FieldChange(words[:1].lower() + words[1:], _shown(name, old), _shown(name, new))


def values_to_write(row: RosterRow, student: Student) -> dict[str, Any]:
    """What the row gives, by field.

    A birth date that only says less than the stored one is left out (rule R15); so is the stored name in capitals.
    """
    given = {name: getattr(row, name) for name in COPIED if name in row.given}
    if is_in_capitals(row.full_name) and spelt(row.full_name) == spelt(student.full_name):
        del given["full_name"]
    says_less = sum(map(bool, birth_of(row))) < sum(map(bool, birth_of(student)))
    if says_less and births_agree(row, student):
        given = {name: value for name, value in given.items() if name not in BIRTH}
    if "permanent_form" in given:
        unit = {name: given.pop(name) for name in UNIT_FIELDS}
        given |= unit_to_write(unit, student)
    return {name: (value or None) if name in IDS else value for name, value in given.items()}


def puts_in_an_old_ward(row: RosterRow, student: Student) -> bool:
    """Whether the row's permanent address names an old ward that has become several, and so is taken as it is."""
    new = values_to_write(row, student)
    is_old = new.get("permanent_form") == AddressForm.THREE_LEVEL
    return is_old and any(new[name] != getattr(student, name) for name in UNIT_FIELDS)


def year_values(row: RosterRow) -> dict[str, Any]:
    """What the row gives of the pupil's year, by field."""
    return {name: getattr(row, name) for name in OF_YEAR if name in row.given}


def year_changes(row: RosterRow, profile: YearProfile, day: datetime.date) -> dict[str, Any]:
    """What the row changes in what is stored of the pupil's year; a new size without a day was measured on `day`."""
    values = {name: value for name, value in year_values(row).items() if value != getattr(profile, name)}
    if SIZES & values.keys() and "measured_on" not in row.given:
        values["measured_on"] = day
    return values


@dataclass(frozen=True, slots=True)
class NewField:
    """A field of a pupil who would be created: its value as people read it, and the column that it comes from."""

    label: str
    value: str
    letter: str
    heading: str


def new_fields(row: RosterRow, day: datetime.date) -> Iterator[NewField]:
    """All that would be kept of a new pupil, in the record's order, beside name and birth date."""
    student = Student(**values_to_write(row, Student()))
    profile = YearProfile(**year_changes(row, YearProfile(), day))
    for section in SECTIONS:
        for name in section.fields:
            value = getattr(profile if name in YEAR_FIELDS else student, name)
            if value and name not in (*BIRTH, *NOT_SHOWN, "full_name"):
                source = row.places.get(name) or row.places.get(_TOGETHER.get(name, ""), ("", ""))
                yield NewField(label(name), _shown(name, value), *source)


def _shown(name: str, value: Any) -> str:
    """A stored value as people read it; a code is followed by its name."""
    words = shown(name, value)
    return f"{value} {words}" if name in CODES and words != value else words
