"""The sector's code lists that pupils' records use (students/data/README.md), and how their entries are recognised."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from students.names import clean, search_key

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of code → official name, and the ways in which files write an entry."""

    names: Mapping[str, str]
    spellings: Mapping[str, str]
    folded: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """Return the entry that `text` means, as its code (or its name where the list has no code), or None.

        A code may have lost its leading zero. Capitals, spaces, hyphens and apostrophes do not count;
        tone marks do, unless leaving them out still points to one entry only.
        """
        code = text.strip().zfill(2)
        if code in self.names:
            return code
        return self.spellings.get(_letters(text)) or self.folded.get(_letters(search_key(text)))


@cache
def ethnic_groups() -> CodeList:
    """Dân tộc: "01" Kinh … "54" Rơ-măm, "55" người nước ngoài."""
    return _read("ethnic_groups.csv")


@cache
def nationalities() -> CodeList:
    """Quốc tịch: "VN" Việt Nam …, "XX" không quốc tịch; the record keeps the name."""
    return _read("nationalities.csv")


@cache
def religions() -> CodeList:
    """Tôn giáo: "01" Phật giáo … "13" khác, "99" không."""
    return _read("religions.csv")


@cache
def policy_groups() -> CodeList:
    """Diện chính sách: "01" … "16"."""
    return _read("policy_groups.csv")


@cache
def disability_kinds() -> CodeList:
    """Loại khuyết tật: "01" vận động … "06" khác."""
    return _read("disability_kinds.csv")


@cache
def day_boarding_kinds() -> CodeList:
    """Loại bán trú: "01" thuộc đối tượng chính sách, "02" tự nguyện."""
    return _read("day_boarding_kinds.csv")


@cache
def pupil_statuses() -> CodeList:
    """Trạng thái học sinh: "01" Đang học … "12" Thôi học trong hè; find() also knows entries without a code."""
    return _read("pupil_statuses.csv")


@cache
def leave_reasons() -> CodeList:
    """Lý do thôi học: "01" … "10"; "10" (mất tích, đã mất) is also how the sector's list writes a death."""
    return _read("leave_reasons.csv")


@cache
def destinations() -> CodeList:
    """Nơi chuyển đi: "01" trong tỉnh, "02" ngoài tỉnh, "03" nước ngoài."""
    return _read("destinations.csv")


OF_COLUMN: Final[Mapping[str, Callable[[], CodeList]]] = {
    "ethnic_code": ethnic_groups,
    "religion_code": religions,
    "policy_code": policy_groups,
    "disability_code": disability_kinds,
    "day_boarding_code": day_boarding_kinds,
    "status_code": pupil_statuses,
    "leave_reason": leave_reasons,
    "destination_code": destinations,
}
"""By column, of whatever table, the list of its codes."""


def _read(file_name: str) -> CodeList:
    with (FOLDER / file_name).open(encoding="utf-8", newline="") as lines:
        entries = [(row["code"] or row["name"], row["name"], row["aliases"]) for row in csv.DictReader(lines)]
    official = {_letters(name): entry for entry, name, _ in entries}
    aliases = [
        (_letters(alias), entry) for entry, _, aliases in entries for alias in aliases.split("|") if alias
    ]
    spellings = _unique(aliases) | official
    folded = _unique([(_letters(search_key(spelling)), entry) for spelling, entry in spellings.items()])
    names = {entry: name for entry, name, _ in entries}
    return CodeList(names, spellings, folded)


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs whose key names one entry only."""
    times = Counter(key for key, _ in set(pairs))
    return {key: entry for key, entry in pairs if times[key] == 1}


def _letters(text: str) -> str:
    return "".join(character for character in clean(text).lower() if character.isalnum())
