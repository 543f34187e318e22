"""Places in a ready comment that are filled in for a pupil: «{tên}», «{họ tên}», «{cậu bé/cô bé}». Pure.

The last is a pair of gender words, the boy's first. static/js/sheet/comment_places.js does the same in the browser.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from students.names import split_name

PLACE = re.compile(r"\{([^{}]*)\}")
GIVEN, FULL = "tên", "họ tên"
ALLOWED = "«{tên}» (tên gọi của em), «{họ tên}», hoặc cặp từ theo giới tính như «{cậu bé/cô bé}», từ cho nam đứng trước"


class Gender(StrEnum):
    """As a pupil's record has it (students.models.Student.Gender)."""

    MALE = "male"
    FEMALE = "female"


def tidy_places(text: str) -> str:
    """«{ Tên }» is «{tên}»."""
    return PLACE.sub(lambda found: "{" + _inner(found[1]) + "}", text)


def _inner(inside: str) -> str:
    words = " ".join(inside.split())
    return words.lower() if words.lower() in (GIVEN, FULL) else "/".join(_pair(words))


def _pair(words: str) -> list[str]:
    return [word.strip() for word in words.split("/")]


def place_problem(text: str) -> str:
    """Why the places of a ready comment cannot be filled in, with the remedy; "" where all is well."""
    for found in PLACE.finditer(text):
        pair = _pair(found[1])
        if _inner(found[1]) not in (GIVEN, FULL) and not (len(pair) == 2 and all(pair)):
            return f"Không hiểu chỗ điền «{found[0]}»: hãy ghi {ALLOWED}."
    if re.search(r"[{}]", PLACE.sub("", text)):
        return f"Dấu {{ }} mở mà không đóng, hoặc đóng mà không mở. Chỗ điền ghi là {ALLOWED}."
    return ""


def filled(text: str, *, full_name: str, gender: str) -> str:
    """The comment for a pupil; a pair stays as it is where the gender is not known."""
    return PLACE.sub(lambda found: _word_for(found, full_name, gender), text)


def _word_for(found: re.Match[str], full_name: str, gender: str) -> str:
    inside, pair = _inner(found[1]), _pair(found[1])
    if inside == GIVEN:
        return split_name(full_name)[1]
    if inside == FULL:
        return full_name
    if len(pair) == 2 and all(pair) and gender in list(Gender):
        return pair[0] if gender == Gender.MALE else pair[1]
    return found[0]


def places_left(text: str) -> Iterator[str]:
    """What of a comment that is to be stored was never filled in."""
    yield from (found[0] for found in PLACE.finditer(text))
