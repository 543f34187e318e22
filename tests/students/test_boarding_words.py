"""A list says in one column whether and how a pupil boards (domain.md 5.4)."""

import pytest

from students.boarding_words import Boarding, all_boarding_words, boarding_of, boarding_words
from students.cell_values import CellRefused


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("x", Boarding("day", "02")),
        ("Bán trú", Boarding("day", "02")),
        ("Bán trú: Tự nguyện", Boarding("day", "02")),
        ("bán trú - thuộc đối tượng chính sách", Boarding("day", "01")),
        ("Nội trú", Boarding("full")),
        ("Không", Boarding()),
    ],
)
def test_the_ways_it_is_written_are_understood(written, meant):
    assert boarding_of(written) == meant


def test_what_the_template_offers_comes_in_as_it_went_out():
    for words in all_boarding_words():
        found = boarding_of(words)
        assert boarding_words(found.kind, found.day_code) == ("" if words == "Không" else words)


def test_other_words_are_refused_with_what_to_write():
    with pytest.raises(CellRefused, match="Ghi một trong: Bán trú: Thuộc đối tượng chính sách"):
        boarding_of("thỉnh thoảng")
