"""A pupil as one row of a list describes him or her. Plain values, no database."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Conversion:
    """A cell ("H3") of which something else is kept than is written in it."""

    cell: str
    heading: str
    written: str
    read: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A pupil as a list describes him or her. Text is clean (names.clean); ids are text with leading zeros.

    `given` names the fields for which this row has a value: all others keep what is stored. A birth date
    gives all three of birth_year, birth_month, birth_day, of which month and day may be None.
    `is_class_guessed`: the class is that of a title or of the sheet's name, which may mean something else ("Lớp 1").
    `places`: field → (column letter, heading), for messages.
    """

    sheet: str
    row: int
    full_name: str
    class_name: str = ""
    grade: int | None = None
    moet_id: str = ""
    national_id: str = ""
    school_code: str = ""
    register_no: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    gender: str = ""
    ethnic_code: str = ""
    birth_place: str = ""
    origin: str = ""
    home_address: str = ""
    phone: str = ""
    father_name: str = ""
    father_birth_year: int | None = None
    father_job: str = ""
    mother_name: str = ""
    mother_birth_year: int | None = None
    mother_job: str = ""
    guardian_name: str = ""
    policy_code: str = ""
    disability_code: str = ""
    religion_code: str = ""
    nationality: str = ""
    email: str = ""
    permanent_detail: str = ""
    permanent_hamlet: str = ""
    permanent_form: str = ""
    permanent_ward_code: str = ""
    permanent_ward: str = ""
    permanent_district: str = ""
    permanent_province_code: str = ""
    permanent_province: str = ""
    father_phone: str = ""
    father_workplace: str = ""
    mother_phone: str = ""
    mother_workplace: str = ""
    guardian_relation: str = ""
    guardian_birth_year: int | None = None
    guardian_job: str = ""
    guardian_phone: str = ""
    guardian_workplace: str = ""
    disability_level: str = ""
    disability_certificate_no: str = ""
    disability_certificate_on: datetime.date | None = None
    is_exempt_from_assessment: bool = False
    exemption_decision_no: str = ""
    exemption_decision_on: datetime.date | None = None
    is_pioneer: bool = False
    pioneer_since: datetime.date | None = None
    pioneer_place: str = ""
    height_cm: int | None = None
    weight_kg: Decimal | None = None
    measured_on: datetime.date | None = None
    boarding: str = ""
    day_boarding_code: str = ""
    status: str = ""
    given: frozenset[str] = frozenset()
    is_class_guessed: bool = False
    conversions: tuple[Conversion, ...] = field(default=(), compare=False, repr=False)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False, repr=False)
