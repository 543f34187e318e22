"""The rest of the pupils' records in the demo: what homeroom teachers fill in, with the gaps that a real school has."""

import datetime
import random
from functools import cache

from accounts.history import Source, acting, record_bulk
from students.administrative_units import AddressForm, Unit, recognise, successors, units
from students.models import Enrolment, SchoolYear, Student, YearProfile

WHY = "Hoàn thiện hồ sơ đầu năm học"
_FILLED = (
    *("religion_code", "permanent_detail", "permanent_form", "permanent_ward_code", "permanent_ward"),
    *("permanent_district", "permanent_province_code", "permanent_province", "phone"),
    *("father_phone", "father_workplace", "mother_phone", "mother_workplace", "guardian_name"),
    *("guardian_relation", "guardian_birth_year", "guardian_job", "guardian_phone", "disability_level"),
    *("disability_certificate_no", "disability_certificate_on", "is_pioneer", "pioneer_since"),
    *("pioneer_place", "origin"),
)
_WORKPLACES = ("Công ty May Kiến An", "Chợ Kiến An", "Bệnh viện Kiến An", "Cảng Hải Phòng", "Tự do")
PIONEER_GRADE = 3


def complete_records(year: SchoolYear, seed: int) -> None:
    """Fills the records of a year's pupils and their year, in bulk, with history."""
    seats = list(Enrolment.objects.filter(school_class__year=year).select_related("student", "school_class"))
    for seat in seats:
        _fill(seat, year, random.Random(f"{seed}-{seat.student.moet_id}-record"))  # noqa: S311 - invented children
    students = [seat.student for seat in seats]
    with acting(None, role="Quản trị", source=Source.DEMO):
        Student.objects.bulk_create(
            students, update_conflicts=True, unique_fields=["id"], update_fields=list(_FILLED)
        )
        record_bulk(students, changed=True, why=WHY)


def fill_profile(profile: YearProfile, student: Student, chance: random.Random, *, leaves_gaps: bool) -> None:
    """Meals at school and the day of measuring; of some pupils nothing has been measured yet."""
    if chance.random() < 0.7:
        profile.boarding = YearProfile.Boarding.DAY
        profile.day_boarding_code = "01" if student.policy_code in ("08", "09") else "02"
    profile.measured_on = datetime.date(profile.year_id, 9, chance.randint(8, 18))
    if leaves_gaps and chance.random() < 0.06:
        profile.height_cm = profile.weight_kg = profile.measured_on = None


def _fill(seat: Enrolment, year: SchoolYear, chance: random.Random) -> None:
    student = seat.student
    student.religion_code = "99" if chance.random() < 0.95 else chance.choice(("01", "02"))
    _fill_address(student, chance)
    _fill_family(student, year, chance)
    if student.disability_code and not student.disability_level and chance.random() < 0.4:
        student.disability_level = chance.choice(("severe", "mild"))
        student.disability_certificate_no = f"{chance.randint(11, 99)}/GXN-UBND"
        student.disability_certificate_on = datetime.date(year.pk - chance.randint(1, 3), 5, 20)
    if seat.school_class.grade_level > PIONEER_GRADE and not student.is_pioneer:
        student.is_pioneer = True
        joined = year.pk - (seat.school_class.grade_level - PIONEER_GRADE) + 1
        if chance.random() < 0.97:
            student.pioneer_since = datetime.date(joined, 5, 15)
            student.pioneer_place = "Trường Tiểu học Kim Đồng"
    if chance.random() < 0.03:
        student.origin = ""


def _fill_address(student: Student, chance: random.Random) -> None:
    """Most live where they are registered; of some the papers still name a district."""
    unit = recognise(student.home_address, AddressForm.TWO_LEVEL)
    if unit is None or student.permanent_form or chance.random() < 0.02:
        return
    if chance.random() < 0.04:
        unit = _predecessors().get(unit.code, unit)
    student.permanent_detail = student.home_address.rsplit(",", 2)[0]
    student.permanent_form = unit.form.value
    student.permanent_ward_code, student.permanent_ward = unit.code, unit.ward
    student.permanent_district = unit.district
    student.permanent_province_code, student.permanent_province = unit.province_code, unit.province


@cache
def _predecessors() -> dict[str, Unit]:
    """One of the old wards that went into each ward of today."""
    return {new.code: old for old in units(AddressForm.THREE_LEVEL) for new in successors(old)[:1]}


def _fill_family(student: Student, year: SchoolYear, chance: random.Random) -> None:
    if student.mother_phone or student.father_phone:
        return
    student.father_phone = _phone(chance) if chance.random() < 0.9 else ""
    student.mother_phone = _phone(chance) if chance.random() < 0.93 else ""
    student.father_workplace = chance.choice(_WORKPLACES)
    student.mother_workplace = chance.choice(_WORKPLACES)
    if not student.phone and chance.random() < 0.8:
        student.phone = student.mother_phone or student.father_phone
    if chance.random() < 0.02:
        student.guardian_name = f"{student.full_name.split()[0]} Thị Hiền"
        student.guardian_relation = "Bà nội"
        student.guardian_birth_year = year.pk - chance.randint(58, 70)
        student.guardian_job = "Hưu trí"
        student.guardian_phone = _phone(chance)


def _phone(chance: random.Random) -> str:
    return f"0{chance.choice(('91', '98', '34', '38'))}{chance.randint(0, 9_999_999):07d}"
