"""What the page of a class's year end shows: each pupil in words, the steps taken, and the step that is next."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts import permissions
from accounts.clock import moment_label
from accounts.models import User
from accounts.powers import Action
from gradebook.models import ClassYearEnd, YearOutcome
from gradebook.regulation import YearResult
from gradebook.year_end import ClassPage, Row, exempt_names, missing_words
from gradebook.year_end_lists import CONTRADICTED, result_words
from gradebook.year_end_rules import Exceptional, Promotion, State
from gradebook.year_end_standing import standing_kind, standing_label
from students.absences import days_label


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A pupil's line: the result and why, what is said of it, and where it stands in word and colour."""

    row: Row
    result: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    word: str
    kind: str


def build_rows(page: ClassPage) -> list[ShownRow]:
    """No statement."""
    return [_shown(row) for row in page.rows]


def _shown(row: Row) -> ShownRow:
    word, kind = _standing(row)
    reasons = row.final.reasons if row.final.result is not None else (missing_words(row.final),)
    if row.is_contradicted:
        reasons = (f"{CONTRADICTED} {contradiction_words(row)}", *reasons)
    return ShownRow(row, result_words(row), tuple(reasons), tuple(_notes(row)), word, kind)


def contradiction_words(row: Row) -> str:
    """The page never lets an approved result and another computed one stand side by side unsaid (R55)."""
    now = row.final.result.label if row.final.result is not None else "chưa có kết quả"
    if row.original_now:
        now += f" (trước khi đánh giá bổ sung: {YearResult(row.original_now).label})"
    return f"Đã phê duyệt: {result_words(row)}; tính lại: {now}."


def _standing(row: Row) -> tuple[str, str]:
    if row.is_contradicted:
        return "Tính lại khác", "warning"
    if row.decided is not None:
        return "Đã phê duyệt", "ok"
    if not row.is_assessed:
        return "Không đánh giá", "neutral"
    if row.final.result is None:
        return "Thiếu dữ liệu", "warning"
    if row.problem:
        return (
            "Xác nhận lại" if row.is_stale else "Chưa xong" if row.is_confirmed else "Chưa xác nhận"
        ), "open"
    if row.said.exception == Exceptional.ASKED:
        return "Đề nghị ngoại lệ", "waiting"
    return ("Chờ bổ sung, rèn luyện hè", "waiting") if row.waits else ("Đã xác nhận", "ok")


def _notes(row: Row) -> Iterator[str]:
    """What goes with the result: exception, proposal, title, and days absent, which decide nothing (R43)."""
    yield from _decided_notes(row.decided) if row.decided is not None else _said_notes(row)
    if row.award_label:
        yield f"{row.award_label}{f' ({row.award_reason})' if row.award_reason else ''}"
    elif row.decided is None and row.award.candidate:
        yield f"Có thể đề cử {row.award.candidate.label}. {' '.join(row.award.reasons)}"
    elif row.decided is None and row.original_result and row.result in {YearResult.HTXS, YearResult.HTT}:
        yield " ".join(row.award.reasons)
    if row.is_assessed and (left_out := exempt_names(row)):
        yield f"Được miễn, không tính vào kết quả: {left_out}"
    yield from (each.words for each in row.praised)
    yield from row.earlier
    if row.absences is not None:
        with_leave, without = days_label(row.absences.with_leave), days_label(row.absences.without_leave)
        yield f"Nghỉ học: {with_leave or '?'} có phép, {without or '?'} không phép (để biết, không dùng để xét)"


def _decided_notes(decided: YearOutcome) -> Iterator[str]:
    if decided.exception_reason:
        yield f"Ngoại lệ do Hiệu trưởng quyết định: {decided.exception_reason}"
    if not decided.is_promoted:
        yield f"Ở lại lớp: {decided.promotion_note}"
    elif decided.promotion_note:
        yield f"Được lên lớp: {decided.promotion_note}"


def _said_notes(row: Row) -> Iterator[str]:
    said = row.said
    if said.wanted_result:
        wish = f"Đề nghị {YearResult(said.wanted_result).label}: {said.exception_reason}"
        answer = f" ({said.exception_note})" if said.exception_note else ""
        yield f"{wish}. {Exceptional(said.exception).label}{answer}"
    if row.proposed is YearResult.CHT and said.promotion:
        note = f": {said.promotion_note}" if said.promotion_note else ""
        yield f"{Promotion(said.promotion).label}{note}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken, or is to be: what, by whom, when."""

    what: str
    who: str
    when: str
    kind: str


def steps_of(page: ClassPage) -> list[Step]:
    """The three steps with who took them; a step that must be taken (again) has nobody."""
    return _steps(page.record, reached=list(State).index(page.state))


def _steps(record: Any, *, reached: int) -> list[Step]:
    def step(number: int, what: str, who: Any, at: Any) -> Step:
        is_taken = reached >= number and who is not None
        return Step(
            what,
            who.full_name if is_taken else "",
            moment_label(at) if is_taken else "",
            "ok" if is_taken else "",
        )

    return [
        step(1, "Giáo viên chủ nhiệm hoàn thành", record.completed_by, record.completed_at),
        step(2, "Phó Hiệu trưởng rà soát", record.reviewed_by, record.reviewed_at),
        step(3, "Hiệu trưởng phê duyệt", record.approved_by, record.approved_at),
    ]


def earlier_rounds(page: ClassPage) -> list[list[Step]]:
    """The steps of each approval before the one that `steps_of` shows, the first first. One statement, if any."""
    record = page.record
    if record.approved_by is None:
        return []
    approved = ClassYearEnd.history.filter(school_class=page.school_class, state=State.APPROVED)
    people = approved.select_related("completed_by", "reviewed_by", "approved_by").order_by("history_id")
    rounds = {each.approved_at: each for each in people}
    if page.state is State.APPROVED:
        rounds.pop(record.approved_at, None)
    return [_steps(each, reached=3) for each in rounds.values()]


def state_of(page: ClassPage) -> tuple[str, str]:
    """The word and its colour."""
    standing = (page.state, page.decided, page.assessed)
    return standing_label(*standing), standing_kind(*standing)


class Next(StrEnum):
    """What this person can do with the class now."""

    COMPLETE = "complete"
    REVIEW = "review"
    APPROVE = "approve"
    NOTHING = ""


def next_step(page: ClassPage, user: User) -> Next:
    """By the table of moves and the table of powers; after an approval only where somebody is decided on anew."""
    if page.school_class.year.is_closed:
        return Next.NOTHING
    if page.is_writable:
        may = permissions.may(user, Action.PROPOSE_OUTCOMES, school_class=page.school_class)
        has_work = page.state is State.OPEN or bool(page.to_decide)
        return Next.COMPLETE if may and has_work else Next.NOTHING
    if page.state is State.COMPLETED:
        return Next.REVIEW if permissions.may(user, Action.REVIEW_OUTCOMES) else Next.NOTHING
    return Next.APPROVE if permissions.may(user, Action.APPROVE_OUTCOMES) else Next.NOTHING
