"""How the number of an official paper is read: digits, a stroke, what kind of paper it is (NĐ 30/2020). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

DECISION = "QĐ"
_STROKE = re.compile(r"\s*/\s*")
_SHAPE = re.compile(r"0*([1-9]\d{0,3})/((?:\d{4}/)?)([^\W\d_]{1,6})((?:-[\w.&]+)*)")
_FIRST_DIGITS = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """«03/QĐ-THKĐ»: `kind` is «QĐ», `tail` what follows it; of «03/2026/QĐ-THKĐ» `year` is «2026/»."""

    value: int
    year: str
    kind: str
    tail: str

    @property
    def label(self) -> str:
        """As it is kept; typed in small letters alone it is in capitals."""
        rest = f"{self.kind}{self.tail}"
        return f"{self.value:02d}/{self.year}{rest.upper() if rest.islower() else rest}"

    @property
    def is_decision(self) -> bool:
        return _folded(self.kind) == _folded(DECISION)

    @property
    def key(self) -> str:
        """The same of two numbers that are one: «3/qđ-thkđ» is «03/QĐ-THKĐ»."""
        return _folded(self.label)


def read_number(text: str) -> PaperNumber | None:
    """None where it does not begin with digits, or names no kind."""
    found = _SHAPE.fullmatch(_STROKE.sub("/", text.strip()))
    return PaperNumber(int(found[1]), found[2], found[3], found[4]) if found else None


def tidied(text: str) -> str:
    """«3 / TB-THKĐ» is «03/TB-THKĐ»; what cannot be read stays as it is typed."""
    number = read_number(text)
    return number.label if number else _STROKE.sub("/", text.strip())


def key_of(text: str) -> str:
    """What two numbers that are one have in common, whether they can be read or not."""
    number = read_number(text)
    return number.key if number else _folded(text.strip().lstrip("0"))


def following(numbers: Iterable[str], kind: str, code: str) -> str:
    """The number after the highest, as «03/TB-THKĐ»; with the sign of the highest of the kind that can be read, as the
    school writes it, else with the school's `code`.
    """
    used = list(numbers)
    values = [int(found[0]) for number in used if (found := _FIRST_DIGITS.match(number))]
    known = [each for number in used if (each := read_number(number)) and each.kind.upper() == kind]
    last = max(known, key=lambda each: each.value, default=None)
    tail = last.tail.upper() if last and last.tail.islower() else last.tail if last else ""
    return f"{max(values, default=0) + 1:02d}/{kind}{tail or f'-{code}'}"


def _folded(text: str) -> str:
    """Capitals, without the stroke of «Đ»: some keyboards have none."""
    return text.upper().replace("Đ", "D")


def request_label(number: int | None, year: int) -> str:
    """Of a request for correction, with the school year that begins in `year`, for each year counts anew:
    «01/2026-2027/PĐN» (domain.md 2.5); "nháp" of what never was filed."""
    return "nháp" if number is None else f"{number:02d}/{year}-{year + 1}/PĐN"
