"""Questions and incidents: the acts (PLAN IV.3 to IV.6). Each asks `inquiry_workflow` and leaves its entry."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.powers import Action
from approvals.inquiry_workflow import (
    NEEDS_WORDS,
    WAITING_STATES,
    Desk,
    InquiryAct,
    InquiryActor,
    InquiryState,
    target_of,
)
from approvals.models import Inquiry, InquiryEntry
from gradebook.grading import plain_text

MOST_LETTERS = 2000

# First key of the advisory lock under which the next number of a year is taken; the second is the year.
_NUMBER_LOCKS = 38


# What a clerk does with a question put to a grade head makes it the clerk's.
_TAKES_THE_DESK = frozenset({InquiryAct.ACCEPT, InquiryAct.ANSWER, InquiryAct.REFER, InquiryAct.SEND_OUT})


class InquiryRefused(Exception):
    """The act cannot be done; the message says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InquiryOutdated(InquiryRefused):
    """Somebody else was faster: the inquiry is no longer in the state that the page showed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was when they asked: what the server could check of it."""

    path: str = ""
    title: str = ""
    browser: str = ""


def head_of(user: User) -> Post | None:
    """Who answers the person's questions in their tổ today; nobody for the head, or where there is none."""
    if user.team_id is None:
        return None
    heads = Post.objects.filter(kind=Post.Kind.GRADE_HEAD, team=user.team_id).exclude(holder=user)
    return heads.held_on(clock.today()).select_related("holder", "team").first()


def ask(
    *, kind: str, text: str, urgency: str, desk: Desk, place: Place, token: uuid.UUID, by: User
) -> Inquiry:
    """A new inquiry on the desk of the grade head or the clerk; the same form sent twice is one inquiry.

    Where the person has no grade head it goes to the clerk, whatever was chosen.
    """
    head = head_of(by) if desk == Desk.GRADE_HEAD else None
    now = clock.now()
    year = clock.today().year
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBER_LOCKS, year])
        sent = Inquiry.objects.filter(asker=by, token=token).first()
        if sent is not None:
            return sent
        last = Inquiry.objects.filter(year=year).aggregate(last=Max("number"))["last"]
        inquiry = Inquiry.objects.create(
            year=year,
            number=(last or 0) + 1,
            kind=kind,
            urgency=urgency if kind == Inquiry.Kind.INCIDENT else "",
            asker=by,
            desk=Desk.GRADE_HEAD if head else Desk.CLERK,
            team=head.team if head else None,
            text=plain_text(text),
            page_path=place.path,
            page_title=place.title,
            browser=place.browser,
            token=token,
            asked_at=now,
        )
        act.says(f"Gửi {inquiry.label}", thing=f"inquiry:{inquiry.pk}")
    return inquiry


def move(inquiry: Inquiry, act: InquiryAct, *, text: str = "", by: User) -> Inquiry:
    """One move of the workflow with its words. The asker is told of all that others write, but not of an acceptance.

    Raises PermissionDenied when the table has no such move for this person in any state, InquiryOutdated when only in
    this one, InquiryRefused when words are missing.
    """
    words = plain_text(text)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as done:
        inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        parts = actors_of(by, inquiry)
        inquiry.state = _target(inquiry, act, parts)
        _check_words(act, words)
        _mark(inquiry, act, parts, by)
        inquiry.save()
        done.says(f"{inquiry.label}: {inquiry.get_state_display()}", thing=f"inquiry:{inquiry.pk}")
        InquiryEntry.objects.create(
            inquiry=inquiry,
            act=act,
            state=inquiry.state,
            by=by,
            role=permissions.post_label(by),
            at=clock.now(),
            text=words,
        )
    return inquiry


def _target(inquiry: Inquiry, act: InquiryAct, parts: frozenset[InquiryActor]) -> InquiryState:
    target = target_of(InquiryState(inquiry.state), act, parts)
    if target is not None:
        return target
    if any(target_of(state, act, parts) for state in InquiryState):
        raise InquiryOutdated(
            f"{inquiry.label} nay ở trạng thái «{inquiry.get_state_display()}», không làm được việc này nữa."
        )
    raise PermissionDenied(
        "Người hỏi bổ sung, hỏi thêm và đóng; tổ (khối) trưởng hoặc văn thư nơi nhận trả lời, chuyển tiếp; "
        "Hiệu trưởng trả lời việc được chuyển lên."
    )


def _check_words(act: InquiryAct, words: str) -> None:
    if act in NEEDS_WORDS and not any(character.isalnum() for character in words):
        raise InquiryRefused("Chưa ghi nội dung. Ghi vài chữ cho người đọc hiểu, rồi gửi lại.")
    if len(words) > MOST_LETTERS:
        raise InquiryRefused(f"Nội dung dài {len(words)} chữ, nhiều nhất {MOST_LETTERS}. Bớt đi rồi gửi lại.")


def _mark(inquiry: Inquiry, act: InquiryAct, parts: frozenset[InquiryActor], by: User) -> None:
    """The moments and the desk that an act leaves behind."""
    now = clock.now()
    if act == InquiryAct.HAND_OVER or (InquiryActor.CLERK in parts and act in _TAKES_THE_DESK):
        inquiry.desk = Desk.CLERK
    if act == InquiryAct.ANSWER:
        inquiry.answered_at = now
    if act == InquiryAct.CLOSE:
        inquiry.closed_at = now
    if act != InquiryAct.ACCEPT and inquiry.asker_id != by.pk:
        inquiry.told_at = now


def mark_read(inquiry: Inquiry, *, by: User) -> None:
    """The asker has opened the page: what others wrote up to now counts as told."""
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        act.says(f"Đọc trả lời của {inquiry.label}", thing=f"inquiry:{inquiry.pk}")
        if inquiry.asker_id == by.pk and inquiry.is_unread:
            inquiry.read_at = clock.now()
            inquiry.save()


def actors_of(user: User, inquiry: Inquiry) -> frozenset[InquiryActor]:
    """In which parts the user stands before the inquiry today."""
    parts = set()
    if inquiry.asker_id == user.pk:
        parts.add(InquiryActor.ASKER)
    if permissions.may(user, Action.DECIDE_INQUIRY):
        parts.add(InquiryActor.PRINCIPAL)
    if inquiry.desk == Desk.GRADE_HEAD and inquiry.team_id in powers_of(user).headed_teams:
        parts.add(InquiryActor.GRADE_HEAD)
    if permissions.may(user, Action.HANDLE_INQUIRY):
        parts.add(InquiryActor.CLERK)
    return frozenset(parts)


def waiting_for(user: User) -> QuerySet[Inquiry]:
    """Inquiries whose next move is this person's to make.

    The clerk may help with every one, but is called only to those of the own desk and of a tổ without a head.
    """
    at_desk = Q(state__in=WAITING_STATES - {InquiryState.REFERRED})
    wanted = at_desk & Q(desk=Desk.GRADE_HEAD, team__in=powers_of(user).headed_teams)
    if permissions.may(user, Action.HANDLE_INQUIRY):
        headed = Q(Exists(_heads_today().filter(team=OuterRef("team"))))
        wanted |= at_desk & (Q(desk=Desk.CLERK) | ~headed)
    if permissions.may(user, Action.DECIDE_INQUIRY):
        wanted |= Q(state=InquiryState.REFERRED)
    return Inquiry.objects.filter(wanted)


def visible_inquiries(user: User) -> QuerySet[Inquiry]:
    """The inquiries that the table lets the person see."""
    if permissions.may(user, Action.SEE_INQUIRY):
        return Inquiry.objects.all()
    return Inquiry.objects.filter(Q(asker=user) | Q(team__in=powers_of(user).headed_teams))


def _heads_today() -> QuerySet[Post]:
    heads = Post.objects.filter(kind=Post.Kind.GRADE_HEAD)
    return heads.held_on(clock.today())
