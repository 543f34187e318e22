"""The one way in for changes of a record: who, versions, history, uniqueness (R9, R14, R56)."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
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
from tests.gradebook.school import add_pupils
from tests.pupils import rewrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(school) -> Student:
    """A pupil of 4A with a first line of history."""
    student = school.pupils[0]
    student.save()
    return student


def change(student: Student, by, version: str | None = None, **wanted: object) -> tuple[str, ...]:
    file = file_of(Student.objects.get(pk=student.pk))
    return change_record(file, wanted, version=version or file.version, by=by)


def stored(student: Student) -> Student:
    return Student.objects.get(pk=student.pk)


def test_the_homeroom_teacher_completes_a_record_and_history_says_who_and_as_what(school, pupil):
    assert change(pupil, school.lan, phone="0912345678", origin="Kiến An") == ("phone", "origin")
    row = stored(pupil).history.latest("history_id")
    assert (row.phone, row.history_user, row.acting_role) == ("0912345678", school.lan, "GVCN 4A")
    assert AuditEntry.objects.latest("seq").actor == school.lan.username


@pytest.mark.parametrize("name", ["moet_id", "national_id", "school_code", "register_no"])
def test_ids_are_the_clerks_alone(school, pupil, name):
    value = {"moet_id": "3100000001", "national_id": "031217000001"}.get(name, "2026/1")
    with pytest.raises(PermissionDenied):
        change(pupil, school.lan, **{name: value})
    change(pupil, school.tuan, **{name: value})
    assert getattr(stored(pupil), name) == value


@pytest.mark.parametrize("name", ["minh", "thu", "dung", "bich", "hoa", "son"])
def test_nobody_else_changes_a_record(school, pupil, name):
    with pytest.raises(PermissionDenied):
        change(pupil, school.people[name], phone="0912345678")


def test_two_people_who_changed_different_fields_both_have_their_way(school, pupil):
    seen = file_of(pupil).version
    change(pupil, school.tuan, seen, phone="0912345678", origin="")
    change(pupil, school.lan, seen, phone="", origin="Kiến An")
    assert (stored(pupil).phone, stored(pupil).origin) == ("0912345678", "Kiến An")


def test_two_people_who_changed_one_field_lose_nothing_silently(school, pupil):
    seen = file_of(pupil).version
    change(pupil, school.tuan, seen, phone="0912345678")
    with pytest.raises(RecordClash) as clash:
        change(pupil, school.lan, seen, phone="0987654321", origin="Kiến An")
    (found,) = clash.value.clashes
    assert (found.field, found.value, found.by) == ("phone", "0912345678", str(school.tuan))
    assert (stored(pupil).phone, stored(pupil).origin) == ("0912345678", "")


def test_the_facts_of_the_year_clash_as_those_of_the_pupil_do(school, pupil):
    seen = file_of(pupil).version
    change(pupil, school.tuan, seen, boarding="day", day_boarding_code="02")
    with pytest.raises(RecordClash):
        change(pupil, school.lan, seen, boarding="day", day_boarding_code="01")
    assert YearProfile.objects.get(student=pupil).day_boarding_code == "02"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("<b>Lương</b> 😀", "chỉ có chữ"),
        ("Lương Minh An 2", "chỉ có chữ"),
        ("lương minh an", "Viết hoa chữ đầu"),
    ],
)
def test_a_name_that_no_birth_certificate_bears_is_refused(school, pupil, name, why):
    with pytest.raises(RecordRefused) as refused:
        change(pupil, school.lan, full_name=name)
    assert why in refused.value.problems[0].message


@pytest.mark.parametrize("name", ["H'Lan Niê", "Y-Phôn Ê Ban", "Nguyễn Thị Ánh Dương"])
def test_names_of_every_people_are_taken(school, pupil, name):
    assert change(pupil, school.lan, full_name=name) == ("full_name",)


def test_a_birth_date_that_is_known_is_never_emptied(school, pupil):
    with pytest.raises(RecordRefused) as refused:
        change(pupil, school.lan, birth_year=None, birth_month=None, birth_day=None)
    assert "Ngày sinh đã có" in refused.value.problems[0].message


def test_the_same_again_writes_nothing(school, pupil):
    change(pupil, school.lan, phone="0912345678")
    before = stored(pupil).history.count()
    assert change(pupil, school.lan, phone="0912345678") == ()
    assert stored(pupil).history.count() == before


def test_a_disability_without_kind_is_refused_and_nothing_is_written(school, pupil):
    with pytest.raises(RecordRefused) as refusal:
        change(pupil, school.lan, disability_level="mild", phone="0912345678")
    assert [problem.field for problem in refusal.value.problems] == ["disability_code"]
    assert stored(pupil).phone == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"disability_level": "mild"},
        {"pioneer_since": datetime.date(2026, 5, 15)},
        {"permanent_form": "two_level"},
        {
            "permanent_form": "two_level",
            "permanent_ward": "A",
            "permanent_district": "B",
            "permanent_province": "C",
        },
        {"permanent_ward": "Phường Lê Chân"},
        {"permanent_ward_code": "113"},
    ],
)
def test_the_database_refuses_what_the_rules_refuse(pupil, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        rewrite(Student.objects.filter(pk=pupil.pk), **wrong)


def test_the_database_refuses_boarding_without_its_kind(school, pupil):
    with pytest.raises(IntegrityError), transaction.atomic():
        YearProfile.objects.create(student=pupil, year=school.year, boarding="day")


def test_an_id_of_another_pupil_is_refused_by_name(school, pupil):
    other = school.pupils[1]
    change(other, school.tuan, moet_id="3100000001", register_no="2026/7")
    for name, value in (("moet_id", "3100000001"), ("register_no", "2026/7")):
        with pytest.raises(RecordRefused, match=other.full_name):
            change(pupil, school.tuan, **{name: value})


def test_a_temporary_code_is_given_once_and_replaced_with_history(school, pupil):
    first = give_temporary_code(file_of(pupil), by=school.tuan)
    second = give_temporary_code(file_of(school.pupils[1]), by=school.tuan)
    year = school.year.pk
    assert (first, second) == (f"TAM-{year}-0001", f"TAM-{year}-0002")
    assert stored(pupil).has_temporary_code
    change(pupil, school.tuan, school_code="HS0001")
    assert list(stored(pupil).history.values_list("school_code", flat=True)) == ["HS0001", first, None]
    # A code that was once given is not given to anybody else.
    assert give_temporary_code(file_of(school.pupils[2]), by=school.tuan) == f"TAM-{year}-0003"


def test_a_temporary_code_is_the_clerks_to_give(school, pupil):
    with pytest.raises(PermissionDenied):
        give_temporary_code(file_of(pupil), by=school.lan)


def test_a_name_keeps_its_keys_for_sorting_and_search(school, pupil):
    change(pupil, school.lan, full_name="Đặng Thị Ý")
    assert stored(pupil).search_key == "dang thi y"


# -- Height and weight -------------------------------------------------------------------------------------

NOTHING = (None, None)
DAY = datetime.date(2026, 9, 10)


def measures(pupils, height: int = 120, seen=NOTHING) -> list[Measure]:
    return [Measure(each.pk, height, Decimal("24.5"), seen) for each in pupils]


def test_a_class_is_measured_in_one_go(school):
    assert save_measures(school.class_4a, measures(school.pupils), measured_on=DAY, by=school.lan) == 5
    rows = YearProfile.objects.filter(student__in=school.pupils)
    assert {(row.height_cm, row.weight_kg, row.measured_on) for row in rows} == {(120, Decimal("24.5"), DAY)}
    assert {row.history.get().acting_role for row in rows} == {"GVCN 4A"}


def test_a_second_measuring_keeps_the_first_in_the_history(school):
    save_measures(school.class_4a, measures(school.pupils[:1]), measured_on=DAY, by=school.lan)
    again = measures(school.pupils[:1], 125, seen=(120, Decimal("24.5")))
    save_measures(school.class_4a, again, measured_on=DAY, by=school.lan)
    assert list(YearProfile.history.values_list("height_cm", flat=True)) == [125, 120]


def test_rows_that_nobody_touched_are_not_written(school):
    save_measures(school.class_4a, measures(school.pupils), measured_on=DAY, by=school.lan)
    untouched = measures(school.pupils, seen=(120, Decimal("24.5")))
    assert save_measures(school.class_4a, untouched, measured_on=DAY, by=school.tuan) == 0


def test_a_measure_that_somebody_else_wrote_meanwhile_is_handed_back(school):
    save_measures(school.class_4a, measures(school.pupils[:1]), measured_on=DAY, by=school.tuan)
    with pytest.raises(MeasuresClash) as clash:
        save_measures(school.class_4a, measures(school.pupils, 130), measured_on=DAY, by=school.lan)
    assert clash.value.now == {school.pupils[0].pk: (120, Decimal("24.5"))}
    assert YearProfile.objects.count() == 1


def test_a_pupil_of_another_class_is_left_alone(school):
    other = add_pupils(school.class_4b, 1)
    assert save_measures(school.class_4a, measures(other), measured_on=DAY, by=school.lan) == 0


def test_only_who_keeps_the_records_measures(school):
    with pytest.raises(PermissionDenied):
        save_measures(school.class_4a, measures(school.pupils), measured_on=DAY, by=school.minh)


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_class(school, count):
    pupils = [*school.pupils[:1], *add_pupils(school.class_4a, count)]
    save_measures(school.class_4a, measures(pupils[:1]), measured_on=DAY, by=school.lan)
    changes = [*measures(pupils[:1], 121, seen=(120, Decimal("24.5"))), *measures(pupils[1:])]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        save_measures(school.class_4a, changes, measured_on=DAY, by=school.lan)
    assert len(queries) == 10, [query["sql"][:80] for query in queries]
