"""Backups of the school: asking for one, and how things stand (PLAN IV.3; rule R64). `kimdong.backup` makes them.

As other work in the background: asking writes the row and its place in the queue in one transaction. Whatever happens
to a backup, the act that it was asked along with goes on.
"""

import datetime
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from accounts import background, clock, permissions
from accounts.history import Source, acting
from accounts.models import Backup, User
from accounts.powers import Action

logger = logging.getLogger(__name__)

TASK: Final = "back_up"
BACKUPS: Final = background.Kind(TASK, key="backup_id", locks=36)
OPEN: Final = (Backup.State.WAITING, Backup.State.RUNNING)
UNDER_WAY: Final = Q(state=Backup.State.RUNNING) | Q(state=Backup.State.WAITING, failure="")
"""Not one that failed and waits to be tried again: whoever asks hurries it. In Python `Backup.is_under_way`."""
TRIED_AGAIN: Final = Q(state=Backup.State.WAITING) & ~Q(failure="")
TOO_OLD: Final = datetime.timedelta(hours=36)
"""Without a proven backup for so long, the clerk is told at the start page."""
BOOKS_TRIED: Final = 20
"""Of the files that are taken out and compared, so many are printed books, or all where there are fewer."""
ASLEEP: Final = "Máy nền đang không chạy"
WAKE_IT: Final = "Nhờ người quản trị máy chủ khởi động lại máy nền (worker)"
WHO_BACKS_UP: Final = "Sao lưu dữ liệu của trường là việc của văn thư."
WORKER_ROLE: Final = "Máy sao lưu"


class BackupRefused(Exception):
    """It cannot be asked for; the text is for the user."""


# -- Asking ------------------------------------------------------------------------------------------------


def ask_for_backup(*, by: User) -> Backup:
    """A backup at once: one that failed and would be tried again later, else a new one.

    Raises PermissionDenied; BackupRefused where none is made, or while one waits or runs.
    """
    permissions.require(by, Action.MAKE_BACKUP, WHO_BACKS_UP)
    if settings.BACKUPS is None:
        raise BackupRefused(NOT_SET)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        # Two wishes come one after the other.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        under_way = Backup.objects.filter(UNDER_WAY).order_by("pk").first()
        if under_way is not None:
            if not background.has_live_worker():
                raise BackupRefused(waits_for_the_worker(under_way))
            raise BackupRefused(
                f"Đang sao lưu (bản số {under_way.pk}), nên không làm thêm bản nữa. Chờ xong, còn cần thì bấm lại."
            )
        again = Backup.objects.filter(TRIED_AGAIN).order_by("pk").last()
        if again is not None:
            BACKUPS.hurry(again.pk)
            act.says("Yêu cầu thử lại ngay bản sao lưu có lỗi", thing=f"backup:{again.pk}")
            return again
        backup = Backup.objects.create(reason=Backup.Reason.ASKED, asked_by=by)
        BACKUPS.enqueue(backup.pk)
        act.says("Yêu cầu sao lưu dữ liệu của trường", thing=f"backup:{backup.pk}")
    return backup


def waits_for_the_worker(backup: Backup) -> str:
    """What whoever asked is told while no worker lives."""
    return f"{ASLEEP}: bản sao lưu số {backup.pk} chờ máy nền chạy lại. {WAKE_IT}."


def ask_in_passing(reason: Backup.Reason, *, about: str, occasion: str, by: User | None = None) -> None:
    """A backup for an act under way, in its transaction, once an occasion; never stands in the act's way.

    Nothing where no backups are made.
    """
    if settings.BACKUPS is None:
        return
    try:
        with transaction.atomic():
            backup, is_new = Backup.objects.get_or_create(
                occasion=occasion, defaults={"reason": reason, "about": about[:200], "asked_by": by}
            )
            if is_new:
                BACKUPS.enqueue(backup.pk)
    except DatabaseError:
        logger.exception("no backup could be asked for: %s", occasion)


def resume_stalled() -> list[int]:
    """Gives backups of dead workers back to the queue, and those in that have no place there. Returns their ids."""
    with as_the_worker():
        resumed = BACKUPS.retry_stalled()
        Backup.objects.filter(pk__in=resumed, state=Backup.State.RUNNING).update(state=Backup.State.WAITING)
    homeless = Backup.objects.filter(~BACKUPS.in_queue("todo", "doing"), state__in=OPEN)
    return resumed + [row.pk for row in homeless if BACKUPS.enqueue_once(row.pk)]


def as_the_worker() -> AbstractContextManager[Any]:
    """So that the audit chain does not take the worker for somebody outside the application."""
    return acting(None, role=WORKER_ROLE, source=Source.SYSTEM)


# -- How things stand --------------------------------------------------------------------------------------


NOT_SET: Final = (
    "Hệ thống chưa được đặt nơi sao lưu, nên không có bản sao lưu nào. Nhờ người quản trị máy chủ đặt "
    "KIMDONG_BACKUP_REPOSITORY."
)


class Standing(StrEnum):
    """The worst thing that is true of the school's backups."""

    OFF = "off"
    NONE = "none"
    OLD = "old"
    FAULTY = "faulty"
    SECOND_FAULTY = "second_faulty"
    SECOND_EMPTY = "second_empty"
    NO_SECOND = "no_second"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Health:
    """`proven`: the newest backup that was proven; `newest`: the newest that came to an end."""

    standing: Standing
    proven: Backup | None
    newest: Backup | None

    @property
    def is_red(self) -> bool:
        return self.standing in (Standing.OFF, Standing.NONE, Standing.OLD, Standing.FAULTY)


def read_health() -> Health:
    """Two statements; none where no backups are made."""
    if settings.BACKUPS is None:
        return Health(Standing.OFF, None, None)
    proven = Backup.objects.filter(state=Backup.State.PROVEN, forgotten_at=None).order_by("-made_at").first()
    # One that is tried again after a fault has not come to an end, and yet is red.
    newest = (
        Backup.objects.filter(~Q(failure="") | Q(state=Backup.State.PROVEN), started_at__isnull=False)
        .order_by("-started_at")
        .first()
    )
    return Health(_standing(proven, newest, has_second=bool(settings.BACKUPS.second)), proven, newest)


def _standing(proven: Backup | None, newest: Backup | None, *, has_second: bool) -> Standing:
    if newest is not None and newest.failure:
        return Standing.FAULTY
    if proven is None or proven.made_at is None:
        return Standing.NONE
    if proven.made_at < clock.stamp() - TOO_OLD:
        return Standing.OLD
    if proven.second_fault:
        return Standing.SECOND_FAULTY
    if not has_second:
        return Standing.NO_SECOND
    return Standing.GOOD if proven.second_at else Standing.SECOND_EMPTY


@dataclass(frozen=True, slots=True)
class BackupTask:
    """No proven backup for too long: a line of the clerk's start page.

    `is_first`: the school has none yet, and the first is being made. `is_asleep`: no worker lives that could make one.
    """

    since: datetime.datetime | None
    is_first: bool = False
    is_asleep: bool = False

    @property
    def title(self) -> str:
        if self.is_first:
            return "Trường chưa có bản sao lưu nào, đang làm bản đầu"
        if self.is_asleep and self.since is None:
            return f"{ASLEEP}, trường chưa có bản sao lưu nào"
        if self.is_asleep:
            return f"{ASLEEP}, dữ liệu của trường không được sao lưu"
        return "Dữ liệu của trường chưa có bản sao lưu mới đã khôi phục thử"

    @property
    def to_do(self) -> str:
        return f"{WAKE_IT} trong hôm nay" if self.is_asleep else ""

    @property
    def word(self) -> str:
        if self.is_first:
            return "Đang làm bản đầu"
        return "Quá 36 giờ" if self.since else "Chưa có bản nào"

    @property
    def url(self) -> str:
        return reverse("accounts:backups")


def backup_tasks(user: User) -> list[BackupTask]:
    """For the clerk, one statement, and one more where there is a task; none for everybody else.

    A demo without backups is no school to worry about.
    """
    is_off = settings.BACKUPS is None
    if (is_off and settings.MODE != "production") or not permissions.may(user, Action.MAKE_BACKUP):
        return []
    if is_off:
        return [BackupTask(None)]
    found = Backup.objects.aggregate(
        last=Max("made_at", filter=Q(state=Backup.State.PROVEN, forgotten_at=None)),
        under_way=Count("pk", filter=UNDER_WAY),
    )
    since = found["last"]
    if since is not None and since > clock.stamp() - TOO_OLD:
        return []
    is_asleep = not background.has_live_worker()
    is_first = since is None and found["under_way"] > 0 and not is_asleep
    return [BackupTask(since, is_first=is_first, is_asleep=is_asleep)]


def listed_backups() -> QuerySet[Backup]:
    return Backup.objects.select_related("asked_by")
