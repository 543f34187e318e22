"""How a Term changes hands: begun, ended, handed over for good or to a substitute for some days (PLAN IV; R59).

Bare moves of rows, without permission: the acts of accounts.posts and gradebook.assignments say who may. Each move
takes the duty for itself until its transaction ends, so that two people at once do not miss each other's row; the
exclusion constraints stand behind it.

A duty for one has one holder each day, so a substitution splits the regular holder's row: regular, substitute,
regular again. It begins and ends by itself at its dates (docs/decisions/0008).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

from accounts.clock import today
from accounts.dates import Days, Term
from accounts.history import record_bulk
from accounts.separation import overlapping, why_apart

DAY = datetime.timedelta(days=1)
AnyTerm = TypeVar("AnyTerm", bound=Term)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a move cannot be made: the form's field, and what to do there."""

    field: str
    message: str


class TermRefused(Exception):
    """The move cannot be made; `problems` has every reason found, at least one. Nothing is written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def begin(term: AnyTerm, *, reason: str, within: Days) -> AnyTerm:
    """Saves a new term. `within` is the school year; before today only with a reason."""
    _take(term)
    _refuse(_day_problems(term.days, reason=reason, within=within) or _overlap_problems(term))
    _refuse(_apart_problems(term, term.PERSON))
    return _save(term, reason)


def begin_all(terms: Sequence[Term], *, reason: str, within: Days) -> None:
    """Saves new terms of one model, in two statements; the caller has taken them and seen that nobody holds them."""
    for term in terms:
        _refuse(_day_problems(term.days, reason=reason, within=within))
    if terms:
        record_bulk(
            type(terms[0])._default_manager.bulk_create(terms),  # noqa: SLF001 - Django's documented name
            changed=False,
            why=reason,
        )


def take(terms: Iterable[Term]) -> None:
    """The duties to ourselves until the transaction ends, in an order that is the same for everybody."""
    keys = sorted({_key(term) for term in terms})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(taken)) FROM unnest(%s::text[]) AS taken", [keys]
        )


def end(term: Term, *, last_day: datetime.date, reason: str) -> None:
    """The powers end with `last_day`. A substitute's days that are left go back to the regular holder."""
    _take(term)
    _refuse(_reason_problems(reason) + _end_problems(term, last_day))
    left = Days(last_day + DAY, term.ends_on)
    term.ends_on = last_day
    _save(term, reason)
    if term.substitutes_for and left.last and left.first <= left.last:
        _give_back(term, left, reason)


def hand_over(term: AnyTerm, *, to: Any, days: Days, reason: str, within: Days) -> AnyTerm:
    """Gives the duty to somebody else from `days.first` on: for good, or as a substitute up to `days.last`.

    Returns the new holder's row. The regular holder keeps what lies before the days, and after them.
    """
    _take(term)
    _refuse(_hand_over_problems(term, to, days, reason=reason, within=within))
    before = Days(term.starts_on, days.first - DAY) if term.starts_on < days.first else None
    after = _after(term, days)
    new = _copy(term, person=to, days=Days(days.first, days.last or term.ends_on))
    new.substitutes_for = term.person if days.last else term.substitutes_for
    _shrink(term, [each for each in (before, after) if each], reason)
    _refuse(_overlap_problems(new) + _apart_problems(new, "to"))
    return _save(new, reason)


def undo(term: Term, *, reason: str) -> None:
    """Takes back what is to begin, or began today by mistake: the row goes, its history stays.

    A substitute's days return to the regular holder.
    """
    _take(term)
    _refuse(_reason_problems(reason) + _undo_problems(term))
    days = term.days
    _remove(term, reason)
    if term.substitutes_for:
        _give_back(term, days, reason)


def rows_of(term: AnyTerm) -> Any:
    """Everybody's rows of the same duty."""
    return type(term)._default_manager.filter(**term.duty)  # noqa: SLF001 - Django's documented name


# -- What refuses ------------------------------------------------------------------------------------------


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise TermRefused(*problems)


def _reason_problems(reason: str) -> list[Problem]:
    return [] if reason else [Problem("reason", "Chưa có lí do. Ghi lí do, ví dụ số quyết định.")]


def _day_problems(days: Days, *, reason: str, within: Days) -> list[Problem]:
    """Inside the school year, in order, not over already; begun before today only with a reason."""
    found = []
    if days.first < within.first or (within.last and days.first > within.last):
        found.append(Problem("starts_on", f"Ngày bắt đầu nằm ngoài năm học. Ghi một ngày {within.label}."))
    if days.last and days.last < days.first:
        found.append(Problem("ends_on", "Ngày kết thúc trước ngày bắt đầu. Sửa lại «đến ngày»."))
    elif days.last and days.last < today():
        found.append(Problem("ends_on", "Ngày kết thúc đã qua. Ghi ngày từ hôm nay trở đi."))
    if days.last and within.last and days.last > within.last:
        found.append(Problem("ends_on", f"Năm học kết thúc ngày {within.last:%d/%m/%Y}. Ghi ngày sớm hơn."))
    if days.first < today() and not reason:
        found.append(Problem("reason", "Ngày bắt đầu đã qua. Ghi lí do lùi ngày, ví dụ số quyết định."))
    return found


def _overlap_problems(term: Term) -> list[Problem]:
    """Names who holds the duty on those days, and until when."""
    held = rows_of(term).exclude(pk=term.pk).filter(overlapping(term.days)).select_related(term.PERSON)
    if not term.is_for_one:
        held = held.filter(**{term.PERSON: term.person})
    other = held.order_by("starts_on").first()
    if other is None:
        return []
    same = other.person_id == term.person_id
    who = "chính người này" if same else other.person.full_name
    remedy = "Không cần giao lại." if same else "Giao lại từ trang của người đang giữ, hoặc chọn ngày khác."
    return [Problem("starts_on", f"{term.duty_label}: {who} đang giữ {other.days.label}. {remedy}")]


def _apart_problems(term: Term, field: str) -> list[Problem]:
    why = why_apart(term)
    return [Problem(field, why)] if why else []


def _end_problems(term: Term, last_day: datetime.date) -> list[Problem]:
    if last_day < term.starts_on:
        return [
            Problem(
                "last_day",
                f"Phân công bắt đầu ngày {term.starts_on:%d/%m/%Y}. Ghi ngày cuối từ ngày đó trở đi.",
            )
        ]
    if term.ends_on and last_day > term.ends_on:
        return [Problem("last_day", f"Phân công đã kết thúc ngày {term.ends_on:%d/%m/%Y}. Ghi ngày sớm hơn.")]
    return []


def _undo_problems(term: Term) -> list[Problem]:
    if term.starts_on >= today():
        return []
    return [
        Problem(
            "", "Phân công bắt đầu trước hôm nay, không bỏ được nữa. Kết thúc phân công thay cho việc bỏ."
        )
    ]


def _hand_over_problems(term: Term, to: Any, days: Days, *, reason: str, within: Days) -> list[Problem]:
    found = _reason_problems(reason) + _day_problems(days, reason=reason, within=within)
    if to.pk == term.person_id:
        found.append(Problem("to", f"{to.full_name} đang giữ việc này. Chọn người khác."))
    if days.last and term.substitutes_for:
        found.append(
            Problem(
                "to",
                f"{term.person.full_name} đang làm thay. Kết thúc việc làm thay, rồi giao cho người khác.",
            )
        )
    outside = days.first < term.starts_on or (
        term.ends_on and max(days.first, days.last or days.first) > term.ends_on
    )
    if outside:
        found.append(
            Problem(
                "starts_on", f"{term.person.full_name} giữ việc này {term.days.label}. Ghi ngày trong đó."
            )
        )
    if days.last and days.first <= term.starts_on and _after(term, days) is None:
        found.append(
            Problem("ends_on", "Làm thay suốt thời gian phân công là giao hẳn. Bỏ trống «đến ngày».")
        )
    return found


# -- What moves --------------------------------------------------------------------------------------------


def _take(term: Term) -> None:
    """The duty to ourselves until the transaction ends, then the row as it is now."""
    take([term])
    if term.pk is None:
        return
    try:
        term.refresh_from_db()
    except type(term).DoesNotExist as gone:
        raise TermRefused(Problem("", "Phân công này vừa được người khác bỏ. Tải lại trang.")) from gone


def _key(term: Term) -> str:
    return f"{type(term).__name__} {sorted(term.duty.items())}"


def _after(term: Term, days: Days) -> Days | None:
    """What the regular holder has after a substitution; None after a handing over for good."""
    if days.last is None or (term.ends_on and term.ends_on <= days.last):
        return None
    return Days(days.last + DAY, term.ends_on)


def _shrink(term: Term, parts: list[Days], reason: str) -> None:
    """The row becomes the first part, further parts become rows of the same person; no part: it goes."""
    if not parts:
        _remove(term, reason)
        return
    term.starts_on, term.ends_on = parts[0].first, parts[0].last
    _save(term, reason)
    for part in parts[1:]:
        rest = _copy(term, person=term.person, days=part)
        rest.substitutes_for = term.substitutes_for
        _save(rest, reason)


def _give_back(term: Term, days: Days, reason: str) -> None:
    """Joins the days to the regular holder's rows on either side, so that the split leaves no trace but history."""
    own = rows_of(term).filter(**{term.PERSON: term.substitutes_for}, substitutes_for=None)
    before = own.filter(ends_on=days.first - DAY).first()
    after = own.filter(starts_on=days.last + DAY).first() if days.last else None
    if after is not None:
        days = Days(days.first, after.ends_on)
    if before is None:
        before = _copy(term, person=term.substitutes_for, days=days)
    if after is not None:
        _remove(after, reason)
    before.ends_on = days.last
    _refuse(_apart_problems(before, ""))
    _save(before, reason)


def _copy(term: AnyTerm, *, person: Any, days: Days) -> AnyTerm:
    return type(term)(**term.duty, **{term.PERSON: person}, starts_on=days.first, ends_on=days.last)


def _save(term: AnyTerm, reason: str) -> AnyTerm:
    term._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
    term.save()
    return term


def _remove(term: Term, reason: str) -> None:
    term._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - as above
    term.delete()
