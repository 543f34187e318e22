"""What a row of a pupil list changes in a stored pupil: only what the row gives (rules R15, R85)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from students.code_lists import CodeList, disability_kinds, ethnic_groups, policy_groups
from students.matching import BIRTH, IDS, birth_of, births_agree
from students.models import Student
from students.roster_rows import RosterRow

COPIED = (
    *IDS,
    *("register_no", "full_name", *BIRTH, "gender", "ethnic_code"),
    *("birth_place", "origin", "home_address", "phone", "father_name", "father_birth_year", "father_job"),
    *("mother_name", "mother_birth_year", "mother_job", "guardian_name", "policy_code", "disability_code"),
)

_CODES: Mapping[str, Callable[[], CodeList]] = {
    "ethnic_code": ethnic_groups,
    "policy_code": policy_groups,
    "disability_code": disability_kinds,
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a stored pupil, with the old and the new value as people read them."""

    label: str
    old: str
    new: str


def field_changes(row: RosterRow, student: Student) -> Iterator[FieldChange]:
    """What the row would change in a stored pupil; the parts of a birth date are one field."""
    new = values_to_write(row, student)
    if any(name in new and new[name] != getattr(student, name) for name in BIRTH):
        changed = Student(**{name: new.get(name, getattr(student, name)) for name in BIRTH})
        yield FieldChange("ngày sinh", student.birth_label, changed.birth_label)
    for name, value in new.items():
        old = getattr(student, name)
        if name not in BIRTH and value != old:
            yield FieldChange(_label(name), _shown(name, old), _shown(name, value))


def values_to_write(row: RosterRow, student: Student) -> dict[str, Any]:
    """What the row gives, by field. A birth date that only says less than the stored one is left out (rule R15)."""
    given = {name: getattr(row, name) for name in COPIED if name in row.given}
    says_less = sum(map(bool, birth_of(row))) < sum(map(bool, birth_of(student)))
    if says_less and births_agree(row, student):
        given = {name: value for name, value in given.items() if name not in BIRTH}
    return {name: (value or None) if name in IDS else value for name, value in given.items()}


def _label(name: str) -> str:
    field: Any = Student._meta.get_field(name)  # noqa: SLF001 - Django's documented API
    return str(field.verbose_name)


def _shown(name: str, value: Any) -> str:
    """A stored value as people read it; a code is followed by its name."""
    if value in (None, ""):
        return ""
    if name == "gender":
        return str(Student.Gender(value).label)
    if name in _CODES:
        return f"{value} {_CODES[name]().names.get(value, '')}".rstrip()
    return str(value)
