"""A repeat test beside the first (rule R28): both marks are kept, one is official, the teacher says why. Pure.

TT27 Điều 7: where the mark of the end of a term is unlike what the teacher sees day by day, the school may set another
test. `mark` of a result always is the official one, so that results, books and statistics need not know of the other.
"""

import re
from dataclasses import dataclass
from typing import Any

from gradebook.grading import ValueRefused, check_mark
from gradebook.regulation import Period, RuleSet

REPEAT_PERIODS = (Period.END_TERM_1, Period.YEAR_END)
LONGEST_REASON = 300
_PARTS = re.compile(r"(\S+) · lấy điểm lần ([12]) · (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Repeat:
    """The second test of a cell. Its text is what the cell's history and the save carry."""

    mark: int
    is_official: bool
    reason: str

    def __str__(self) -> str:
        return f"{self.mark} · lấy điểm lần {2 if self.is_official else 1} · {self.reason}"


def read_repeat(text: str, rules: RuleSet) -> Repeat:
    """From the text of a change; raises ValueRefused with the remedy."""
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        raise ValueRefused("Điểm kiểm tra lại ghi ở trang «Kiểm tra lại» của ô: điểm, lấy lần nào, lí do.")
    reason = " ".join(match[3].split())
    if len(reason) > LONGEST_REASON:
        raise ValueRefused(f"Lí do dài quá {LONGEST_REASON} kí tự. Ghi ngắn lại.")
    return Repeat(check_mark(match[1], rules), match[2] == "2", reason)


class KeepsMarks:
    """What a result, and each row of its history, says beside the plain fields."""

    mark: Any
    other_mark: Any
    is_repeat_official: Any
    repeat_reason: Any
    brought: Any

    @property
    def first_mark(self) -> int | None:
        return self.other_mark if self.is_repeat_official else self.mark

    @property
    def repeat(self) -> Repeat | None:
        if self.other_mark is None:
            return None
        second = self.mark if self.is_repeat_official else self.other_mark
        return Repeat(second, self.is_repeat_official, self.repeat_reason)

    @repeat.setter
    def repeat(self, wanted: Repeat | None) -> None:
        first = self.first_mark
        if wanted is None:
            self.mark, self.other_mark, self.is_repeat_official, self.repeat_reason = first, None, False, ""
            return
        marks = (wanted.mark, first) if wanted.is_official else (first, wanted.mark)
        self.mark, self.other_mark = marks
        self.is_repeat_official, self.repeat_reason = wanted.is_official, wanted.reason
