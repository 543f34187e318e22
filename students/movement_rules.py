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
    MISSING = "missing"
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
DEPARTURES = frozenset({Kind.TRANSFERRED_OUT, Kind.LEFT, Kind.MISSING, Kind.DIED})
RETURN_FROM = frozenset({Kind.LEFT, Kind.MISSING})
"""After which a pupil may ask to learn again."""


class Season(StrEnum):
    """The part of a school year that the sector's list of statuses knows."""

    TERM_1 = "term_1"
    TERM_2 = "term_2"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class KindRule:
    """One line of the table: `needs` are the fields without which nothing is recorded, `may_have` those it may carry.

    `statuses`: the code of the sector's list (trạng thái học sinh) that holds after it, by the part of the year.
    `paper` is what number and date are those of, in words for the form; `source` and `paper_source` say why. `reason`
    is the one of the sector's list that the kind itself stands for, which nobody chooses.
    """

    label: str
    statuses: Mapping[Season, str]
    paper: str
    paper_source: str
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    reason: str = ""
    source: str = "domain.md 5.6"

    @property
    def needs_paper(self) -> bool:
        return "decision_number" in self.needs

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.may_have)


def _by_season(term_1: str, term_2: str, summer: str) -> dict[Season, str]:
    return {Season.TERM_1: term_1, Season.TERM_2: term_2, Season.SUMMER: summer}


DECISION = ("decision_number", "decision_date")
_ATTENDING = _by_season("01", "01", "01")
_LEFT = _by_season("05", "09", "12")
GONE_REASON = "10"
"""Mất tích, đã mất: one reason of the sector's list for two kinds of movement."""

# Number and date are needed where a paper is what lets the school act: a transfer between schools, a pupil taken back,
# a grade skipped. Where it only writes down what has happened, or what it settles within its own classes, domain.md
# and the plan ask for none: a paper that exists may be named, with number and date, never with one of the two.
#
#   kind           needs                               number and date
#   Nhập học       hình thức nhập học; trường cũ, tỉnh may have
#                  where it says that there was one
#   Chuyển đến     trường cũ, tỉnh                     needs
#   Xin học lại    –                                   needs
#   Chuyển lớp     –                                   may have
#   Học vượt       –                                   needs
#   Chuyển đi      nơi đi, tỉnh; trường but for abroad needs
#   Thôi học       lí do                               may have
#   Mất tích       – (lí do 10 is set)                 may have
#   Qua đời        – (lí do 10 is set)                 may have
RULES: Mapping[Kind, KindRule] = {
    Kind.ADMITTED: KindRule(
        "Nhập học",
        _ATTENDING,
        "Quyết định hoặc danh sách tuyển sinh",
        "domain.md 5.4 asks for the kind of admission only; a first list is one paper for all",
        needs=("entry_code",),
        may_have=("other_school", "other_province", *DECISION),
        source="domain.md 5.4 (LoaiNhapHoc; ChuyenDenTuTinh), R10",
    ),
    Kind.TRANSFERRED_IN: KindRule(
        "Chuyển đến",
        _by_season("02", "06", "10"),
        "Giấy giới thiệu chuyển trường của trường cũ",
        "domain.md 1.11 (Thông tư 28/2020, Điều 36): a transfer goes by papers; R18: what is brought along names them",
        needs=("other_school", "other_province", *DECISION),
        source="domain.md 5.4 (ChuyenDenTuTinh), R10",
    ),
    # The list of statuses has no return in the summer: who returns then attends from the next term's first day.
    Kind.RETURNED: KindRule(
        "Xin học lại",
        _by_season("03", "07", "01"),
        "Quyết định của Hiệu trưởng cho học lại",
        "issue 4 (decision number and date): the pupil asks, the principal decides",
        needs=DECISION,
    ),
    Kind.CHANGED_CLASS: KindRule(
        "Chuyển lớp",
        _ATTENDING,
        "Quyết định hoặc đơn, nếu có",
        "domain.md 5.6 and R12 know it as the school's own arrangement, without a paper; back to the grade that the "
        "principal's decision on last year asks for it needs one (R55)",
        may_have=DECISION,
        source="domain.md 5.6, R12",
    ),
    Kind.SKIPPED_GRADE: KindRule(
        "Học vượt",
        _ATTENDING,
        "Quyết định của Hiệu trưởng cho học vượt",
        "issue 4 (decision number and date): the principal decides, as on promotion (R42)",
        needs=DECISION,
    ),
    Kind.TRANSFERRED_OUT: KindRule(
        "Chuyển đi",
        _by_season("04", "08", "11"),
        "Giấy giới thiệu chuyển trường",
        "domain.md 1.11 (Thông tư 28/2020, Điều 36), R19: the letter heads the pack",
        needs=("destination_code", "other_province", *DECISION),
        may_have=("other_school",),
        source="domain.md 5.4 (NoiChuyenDi, ChuyenDiDenTinh), R10",
    ),
    Kind.LEFT: KindRule(
        "Thôi học",
        _LEFT,
        "Đơn hoặc biên bản, nếu có",
        "domain.md 5.4 and R10 ask for the reason only: a child of this age who stays away is noted, not dismissed",
        needs=("leave_reason",),
        may_have=DECISION,
        source="domain.md 5.4 (MaLyDoThoiHoc), R10",
    ),
    # The sector's list knows both as leaving for reason 10, "mất tích, đã mất"; the school's books tell them apart, and
    # a child who is found comes back by «Xin học lại».
    Kind.MISSING: KindRule(
        "Mất tích",
        _LEFT,
        "Văn bản xác nhận của công an, nếu có",
        "domain.md 5.4 (reason 10) asks for nothing more",
        may_have=DECISION,
        reason=GONE_REASON,
        source="domain.md 5.4 (MaLyDoThoiHoc 10)",
    ),
    Kind.DIED: KindRule(
        "Qua đời",
        _LEFT,
        "Trích lục khai tử, nếu có",
        "domain.md 5.4 (reason 10) asks for nothing more",
        may_have=DECISION,
        reason=GONE_REASON,
        source="domain.md 5.4 (MaLyDoThoiHoc 10), 5.6",
    ),
}
ABROAD = "03"
# Hình thức nhập học (LoaiNhapHoc, domain.md 5.4).
ENTRY_KINDS: Mapping[str, str] = {
    "0": "Trúng tuyển",
    "1": "Chuyển từ trường khác",
    "2": "Xét tuyển",
    "3": "Lưu ban",
    "4": "Lên lớp",
}
SELECTED, FROM_ANOTHER_SCHOOL, CONSIDERED, REPEATING, PROMOTED = "0", "1", "2", "3", "4"
FIRST_ADMISSIONS = frozenset({SELECTED, CONSIDERED})
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
