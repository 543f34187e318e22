"""A list reads the pupils whom its rows can mean, and nobody else however many there are (R15, R85)."""

import pytest

from students.models import Student
from students.names import search_key, sort_key
from students.stored_pupils import StoredPupils
from tests.students.rosters import listed, pupil

pytestmark = pytest.mark.django_db
KNOWN = {"birth_day": 5, "birth_month": 9, "birth_year": 2019}


def store(name: str, **fields: object) -> Student:
    return Student.objects.create(
        full_name=name, sort_key=sort_key(name), search_key=search_key(name), **fields
    )


def read(school, *rows: dict[str, object]) -> set[Student]:
    return set(StoredPupils(listed(*rows).rows, school.year, lock=False).students)


def test_a_name_means_those_whom_neither_birth_date_nor_id_tells_apart(school):
    same = store("Quách Tĩnh", **KNOWN)
    year_alone = store("Quach Tinh", birth_year=2019)
    unborn = store("QUÁCH TĨNH", moet_id="3100000001")
    store("Quách Tĩnh", **KNOWN | {"birth_day": 6})
    store("Quách Tĩnh", **KNOWN, moet_id="3100000002")
    store("Quách Tĩnh An", **KNOWN)
    row = pupil(1, name="Quách Tĩnh", birth="05/09/2019", id="3100000001")
    assert read(school, row) == {same, year_alone, unborn}
    assert read(school, row | {"Ngày sinh": "2018"}) == {unborn}


def test_an_id_and_a_register_number_mean_their_holder_whatever_the_name(school):
    held = {
        "Mã định danh Bộ GD&ĐT": store("Quách Một", moet_id="3100000001"),
        "Số định danh cá nhân": store("Quách Hai", national_id="031219000002"),
        "Mã học sinh": store("Quách Ba", school_code="HS-3"),
        "Số đăng bộ": store("Quách Bốn", register_no="2026/4"),
    }
    values = ("3100000001", "031219000002", "HS-3", "2026/4")
    for (heading, holder), value in zip(held.items(), values, strict=True):
        row = pupil(1, name="Hoàng Dung", id="3100009999") | {heading: value}
        assert read(school, row) == {holder}, heading
    assert read(school, pupil(1, name="Hoàng Dung", id=None)) == set()


def test_only_the_classes_that_the_rows_name_are_read(school):
    stored = StoredPupils(listed(pupil(1, cls="4A"), pupil(2, cls="9Z")).rows, school.year, lock=False)
    assert stored.classes == {"4A": school.class_4a}
