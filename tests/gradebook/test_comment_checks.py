"""What is pointed out at a comment: names, gender words, places that nobody filled in, one comment for everybody."""

import pytest

from gradebook.comment_checks import ClassNames, Pupil, alike, alike_words
from gradebook.comment_places import filled, place_problem, tidy_places
from tests.gradebook.comment_vectors import CLASS, PLACES, REMARKS

NAMES = ClassNames([name for name, _gender in CLASS])


@pytest.mark.parametrize(("name", "text", "expected"), REMARKS)
def test_what_is_remarked_on_a_comment(name, text, expected):
    assert NAMES.remarks(text, Pupil(name, dict(CLASS)[name])) == tuple(expected)


@pytest.mark.parametrize(("text", "name", "gender", "expected"), PLACES)
def test_the_places_of_a_ready_comment_are_filled_in_for_the_pupil(text, name, gender, expected):
    assert filled(text, full_name=name, gender=gender) == expected


def test_places_are_written_one_way():
    assert (
        tidy_places("{ Tên } là { cậu bé / cô bé } ngoan; {HỌ  TÊN}.")
        == "{tên} là {cậu bé/cô bé} ngoan; {họ tên}."
    )


@pytest.mark.parametrize(
    "text", ["{ten} giỏi.", "{} giỏi.", "{a/b/c} giỏi.", "{a/} giỏi.", "{tên giỏi.", "tên} giỏi."]
)
def test_a_place_that_nobody_could_fill_in_is_a_problem(text):
    assert place_problem(text)


def test_a_comment_for_most_of_the_class_is_counted_whatever_the_names_in_it():
    pupils = [
        Pupil(f"Trần Văn {name}", "male")
        for name in ("An", "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hải", "Khoa")
    ]
    comments = [(each, f"{each.full_name.split()[-1]} chăm học") for each in pupils[:5]]
    others = [(each, "") for each in pupils[5:]]
    assert alike([*comments, *others]) == 5
    assert alike([*comments[:4], (pupils[4], "Em khác."), *others]) == 0, "four are too few"
    many = [(each, f"Em tiến bộ {number}.") for number, each in enumerate(pupils * 2)]
    assert alike([*comments, *many]) == 0, "not most of them"
    assert alike_words(5, "Nhận xét", 8).startswith("Cột «Nhận xét»: 5 trên 8 em")
