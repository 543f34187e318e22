"""What the list of announcements and the page of one show; constant numbers of statements."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.models import User
from accounts.powers import Action, who_could
from accounts.requests import SignedInRequest
from approvals.announcement_workflow import AnnouncementAct, AnnouncementState, target_of
from approvals.announcements import actors_of, audience_of, may_see, visible_to, waiting_for
from approvals.models import Announcement, AnnouncementReading
from approvals.request_list import Filter

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """An announcement in a list, with the state it has for the reader, in a word and a colour."""

    announcement: Announcement
    word: str
    kind: str
    reads: int | None


@dataclass(frozen=True, slots=True)
class AnnouncementList:
    page: Page
    lines: tuple[AnnouncementLine, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Readers:
    """Who has read it and when, the earliest first; and who has not."""

    read: tuple[AnnouncementReading, ...]
    unread: tuple[User, ...]

    @property
    def label(self) -> str:
        return f"{len(self.read)}/{len(self.read) + len(self.unread)} người đã đọc"


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """`readers` is for the author and for the principal alone."""

    line: AnnouncementLine
    read_at: datetime.datetime | None
    readers: Readers | None
    may_withdraw: bool


def read_list(request: SignedInRequest) -> AnnouncementList:
    """`?who=` (unread, mine, all) narrows what the person may see. Three statements; unknown values mean all."""
    user = request.user
    visible = visible_to(user)
    asked = {
        "all": ("Tất cả", Q(pk__isnull=False)),
        "unread": ("Tôi chưa đọc", Q(pk__in=waiting_for(user).values("pk"))),
        "mine": ("Tôi gửi", Q(author=user)),
    }
    if not permissions.may_anywhere(user, Action.ANNOUNCE):
        del asked["mine"]
    who = request.GET.get("who", "")
    who = who if who in asked else "all"
    counts = visible.aggregate(**{name: Count("pk", filter=where) for name, (_label, where) in asked.items()})
    page = Paginator(_with_reads(visible.filter(asked[who][1]), user), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return AnnouncementList(
        page=page,
        lines=tuple(line_of(each, user) for each in page.object_list),
        filters=tuple(
            Filter(label, name, counts[name], is_chosen=name == who)
            for name, (label, _where) in asked.items()
        ),
    )


def _with_reads(rows: Any, user: User) -> Any:
    """With the person's own reading and the number of all, while it was shown."""
    readings = AnnouncementReading.objects.filter(
        announcement=OuterRef("pk"), state=AnnouncementState.SHOWN.value
    )
    count = readings.order_by().values("announcement").annotate(n=Count("*")).values("n")
    return rows.select_related("team", "author", "year", "withdrawn_by").annotate(
        own_read_at=Subquery(readings.filter(person=user).values("read_at")[:1]), reads=Subquery(count)
    )


def line_of(announcement: Any, user: User) -> AnnouncementLine:
    """The announcement must come with its readings (`_with_reads`)."""
    is_own = announcement.author_id == user.pk
    may_count = is_own or permissions.may(user, Action.ANNOUNCE)
    reads = (announcement.reads or 0) if may_count else None
    if announcement.is_withdrawn:
        return AnnouncementLine(announcement, "Đã thu hồi", "locked", reads)
    if is_own or announcement.team_id not in (None, user.team_id):
        word, kind = ("Hết hạn", "neutral") if announcement.is_over else ("Đang hiện", "open")
        return AnnouncementLine(announcement, word, kind, reads)
    if announcement.own_read_at:
        return AnnouncementLine(announcement, "Đã đọc", "ok", reads)
    word, kind = ("Hết hạn", "neutral") if announcement.is_over else ("Chưa đọc", "waiting")
    return AnnouncementLine(announcement, word, kind, reads)


def get_announcement(user: User, pk: int) -> Any:
    """The announcement, if the person may see it. Raises Http404, Refused."""
    found = get_object_or_404(_with_reads(Announcement.objects.all(), user), pk=pk)
    if not may_see(user, found):
        raise permissions.Refused(
            f"Thông báo này gửi riêng {found.to_whom}.", who_could(Action.SEE_ANNOUNCEMENT)
        )
    return found


def read_page(user: User, announcement: Any) -> AnnouncementPage:
    """What the page shows; two statements more for whoever sees the readers."""
    line = line_of(announcement, user)
    parts = actors_of(user, announcement)
    state = AnnouncementState(announcement.state)
    return AnnouncementPage(
        line=line,
        read_at=announcement.own_read_at,
        readers=None if line.reads is None else readers_of(announcement),
        may_withdraw=target_of(state, AnnouncementAct.WITHDRAW, parts) is not None
        and not announcement.year.is_closed,
    )


def readers_of(announcement: Announcement) -> Readers:
    readings = announcement.readings.filter(state=AnnouncementState.SHOWN.value)
    read = tuple(readings.select_related("person").order_by("read_at", "pk"))
    have = {each.person_id for each in read}
    unread = audience_of(announcement).select_related("team").exclude(pk__in=have).order_by("sort_key", "pk")
    return Readers(read, tuple(unread))
