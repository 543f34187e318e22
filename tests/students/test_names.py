"""Names sort and are found as at a Vietnamese school (domain 8.1, R92, R93, R95)."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from students.names import SORT_KEY_LENGTH, as_a_name, clean, collation_key, search_key, sort_key, split_name

TEXT = Path(__file__).parents[1] / "data" / "text"
VECTORS = json.loads((TEXT / "collation_vectors.json").read_text(encoding="utf-8"))
TONES = json.loads((TEXT / "tone_vectors.json").read_text(encoding="utf-8"))

CLASS_LIST = [
    "Dương Văn An",
    "Đinh Văn An",
    "Nguyễn Bảo An",
    "Nguyễn Hà An",
    "Nguyễn Hải An",
    "Nguyễn Văn An",
    "Đặng Anh",
    "Đỗ Minh Anh",
    "Phạm Đức Anh",
    "Bùi Thị Ảnh",
    "Trần Thị Ánh",
    "Lê Hoàng Ân",
    "Nguyễn Thị Dạ",
    "Lê Văn Dũng",
    "Lê Văn Duy",
    "Vũ Đình Đạt",
    "Hoàng Thị Oanh",
    "Lê Ô",
    "Mai Thị Ơn",
    "Lê Y",
    "Trần Ý",
]

LETTERS = "aàảãáạăằẳẵắặâbcdđeêghiklmnoôơớpqrstuưvxyýAĐÊƠ '’-"
words = st.text(alphabet=LETTERS, max_size=30)


def in_order(names: list[str], key: Callable[[str], str]) -> list[str]:
    """Sort from the opposite order: a key that says nothing fails."""
    backwards = names[::-1]
    return sorted(backwards, key=key)


def test_a_class_list_is_ordered_by_given_name_then_family_and_middle_name() -> None:
    assert in_order(CLASS_LIST, key=sort_key) == CLASS_LIST


@pytest.mark.parametrize("vector", VECTORS["order"], ids=lambda vector: vector["why"][:40])
def test_whole_strings_are_ordered_as_icu_orders_them(vector: dict) -> None:
    assert in_order(vector["sorted"], key=collation_key) == vector["sorted"]


@pytest.mark.parametrize("pair", VECTORS["equivalence"], ids=lambda pair: pair["a_cp"])
def test_pairs_compare_as_in_icu_unless_cleaning_makes_them_one(pair: dict) -> None:
    first, second = collation_key(pair["a"]), collation_key(pair["b"])
    expected = 0 if clean(pair["a"]) == clean(pair["b"]) else pair["icu_vi_compare"]
    assert (first > second) - (first < second) == expected


@pytest.mark.parametrize("vector", VECTORS["canonical"], ids=lambda vector: vector["canonically_equal"][0])
def test_all_spellings_of_one_letter_in_unicode_have_one_key(vector: dict) -> None:
    assert len({sort_key(text) for text in vector["canonically_equal"]}) == 1


def test_letters_from_abroad_stand_where_icu_puts_them() -> None:
    alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    assert in_order(alphabet, key=collation_key) == alphabet


def test_capitals_do_not_move_a_name_to_another_place() -> None:
    names = ["Lê Thị An", "NGUYỄN VĂN AN", "Phạm Thị An"]
    assert in_order(names, key=sort_key) == names


@given(st.text(max_size=150))
def test_a_sort_key_is_printable_ascii_of_limited_length_for_any_text(text: str) -> None:
    key = sort_key(text)
    assert key.isascii()
    assert key.isprintable()
    assert len(key) <= SORT_KEY_LENGTH


@given(words, words)
def test_keys_are_equal_only_for_equal_clean_text(one: str, other: str) -> None:
    assert (collation_key(one) == collation_key(other)) == (clean(one) == clean(other))


@given(words)
def test_nfd_and_nfc_sort_alike(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  Nguyễn \u00a0 Văn\tAn\n", "Nguyễn Văn An"),
        ("Duyên\u200b", "Duyên"),
        ("\ufeffLê Thị\u200d Ý", "Lê Thị Ý"),
        ("Ðặng Ðức", "Đặng Đức"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hường"), "Nguyễn Thị Hường"),
        ("Nguye\u0303\u0302n", "Nguyễn"),
        ("\x00", ""),
    ],
)
def test_cleaning_removes_what_nobody_can_see(typed: str, expected: str) -> None:
    assert clean(typed) == expected


@pytest.mark.parametrize("name", ["Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "NGUYỄN VĂN An", "H'Lan Niê", "Ý"])
def test_printed_text_is_never_altered(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Văn An", ("Nguyễn Văn", "An")),
        ("  Lê   Ý ", ("Lê", "Ý")),
        ("Ý", ("", "Ý")),
        ("", ("", "")),
    ],
)
def test_the_given_name_is_the_last_word(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Hoà", "Hòa"),
        ("Thuỷ", "thủy"),
        ("Đặng Đức Anh", "dang duc anh"),
        ("Ðặng", "đặng"),
        ("H’Lan", "h'lan"),
        ("NGUYỄN", unicodedata.normalize("NFD", "nguyễn")),
    ],
)
def test_a_search_finds_the_name_however_it_is_typed(stored: str, typed: str) -> None:
    assert search_key(stored) == search_key(typed)


@pytest.mark.parametrize(("_", "text", "bare"), TONES["remove_tone_mark"])
def test_folding_takes_every_tone_and_diacritic_off(_: str, text: str, bare: str) -> None:
    assert search_key(text) == bare.lower()


@given(st.text(max_size=150))
def test_a_search_key_is_never_longer_than_the_name(text: str) -> None:
    assert len(search_key(text)) <= len(clean(text))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("NGUYỄN  tú   anh", "Nguyễn Tú Anh"),
        ("thử SONG sinh", "Thử Song Sinh"),
        ("nguyễn an", "Nguyễn An"),
        ("Ê-BAN H'NĂM", "Ê-ban H'Năm"),
        ("Hờ A Pó", "Hờ A Pó"),
        ("Maria da Silva", "Maria da Silva"),
    ],
)
def test_a_name_in_capitals_or_small_letters_is_written_as_names_are(typed: str, name: str) -> None:
    assert as_a_name(typed) == name
