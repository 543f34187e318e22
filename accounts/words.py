"""Texts as a search compares them: bare words without tones (rule R93); numbers in words. Pure.

`students.names.search_key` does this for pupils' names; the app below may not ask it, and a log is searched by word.
"""

import re
import unicodedata


def grouped(number: int) -> str:
    """With dots between the thousands: "40.056"."""
    return f"{number:,}".replace(",", ".")


def folded(text: str) -> str:
    """Small letters without diacritics: «Nguyễn Đức» → «nguyen duc»."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def bare_words(text: str) -> list[str]:
    """The words of a text in lower case, without tones, d for đ: "Mở lớp 4A" → ["mo", "lop", "4a"]."""
    plain = text.lower().replace("đ", "d").replace("ð", "d")
    letters = (c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", "".join(letters))
