"""Wards, districts and provinces before and since 1/7/2025, with what became of each (students/data/README.md). Pure.

2,145 of the 3,321 new ward codes are old codes that had named another ward. A code therefore says something only
together with the form of address that it belongs to: there is no way here to look up a code alone.
"""

import csv
import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from students.names import clean, search_key

FOLDER = Path(__file__).parent / "data" / "units"
TWO_LEVELS_SINCE = datetime.date(2025, 7, 1)
"""Local government has had two levels since that day: no district, 34 provinces (domain.md 0.1)."""


class AddressForm(StrEnum):
    """Which list of units an address is written in."""

    TWO_LEVEL = "two_level"
    THREE_LEVEL = "three_level"

    @property
    def label(self) -> str:
        return _FORM_LABELS[self]


_FORM_LABELS = {
    AddressForm.TWO_LEVEL: "hai cấp (từ 01/7/2025)",
    AddressForm.THREE_LEVEL: "ba cấp (đến 30/6/2025)",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward with what it lies in, as it was named while `form` was in force; `district` is of three levels only."""

    form: AddressForm
    code: str
    ward: str
    district: str
    province_code: str
    province: str

    @property
    def label(self) -> str:
        """As an address ends: "Phường Lê Chân, Thành phố Hải Phòng"."""
        return ", ".join(part for part in (self.ward, self.district, self.province) if part)


def form_on(day: datetime.date) -> AddressForm:
    """The form in which an address is written on a day."""
    return AddressForm.TWO_LEVEL if day >= TWO_LEVELS_SINCE else AddressForm.THREE_LEVEL


@cache
def units(form: AddressForm) -> tuple[Unit, ...]:
    """All units of one form, in the order of the list. A few island districts had no wards: `ward` is empty."""
    name = "from_2025-07-01.csv" if form is AddressForm.TWO_LEVEL else "before_2025-07-01.csv"
    return tuple(
        Unit(
            form, row["wardCode"], row["ward"], row.get("district", ""), row["provinceCode"], row["province"]
        )
        for row in _rows(name)
    )


def unit(form: AddressForm, code: str) -> Unit | None:
    """The unit that a code named while `form` was in force."""
    return _by_code(form).get(code)


def successors(old: Unit) -> tuple[Unit, ...]:
    """What a ward of three levels is today, the likeliest first: several where it was split, none where unknown."""
    new = _by_code(AddressForm.TWO_LEVEL)
    return tuple(new[code] for code in _successor_codes().get(old.code, ()))


def is_divided(old: Unit) -> bool:
    """Whether the ward alone does not say which one of today the place lies in."""
    return old.form is AddressForm.THREE_LEVEL and len(successors(old)) != 1


def suggest(text: str, form: AddressForm, *, near: str = "", limit: int = 20) -> list[Unit]:
    """Units with a word that begins like each word typed, tone marks or not.

    First those that have the words one after the other, then those of the province `near`.
    """
    words = [f" {word}" for word in _words(text)]
    if not words:
        return []
    phrase = "".join(words)
    found = [(each, folded) for each, folded in _folded(form) if all(word in folded for word in words)]
    found.sort(key=lambda pair: (phrase not in pair[1], pair[0].province != near))
    return [each for each, _folded_label in found[:limit]]


def recognise(text: str, form: AddressForm) -> Unit | None:
    """The unit with which an address ends, or None unless it can only be one.

    As it is written in the list, else without tone marks and with short forms (P., TP.) in full, else without the
    words for its kind: the first of these under which one unit only is found.
    """
    for parts in (re.split("[,;]", text), re.split("[,;]| - ", text)):
        named = [part for part in parts if part.strip()]
        for levels in _LEVELS[form]:
            if found := _ending_in(named[-levels:], form):
                return found
    return None


def provinces() -> tuple[str, ...]:
    """Those of today, in the order of the list."""
    return tuple(dict.fromkeys(each.province for each in units(AddressForm.TWO_LEVEL)))


def province_named(text: str) -> str:
    """The province of today that a name means, of one merged into another that one; "" when it means none."""
    return _provinces_by_name().get(_bare_key(text), "")


def _ending_in(names: Sequence[str], form: AddressForm) -> Unit | None:
    for key in (_exact_key, _folded_key, _bare_key):
        found = _by_key(form, key).get(tuple(key(name) for name in names), ())
        if len(found) == 1:
            return found[0]
    return None


# -- Reading the lists once --------------------------------------------------------------------------------


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _by_code(form: AddressForm) -> Mapping[str, Unit]:
    return {each.code: each for each in units(form) if each.code}


@cache
def _successor_codes() -> Mapping[str, Sequence[str]]:
    codes: dict[str, list[str]] = defaultdict(list)
    for row in _rows("successors.csv"):
        codes[row["old_code"]].append(row["new_code"])
    return codes


@cache
def _folded(form: AddressForm) -> tuple[tuple[Unit, str], ...]:
    return tuple((each, f" {' '.join(_words(each.label))}") for each in units(form))


@cache
def _by_key(form: AddressForm, key: Callable[[str], str]) -> Mapping[tuple[str, ...], list[Unit]]:
    groups: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    for each in units(form):
        names = (each.ward, each.district, each.province)
        groups[tuple(key(name) for name in names if name)].append(each)
    return groups


@cache
def _provinces_by_name() -> Mapping[str, str]:
    merged = {
        _bare_key(old.province): now[0].province
        for old in units(AddressForm.THREE_LEVEL)
        if (now := successors(old))
    }
    return merged | {_bare_key(name): name for name in provinces()}


# -- Words of a name ---------------------------------------------------------------------------------------

# An island district without wards had two.
_LEVELS = {AddressForm.TWO_LEVEL: (2,), AddressForm.THREE_LEVEL: (3, 2)}

_SHORT = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "t": "tinh",
    "tp": "thanh pho",
}
_KINDS = re.compile(r"^(phuong|xa|dac khu|thi tran|quan|huyen|thi xa|thanh pho|tinh) (?=\S)")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", search_key(text))


def _exact_key(name: str) -> str:
    return clean(name).lower()


def _folded_key(name: str) -> str:
    words = _words(name)
    if len(words) > 1 and words[0] in _SHORT:
        words[0] = _SHORT[words[0]]
    return " ".join(words)


def _bare_key(name: str) -> str:
    """The name without the word for its kind; "Phường 1" stays whole, for a number alone names nothing."""
    key = _folded_key(name)
    bare = _KINDS.sub("", key)
    return key if bare.isdigit() else bare
