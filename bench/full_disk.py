"""A disk that is full for a while, under all that the stack writes: the database, its log, the files.

A file system in memory, which can be made as small as what lies on it, and bigger again. To mount one takes root.
"""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg

from bench.before_lock import HEADING
from bench.faulty import Faults, NotHere, Step
from bench.web import Session
from kimdong import embedded_postgres

ROOMY, SECONDS_FULL, SECONDS_TO_RECOVER = "6g", 20, 60
STATUS_PAGE, FULL_IN_WORDS = "/accounts/system/", "đầy ổ thì không lưu"
SAVED_SINCE = """
    SELECT EXISTS (SELECT FROM accounts_auditentry WHERE at > to_timestamp(%s)
                   AND table_name IN ('gradebook_subjectresult', 'gradebook_traitresult'))"""


@dataclass(frozen=True, slots=True)
class Disk:
    folder: Path

    def fill(self) -> None:
        """Leaves not a page; what is on it stays."""
        room = os.statvfs(self.folder)
        self._resize(str((room.f_blocks - room.f_bfree) * room.f_frsize))

    def make_room(self) -> None:
        self._resize(ROOMY)

    def _resize(self, size: str) -> None:
        for _attempt in range(50):  # what is written between looking and doing makes it too small
            done = subprocess.run(
                ["mount", "-o", f"remount,size={size}", self.folder], check=False, capture_output=True
            )
            if done.returncode == 0:
                return
            if size != ROOMY:
                room = os.statvfs(self.folder)
                size = str((room.f_blocks - room.f_bfree) * room.f_frsize)
        raise RuntimeError(done.stderr.decode())


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Raises NotHere for whoever may not mount."""
    if os.geteuid() != 0:
        raise NotHere("to mount a disk takes root")
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={ROOMY},mode=755", "tmpfs", folder]
    if subprocess.run(mounted, check=False, capture_output=True).returncode:
        raise NotHere("no disk may be mounted")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def copy_of(data: Path, disk: Disk) -> Path:
    """The files of a stopped server, on the disk."""
    copied = disk.folder / "pg"
    shutil.copytree(data, copied, symlinks=True)
    owner = data.stat()
    for path in (copied, *copied.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    return copied


@dataclass(slots=True)
class FullDisk(Faults):
    """`seen`: what the clerk was shown while the disk was full, and how often."""

    disk: Disk = field(kw_only=True)
    seen: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    seconds_to_recover: float | None = None

    def steps(self) -> Sequence[Step]:
        return ((10, f"the disk full for {SECONDS_FULL} s: database, its log, files", self.fill_the_disk),)

    def fill_the_disk(self) -> None:
        clerk = Session(self.stack.address)
        clerk.log_in("vanthu")
        self.disk.fill()
        try:
            over = time.monotonic() + SECONDS_FULL
            while time.monotonic() < over:
                self._look(clerk, STATUS_PAGE)
                self._look(clerk, "/readyz")
                time.sleep(0.5)
        finally:
            self.disk.make_room()
        self._recover()

    def _look(self, clerk: Session, path: str) -> None:
        try:
            answer = clerk.get(path)
        except (OSError, HTTPException):
            clerk.connection = None
            self.seen[path, 0, "no answer"] += 1
            return
        text = answer.body.decode()
        heading = HEADING.search(text)
        says = " · «đầy ổ»" if FULL_IN_WORDS in text else ""
        self.seen[path, answer.status, (heading[1] if heading else text[:90]) + says] += 1

    def _recover(self) -> None:
        """What watches over processes in production starts those that have ended; nobody does anything else."""
        begin = time.time()
        while time.time() < begin + SECONDS_TO_RECOVER:
            embedded_postgres.start(self.data, self.database, durable=True)
            self.start_what_has_ended()
            with suppress(psycopg.Error):
                if self.stack.fetch(SAVED_SINCE, begin) == [(True,)]:
                    self.seconds_to_recover = round(time.time() - begin, 1)
                    return
            time.sleep(0.2)
        self.broken.append(f"nothing saved for {SECONDS_TO_RECOVER} s after there was room again")

    def found(self) -> dict[str, Any]:
        return {
            "seen by the clerk": [[*what, number] for what, number in sorted(self.seen.items())],
            "seconds until saves went through again": self.seconds_to_recover,
        }
