"""Room on the disks: measured here, and by the worker for the place of the backups, which alone it may see."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings
from django.db import OperationalError
from django.db.models.functions import Now

from accounts.disk_errors import NO_ROOM_ERRORS
from accounts.models import DiskReading

FEW_BYTES: Final = 5 * 1024**3
FEW: Final = 0.10
ALMOST_NONE: Final = 0.03
NO_ROOM: Final = 64 * 1024**2
"""Bytes: a request with all its evidence has not much less (settings.UPLOAD_MAX_BYTES), nor a school's book."""
_SAYS_NO_ROOM: Final = re.compile(
    r"no space left on device|disk quota exceeded|not enough (disk )?space", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Room:
    """Of a disk, in bytes; `free` is what our processes may still write."""

    total: int
    free: int

    @property
    def share(self) -> float:
        return self.free / self.total

    @property
    def is_short(self) -> bool:
        return self.share < FEW or self.free < FEW_BYTES

    @property
    def is_almost_gone(self) -> bool:
        return self.share < ALMOST_NONE

    @property
    def is_gone(self) -> bool:
        return self.free < NO_ROOM


def room_of(folder: Path) -> Room | None:
    """None where there is no such folder, or it cannot be asked."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Room(usage.total, usage.free) if usage.total else None


def room_of_files() -> Room | None:
    """Of the disk of KIMDONG_FILES."""
    return room_of(Path(settings.MEDIA_ROOT).parent)


def files_have_no_room() -> bool:
    room = room_of_files()
    return room is not None and room.is_gone


def speaks_of_no_room(said: str) -> bool:
    """What a program, the system or the database said."""
    return _SAYS_NO_ROOM.search(said) is not None


def is_no_room(problem: BaseException) -> bool:
    """Whether something failed for want of room: as it says itself, or, where a program says nothing, as the disk of
    the files says."""
    return is_full_disk(problem) or speaks_of_no_room(str(problem)) or files_have_no_room()


def is_full_disk(problem: BaseException | None) -> bool:
    """By what the system, or PostgreSQL, names an error: the disk of the files, or the database's."""
    if isinstance(problem, OSError):
        return problem.errno in NO_ROOM_ERRORS
    return isinstance(problem, OperationalError) and isinstance(problem.__cause__, psycopg.errors.DiskFull)


def is_elsewhere(repository: str) -> bool:
    """Whether a repository is on another machine, whose disk cannot be measured from here."""
    return not repository.startswith("/")


def note_room_for_backups() -> None:
    """The worker's: measures the disk of the repository and keeps it for the page. One statement; none without one."""
    if settings.BACKUPS is None or is_elsewhere(settings.BACKUPS.repository):
        return
    room = room_of(Path(settings.BACKUPS.repository))
    told = {"total": room and room.total, "free": room and room.free, "read_at": Now()}
    DiskReading.objects.update_or_create(place=DiskReading.Place.BACKUPS, defaults=told)
