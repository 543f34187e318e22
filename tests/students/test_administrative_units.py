"""Units before and since 1/7/2025: a code never names a unit of the other form (domain.md 0.1, 5.4)."""

import datetime

import pytest

from students.administrative_units import (
    AddressForm,
    form_on,
    recognise,
    successors,
    suggest,
    unit,
    units,
)

NEW, OLD = AddressForm.TWO_LEVEL, AddressForm.THREE_LEVEL


def labels(found) -> list[str]:
    return [each.label for each in found]


def test_addresses_have_two_levels_since_1_july_2025():
    assert form_on(datetime.date(2025, 6, 30)) is OLD
    assert form_on(datetime.date(2025, 7, 1)) is NEW


def test_the_lists_are_whole():
    assert (len(units(NEW)), len(units(OLD))) == (3321, 10040)
    assert len({each.province for each in units(NEW)}) == 34


def test_a_code_names_the_unit_of_its_time():
    assert unit(OLD, "00004").label == "Phường Trúc Bạch, Quận Ba Đình, Thành phố Hà Nội"
    assert unit(NEW, "00004").label == "Phường Ba Đình, Thành phố Hà Nội"


def test_2145_codes_of_today_named_another_ward_before():
    renamed = [each for each in units(NEW) if (old := unit(OLD, each.code)) and old.ward != each.ward]
    assert len(renamed) == 2145


def test_every_old_ward_leads_to_units_of_today():
    lost = [each for each in units(OLD) if each.code and not successors(each)]
    assert lost == []
    assert all(each.form is NEW for old in units(OLD) for each in successors(old))


def test_a_ward_that_was_split_leads_first_to_the_likeliest():
    split = unit(OLD, "31268")
    assert labels(successors(split)) == [
        "Xã Trường Thành, Thành phố Cần Thơ",
        "Xã Tân Thạnh, Thành phố Cần Thơ",
    ]


@pytest.mark.parametrize("form", AddressForm)
def test_each_unit_is_recognised_as_it_is_written(form):
    assert [each.label for each in units(form) if recognise(each.label, form) is not each] == []


@pytest.mark.parametrize(
    "text",
    [
        "Phường Lê Chân, Thành phố Hải Phòng",
        "Số 12, ngõ 3, phường Lê Chân, thành phố Hải Phòng",
        "le chan, hai phong",
        "Tổ 5, P. Lê Chân, TP. Hải Phòng",
        "P.Lê Chân, TP Hải Phòng",
        "Số 12 - Phường Lê Chân - Thành phố Hải Phòng",
    ],
)
def test_the_unit_at_the_end_of_an_address_is_recognised(text):
    assert recognise(text, NEW) is unit(NEW, "11383")


@pytest.mark.parametrize("text", ["", "Lê Chân", "Xã Nào Đó, Thành phố Hải Phòng", "1, Thành phố Hải Phòng"])
def test_what_names_no_single_unit_is_not_guessed(text):
    assert recognise(text, NEW) is None


def test_suggestions_want_no_tone_marks_and_put_the_schools_province_first():
    assert labels(suggest("le ch", NEW))[:1] == ["Phường Lê Chân, Thành phố Hải Phòng"]
    near = suggest("tân", NEW, near="Thành phố Hải Phòng", limit=3)
    assert {each.province for each in near} == {"Thành phố Hải Phòng"}
    assert suggest("  ", NEW) == []
