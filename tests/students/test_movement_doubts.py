"""What the clerk is asked to look at twice before a movement is recorded (domain.md R80)."""

import datetime

import pytest

from students.movement_doubts import (
    about_a_day_to_come,
    about_skipping_again,
    about_the_age,
    about_the_grade,
)


@pytest.mark.parametrize(
    ("born", "grade", "words"),
    [
        (2018, 3, ""),
        (2019, 3, ""),
        (2015, 3, ""),
        (2001, 3, "25 tuổi, lớp 3 đúng tuổi là 8"),
        (2023, 3, "3 tuổi, lớp 3 đúng tuổi là 8"),
        (None, 3, ""),
    ],
)
def test_a_child_far_from_the_age_of_the_grade_is_asked_about(born, grade, words):
    said = about_the_age(born, grade, 2026)
    assert words in said
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("left", "comes_to", "years_away", "is_asked"),
    [(3, 3, 0, False), (3, 1, 0, True), (3, 5, 0, True), (3, 4, 1, False), (3, 3, 2, False), (3, 5, 1, True)],
)
def test_who_returns_to_an_unlikely_grade_is_asked_about(left, comes_to, years_away, is_asked):
    assert bool(about_the_grade(left, comes_to, years_away=years_away)) == is_asked


def test_a_day_to_come_is_named():
    today = datetime.date(2026, 11, 25)
    assert about_a_day_to_come(today, today) == ""
    assert "01/12/2026 chưa đến" in about_a_day_to_come(datetime.date(2026, 12, 1), today)


def test_a_second_skipped_grade_in_one_year_is_asked_about():
    assert about_skipping_again([]) == ""
    assert "đã học vượt từ ngày 05/10/2026" in about_skipping_again([datetime.date(2026, 10, 5)])
