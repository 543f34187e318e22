"""Charts: parts that fill their bar exactly, letters where there is room, words for who cannot see them."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import BANDS_FROM, BANDS_WIDE, LETTER_FROM, ROW, Band, Bar, Part, bands, spans, stacked


def parts(*numbers):
    looks = ("part-1", "part-2", "part-4")
    return tuple(
        Part(letter, words, look, number)
        for letter, words, look, number in zip(
            "THC", ("Hoàn thành tốt", "Hoàn thành", "Chưa hoàn thành"), looks, numbers, strict=True
        )
    )


def drawn(chart):
    return ET.fromstring(str(chart.svg))  # noqa: S314 - our own


def percent(text):
    return float(text.removesuffix("%"))


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8).filter(any))
def test_the_parts_of_a_bar_touch_and_fill_it_exactly(numbers):
    places = spans(numbers)
    assert places[0][0] == 0
    for (begin, width), (following, _width) in pairwise(places):
        assert begin + width == pytest.approx(following, abs=1e-6)
    assert sum(width for _begin, width in places) == pytest.approx(100, abs=1e-6)


def test_a_part_is_as_wide_as_its_share():
    assert spans([20, 15, 5]) == [(0.0, 50.0), (50.0, 37.5), (87.5, 12.5)]
    assert spans([20, 15, 5], whole=80) == [(0.0, 25.0), (25.0, 18.75), (43.75, 6.25)]


def test_nothing_to_show_is_no_bar():
    assert spans([0, 0, 0]) == [(0.0, 0.0)] * 3
    assert not drawn(stacked("a", "Toán", "", [Bar("4A", parts(0, 0, 0), "")])).findall("rect")


def test_a_stacked_chart_has_a_bar_a_row_a_part_a_level_and_its_letter_where_there_is_room():
    chart = stacked(
        "lop",
        "Toán theo lớp",
        "4A: 20 em.",
        [Bar("4A", parts(13, 6, 1), "T 13"), Bar("4B", parts(3, 0, 0), "T 3")],
    )
    picture = drawn(chart)
    rects = picture.findall("rect")
    assert [rect.get("class") for rect in rects] == ["part-1", "part-2", "part-4", "part-1"]
    assert sum(percent(rect.get("width")) for rect in rects[:3]) == pytest.approx(100)
    assert percent(rects[3].get("width")) == 100
    assert picture.get("height") == str(2 * ROW)
    letters = [text.text for text in picture.findall("text") if text.get("class").startswith("chart-letter")]
    assert letters == ["T", "H", "T"]
    assert LETTER_FROM > 5


def test_a_chart_says_what_it_shows_to_who_cannot_see_it():
    picture = drawn(stacked("lop", "Toán theo lớp", "4A: T 13, H 6, C 1.", [Bar("4A", parts(13, 6, 1), "")]))
    assert picture.get("role") == "img"
    named = [each.get("id") for each in (picture.find("title"), picture.find("desc"))]
    assert picture.get("aria-labelledby").split() == named
    assert picture.find("desc").text == "4A: T 13, H 6, C 1."


def test_parts_differ_by_pattern_and_every_pattern_that_is_used_is_there():
    text = str(stacked("lop", "Toán", "", [Bar("4A", parts(13, 6, 1), "")]).svg)
    used = set(re.findall(r"url\(#([^)]+)\)", text))
    assert used == set(re.findall(r'<pattern id="([^"]+)"', text)) == {"lop-part-2", "lop-part-4"}


def test_the_legend_names_each_part_once():
    chart = stacked("lop", "Toán", "", [Bar("4A", parts(1, 1, 1), ""), Bar("4B", parts(1, 1, 1), "")])
    assert [(letter, words) for _look, letter, words in chart.legend] == [
        ("T", "Hoàn thành tốt"),
        ("H", "Hoàn thành"),
        ("C", "Chưa hoàn thành"),
    ]


def test_a_name_with_marks_of_html_stays_text():
    chart = stacked("lop", "<b>Toán</b>", "a & b", [Bar('4A<script src="x">', parts(1, 0, 0), "")])
    assert "<script" not in str(chart.svg)
    assert drawn(chart).find("title").text == "<b>Toán</b>"


def test_the_longest_band_is_as_wide_as_there_is_room_and_the_others_in_proportion():
    picture = drawn(
        bands(
            "toan", "Toán", "", [Band("10", 40, "40 (80,0%)"), Band("9", 10, "10 (20,0%)"), Band("8", 0, "0")]
        )
    )
    rects = picture.findall("rect")
    assert [percent(rect.get("width")) for rect in rects] == [BANDS_WIDE, BANDS_WIDE / 4]
    assert all(percent(rect.get("x")) == BANDS_FROM for rect in rects)
    ends = [percent(text.get("x")) for text in picture.findall("text") if text.get("class") == "chart-end"]
    assert ends == [BANDS_FROM + BANDS_WIDE + 1.5, BANDS_FROM + BANDS_WIDE / 4 + 1.5, BANDS_FROM + 1.5]
    assert max(ends) < 75
