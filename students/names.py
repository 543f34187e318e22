"""Vietnamese names: cleaning, sorting and searching (domain 8.1, R92, R93, R95). Pure."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'‘’"
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
PRIMARY_ORDER = " _-–—,;:!?.…·" + APOSTROPHES + '"“”()[]{}@*/\\&#%`^+<=>|~$' + "0123456789" + ALPHABET
"""Every character with a weight of its own, in the order of ICU vi (checked against ICU 78)."""

TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: the Vietnamese order of tones, after the bare letter (ngang)."""

MARK_ORDER = TONES + "\u0306\u0302\u030c\u030a\u0308\u030b\u0307\u0327\u0328\u0304\u031b\u0326\u0331"

SEPARATOR = "!"
"""Lower than every weight, so that a shorter string comes before its continuations."""

SORT_KEY_LENGTH = 600
"""Enough for any name of 150 letters (R95); a longer key is cut, which only names beyond that notice."""

FIRST_WEIGHT = ord('"')
OTHER_WEIGHT = "~"
PRIMARY = {character: chr(FIRST_WEIGHT + n) for n, character in enumerate(PRIMARY_ORDER)}
SECONDARY = {mark: chr(ord("1") + n) for n, mark in enumerate(MARK_ORDER)}
OTHER_SECONDARY = "Z"
COMMON = "0"

REMEMBERED = 100
"""The longest text that is remembered once cleaned: lists say the same names and places over and over."""

ONE_APOSTROPHE = dict.fromkeys(map(ord, APOSTROPHES + "ʼ`´"), "'")
LOOKALIKES = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ"})
SHAPE_AFTER_TONE = re.compile(f"([{TONES}])([\u0302\u0306\u031b])")
INVISIBLE = {"Cf", "Cs"}
SPACING = {"Cc", "Zs", "Zl", "Zp"}


def clean(text: str) -> str:
    """Return `text` in NFC, without invisible characters, with single plain spaces and Đ for eth.

    Idempotent. Line breaks, tabs and NBSP become one space. The wording itself is never altered:
    neither capitals nor the placing of tones (R93, R95).
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _cleaned(text) if len(text) <= REMEMBERED else _cleaned.__wrapped__(text)


@lru_cache(maxsize=16384)
def _cleaned(text: str) -> str:
    # Printable: the plain space is all that would be taken for another character.
    visible = text if text.isprintable() else "".join(_visible(character) for character in text)
    decomposed = unicodedata.normalize("NFD", visible.translate(LOOKALIKES))
    ordered = SHAPE_AFTER_TONE.sub(r"\2\1", decomposed)
    return unicodedata.normalize("NFC", " ".join(ordered.split()))


NAME_SIGNS = " .'’-"


def looks_like_a_name(text: str) -> bool:
    """Whether `text` is written with letters and the few signs that names have; names are not digits or pictures."""
    return any(map(str.isalpha, text)) and all(each.isalpha() or each in NAME_SIGNS for each in text)


def is_in_capitals(name: str) -> bool:
    """True for "NGUYỄN VĂN AN"; a single word may be a person's whole name."""
    return name.isupper() and " " in name


def in_small_letters(name: str) -> str:
    """Return "Nguyễn Văn An" for "NGUYỄN VĂN AN", "Ê-ban H'Năm" for "Ê-BAN H'NĂM"."""
    return re.sub(r"[^\s']+", lambda part: part[0].capitalize(), clean(name))


def as_a_name(text: str) -> str:
    """A person's name as it is written: one with a word in capitals, or all in small letters, gets the usual ones.

    A capital alone is a word of many names («Y Nhi», «Hờ A Pó»); small words stay («Maria da Silva»).
    """
    name = clean(text)
    has_capitals = any(len(word) > 1 and word.isupper() for word in re.split(r"[\s'’-]+", name))
    return in_small_letters(name) if (has_capitals and " " in name) or name == name.lower() else name


def split_name(full_name: str) -> tuple[str, str]:
    """Return (họ và đệm, tên): the given name is the last word; it may be a single letter ("Ý")."""
    family_and_middle, _, given = clean(full_name).rpartition(" ")
    return family_and_middle, given


@lru_cache(maxsize=8192)
def sort_key(full_name: str) -> str:
    """Return a key of printable ASCII that sorts as Vietnamese class lists do: tên, then họ và đệm (R92).

    Compare keys bytewise (Python, or PostgreSQL COLLATE "C"). Letters count first and tones second
    within tên, then the same within họ và đệm; capitals decide only between otherwise equal names,
    so that a name typed in capitals stays in its place. At most SORT_KEY_LENGTH characters.
    """
    family_and_middle, given = split_name(full_name)
    letters, marks, cases = _weights(given)
    other_letters, other_marks, other_cases = _weights(family_and_middle)
    all_cases = (cases + other_cases).rstrip(COMMON)
    return SEPARATOR.join((letters, marks, other_letters, other_marks, all_cases))[:SORT_KEY_LENGTH]


def collation_key(text: str) -> str:
    """Return the key of `text` as a whole string in the order of ICU vi (subjects, places, headings)."""
    letters, marks, cases = _weights(clean(text))
    return SEPARATOR.join((letters, marks, cases.rstrip(COMMON)))


@lru_cache(maxsize=32768)
def file_words(text: str) -> str:
    """Plain letters and figures with hyphens, for a file's name: "nguyen-thi-an"."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(text)).strip("-")


def search_key(text: str) -> str:
    """Return `text` folded for search: no tones, no diacritics, d for đ, lower case, one apostrophe (R93).

    "Hoà", "Hòa" and "hoa" give the same key, and so do "Đặng" and "dang".
    """
    if text.isascii():
        return clean(text).lower().translate(ONE_APOSTROPHE)
    decomposed = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare).translate(ONE_APOSTROPHE)


def without_tones(word: str) -> tuple[str, str]:
    """("hoa", the grave accent) for "Hoà" and "Hòa" alike: the word in small letters, and the tones that it has."""
    decomposed = unicodedata.normalize("NFD", clean(word).lower())
    tones = "".join(character for character in decomposed if character in TONES)
    bare = "".join(character for character in decomposed if character not in TONES)
    return unicodedata.normalize("NFC", bare), tones


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in SPACING:
        return " "
    return "" if category in INVISIBLE else character


def _weights(text: str) -> tuple[str, str, str]:
    """Return the letter, mark and case weights of a clean text; trailing common marks left out."""
    letters: list[str] = []
    marks: list[str] = []
    cases: list[str] = []
    for character in text:
        letter, its_marks = _letter_and_marks(character.lower())
        if letter:
            letters.append(PRIMARY.get(letter) or f"{OTHER_WEIGHT}{ord(letter):06x}")
            marks.append(COMMON)
            cases.append("1" if character.isupper() else COMMON)
        marks.extend(SECONDARY.get(mark, OTHER_SECONDARY) for mark in its_marks)
    return "".join(letters), "".join(marks).rstrip(COMMON), "".join(cases)


@lru_cache(maxsize=1024)
def _letter_and_marks(character: str) -> tuple[str, str]:
    """Return ("ơ", "\\u0301") for "ớ", ("u", "\\u0308") for "ü", ("", mark) for a lone mark.

    `character` may be longer than one code point ("i̇", the lower case of "İ"): the first letter counts.
    """
    decomposed = unicodedata.normalize("NFD", character)
    tones = "".join(mark for mark in decomposed if mark in TONES)
    letter = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in TONES))
    if letter in PRIMARY:
        return letter, tones
    base = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return base[:1], "".join(mark for mark in decomposed if unicodedata.combining(mark))
