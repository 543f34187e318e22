"""Two people at one record at the same moment, each on a connection of their own (R9; decisions/0012)."""

import datetime
from decimal import Decimal

import pytest

from students.models import Student, YearProfile
from students.records import (
    Measure,
    MeasuresClash,
    RecordClash,
    RecordRefused,
    change_record,
    file_of,
    give_temporary_code,
    save_measures,
)
from tests.at_once import at_once
from tests.gradebook.school import make_school

pytestmark = pytest.mark.usefixtures("committed")


def test_one_field_at_once_is_written_by_one_and_handed_back_to_the_other():
    school = make_school()
    student = school.pupils[0]
    student.save()
    version = file_of(student).version
    outcomes = []

    def change(by, phone):
        try:
            change_record(file_of(student), {"phone": phone}, version=version, by=by)
            outcomes.append(phone)
        except RecordClash as clash:
            outcomes.append(clash.clashes[0].value)

    at_once(lambda: change(school.lan, "0911111111"), lambda: change(school.tuan, "0922222222"))
    written = Student.objects.get(pk=student.pk).phone
    assert outcomes == [written, written]


def test_one_id_for_two_pupils_at_once_is_refused_to_the_second():
    school = make_school()
    outcomes = []

    def give(student):
        file = file_of(student)
        try:
            change_record(file, {"moet_id": "3100000001"}, version=file.version, by=school.tuan)
            outcomes.append("given")
        except RecordRefused as refusal:
            outcomes.append(refusal.problems[0].field)

    at_once(lambda: give(school.pupils[0]), lambda: give(school.pupils[1]))
    assert sorted(outcomes) == ["given", "moet_id"]


def test_temporary_codes_at_once_are_different():
    school = make_school()
    codes = []

    def give(student):
        codes.append(give_temporary_code(file_of(student), by=school.tuan))

    at_once(*(lambda each=each: give(each) for each in school.pupils[:3]))
    assert sorted(codes) == [f"TAM-{school.year.pk}-000{number}" for number in (1, 2, 3)]


def test_a_class_measured_twice_at_once_keeps_one_row_a_pupil():
    school = make_school()
    outcomes = []

    def measure(by, height):
        sizes = [Measure(each.pk, height, Decimal(25), (None, None)) for each in school.pupils]
        try:
            save_measures(school.class_4a, sizes, measured_on=datetime.date(2026, 9, 10), by=by)
            outcomes.append(height)
        except MeasuresClash as clash:
            outcomes.append(next(iter(clash.now.values()))[0])

    at_once(lambda: measure(school.lan, 120), lambda: measure(school.tuan, 130))
    heights = set(YearProfile.objects.values_list("height_cm", flat=True))
    assert (set(outcomes), YearProfile.objects.count()) == (heights, 5)
