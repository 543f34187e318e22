"""What the pages of the monthly check show; constant numbers of statements."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.clock import moment_label
from accounts.models import User
from accounts.powers import Action
from approvals.models import ReconciliationReply, ReconciliationRound
from approvals.reconciliation_numbers import Numbers, read_numbers, stored_numbers
from approvals.reconciliation_report import Section, about, read_sections, stored_report
from approvals.reconciliation_workflow import (
    ReplyAct,
    ReplyState,
    RoundState,
    reply_acts,
    why_not_closed,
)
from approvals.reconciliations import actors_of, is_early, is_own, own_replies
from approvals.unconfirmed_months import unconfirmed_months, why_not_confirmed
from students.attendance_months import MonthState, month_of

WHO_READS = "Đối chiếu số liệu chỉ mở cho Ban giám hiệu, văn thư và giáo viên phụ trách số liệu."
MOST_OWN = 24
REPLY_KINDS: Mapping[str, str] = {
    ReplyState.WAITING: "waiting",
    ReplyState.CONFIRMED: "ok",
    ReplyState.DIFFERS: "warning",
    ReplyState.RESOLVED: "ok",
    ReplyState.LAPSED: "refused",
}


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in the list, with how many answers stand how."""

    check: Any

    @property
    def kind(self) -> str:
        return "open" if self.check.state == RoundState.OPEN else "ok"

    @property
    def is_over(self) -> bool:
        return is_over(self.check)

    @property
    def is_overdue(self) -> bool:
        return self.check.state == RoundState.OPEN and self.check.due_on < clock.today()


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A reply in a list; it comes with its round, class and teacher."""

    reply: ReconciliationReply

    @property
    def about(self) -> str:
        return about(self.reply)

    @property
    def is_early(self) -> bool:
        """Confirmed before the month was over."""
        return is_early(self.reply)

    @property
    def kind(self) -> str:
        return REPLY_KINDS[self.reply.state]


def is_over(check: ReconciliationRound) -> bool:
    """Whether the month that it checks is."""
    return check.month < month_of(clock.today())


def read_rounds() -> list[RoundLine]:
    """One statement."""
    found = ReconciliationRound.objects.select_related("year").annotate(
        asked=Count("replies"),
        waiting=Count("replies", filter=Q(replies__state=ReplyState.WAITING)),
        differing=Count("replies", filter=Q(replies__state=ReplyState.DIFFERS)),
    )
    return [RoundLine(each) for each in found.order_by("-month")]


def read_own(user: User) -> list[ReplyLine]:
    """The person's own answers, newest first. One statement."""
    found = own_replies(user).select_related("round", "school_class", "teacher")
    return [ReplyLine(each) for each in found.order_by("-round__month", "pk")[:MOST_OWN]]


def get_round(user: User, pk: int) -> ReconciliationRound:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    rows = ReconciliationRound.objects.select_related("year", "opened_by", "closed_by")
    check = get_object_or_404(rows, pk=pk)
    permissions.require(user, Action.SEE_MONTHLY_REPORT, WHO_READS)
    return check


@dataclass(frozen=True, slots=True)
class RoundPage:
    """`groups`: what is to be done first: differences, who has not answered, the others."""

    line: RoundLine
    counts: tuple[tuple[str, str, int], ...]
    groups: tuple[tuple[str, tuple[ReplyLine, ...]], ...]
    may_close: bool
    why_not: str


def read_round(user: User, check: ReconciliationRound) -> RoundPage:
    """One statement."""
    rows = check.replies.select_related("round", "school_class", "teacher").order_by(
        "kind", "school_class__grade_level", "school_class__name", "teacher__sort_key"
    )
    lines = [ReplyLine(each) for each in rows]
    found = Counter(ReplyState(line.reply.state) for line in lines)
    first = {ReplyState.DIFFERS, ReplyState.WAITING}
    groups = [
        (state.label, tuple(line for line in lines if line.reply.state == state))
        for state in (ReplyState.DIFFERS, ReplyState.WAITING)
    ]
    groups.append(("Đã xong", tuple(line for line in lines if line.reply.state not in first)))
    is_open = check.state == RoundState.OPEN
    return RoundPage(
        RoundLine(check),
        tuple((state.label, REPLY_KINDS[state], found[state]) for state in ReplyState if found[state]),
        tuple((title, own) for title, own in groups if own),
        is_open and permissions.may(user, Action.KEEP_RECONCILIATION),
        why_not_closed(
            differing=found[ReplyState.DIFFERS],
            waiting=found[ReplyState.WAITING]
            + (sum(is_early(line.reply) for line in lines) if is_over(check) else 0),
            is_overdue=check.due_on < clock.today(),
        ),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a reply."""

    what: str
    kind: str
    who: str
    role: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """`numbers` are those kept with the answer, `now` those of this moment where an answer is to be given.

    `unconfirmed` are the months of attendance that keep a class from being confirmed, while it waits.
    """

    line: ReplyLine
    numbers: Numbers | None
    now: Numbers | None
    steps: tuple[Step, ...]
    acts: tuple[str, ...]
    is_own: bool
    sees_round: bool
    unconfirmed: tuple[MonthState, ...] = ()

    @property
    def is_over(self) -> bool:
        return is_over(self.line.reply.round)

    @property
    def why_not(self) -> str:
        return why_not_confirmed(self.unconfirmed)

    @property
    def months_to_confirm(self) -> list[tuple[str, str]]:
        """(label, address) of each."""
        class_id = self.line.reply.school_class_id
        return [
            (month.label, reverse("students:attendance_confirm", args=[class_id, month.month]))
            for month in self.unconfirmed
        ]

    @property
    def has_changed(self) -> bool:
        return self.numbers is not None and self.now is not None and not self.now.says_as(self.numbers)


def get_reply(user: User, pk: int) -> ReconciliationReply:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    rows = ReconciliationReply.objects.select_related("round__year", "school_class__year", "teacher")
    reply = get_object_or_404(rows, pk=pk)
    owner = user.pk if is_own(user, reply) else None
    permissions.require(user, Action.SEE_RECONCILIATION, WHO_READS, owner_id=owner)
    return reply


def read_reply(user: User, reply: ReconciliationReply) -> ReplyPage:
    """Its figures and its story; the figures of now only while it is open."""
    is_open = reply.round.state == RoundState.OPEN
    acts = reply_acts(ReplyState(reply.state), actors_of(user, reply)) if is_open else ()
    kept = stored_numbers(reply.numbers) if reply.numbers else None
    now = read_numbers(reply) if is_open else None
    holds = kept is not None and now is not None and now.says_as(kept)
    if reply.state == ReplyState.CONFIRMED and holds and not (is_early(reply) and is_over(reply.round)):
        acts = tuple(act for act in acts if act not in {ReplyAct.CONFIRM, ReplyAct.ASK_AGAIN})
    waits = is_open and reply.state == ReplyState.WAITING
    return ReplyPage(
        ReplyLine(reply),
        kept,
        now,
        _steps(reply),
        tuple(act.value for act in acts),
        is_own(user, reply),
        permissions.may(user, Action.SEE_MONTHLY_REPORT),
        unconfirmed_months(reply) if waits else (),
    )


def _steps(reply: ReconciliationReply) -> tuple[Step, ...]:
    """Newest first, without the beginning."""
    rows = ReconciliationReply.history.filter(id=reply.pk).select_related("history_user")
    found, read_at = [], None
    for row in rows.order_by("history_id"):
        state = ReplyState(row.state)
        was_read, read_at = row.read_at != read_at, row.read_at
        if state == ReplyState.WAITING:
            continue
        text = row.resolution if state == ReplyState.RESOLVED else row.words
        what = state.label
        if was_read:
            what, text = "Giáo viên đã xem cách giải quyết", ""
        who = str(row.history_user or "Hệ thống")
        at = moment_label(localtime(row.history_date))
        found.append(Step(what, REPLY_KINDS[state], who, row.acting_role, at, text))
    return tuple(found[::-1])


def read_monthly_report(user: User, check: ReconciliationRound) -> tuple[Section, ...]:
    """The figures as they were at closing; of an open round those of now."""
    return stored_report(check.report) if check.report is not None else read_sections(user, check)
