"""All vectors of Vietnamese text: tone placement, i and y, bare letters, the old fonts TCVN3 and VNI (R92, R93).

The order of whole strings (collation_vectors.json) is in test_names. The five phrases `pdf_substituted` are left out:
a PDF's text layer has them, a spreadsheet does not.
"""

import json
import unicodedata
from pathlib import Path

import pytest

from students.names import clean, collation_key, search_key, sort_key
from students.old_fonts import TCVN3, VNI_LETTERS, VNI_MARKS, find_old_fonts

TEXT = Path(__file__).parents[1] / "data" / "text"
TONES = json.loads((TEXT / "tone_vectors.json").read_text(encoding="utf-8"))
OLD = json.loads((TEXT / "tcvn3_vni_vectors.json").read_text(encoding="utf-8"))
PLACED = TONES["tone_mark_new_style"]
COMPANY = {"TCVN3": "NguyÔn V¨n Thµnh", "VNI": "Nguyeãn Vaên Thaønh"}
ALPHABET = json.loads((TEXT / "collation_vectors.json").read_text(encoding="utf-8"))["order"]


def test_the_files_hold_what_they_are_taken_for():
    sizes = [len(TONES[name]) for name in ("tone_mark_new_style", "normalize_y", "remove_tone_mark")]
    assert sizes == [266, 100, 94]
    assert [len(OLD[name]) for name in ("tcvn3_table", "vni_table", "tcvn3_phrases", "vni_phrases")] == [
        74,
        132,
        14,
        14,
    ]
    assert len(ALPHABET) == 10


def test_a_name_is_found_wherever_its_tone_is_put():
    for why, old, new in PLACED:
        assert search_key(old) == search_key(new), why


def test_where_a_tone_is_put_moves_a_name_only_among_names_of_the_same_letters():
    for why, old, new in PLACED:
        letters = {sort_key(text).partition("!")[0] for text in (old, new) if " " not in text}
        assert len(letters) <= 1, why


def test_neither_tone_placing_nor_i_for_y_is_ever_changed_in_what_is_printed():
    for why, *pair in (*PLACED, *TONES["normalize_y"]):
        for text in pair:
            assert clean(text) == unicodedata.normalize("NFC", text), why


def test_i_and_y_stay_two_letters_in_order_and_in_search():
    """«Thi» and «Thy», «Mai» and «May» are different children."""
    pairs = [(with_y, with_i) for _why, with_y, with_i in TONES["normalize_y"] if with_y != with_i]
    assert len(pairs) == 82
    for with_y, with_i in pairs:
        assert collation_key(with_i) < collation_key(with_y)
        assert search_key(with_i) != search_key(with_y)


def test_bare_letters_are_those_of_every_vector():
    for why, text, bare in TONES["remove_tone_mark"]:
        assert search_key(text) == bare.lower(), why


def test_tcvn3_is_read_letter_by_letter_as_its_table_says():
    assert dict(OLD["tcvn3_table"]) == TCVN3


@pytest.mark.parametrize(("typed", "meaning"), OLD["vni_table"])
def test_vni_is_read_pair_by_pair_as_its_table_says(typed, meaning):
    read = (
        VNI_LETTERS.get(typed) or typed[0].translate(str.maketrans(VNI_LETTERS)) + VNI_MARKS[typed[1].lower()]
    )
    assert unicodedata.normalize("NFC", read) == meaning


@pytest.mark.parametrize(
    ("encoding", "typed", "meaning"),
    [(name, *pair) for name in ("TCVN3", "VNI") for pair in OLD[f"{name.lower()}_phrases"]],
)
def test_phrases_of_documents_in_old_fonts_are_recognised_with_their_meaning(encoding, typed, meaning):
    """Beside a name in the same font: a single word of mere letters might be foreign («baøn»)."""
    found = find_old_fonts([typed, COMPANY[encoding]])
    assert found is not None
    assert found.first.encoding.startswith(encoding)
    assert found.first.meaning.lower() == clean(meaning).lower()
