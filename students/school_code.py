"""The letters that a school signs its papers with, after their kind: «THKĐ» of «Trường Tiểu học Kim Đồng». Pure.

NĐ 30/2020, Phụ lục I, asks for a short name of the body that issues a paper; each school chooses its own. Until the
school has numbered a paper, its initials are proposed.
"""

from typing import Final

_UNSPOKEN: Final = frozenset({"TRƯỜNG", "VÀ"})


def code_of(school_name: str) -> str:
    """The first letters of the words; what is an abbreviation or a number already stands whole."""
    words = [word for word in school_name.split() if word.upper() not in _UNSPOKEN]
    if school_name.isupper():
        words = [word.capitalize() for word in words]
    return "".join(word if word.isupper() or word.isdecimal() else word[0].upper() for word in words) or "TH"
