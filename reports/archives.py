"""Archives of everything as background work: asked for by the principal, made by a worker, taken away after some days.

As prints are (`reports.print_jobs`): asking writes the archive and its place in the queue in one transaction, a worker
holds a lock while it works, each start counts as an attempt. What a worker reads is one moment: a transaction that sees
nothing of what is written meanwhile. How far it is it notes through a connection of its own, for the same reason.
"""

import datetime
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts import background, clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from reports import print_attempts
from reports.archive_writing import WHOLE, write_archive
from reports.models import DataArchive
from reports.print_attempts import PrintCancelled, note
from reports.print_moves import OPEN, may_go
from reports.whole_files import written_whole

TASK: Final = "make_archive"
ARCHIVES: Final = background.Kind(TASK, key="archive_id", locks=35)
KEPT_DAYS: Final = 7
"""Everything about everybody in one file lies about no longer than that."""
SECONDS_BETWEEN_NOTES: Final = 0.5
_BLOCK: Final = 1 << 20
WHO_ARCHIVES: Final = "Gói toàn bộ dữ liệu của trường chỉ Hiệu trưởng lập, tải."


class ArchiveRefused(Exception):
    """It cannot be done; the text is for the user."""


# -- Asking, cancelling ------------------------------------------------------------------------------------


def ask_for_archive(*, by: User) -> DataArchive:
    """Writes an archive and its place in the queue; one that is open already is given back. Raises PermissionDenied."""
    permissions.require(by, Action.EXPORT_EVERYTHING, WHO_ARCHIVES)
    with transaction.atomic():
        # Two wishes come one after the other.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        same = DataArchive.objects.filter(state__in=OPEN).first()
        if same is not None:
            return same
        with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
            archive = DataArchive.objects.create(asked_by=by)
            ARCHIVES.enqueue(archive.pk)
            act.says("Lập gói toàn bộ dữ liệu của trường", thing=f"archive:{archive.pk}")
    return archive


def cancel_archive(archive: DataArchive, *, by: User) -> None:
    """Stops an open one. Raises PermissionDenied, ArchiveRefused."""
    permissions.require(by, Action.EXPORT_EVERYTHING, WHO_ARCHIVES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        found = DataArchive.objects.select_for_update(no_key=True).get(pk=archive.pk)
        if found.state not in OPEN or not may_go(found.state, "cancelled"):
            raise ArchiveRefused("Gói này đã xong hoặc đã dừng, không huỷ được nữa.")
        DataArchive.objects.filter(pk=found.pk).update(state="cancelled", cancelled_by=by, cancelled_at=Now())
        act.says(f"Huỷ {found}", thing=f"archive:{found.pk}")


# -- Working -----------------------------------------------------------------------------------------------


def run_archive(archive_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Makes the archive; one that is over is left alone.

    Raises InOtherHands, PrintInterrupted, PrintGivenUp as `print_jobs.run_job`; any other error means: try again.
    """
    with ARCHIVES.alone_with(archive_id):
        archive = DataArchive.objects.select_related("asked_by").get(pk=archive_id)
        if print_attempts.begin(archive, progress=0):
            with print_attempts.Attempt(archive):
                _make(archive, should_stop)
    forget_old()


def _make(archive: DataArchive, should_stop: Callable[[], bool]) -> None:
    name = f"archives/goi-{archive.pk}.zip"
    made_by = f"Người lập: {archive.asked_by.full_name}"
    stop_if_asked = print_attempts.stopping(should_stop)
    with written_whole(Path(default_storage.path(name))) as draft:
        with _notes(archive) as notes, _one_moment():

            def told(done: int) -> None:
                stop_if_asked()
                notes.heard(done)

            written = write_archive(draft, made_by=made_by, made_at=clock.stamp(), told=told)
        digest, size = _digest_of(draft)
    try:
        note(
            archive,
            state=DataArchive.State.DONE,
            progress=WHOLE,
            tables=written.tables,
            rows=written.rows,
            size=size,
            file=name,
            content_hash=digest,
            finished_at=Now(),
            failure="",
        )
    except PrintCancelled:
        default_storage.delete(name)
        raise


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees one moment and writes nothing; inside another (a test) that one's."""
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@dataclass(slots=True)
class _Notes:
    """Writes progress at most twice a second, past the transaction that is open. Raises PrintCancelled."""

    archive: DataArchive
    beside: Any
    noted_at: float = 0.0

    def heard(self, done: int) -> None:
        if time.monotonic() - self.noted_at < SECONDS_BETWEEN_NOTES:
            return
        with self.beside.cursor() as cursor:
            cursor.execute(
                "UPDATE reports_dataarchive SET progress = %s"
                " WHERE id = %s AND state = 'running' AND attempts = %s",
                [done, self.archive.pk, self.archive.attempts],
            )
            if not cursor.rowcount:
                raise PrintCancelled
        self.noted_at = time.monotonic()


@contextmanager
def _notes(archive: DataArchive) -> Iterator[_Notes]:
    beside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield _Notes(archive, beside)
    finally:
        beside.close()


def _digest_of(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest(), path.stat().st_size


def resume_stalled() -> list[int]:
    """The archives of dead workers, and those that have lost their place in the queue."""
    return print_attempts.resume_stalled(ARCHIVES, DataArchive, lost=Q())


# -- What is kept of it ------------------------------------------------------------------------------------


def goes_at(archive: DataArchive) -> datetime.datetime | None:
    """When the file is taken away; None of one that is not done."""
    return archive.finished_at + datetime.timedelta(days=KEPT_DAYS) if archive.finished_at else None


def is_there(archive: DataArchive) -> bool:
    """Whether the file can still be had: done, not too old, and on the disk."""
    until = goes_at(archive)
    is_due = until is not None and until > clock.stamp()
    return archive.state == DataArchive.State.DONE and is_due and default_storage.exists(str(archive.file))


def forget_old() -> int:
    """Takes away the files whose days are over, and those of no archive; returns how many."""
    kept = {
        Path(str(archive.file)).name
        for archive in DataArchive.objects.filter(state=DataArchive.State.DONE)
        if (goes_at(archive) or clock.stamp()) > clock.stamp()
    }
    folder = Path(default_storage.path("archives"))
    old = [path for path in folder.glob("*.zip") if path.name not in kept]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
