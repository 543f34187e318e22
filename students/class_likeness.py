"""Class names of a list that are a known class written otherwise: «3-A», «Lớp 3 A», «03A» for 3A. Pure."""

import re
import unicodedata
from collections.abc import Collection

from students.names import search_key

_LOOK_ALIKE = str.maketrans("авсеокмнртх", "abceokmhptx")  # Cyrillic letters that look like Latin ones
_REMARK = re.compile(r"\(.*?\)|\[.*?\]")
_WORDS = re.compile(r"\b(lop|khoi|hoc)\b")


def against_the_class(name: str, known: Collection[str]) -> str:
    """Why a list's class that the year does not have is not opened: it is called like one, or several, of the year."""
    if name in known or not name:
        return ""
    bare = _bare(name)
    like = [each for each in known if _bare(each) == bare]
    if not like:
        return ""
    names = " hoặc ".join(f"«{each}»" for each in sorted(like))
    return (
        f"năm học không có lớp «{name}», chỉ có {names} viết gần giống. Ghi {names}; nếu là lớp khác thì lập lớp ấy ở "
        "trang «Lớp và học sinh» trước."
    )


def _bare(name: str) -> str:
    folded = search_key(unicodedata.normalize("NFKC", _REMARK.sub(" ", name))).translate(_LOOK_ALIKE)
    return re.sub(r"[^a-z0-9]", "", _WORDS.sub(" ", folded)).lstrip("0")
