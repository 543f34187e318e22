"""Announcements: told by the principal or the head of a tổ, read, withdrawn, never changed (PLAN IV.1, IV.4)."""

import datetime
import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import Post, Team, User
from accounts.powers import Action
from accounts.training import in_service
from approvals.announcement_workflow import (
    AnnouncementAct,
    AnnouncementActor,
    AnnouncementState,
    target_of,
)
from approvals.evidence import CleanFile
from approvals.models import Announcement
from gradebook.grading import plain_text
from students.models import SchoolYear

WHO_ANNOUNCES = (
    "Hiệu trưởng thông báo cho toàn trường hoặc một tổ; tổ (khối) trưởng thông báo cho tổ mình phụ trách."
)
WHO_WITHDRAWS = "Người gửi hoặc Hiệu trưởng thu hồi thông báo; người nhận đánh dấu đã đọc."
WITHDRAWN_BEFORE = "Thông báo này đã được thu hồi trước đó."


class AnnouncementRefused(Exception):
    """The act cannot be done; the message says why and what to do, `field` where ("" for the whole)."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be announced: `team` None is the whole school, `file` is clean already."""

    title: str
    text: str
    team: Team | None = None
    shown_until: datetime.date | None = None
    file: CleanFile | None = None


def may_announce_to(user: User, team: Team | None) -> bool:
    """The principal to anybody, the head of a tổ to the tổ."""
    return permissions.may(user, Action.ANNOUNCE, team_id=team.pk if team else None)


def teams_to_tell(user: User) -> list[Team]:
    """The tổ that the person may announce to."""
    return [team for team in Team.objects.order_by("name") if may_announce_to(user, team)]


def tell(told: Told, *, token: uuid.UUID, by: User) -> Announcement:
    """Announces from now on; the same form sent twice is one announcement. Raises Refused, AnnouncementRefused."""
    permissions.require(by, Action.ANNOUNCE, WHO_ANNOUNCES, team_id=told.team.pk if told.team else None)
    with acting(by, role=_role(told.team, by), source=Source.PAGE) as act:
        # Held, so that one form sent twice at the same moment waits for itself.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        sent = Announcement.objects.filter(author=by, token=token).first()
        if sent is not None:
            return sent
        announcement = _announcement(told, token, by)
        if told.file:
            announcement.file.save(told.file.name, told.file.as_django_file(), save=False)
        announcement.save()
        act.says(
            f"Thông báo cho {announcement.to_whom}: {announcement.title}",
            thing=f"announcement:{announcement.pk}",
        )
    return announcement


def _role(team: Team | None, by: User) -> str:
    return permissions.capacity(by, Action.ANNOUNCE, team_id=team.pk if team else None)


def _announcement(told: Told, token: uuid.UUID, by: User) -> Announcement:
    year = SchoolYear.objects.current()
    if year is None or year.is_closed:
        raise AnnouncementRefused("Chưa có năm học nào đang mở. Mở năm học rồi thông báo.")
    if told.shown_until is not None and told.shown_until < clock.today():
        raise AnnouncementRefused(
            "Ngày này đã qua. Chọn từ hôm nay trở đi, hoặc để trống.", field="shown_until"
        )
    return Announcement(
        year=year,
        team=told.team,
        title=plain_text(told.title),
        text=plain_text(told.text),
        shown_until=told.shown_until,
        author=by,
        role=_role(told.team, by),
        told_at=clock.now(),
        file_name=told.file.name if told.file else "",
        file_kind=told.file.kind if told.file else "",
        file_sha256=told.file.sha256 if told.file else "",
        token=token,
    )


def mark_read(announcement: Announcement, *, by: User) -> None:
    """«Đã đọc», once: the first moment stays; once more that it was withdrawn, for whoever had read it before.

    Raises PermissionDenied for whom it was not told to, AnnouncementRefused for whom it was withdrawn unread.
    """
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        announcement = _take(announcement)
        _check(announcement, AnnouncementAct.READ, by)
        readings = announcement.readings.filter(person=by)
        if announcement.is_withdrawn and not readings.exists():
            raise AnnouncementRefused(WITHDRAWN_BEFORE)
        readings.get_or_create(
            announcement=announcement, person=by, state=announcement.state, defaults={"read_at": clock.now()}
        )
        about = "Đọc tin thu hồi thông báo" if announcement.is_withdrawn else "Đọc thông báo"
        act.says(f"{about}: {announcement.title}", thing=f"announcement:{announcement.pk}")


def withdraw(announcement: Announcement, *, reason: str, by: User) -> Announcement:
    """Takes it back; it waits for nobody any more but for those who have read it, until they have read the reason, and
    stays in the lists. Raises PermissionDenied, AnnouncementRefused."""
    words = plain_text(reason)
    with acting(by, role=_role(announcement.team, by), source=Source.PAGE) as act:
        announcement = _take(announcement)
        _check(announcement, AnnouncementAct.WITHDRAW, by)
        if not any(character.isalnum() for character in words):
            raise AnnouncementRefused("Chưa ghi lí do. Người đã đọc cần biết vì sao thu hồi.", field="reason")
        announcement.state = AnnouncementState.WITHDRAWN.value
        announcement.withdrawn_by, announcement.withdrawn_at = by, clock.now()
        announcement.withdrawal_reason = words
        announcement.save()
        act.says(f"Thu hồi thông báo: {announcement.title}", thing=f"announcement:{announcement.pk}")
    return announcement


def _take(announcement: Announcement) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("team", "year")
    return rows.get(pk=announcement.pk)


def _check(announcement: Announcement, act: AnnouncementAct, by: User) -> None:
    parts = actors_of(by, announcement)
    if not any(target_of(state, act, parts) for state in AnnouncementState):
        raise PermissionDenied(WHO_WITHDRAWS)
    if announcement.year.is_closed:
        raise AnnouncementRefused(f"Năm học {announcement.year.label} đã đóng: thông báo chỉ còn để xem.")
    if target_of(AnnouncementState(announcement.state), act, parts) is None:
        raise AnnouncementRefused(WITHDRAWN_BEFORE)


def actors_of(user: User, announcement: Announcement) -> frozenset[AnnouncementActor]:
    """In which parts the person stands before the announcement today."""
    parts = set()
    if announcement.author_id == user.pk:
        parts.add(AnnouncementActor.AUTHOR)
    elif announcement.team_id in (None, user.team_id):
        parts.add(AnnouncementActor.READER)
    if permissions.may(user, Action.ANNOUNCE):
        parts.add(AnnouncementActor.PRINCIPAL)
    return frozenset(parts)


def may_see(user: User, announcement: Announcement) -> bool:
    """Whoever it was told to, its author, and those the table names; agrees with `visible_to`."""
    is_own = bool(actors_of(user, announcement) & {AnnouncementActor.AUTHOR, AnnouncementActor.READER})
    return permissions.may(
        user,
        Action.SEE_ANNOUNCEMENT,
        owner_id=user.pk if is_own else None,
        team_id=announcement.team_id,
    )


def visible_to(user: User) -> QuerySet[Announcement]:
    """Every announcement that the person may see."""
    if permissions.may(user, Action.SEE_ANNOUNCEMENT):
        return Announcement.objects.all()
    headed = powers_of(user).headed_teams
    return (
        Announcement.objects.for_person(user.pk)
        | Announcement.objects.filter(author=user)
        | Announcement.objects.filter(team__in=headed)
    )


def waiting_for(user: User) -> QuerySet[Announcement]:
    """What the person has yet to read, or has read and was withdrawn since; nothing waits for a visiting inspector."""
    if permissions.has_post(user, Post.Kind.INSPECTOR):
        return Announcement.objects.none()
    return Announcement.objects.unread_by(user.pk)


def audience_of(announcement: Announcement) -> QuerySet[User]:
    """Who is to read it: the staff of today, or the tổ's of today, without its author."""
    people = in_service().exclude(pk=announcement.author_id)
    return people.filter(team=announcement.team_id) if announcement.team_id else people
