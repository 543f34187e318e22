"""The teachers' signatures as a class table prints them: who signed which book, when, and the short hash of what.

No Django, no model, as `reports.book_content`, whose table carries them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

SCHOOL_TIME: Final = ZoneInfo("Asia/Ho_Chi_Minh")
UNSIGNED: Final = "CHƯA KÍ"
BROKEN: Final = "NỘI DUNG ĐÃ THAY ĐỔI SAU KHI KÍ – CẦN KÍ LẠI"
NOBODY: Final = "chưa phân công"


class SealState(StrEnum):
    UNSIGNED = "unsigned"
    HOLDS = "holds"
    BROKEN = "broken"


_STATE_WORDS: Final = {
    SealState.UNSIGNED: "Chưa kí",
    SealState.HOLDS: "Đã kí, còn hiệu lực",
    SealState.BROKEN: "Đã thay đổi sau khi kí, cần kí lại",
}


@dataclass(frozen=True, slots=True)
class BookSeal:
    """The signature on one book. Unsigned, only the book and who should sign are known; `role` is GVCN or GVBM."""

    book: str
    state: SealState
    name: str
    role: str = ""
    stands_in_for: str = ""
    signed_at: datetime | None = None
    digest: str = ""

    @property
    def signer(self) -> str:
        """«Nguyễn Thị Lan (GVCN)», «Lê Thị Thu (GVBM, kí thay Trần Văn Minh)»."""
        told = ", ".join([self.role, *([f"kí thay {self.stands_in_for}"] if self.stands_in_for else [])])
        return f"{self.name} ({told})" if told else self.name

    @property
    def moment(self) -> str:
        return f"{self.signed_at.astimezone(SCHOOL_TIME):%H:%M %d/%m/%Y}" if self.signed_at else ""

    @property
    def is_unsigned(self) -> bool:
        return self.state is SealState.UNSIGNED

    @property
    def state_words(self) -> str:
        """«Đã kí», as the table of signatures has it."""
        return _STATE_WORDS[self.state]

    @property
    def lines(self) -> tuple[str, ...]:
        """For the teacher's own place at the foot, the name aside; unsigned it is left to the pen."""
        if self.is_unsigned:
            return ()
        stand_in = (f"(kí thay {self.stands_in_for})",) if self.stands_in_for else ()
        signed = (f"Kí xác nhận {self.moment}, mã {self.digest}", *stand_in)
        return (BROKEN, *signed) if self.state is SealState.BROKEN else signed


def seal_groups(seals: Iterable[BookSeal]) -> tuple[tuple[str, str], ...]:
    """Head and books of each line below the table: by signer and moment, then what is broken, then what lacks."""
    by_state: dict[SealState, list[BookSeal]] = defaultdict(list)
    for seal in seals:
        by_state[seal.state].append(seal)
    signed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for seal in by_state[SealState.HOLDS]:
        signed[seal.signer, seal.moment].append(f"{seal.book} {seal.digest}")
    groups = [(f"{signer}, {moment}", ", ".join(books)) for (signer, moment), books in signed.items()]
    if by_state[SealState.BROKEN]:
        groups.append((BROKEN, ", ".join(map(_broken, by_state[SealState.BROKEN]))))
    if by_state[SealState.UNSIGNED]:
        groups.append((UNSIGNED, _unsigned(by_state[SealState.UNSIGNED])))
    return tuple(groups)


def _broken(seal: BookSeal) -> str:
    return f"{seal.book} ({seal.signer}, kí {seal.moment}, {seal.digest})"


def _unsigned(seals: Sequence[BookSeal]) -> str:
    """By teacher, as each is named once."""
    books: dict[str, list[str]] = defaultdict(list)
    for seal in seals:
        books[seal.name or NOBODY].append(seal.book)
    return "; ".join(f"{', '.join(own)} ({name})" for name, own in books.items())
