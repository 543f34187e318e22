"""The letters that a school signs its papers with, after their kind: «THKĐ» of «Trường Tiểu học Kim Đồng». Pure.

NĐ 30/2020, Phụ lục I, asks for a short name of the body that issues a paper; each school chooses its own. Until the
school has numbered a paper, its initials are proposed.
"""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile("['’]")
_UNSPOKEN: Final = frozenset({"TRƯỜNG", "VÀ"})


def code_of(school_name: str) -> str:
    """The first letters of the words; what is an abbreviation or a number already stands whole. Letters and digits
    alone, as the sign stands in numbers of papers: «THKĐCS1» of «Trường Tiểu học Kim Đồng (cơ sở 1)»."""
    words = [
        word for word in _WORD.findall(_APOSTROPHE.sub("", school_name)) if word.upper() not in _UNSPOKEN
    ]
    if school_name.isupper():
        words = [word.capitalize() for word in words]
    return "".join(word if word.isupper() or word.isdecimal() else word[0].upper() for word in words) or "TH"
