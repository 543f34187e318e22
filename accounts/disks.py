"""Room on the disks: measured here, and by the worker for the place of the backups, which alone it may see."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models.functions import Now

from accounts.models import DiskReading

FEW_BYTES: Final = 5 * 1024**3
FEW: Final = 0.10
ALMOST_NONE: Final = 0.03


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


def room_of(folder: Path) -> Room | None:
    """None where there is no such folder, or it cannot be asked."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Room(usage.total, usage.free) if usage.total else None


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
