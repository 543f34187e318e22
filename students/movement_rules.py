"""What each kind of movement (biến động sĩ số) does and must say (domain.md 5.4, 5.6; rules R10–R14). Pure.

A movement holds from a day: on that day an arrival sits in class already, and a leaver no longer does. So the head
count on a day is that of an earlier day and the movements of the days after it up to it, with nothing in between.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ADMITTED = "admitted"
    TRANSFERRED_IN = "transferred_in"
    RETURNED = "returned"
    CHANGED_CLASS = "changed_class"
    SKIPPED_GRADE = "skipped_grade"
    TRANSFERRED_OUT = "transferred_out"
    LEFT = "left"
    DIED = "died"

    @property
    def label(self) -> str:
        return RULES[self].label

    @property
    def begins(self) -> bool:
        """A seat in a class begins by it."""
        return self not in DEPARTURES

    @property
    def ends(self) -> bool:
        """A seat in a class ends by it."""
        return self not in ARRIVALS


ARRIVALS = frozenset({Kind.ADMITTED, Kind.TRANSFERRED_IN, Kind.RETURNED})
DEPARTURES = frozenset({Kind.TRANSFERRED_OUT, Kind.LEFT, Kind.DIED})


class Season(StrEnum):
    """The part of a school year that the sector's list of statuses knows."""

    TERM_1 = "term_1"
    TERM_2 = "term_2"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class KindRule:
    """One line of the table: `needs` are the fields without which nothing is recorded, `may_have` those it may carry.

    `statuses`: the code of the sector's list (trạng thái học sinh) that holds after it, by the part of the year.
    """

    label: str
    statuses: Mapping[Season, str]
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    source: str = "domain.md 5.6"

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.may_have)


def _by_season(term_1: str, term_2: str, summer: str) -> dict[Season, str]:
    return {Season.TERM_1: term_1, Season.TERM_2: term_2, Season.SUMMER: summer}


DECISION = ("decision_number", "decision_date")
_ATTENDING = _by_season("01", "01", "01")
_LEFT = _by_season("05", "09", "12")

RULES: Mapping[Kind, KindRule] = {
    Kind.ADMITTED: KindRule("Nhập học", _ATTENDING, needs=("entry_code",), may_have=DECISION),
    Kind.TRANSFERRED_IN: KindRule(
        "Chuyển đến",
        _by_season("02", "06", "10"),
        needs=("other_school", "other_province", *DECISION),
        source="domain.md 5.4 (ChuyenDenTuTinh), R10",
    ),
    # The list of statuses has no return in the summer: who returns then attends from the next term's first day.
    Kind.RETURNED: KindRule("Xin học lại", _by_season("03", "07", "01"), needs=DECISION),
    Kind.CHANGED_CLASS: KindRule("Chuyển lớp", _ATTENDING, may_have=DECISION, source="domain.md 5.6, R12"),
    Kind.SKIPPED_GRADE: KindRule("Học vượt", _ATTENDING, needs=DECISION),
    Kind.TRANSFERRED_OUT: KindRule(
        "Chuyển đi",
        _by_season("04", "08", "11"),
        needs=("destination_code", "other_province", *DECISION),
        may_have=("other_school",),
        source="domain.md 5.4 (NoiChuyenDi, ChuyenDiDenTinh), R10",
    ),
    Kind.LEFT: KindRule(
        "Thôi học",
        _LEFT,
        needs=("leave_reason",),
        may_have=DECISION,
        source="domain.md 5.4 (MaLyDoThoiHoc), R10",
    ),
    # The sector's list knows a death as leaving for reason 10, "mất tích, đã mất".
    Kind.DIED: KindRule("Qua đời", _LEFT, may_have=DECISION),
}
DEATH_REASON = "10"
OTHER_REASON = "06"
ABROAD = "03"
# Hình thức nhập học (LoaiNhapHoc, domain.md 5.4).
ENTRY_KINDS: Mapping[str, str] = {
    "0": "Trúng tuyển",
    "1": "Chuyển từ trường khác",
    "2": "Xét tuyển",
    "3": "Lưu ban",
    "4": "Lên lớp",
}
SELECTED, FROM_ANOTHER_SCHOOL, REPEATING, PROMOTED = "0", "1", "3", "4"
STATUS_ON_ARRIVAL_IN_SUMMER = "10"


def season_of(
    day: datetime.date,
    *,
    begins: datetime.date | None,
    first_term_ends_on: datetime.date,
    ends: datetime.date | None,
) -> Season:
    """`begins` and `ends` are the first and last day of lessons; while they are not fixed, no term has begun."""
    if begins is None or ends is None or not begins <= day <= ends:
        return Season.SUMMER
    return Season.TERM_1 if day <= first_term_ends_on else Season.TERM_2


def status_code(kind: Kind, season: Season) -> str:
    """The status that a movement leaves behind (rule R11)."""
    return RULES[kind].statuses[season]


def statuses_of(kind: Kind) -> frozenset[str]:
    """Every status that a movement of this kind may leave behind."""
    codes = set(RULES[kind].statuses.values())
    # Admitted from a list whose column says «Chuyển đến trong hè», with no word on the former school.
    return frozenset(codes | ({STATUS_ON_ARRIVAL_IN_SUMMER} if kind == Kind.ADMITTED else set()))


def entry_code_of(grade: int, last_grade: int | None) -> str:
    """How a pupil of the year's first list came to this grade, `last_grade` that of an earlier year here, if any."""
    if last_grade is None:
        return SELECTED if grade == 1 else PROMOTED
    return REPEATING if last_grade == grade else PROMOTED
