"""The year's end as a table and rules, pure: who moves a class's results on, what a failing pupil must do again.

The table is the whole truth: pages offer what it allows, the acts ask it, the tests try every act in every state
(PLAN IV.1, IV.2, IV.5; rules R39 to R48). Each rule stands in words in docs/regulation.md, section 7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gradebook import grading
from gradebook.grading import Item, ItemKind, Outcome, YearInputs
from gradebook.labels import Labelled
from gradebook.move_table import Move, target_in
from gradebook.regulation import Attainment, Period, Rating, YearResult


class State(Labelled):
    """Where a class's results are."""

    OPEN = "open", "Giáo viên chủ nhiệm đang xét"
    COMPLETED = "completed", "Chờ Phó Hiệu trưởng rà soát"
    REVIEWED = "reviewed", "Chờ Hiệu trưởng phê duyệt"
    APPROVED = "approved", "Đã phê duyệt"


class Exceptional(Labelled):
    """What became of the wish for another result than the computed one (R39)."""

    ASKED = "asked", "Chờ Hiệu trưởng quyết định"
    GRANTED = "granted", "Hiệu trưởng đồng ý"
    REFUSED = "refused", "Hiệu trưởng không đồng ý"


class Promotion(Labelled):
    """What is proposed for a pupil who did not complete the class (R42)."""

    WAITS = "waits", "Chờ đánh giá bổ sung, rèn luyện trong hè"
    PROMOTED = "promoted", "Đề nghị lên lớp, có kế hoạch giúp đỡ"
    STAYS = "stays", "Đề nghị ở lại lớp"


class Act(StrEnum):
    COMPLETE = "complete"
    REVIEW = "review"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    REOPEN = "reopen"


class Actor(StrEnum):
    """In which part a person stands before a class's results."""

    HOMEROOM = "homeroom"
    VICE_PRINCIPAL = "vice_principal"
    PRINCIPAL = "principal"


_HOMEROOM = frozenset({Actor.HOMEROOM})
_PRINCIPAL = frozenset({Actor.PRINCIPAL})
_VICE_PRINCIPAL = frozenset({Actor.VICE_PRINCIPAL})

MOVES: tuple[Move[State, Act, Actor], ...] = (
    Move(State.OPEN, Act.COMPLETE, _HOMEROOM, State.COMPLETED),
    # Of those who waited for the summer when the others were approved, and of those decided on anew.
    Move(State.APPROVED, Act.COMPLETE, _HOMEROOM, State.COMPLETED),
    Move(State.COMPLETED, Act.REVIEW, _VICE_PRINCIPAL, State.REVIEWED),
    Move(State.COMPLETED, Act.SEND_BACK, _VICE_PRINCIPAL, State.OPEN),
    Move(State.REVIEWED, Act.SEND_BACK, _PRINCIPAL, State.OPEN),
    Move(State.REVIEWED, Act.APPROVE, _PRINCIPAL, State.APPROVED),
    # The decision on one pupil, who then takes all steps again; the class stays where it is (R55).
    Move(State.OPEN, Act.REOPEN, _PRINCIPAL, State.OPEN),
    Move(State.APPROVED, Act.REOPEN, _PRINCIPAL, State.APPROVED),
)

# While the class is in one of these its homeroom teacher writes, of pupils whom the principal has not decided on.
WRITABLE = frozenset({State.OPEN, State.APPROVED})


def target_of(source: State, act: Act, actor: Actor) -> State | None:
    """The state an act leads to; None where the table has no such move (R47)."""
    return target_in(MOVES, source, act, (actor,))


def against_entry(state: str, period: Period) -> str | None:
    """Why the sheets of a class are shut though a window is open; None when they are not (R47, R55).

    What is reviewed and approved must be what was completed. `state` is "" of a class without any step. After the
    approval the supplementary assessment is open to those who wait for it; `gradebook.entry` asks of whom.
    """
    if period not in {Period.YEAR_END, Period.SUPPLEMENTARY} or state in {"", State.OPEN}:
        return None
    if state == State.APPROVED:
        return _AFTER_APPROVAL if period is Period.YEAR_END else None
    return (
        f"Kết quả năm học của lớp đã gửi, {_WAITS_FOR[State(state)]}: cần sửa thì nhờ trả lại lớp "
        "ở trang Kết quả năm học."
    )


_WAITS_FOR = {
    State.COMPLETED: "đang chờ Phó Hiệu trưởng rà soát",
    State.REVIEWED: "đang chờ Hiệu trưởng phê duyệt",
}
_AFTER_APPROVAL = "Kết quả năm học của lớp đã được Hiệu trưởng phê duyệt: cần sửa thì lập phiếu đề nghị sửa."


# ── Assessed again (R40, R41) ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Again:
    """Values of the supplementary assessment, by line or trait code; what was not assessed again is not there."""

    attainments: Mapping[str, Attainment] = field(default_factory=dict, hash=False)
    marks: Mapping[str, int] = field(default_factory=dict, hash=False)
    ratings: Mapping[str, Rating] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        return bool(self.attainments or self.marks or self.ratings)

    def has(self, item: Item) -> bool:
        """Whether the level, the mark or the rating was assessed again."""
        values = {
            ItemKind.ATTAINMENT: self.attainments,
            ItemKind.MARK: self.marks,
            ItemKind.RATING: self.ratings,
        }
        return item.code in values[item.kind]


@dataclass(frozen=True, slots=True)
class Computed:
    """The outcome of the year-end values, which stays, and the one with what was assessed again in their place.

    `owed`: what failed and was not assessed again yet; `exempt`: codes of what was left out (R33).
    """

    original: Outcome
    final: Outcome
    was_reassessed: bool = False
    owed: tuple[Item, ...] = ()
    exempt: frozenset[str] = frozenset()


def compute(inputs: YearInputs, again: Again) -> Computed:
    """The result before and after the supplementary assessment (R41).

    What did not fail at the year's end is passed over: a correction may have taken an item off the list since.
    """
    original = grading.year_result(inputs)
    owed = {item.code for item in original.failing}

    replaced = Again(
        {code: value for code, value in again.attainments.items() if code in owed},
        {code: value for code, value in again.marks.items() if code in owed},
        {code: value for code, value in again.ratings.items() if code in owed},
    )
    still_owed = tuple(item for item in original.failing if not again.has(item))
    if not replaced:
        return Computed(original, original, owed=still_owed, exempt=inputs.exempt)
    after = grading.after_reassessment(
        inputs, attainments=replaced.attainments, marks=replaced.marks, ratings=replaced.ratings
    )
    final = grading.year_result(after)
    return Computed(original, final, was_reassessed=True, owed=still_owed, exempt=inputs.exempt)


def to_retest(items: Iterable[Item]) -> tuple[Item, ...]:
    """Kiểm tra lại: failing lines, by level or mark (PLAN IV.5; R48)."""
    return tuple(item for item in items if item.kind is not ItemKind.RATING)


def to_train(items: Iterable[Item]) -> tuple[Item, ...]:
    """Rèn luyện trong hè: failing qualities and competencies (PLAN IV.5; R48)."""
    return tuple(item for item in items if item.kind is ItemKind.RATING)


def against_promotion(result: YearResult | None, promotion: str, note: str) -> str | None:
    """Why what is proposed for a pupil cannot stand; None when it can (R42)."""
    if result is not YearResult.CHT:
        return None
    if promotion == Promotion.PROMOTED and not grading.says_something(note):
        return "Học sinh chưa hoàn thành mà được lên lớp phải có kế hoạch giúp đỡ: ghi kế hoạch."
    if promotion == Promotion.STAYS and not grading.says_something(note):
        return "Ở lại lớp phải có lí do: ghi lí do."
    return None if promotion else "Chọn: chờ đánh giá bổ sung, đề nghị lên lớp hay ở lại lớp."
