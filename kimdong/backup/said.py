"""What a program, the system or the database said of a failure, cut to what tells; and whether a disk was full."""

import re
from typing import Final

import psycopg
from django.db import OperationalError

from accounts.disks import is_full_disk
from kimdong.backup import BackupFailed

OF_THE_FILES: Final = "của tệp (KIMDONG_FILES)"
OF_THE_DATABASE: Final = "của cơ sở dữ liệu"
_GO_STACK: Final = re.compile(
    r"\s+\S+\.(?:go|s):\d+|\S+\.(?:go|s):\d+|goroutine \d+|[\w.-]+(?:/[\w.-]+)*\.[\w.()*]+$"
)
"""A function by its package, the place in a file below it."""
_MOST_LINES, _MOST_SIGNS = 3, 600


def telling(said: str) -> str:
    """Its last lines; but of what Go says the first line that is no part of its stack, where the cause stands."""
    lines = [line for line in said.strip().splitlines() if line.strip()]
    told = [line for line in lines if not _GO_STACK.match(line)]
    chosen = told[-_MOST_LINES:] if len(told) == len(lines) else told[:1]
    return " / ".join(chosen)[:_MOST_SIGNS]


def no_room(disk: str, said: str) -> BackupFailed:
    """`disk`: whose it is, as «của tệp»."""
    return BackupFailed(
        f"Ổ đĩa {disk} hết chỗ. Nhờ người quản trị máy chủ dọn bớt hoặc thêm chỗ trong hôm nay, rồi bấm «Sao lưu "
        f"ngay»; các bản đã khôi phục thử đúng vẫn dùng được. Máy báo: {telling(said)}"
    )


def no_room_for(problem: BaseException) -> BackupFailed | None:
    """The same of an error of this process or of the database's; None for any other."""
    if isinstance(problem, OSError) and is_full_disk(problem):
        return no_room(OF_THE_FILES, f"{problem.strerror}: {problem.filename or ''}")
    cause = problem.__cause__ if isinstance(problem, OperationalError) else problem
    if isinstance(cause, psycopg.errors.DiskFull):
        return no_room(OF_THE_DATABASE, str(cause))
    return None
