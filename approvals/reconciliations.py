"""The monthly check of the data: the acts (PLAN IV.3). Each asks `reconciliation_workflow` and takes its rows."""

import datetime
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db.models import DateField, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.timezone import localdate

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.history import Source, acting, record_bulk
from accounts.models import Post, User
from accounts.powers import Action, Role
from approvals.models import ReconciliationReply, ReconciliationRound
from approvals.reconciliation_numbers import read_numbers, stored_numbers
from approvals.reconciliation_report import read_report
from approvals.reconciliation_workflow import (
    NEEDS_WORDS,
    ReconciliationActor,
    ReplyAct,
    ReplyState,
    RoundState,
    reply_target,
    why_not_closed,
)
from approvals.unconfirmed_months import unconfirmed_months, why_not_confirmed
from gradebook.grading import plain_text, says_something
from gradebook.models import TeachingAssignment
from students.attendance_months import month_of, next_month
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.years import hold_year

MOST_LETTERS = 2000
LONGEST = datetime.timedelta(days=31)
WHO_KEEPS = "Đợt đối chiếu số liệu hằng tháng do văn thư mở, giải quyết và kết thúc."


class ReconciliationRefused(Exception):
    """The act cannot be done; the message says why and what to do. `field` names where it was typed."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class ReconciliationOutdated(ReconciliationRefused):
    """It no longer stands as the page showed it: somebody was faster, or the figures have changed."""


# -- The round ---------------------------------------------------------------------------------------------


def free_months(year: SchoolYear) -> list[datetime.date]:
    """The months of the year up to now without a round, newest first. One statement."""
    taken = set(ReconciliationRound.objects.filter(year=year).values_list("month", flat=True))
    return [month for month in _months(year) if month not in taken][::-1]


def _months(year: SchoolYear) -> Iterator[datetime.date]:
    month, last = month_of(year.starts_on), min(clock.today(), year.ends_on)
    while month <= last:
        yield month
        month = next_month(month)


def open_round(
    year: SchoolYear, month: datetime.date, *, due_on: datetime.date, note: str = "", by: User
) -> ReconciliationRound:
    """Opens the check of a month and asks every homeroom teacher and every teacher of lines. Five bulk statements.

    Raises Refused for anyone but the clerk, ReconciliationRefused, YearIsClosed.
    """
    permissions.require(by, Action.KEEP_RECONCILIATION, WHO_KEEPS)
    today = clock.today()
    if not today <= due_on <= today + LONGEST:
        raise ReconciliationRefused(
            f"Hạn trả lời trong khoảng từ {today:%d/%m/%Y} đến {today + LONGEST:%d/%m/%Y}.", "due_on"
        )
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = hold_year(year)
        if month not in free_months(year):
            raise ReconciliationRefused("Tháng này đã có đợt đối chiếu, hoặc chưa tới.", "month")
        check = ReconciliationRound.objects.create(
            year=year,
            month=month,
            due_on=due_on,
            note=plain_text(note),
            opened_by=by,
            opened_at=clock.now(),
        )
        replies = ReconciliationReply.objects.bulk_create([*_of_classes(check), *_of_teachers(check)])
        record_bulk(replies, changed=False)
        act.says(f"Mở {check.label}", thing=f"reconciliation:{check.pk}")
    return check


def _of_classes(check: ReconciliationRound) -> list[ReconciliationReply]:
    held = HomeroomAssignment.objects.held_on(clock.today()).filter(school_class__year=check.year)
    leaders = dict(held.values_list("school_class_id", "teacher_id"))
    return [
        ReconciliationReply(
            round=check,
            kind=ReconciliationReply.Kind.CLASS,
            school_class=each,
            teacher_id=leaders.get(each.pk),
        )
        for each in SchoolClass.objects.filter(year=check.year)
    ]


def _of_teachers(check: ReconciliationRound) -> list[ReconciliationReply]:
    held = TeachingAssignment.objects.held_on(clock.today()).filter(school_class__year=check.year)
    teachers = held.order_by("teacher__sort_key", "teacher_id").values_list("teacher_id", flat=True)
    return [
        ReconciliationReply(round=check, kind=ReconciliationReply.Kind.LINES, teacher_id=pk)
        for pk in dict.fromkeys(teachers)
    ]


def close_round(check: ReconciliationRound, *, summary: str, by: User) -> ReconciliationRound:
    """Ends the round: who has not answered by its day is on record so, and the figures of the report are fixed."""
    permissions.require(by, Action.KEEP_RECONCILIATION, WHO_KEEPS)
    words = plain_text(summary)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        check = _held_round(check)
        replies = check.replies.select_for_update()
        waiting = [each for each in replies if each.state == ReplyState.WAITING]
        early = check.replies.filter(early_and_over()).count()
        problem = why_not_closed(
            differing=sum(each.state == ReplyState.DIFFERS for each in replies),
            waiting=len(waiting) + early,
            is_overdue=check.due_on < clock.today(),
        )
        if problem:
            raise ReconciliationRefused(problem)
        _check_words(words, "nhận xét chung", "summary")
        for each in waiting:
            each.state = ReplyState.LAPSED
        ReconciliationReply.objects.bulk_update(waiting, ["state"])
        record_bulk(waiting, changed=True)
        check.report = read_report(by, check)
        check.state, check.summary = RoundState.CLOSED, words
        check.closed_by, check.closed_at = by, clock.now()
        check.save()
        act.says(f"Kết thúc {check.label}", thing=f"reconciliation:{check.pk}")
    return check


def _held_round(check: ReconciliationRound) -> ReconciliationRound:
    """The round with its row locked, while it is open."""
    rows = ReconciliationRound.objects.select_for_update(of=("self",)).select_related("year")
    check = rows.get(pk=check.pk)
    if check.state != RoundState.OPEN:
        raise ReconciliationOutdated(f"{check.label} đã kết thúc, không ghi thêm được nữa.")
    return check


def mark_read(check: ReconciliationRound, *, by: User) -> None:
    """The principal has opened the report of a round that is closed."""
    if check.state != RoundState.CLOSED or check.read_at or not permissions.has_post(by, Post.Kind.PRINCIPAL):
        return
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        check = ReconciliationRound.objects.select_for_update().get(pk=check.pk)
        if check.read_at is None:
            check.read_at = clock.now()
            check.save()


# -- An answer ---------------------------------------------------------------------------------------------


def answer(reply: ReconciliationReply, act: ReplyAct, *, seen: str, text: str = "", by: User) -> None:
    """The teacher confirms the figures seen, or reports in words what differs; the figures are kept as they were.

    Raises PermissionDenied, ReconciliationOutdated where they have changed since the page showed them (`seen`); to
    confirm a class ReconciliationRefused while a month of its attendance is over and not confirmed.
    """
    words = plain_text(text) if act == ReplyAct.REPORT else ""
    with acting(by, role=_role_of(reply, by), source=Source.PAGE) as done:
        reply = _held_reply(reply, act, by)
        numbers = read_numbers(reply)
        if numbers.digest != seen:
            raise ReconciliationOutdated(
                "Số liệu vừa thay đổi sau khi trang mở, nên chưa ghi trả lời. Xem lại số liệu rồi trả lời."
            )
        if act in NEEDS_WORDS:
            _check_words(words, "điều sai khác")
        elif problem := why_not_confirmed(unconfirmed_months(reply)):
            raise ReconciliationRefused(problem)
        if reply.numbers is not None and act == ReplyAct.CONFIRM:
            _open_anew(reply)
            reply.state = ReplyState.CONFIRMED
        reply.numbers, reply.words = numbers.as_json(), words
        reply.answered_by, reply.answered_at = by, clock.now()
        reply.resolution, reply.resolved_by, reply.resolved_at = "", None, None
        reply.save()
        done.says(f"Trả lời {reply.round.label}", thing=f"reconciliation:{reply.round_id}")


def ask_again(reply: ReconciliationReply, *, by: User) -> None:
    """The clerk asks the teacher anew, who confirmed figures that are others by now, or before the month was over."""
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as done:
        reply = _held_reply(reply, ReplyAct.ASK_AGAIN, by)
        if reply.answered_at is None or not (
            is_early(reply) or not read_numbers(reply).says_as(stored_numbers(reply.numbers))
        ):
            raise ReconciliationRefused("Số liệu vẫn như lúc xác nhận, nên không phải hỏi lại.")
        _open_anew(reply)
        done.says(f"Hỏi lại, {reply.round.label}", thing=f"reconciliation:{reply.round_id}")


def _open_anew(reply: ReconciliationReply) -> None:
    """As before it was answered; what was answered stays in its history."""
    reply.state, reply.numbers, reply.words = ReplyState.WAITING, None, ""
    reply.answered_by = reply.answered_at = None
    reply.save()


def resolve(reply: ReconciliationReply, *, text: str, by: User) -> None:
    """The clerk's word on what was done about a difference."""
    words = plain_text(text)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as done:
        reply = _held_reply(reply, ReplyAct.RESOLVE, by)
        _check_words(words, "cách giải quyết")
        reply.resolution, reply.resolved_by, reply.resolved_at = words, by, clock.now()
        reply.save()
        done.says(f"Giải quyết sai khác, {reply.round.label}", thing=f"reconciliation:{reply.round_id}")


def mark_resolution_read(reply: ReconciliationReply, *, by: User) -> None:
    """The teacher whose data they are has opened the page: the clerk's word counts as told."""
    with acting(by, role=_role_of(reply, by), source=Source.PAGE):
        held = ReconciliationReply.objects.select_for_update(of=("self",)).select_related("round__year")
        reply = held.get(pk=reply.pk)
        if is_own(by, reply) and reply.is_unread:
            reply.read_at = clock.now()
            reply.save()


def _role_of(reply: ReconciliationReply, by: User) -> str:
    if reply.kind == ReconciliationReply.Kind.LINES:
        return Role.SUBJECT.label
    return permissions.acting_role(by, reply.school_class, None)


def _held_reply(reply: ReconciliationReply, act: ReplyAct, by: User) -> ReconciliationReply:
    """The reply in the state that the act leads to, its row and its round's locked, if the table has the move."""
    check = _held_round(reply.round)
    rows = ReconciliationReply.objects.select_for_update(of=("self",))
    reply = rows.select_related("school_class__year", "teacher").get(pk=reply.pk)
    reply.round = check
    parts = actors_of(by, reply)
    target = reply_target(ReplyState(reply.state), act, parts)
    if target is not None:
        reply.state = target
        return reply
    if any(reply_target(state, act, parts) for state in ReplyState):
        raise ReconciliationOutdated(
            f"Trả lời này nay ở trạng thái «{reply.get_state_display()}»: xem lại rồi làm tiếp."
        )
    raise PermissionDenied("Giáo viên phụ trách xác nhận, báo sai khác; văn thư giải quyết sai khác.")


def _check_words(words: str, what: str, field: str = "text") -> None:
    if not says_something(words):
        raise ReconciliationRefused(
            f"Chưa ghi {what}. Ghi cho người đọc hiểu, ít nhất 3 chữ cái hoặc chữ số, rồi gửi lại.", field
        )
    if len(words) > MOST_LETTERS:
        raise ReconciliationRefused(
            f"Phần ghi dài {len(words)} chữ, nhiều nhất {MOST_LETTERS}. Bớt đi rồi gửi lại.", field
        )


# -- Who stands where --------------------------------------------------------------------------------------


def is_own(user: User, reply: ReconciliationReply) -> bool:
    """Whether the person answers for these data today: who leads the class now, or the teacher of the lines."""
    if reply.kind == ReconciliationReply.Kind.CLASS:
        return reply.school_class_id in powers_of(user).homeroom_classes
    return reply.teacher_id == user.pk


def actors_of(user: User, reply: ReconciliationReply) -> frozenset[ReconciliationActor]:
    owner = user.pk if is_own(user, reply) else None
    is_teacher = permissions.may(user, Action.ANSWER_RECONCILIATION, owner_id=owner)
    parts = {ReconciliationActor.TEACHER} if is_teacher else set()
    if permissions.may(user, Action.KEEP_RECONCILIATION):
        parts.add(ReconciliationActor.CLERK)
    return frozenset(parts)


def is_early(reply: ReconciliationReply) -> bool:
    """Whether it was confirmed before the month was over; it comes with its round. Agrees with `early_and_over`."""
    return (
        reply.state == ReplyState.CONFIRMED
        and reply.answered_at is not None
        and month_of(localdate(reply.answered_at)) <= reply.round.month
    )


def early_and_over() -> Q:
    """Of replies: confirmed before their month was over, which it is by now."""
    answered_in = TruncMonth("answered_at", output_field=DateField())
    return Q(
        state=ReplyState.CONFIRMED, round__month__gte=answered_in, round__month__lt=month_of(clock.today())
    )


def own_replies(user: User) -> QuerySet[ReconciliationReply]:
    """Agrees with `is_own` for each."""
    led = powers_of(user).homeroom_classes
    return ReconciliationReply.objects.filter(
        Q(kind=ReconciliationReply.Kind.CLASS, school_class__in=led)
        | Q(kind=ReconciliationReply.Kind.LINES, teacher=user)
    )
