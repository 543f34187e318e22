"""What words of a mark file say of a class, a line and a period: in a cell, a page's name or a title (domain 6)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from gradebook.regulation import Period, folded, line_by_name
from gradebook.sheets import HOMEROOM_CODE

HOMEROOM_TITLE = "Phẩm chất và năng lực"
_HOMEROOM_NAMES = frozenset(
    map(
        folded,
        (HOMEROOM_TITLE, "Năng lực phẩm chất", "Năng lực, phẩm chất", "NLPC", "NL-PC", "PC, NL", "PCNL"),
    )
)
PERIOD_WORDS = re.compile(
    r"\b(?:(?P<half>giua|cuoi) ?(?:hoc k[iy]|hk|k[iy]|k) ?(?P<term>ii|i|2|1)?"
    r"|(?P<letter>[gc]) ?(?:hk|k) ?(?P<number>ii|i|2|1)?|cuoi nam(?: hoc)?|cn"
    r"|(?P<again>bs|danh gia bo sung))\b"
)
_YEARS = re.compile(r"(?: nam hoc)? 20\d\d(?: 20\d\d)?$"), re.compile(r" 20\d\d(?: 20\d\d)?$")
_TERM = re.compile(r"\b(?:hoc k[iy]|hk) ?(ii|i|2|1)\b")
_CLASS = re.compile(r"\b(?:lop )?([1-5]) ?([a-z]\d{0,2})\b")
_CLASS_IN_TITLE = re.compile(r"\blop ([1-5]) ?([a-z]\d{0,2})\b")
_LINE_IN_TITLE = re.compile(r"\bmon(?: hoc)?\b(.*)")
_LONGEST_LINE = 8


class Half(StrEnum):
    """The middle or the end of a term, where a file leaves out which: «Mức GK», «Mức CK»."""

    MIDDLE = "GK"
    END = "CK"

    def within(self, period: Period) -> Period:
        """The period of the same term as `period`."""
        is_first = period in (Period.MID_TERM_1, Period.END_TERM_1)
        if self == Half.MIDDLE:
            return Period.MID_TERM_1 if is_first else Period.MID_TERM_2
        return Period.END_TERM_1 if is_first else Period.YEAR_END


When = Period | Half


@dataclass(frozen=True, slots=True)
class Said:
    """What a name or title says, "" and None for what it leaves open. `term`: a period of the term it speaks of."""

    class_key: str = ""
    code: str = ""
    when: When | None = None
    term: Period | None = None

    def or_else(self, other: "Said") -> "Said":
        """What this one leaves open from the other."""
        return Said(
            self.class_key or other.class_key,
            self.code or other.code,
            self.when or other.when,
            self.term or other.term,
        )


def class_key(name: str) -> str:
    """ "4a" for "4A", "Lớp 4A" and "4 A"."""
    return folded(name).removeprefix("lop").replace(" ", "")


def code_of(text: str) -> str:
    """The sheet's code that a name means, "" for one that is none."""
    if folded(text) in _HOMEROOM_NAMES:
        return HOMEROOM_CODE
    line = line_by_name(text)
    return line.code if line else ""


def when_of(match: re.Match[str]) -> When:
    """The period or half that PERIOD_WORDS found."""
    if match["again"]:
        return Period.SUPPLEMENTARY
    word = match["half"] or match["letter"]
    if word is None:
        return Period.YEAR_END
    half = Half.MIDDLE if word[0] == "g" else Half.END
    term = match["term"] or match["number"]
    if term is None:
        return half
    return half.within(Period.MID_TERM_1 if term in ("i", "1") else Period.MID_TERM_2)


def when_in(text: str) -> When | None:
    """What a cell means by "GHKI", "Giữa học kì I năm học 2026-2027", "Cuối kỳ 1", "CN", "Cuối kì"…, or None."""
    texts = [folded(text), *(year.sub("", folded(text)) for year in _YEARS)]
    match = next((match for each in texts if (match := PERIOD_WORDS.fullmatch(each))), None)
    return when_of(match) if match else None


def period_of(text: str) -> Period | None:
    """The same where the term is told too, else None."""
    found = when_in(text)
    return found if isinstance(found, Period) else None


def said_by_name(name: str, classes: Collection[str] = ()) -> Said:
    """What the name of a page says: «Toán», «2G», «GHKI», «4A Toán GHKI»; `classes` are keys of known classes.

    The line first, for «CN» alone is Công nghệ.
    """
    rest = folded(name)
    if code := code_of(rest):
        return Said(code=code)
    found, rest = _class_in(rest, classes)
    if code := code_of(rest):
        return Said(found, code)
    match = PERIOD_WORDS.search(rest)
    if match is None:
        return Said(found, _line_in(rest), term=_term_in(rest))
    when = when_of(match)
    return Said(found, _line_in(f"{rest[: match.start()]} {rest[match.end() :]}"), when)


def said_by_title(title: str) -> Said:
    """What a line above the headings says: «BẢNG KẾT QUẢ MÔN TOÁN LỚP 4A», «Cuối học kì I»."""
    text = folded(title)
    match = _CLASS_IN_TITLE.search(text)
    line = _LINE_IN_TITLE.search(text)
    # «CN», «BS» in a title may be anything; whole words only.
    period = next(
        (each for each in PERIOD_WORDS.finditer(text) if each[0] not in ("cn", "gk", "ck", "bs")), None
    )
    return Said(
        "".join(match.groups()) if match else "",
        _line_in(line[1].strip()) if line else "",
        when_of(period) if period else None,
        _term_in(text),
    )


def _class_in(text: str, classes: Collection[str]) -> tuple[str, str]:
    """(key of the class, the text without it)."""
    for key in classes:
        spelled = " ?".join(key)
        if match := re.search(rf"\b(?:lop )?{spelled}\b", text):
            return key, f"{text[: match.start()]} {text[match.end() :]}".strip()
    match = _CLASS.search(text)
    if match is None:
        return "", text
    return match[1] + match[2], f"{text[: match.start()]} {text[match.end() :]}".strip()


def _line_in(text: str) -> str:
    """The longest run of words at the beginning of the text that names a sheet."""
    words = text.split()[:_LONGEST_LINE]
    return next((code for end in range(len(words), 0, -1) if (code := code_of(" ".join(words[:end])))), "")


def _term_in(text: str) -> Period | None:
    match = _TERM.search(text)
    if match is None:
        return None
    return Period.MID_TERM_1 if match[1] in ("i", "1") else Period.MID_TERM_2
