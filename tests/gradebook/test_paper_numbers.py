"""How numbers of official papers are read: digits, a stroke, the kind of paper."""

import pytest

from gradebook.paper_numbers import following, key_of, read_number, tidied


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3/tb-thkđ", "03/TB-THKĐ"),
        (" 003 / QĐ-THKĐ ", "03/QĐ-THKĐ"),
        ("120/QĐ", "120/QĐ"),
        ("3/2026/QĐ-UBND", "03/2026/QĐ-UBND"),
        ("7/TTr-THKĐ", "07/TTr-THKĐ"),
        ("5/KH-TH.KĐ", "05/KH-TH.KĐ"),
    ],
)
def test_a_number_is_kept_in_one_way(typed, kept):
    number = read_number(typed)
    assert number
    assert (number.label, tidied(typed)) == (kept, kept)
    assert number.is_decision == ("QĐ" in kept)


@pytest.mark.parametrize(
    "typed", ["abc", "xyz", "", "31", "31/", "/QĐ", "0/QĐ", "QĐ 31", "12345/QĐ", "31/12", "3/QĐ THKĐ"]
)
def test_what_names_no_number_or_no_kind_is_none(typed):
    assert read_number(typed) is None
    assert tidied(typed) == typed


def test_two_ways_to_write_are_one_number():
    assert key_of("3/tb-thkđ") == key_of("03 / TB-THKĐ") == key_of("03/TB-THKD")
    assert key_of("03/TB-THKĐ") != key_of("03/QĐ-THKĐ")
    assert key_of("0a") == key_of("A")


def test_the_next_follows_the_highest():
    assert following(["TB", "02/TB", "17/QĐ"], "TB", "THKĐ") == "18/TB-THKĐ"
    assert following([], "QĐ", "THKĐ") == "01/QĐ-THKĐ"


def test_the_next_is_signed_as_the_school_signed_the_last_of_its_kind():
    used = ["3/TB-LVT", "12/TB-THLVT", "13/QĐ-X", "9/tb-x"]
    assert following(used, "TB", "THKĐ") == "14/TB-THLVT"
    assert following(["9/tb-lvt"], "TB", "THKĐ") == "10/TB-LVT"
