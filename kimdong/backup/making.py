"""The worker's way through a backup: dump, repository, proof, second place, rule of keeping; each noted as it is done.

One at a time, over all workers. What goes wrong is written on the backup, in words for the clerk; it is tried again
twice, and the school's work never waits for it.
"""

import datetime
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from accounts import clock
from accounts.backups import BACKUPS, OPEN, as_the_worker
from accounts.disks import note_room_for_backups
from accounts.models import Backup
from kimdong.backup import BackupFailed, contents, postgres, said
from kimdong.backup.contents import DUMP, MANIFEST, PLACE, Manifest, workplace
from kimdong.backup.proof import proof_server, prove
from kimdong.backup.repository import MILESTONE, ROUTINE, Repository, Saved
from kimdong.environment import Backups

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 3
_TURN: Final = 0
"""The backup that is none: whoever holds its lock has the repository."""


class TryAgain(Exception):
    """The attempt failed, and another is left."""

    def __init__(self, attempt: int) -> None:
        super().__init__(attempt)
        self.attempt = attempt


def run_backup(backup_id: int) -> None:
    """Makes the backup and proves it; one that is over is left alone. Raises InOtherHands, TryAgain."""
    with BACKUPS.alone_with(_TURN), BACKUPS.alone_with(backup_id):
        backup = Backup.objects.get(pk=backup_id)
        if settings.BACKUPS is None or not _begin(backup):
            return
        sentence = _fault(backup, settings.BACKUPS)
        note_room_for_backups()
        if sentence:
            _answer(backup, sentence)


def _fault(backup: Backup, rule: Backups) -> str:
    """Makes it; what went wrong, for the clerk, or ""."""
    try:
        _make(backup, rule)
    except BackupFailed as problem:
        return str(problem)
    except Exception as problem:
        if (full := said.no_room_for(problem)) is not None:
            return str(full)
        logger.exception("backup %s", backup.pk)
        return f"Lỗi hệ thống. Báo người quản trị máy chủ xem nhật kí máy in nền, bản sao lưu số {backup.pk}."
    return ""


def _begin(backup: Backup) -> bool:
    """Counts the attempt; False when there is nothing left to do."""
    if backup.state not in OPEN:
        return False
    if backup.failure and (later := _later_proven(backup)) is not None:
        told = f"{backup.failure} Không thử lại nữa: bản số {later.pk}, làm sau, đã khôi phục thử đúng."
        _note(backup, state=Backup.State.FAILED, failure=told, finished_at=Now())
        return False
    if backup.attempts >= MAX_ATTEMPTS:
        _note(
            backup,
            state=Backup.State.FAILED,
            failure=backup.failure or "Máy sao lưu dừng đột ngột nhiều lần. Báo người quản trị máy chủ.",
            finished_at=Now(),
        )
        return False
    backup.attempts += 1
    _note(backup, state=Backup.State.RUNNING, attempts=backup.attempts, started_at=Now())
    return True


def _later_proven(backup: Backup) -> Backup | None:
    """One that was made since this failed and is kept as long: what this would have, it has. One statement."""
    reasons = [each for each in Backup.Reason if _is_kept_as_long(each, backup)]
    later = Backup.objects.filter(
        state=Backup.State.PROVEN, forgotten_at=None, reason__in=reasons, made_at__gt=backup.started_at
    )
    return later.order_by("-made_at").first()


def _is_kept_as_long(reason: str, backup: Backup) -> bool:
    return _tag_of(reason) == MILESTONE or _tag_of(backup.reason) == ROUTINE


def _answer(backup: Backup, sentence: str) -> None:
    logger.error("backup %s failed (attempt %s): %s", backup.pk, backup.attempts, sentence)
    if backup.attempts < MAX_ATTEMPTS:
        _note(backup, state=Backup.State.WAITING, failure=sentence)
        raise TryAgain(backup.attempts)
    _note(backup, state=Backup.State.FAILED, failure=sentence, finished_at=Now())


def _make(backup: Backup, rule: Backups) -> None:
    first = Repository(rule.repository, rule.password_file)
    first.unlock()
    media = Path(settings.MEDIA_ROOT)
    with workplace(media.parent / PLACE) as place:
        manifest = take(media, place)
        saved = first.save(
            media.parent,
            [media.name, PLACE] if media.exists() else [PLACE],
            left_out=[*(f"{media.name}/{each}" for each in contents.LEFT_OUT), f"*{contents.DRAFTS}"],
            tags=[_tag_of(backup.reason), f"backup-{backup.pk}", backup.reason],
        )
        _note_made(backup, manifest, saved)
    # First: of a part that is missing restic asks ten times before it gives up.
    first.check(day=clock.today().toordinal())
    prove(first, saved.snapshot, manifest, below=media.parent, server=proof_server(rule))
    second_at, second_fault = _to_second_place(first, rule)
    _note(
        backup,
        state=Backup.State.PROVEN,
        failure="",
        files_tried=len(manifest.tried),
        proven_at=Now(),
        second_at=second_at,
        second_fault=second_fault,
        finished_at=Now(),
    )
    if backup.reason == Backup.Reason.DAILY:
        _let_go(first, rule, places=[rule.repository, *([rule.second] if second_at else [])])


def _note_made(backup: Backup, manifest: Manifest, saved: Saved) -> None:
    _note(
        backup,
        made_at=datetime.datetime.fromisoformat(manifest.made_at),
        snapshot=saved.snapshot,
        audit_code=manifest.audit_code,
        size=saved.size,
        added=saved.added,
        tables=len(manifest.tables),
        rows=manifest.rows,
        files=manifest.files,
    )


def _tag_of(reason: str) -> str:
    return ROUTINE if reason in (Backup.Reason.DAILY, Backup.Reason.ASKED) else MILESTONE


# -- Taking ------------------------------------------------------------------------------------------------


def take(media: Path, place: Path) -> Manifest:
    """Writes dump and manifest into `place`; the numbers are read in the very snapshot that is dumped.

    The files come after it: a file is written before the row that names it.
    """
    address = postgres.address_of_the_school()
    with psycopg.connect(**address) as reading:  # type: ignore[arg-type]
        reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reading.read_only = True
        moment, snapshot, server = reading.execute(
            "SELECT now(), pg_export_snapshot(), current_setting('server_version')"
        ).fetchone()  # type: ignore[misc]
        tables = contents.read_tables(reading)
        audit_code = contents.read_audit_code(reading)
        postgres.dump(address, snapshot=snapshot, target=place / DUMP)
    paths = list(contents.files_in(media))
    manifest = Manifest(
        format=contents.FORMAT,
        made_at=moment.isoformat(),
        database=address["dbname"],
        server=server,
        audit_code=audit_code,
        tables=tables,
        folder=media.name,
        files=len(paths),
        bytes=sum(path.stat().st_size for path in paths if path.exists()),
        tried=contents.sample_of(paths, media),
        software=settings.VERSION,
    )
    manifest.write(place / MANIFEST)
    return manifest


# -- The second place, and what is kept --------------------------------------------------------------------


def _to_second_place(first: Repository, rule: Backups) -> tuple[datetime.datetime | None, str]:
    """Since when the second place has it, and why not; its fault does not take the proof away."""
    if not rule.second:
        return None, ""
    second = Repository(rule.second, rule.password_file)
    try:
        first.copy_to(second)
        second.check(day=clock.today().toordinal())
    except BackupFailed as problem:
        logger.error("second place: %s", problem)  # noqa: TRY400 - it is answered for
        return None, str(problem)
    return clock.stamp(), ""


def _let_go(first: Repository, rule: Backups, *, places: Sequence[str]) -> None:
    """By the rule of keeping; whatever fails here is tried again tomorrow and takes no backup away."""
    try:
        for place in places:
            Repository(place, rule.password_file).forget(rule.keep)
        kept = [*first.snapshots()]
    except BackupFailed:
        logger.exception("old backups could not be let go of")
        return
    gone = Backup.objects.filter(~Q(snapshot="") & ~Q(snapshot__in=kept), forgotten_at=None)
    with as_the_worker():
        gone.update(forgotten_at=Now())


def _note(backup: Backup, **fields: Any) -> None:
    with as_the_worker():
        Backup.objects.filter(pk=backup.pk, state__in=OPEN).update(**fields)
