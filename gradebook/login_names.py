"""A user name out of a Vietnamese name: "Nguyễn Thị Hồng" → hong.nt, the next one hong.nt2. Pure."""

import re
from collections.abc import Container
from itertools import count

from students.names import search_key

MOST_LETTERS = 50


def propose(full_name: str, taken: Container[str]) -> str:
    """Given name, then the initials of the rest; the first that is not taken. Plain letters and digits only."""
    words = re.findall(r"[a-z0-9]+", search_key(full_name))
    given, initials = (words[-1], "".join(word[0] for word in words[:-1])) if words else ("canbo", "")
    base = (f"{given}.{initials}" if initials else given)[:MOST_LETTERS]
    if base not in taken:
        return base
    return next(name for number in count(2) if (name := f"{base}{number}") not in taken)
