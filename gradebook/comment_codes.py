"""Codes of ready comments, as mark files name them in a column «Mã nhận xét» (rule R27; domain 6): «TV101».

The line's abbreviation and a number. Of the shipped bank the number says the first grade where it is not for all,
the level and the place in its list, to which new ones are added at the end; of what people wrote it is the row's own.
"""

import re
from collections import Counter
from functools import cache, cached_property

from accounts.models import User
from gradebook.comment_bank import BY_CODE, FIRST, LAST, Entry, Listed, read_bank, shipped

_ABBREVIATIONS = {"TOAN": "T", "NN1": "NN"}
_OF_ROWS = 10_000  # above every shipped number
_SEVERAL = re.compile(r"[\s,;+]+")


def code_of(listed: Listed) -> str:
    """ "" for a group's: files have codes of lines only."""
    subject = BY_CODE[listed.entry.subject]
    if subject.is_group:
        return ""
    number = _shipped_numbers()[listed.entry] if listed.pk is None else _OF_ROWS + listed.pk
    return f"{_ABBREVIATIONS.get(subject.code, subject.code)}{number}"


@cache
def _shipped_numbers() -> dict[Entry, int]:
    """«TV101»: for all grades, T, the first; «TV1203»: from grade 1 on, H, the third."""
    seen: Counter[tuple[str, int, int]] = Counter()
    found = {}
    for entry in shipped():
        levels = [level.value for level in BY_CODE[entry.subject].levels]
        grade = 0 if (entry.first_grade, entry.last_grade) == (FIRST, LAST) else entry.first_grade
        band = grade * 1000 + (levels.index(entry.level) + 1) * 100
        seen[entry.subject, grade, band] += 1
        found[entry] = band + seen[entry.subject, grade, band]
    return found


class CommentCodes:
    """What the codes of a file stand for, to one person. Two statements, when the first code is met."""

    def __init__(self, user: User) -> None:
        self._user = user

    def texts(self, subject: str, typed: str) -> tuple[list[str], list[str]]:
        """The texts of the codes in a cell, and those codes that the line's bank does not have."""
        codes = [code for code in _SEVERAL.split(typed.upper()) if code]
        known = [self._by_code.get((subject, code)) for code in codes]
        unknown = [code for code, text in zip(codes, known, strict=True) if text is None]
        return [text for text in known if text], unknown

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], str]:
        """Hidden comments are left out, as everywhere else."""
        bank = read_bank(self._user)
        return {(each.entry.subject, code): each.entry.text for each in bank if (code := code_of(each))}
