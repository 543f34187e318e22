"""The encrypted repository, by restic: what is told it, and what its answers mean to the clerk.

A repository is a folder or anything else restic takes (SFTP, S3). Everything in it is named by its SHA-256, so whatever
is read from it is known to be what was written. A backup is a snapshot of the folder of files and of `.backup` beside
it, where dump and manifest lie for the moment.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accounts import disks
from kimdong.backup import BackupFailed, said

HOST: Final = "kimdong"
"""Under this name, whatever machine or container writes."""
TAG: Final = "kimdong"
MILESTONE, ROUTINE = "milestone", "routine"
_SECRETS: Final = ("KIMDONG_", "DATABASE_URL")
_HOURS: Final = 2
_PARTS: Final = 7
_SMALL: Final = 1 << 30
_MISSING: Final = "Is there a repository at the following location?"
_PACKED: Final = "restic-temp-"
_WRONG_PASSWORD: Final = "wrong password"  # noqa: S105 - restic's words
_DAMAGED: Final = (
    "ciphertext verification failed",
    "does not match",
    "does not exist",
    "contains errors",
    "no such file or directory",
)


class NoRepository(BackupFailed):
    """Nothing is there yet."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A snapshot: its SHA-256, bytes it stands for, bytes that were new."""

    snapshot: str
    size: int
    added: int


@dataclass(frozen=True, slots=True)
class Repository:
    place: str
    password_file: Path

    # -- Writing -------------------------------------------------------------------------------------------

    def make(self, *, like: "Repository | None" = None) -> None:
        """Makes an empty one; `like`: one that is copied to it, so that both cut files alike. Raises BackupFailed."""
        more = [] if like is None else [*like.as_source(), "--copy-chunker-params"]
        self.run("init", *more)

    def save(
        self, folder: Path, names: Iterable[str], *, left_out: Iterable[str], tags: Iterable[str]
    ) -> Saved:
        """Takes in `names` of the folder; makes the repository where there is none. Raises BackupFailed."""
        told = [f"--tag={tag}" for tag in (TAG, *tags)] + [f"--exclude={each}" for each in left_out]
        command = ["backup", f"--host={HOST}", *told, *names]
        try:
            printed = self.run(*command, folder=folder)
        except NoRepository:
            self.make()
            printed = self.run(*command, folder=folder)
        summary = next(line for line in _lines(printed) if line.get("message_type") == "summary")
        whole = next(each for each in self.snapshots() if each.startswith(summary["snapshot_id"]))
        return Saved(whole, summary["total_bytes_processed"], summary["data_added"])

    def unlock(self) -> None:
        """Takes away the locks that killed processes left, else nothing but saving goes on. Raises BackupFailed."""
        with suppress(NoRepository):
            self.run("unlock")

    def copy_to(self, other: "Repository") -> None:
        """Everything that the other lacks; makes the other where there is none. Raises BackupFailed."""
        command = ["copy", *self.as_source(), f"--host={HOST}", f"--tag={TAG}"]
        try:
            other.unlock()
            other.run(*command)
        except NoRepository:
            other.make(like=self)
            other.run(*command)

    def forget(self, keep: Mapping[str, str]) -> None:
        """Lets go of what the rule does not keep, milestones by a rule of their own. Raises BackupFailed."""
        common = ["forget", f"--host={HOST}", "--group-by=host"]
        rule = [f"--keep-{name}={value}" for name, value in keep.items() if name != "milestones"]
        self.run(*common, f"--tag={TAG},{MILESTONE}", f"--keep-within={keep['milestones']}")
        self.run(*common, f"--tag={TAG},{ROUTINE}", *rule, "--prune")

    # -- Reading -------------------------------------------------------------------------------------------

    def snapshots(self) -> dict[str, str]:
        """By their code, the oldest first, what they are called here: a copy has a name of its own, and knows its first
        one. Raises BackupFailed."""
        found = json.loads(self.run("snapshots", f"--host={HOST}", f"--tag={TAG}") or "[]") or []
        return {
            each.get("original", each["id"]): each["id"]
            for each in sorted(found, key=lambda each: str(each["time"]))
        }

    def restore(self, snapshot: str, target: Path, *, only: Iterable[str] = ()) -> None:
        """Writes a snapshot below `target`; `only`: these paths of it. Raises BackupFailed."""
        self.run(
            "restore", snapshot, f"--target={target}", *(f"--include=/{_literal(each)}" for each in only)
        )

    def check(self, *, day: int) -> None:
        """Whether the structure is whole, and its data what was written: all of it in a folder that is small, else a
        seventh, another one each `day`, so all of it in a week. Raises BackupFailed."""
        part = "1/1" if self._is_small() else f"{day % _PARTS + 1}/{_PARTS}"
        self.run("check", f"--read-data-subset={part}")

    def _is_small(self) -> bool:
        """Only of a folder: elsewhere what is read goes over the network."""
        files = (path for path in Path(self.place).rglob("*") if path.is_file())
        return self.place.startswith("/") and sum(path.stat().st_size for path in files) < _SMALL

    # -- The program ---------------------------------------------------------------------------------------

    def as_source(self) -> list[str]:
        return [f"--from-repo={self.place}", f"--from-password-file={self.password_file}"]

    def run(self, *command: str, folder: Path | None = None) -> str:
        """What it printed. Raises BackupFailed, of which NoRepository."""
        if shutil.which("restic") is None:
            raise BackupFailed(
                "Máy chủ chưa có chương trình restic. Nhờ người quản trị máy chủ cài gói restic."
            )
        if not os.access(self.password_file, os.R_OK):
            raise BackupFailed(
                f"Không đọc được tệp mật khẩu của kho sao lưu ({self.password_file}). Nhờ người quản trị máy chủ "
                "kiểm tra KIMDONG_BACKUP_PASSWORD_FILE."
            )
        cache = ["--no-cache"] if self.place.startswith("/") else []
        told = [f"--repo={self.place}", f"--password-file={self.password_file}", "--json", *cache]
        try:
            done = subprocess.run(
                ["restic", *told, *command],
                cwd=folder,
                env={key: value for key, value in os.environ.items() if not key.startswith(_SECRETS)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_HOURS * 3600,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise BackupFailed(
                f"Kho sao lưu {self.place} không làm xong việc «{command[0]}» sau {_HOURS} giờ. Nhờ người quản trị máy "
                "chủ kiểm tra đường mạng tới kho."
            ) from problem
        if done.returncode != 0:
            raise self._failure(command[0], done.stderr or done.stdout)
        return done.stdout

    def _failure(self, act: str, words: str) -> BackupFailed:
        if _MISSING in words:
            return NoRepository(f"Chưa có kho sao lưu ở {self.place}.")
        if disks.speaks_of_no_room(words):
            return said.no_room(self._disk(act, words), words)
        last = said.telling(words)
        if _WRONG_PASSWORD in words:
            return BackupFailed(
                f"Mật khẩu trong {self.password_file} không mở được kho sao lưu {self.place}. Nhờ người quản trị máy "
                "chủ đặt lại đúng tệp mật khẩu đã cất giữ; không có mật khẩu ấy thì không ai đọc được các bản cũ."
            )
        if act in ("restore", "check") and any(word in words for word in _DAMAGED):
            return BackupFailed(
                f"Kho sao lưu {self.place} bị hỏng: có phần thiếu hoặc không còn như lúc ghi. Giữ nguyên kho này, nhờ "
                f"người quản trị máy chủ kiểm tra ổ đĩa và đặt kho mới ở nơi khác. Máy báo: {last}"
            )
        return BackupFailed(
            f"Kho sao lưu {self.place} không làm được việc «{act}». Nhờ người quản trị máy chủ kiểm tra chỗ trống, "
            f"quyền ghi và đường mạng tới kho. Máy báo: {last}"
        )

    def _disk(self, act: str, words: str) -> str:
        """Which one it had no room on: what it packs lies in a folder of the system's for the moment."""
        if _PACKED in words:
            return f"của thư mục tạm ({tempfile.gettempdir()})"
        return said.OF_THE_FILES if act == "restore" else f"của kho sao lưu {self.place}"


def _lines(words: str) -> Iterable[Any]:
    return (json.loads(line) for line in words.splitlines() if line.startswith("{"))


def _literal(path: str) -> str:
    """So that no letter of a file's name is taken for a pattern."""
    return "".join(f"\\{letter}" if letter in "\\*?[" else letter for letter in path)
