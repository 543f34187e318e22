"""How many requests the web processes have answered and how long that took, by class of status; for `/metrics`.

Each process counts in a small file of its own in KIMDONG_COUNTS (gunicorn.py makes the folder, in memory); whoever is
asked adds them up. The file of a process that has ended stays, so that no count goes down.
"""

import mmap
import os
import struct
from pathlib import Path
from threading import Lock
from typing import Final

CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_ONE: Final = struct.Struct("dd")
_SIZE: Final = _ONE.size * len(CLASSES)
_lock = Lock()
_kept: dict[int, mmap.mmap] = {}
"""By process: a folder may be shared, a file never, and a fork takes what is here along."""


def _folder() -> Path | None:
    named = os.environ.get("KIMDONG_COUNTS")
    return Path(named) if named else None


def count(status: int, seconds: float) -> None:
    """Nothing where nobody measures."""
    folder, place = _folder(), status // 100 - 1
    if folder is None or not 0 <= place < len(CLASSES):
        return
    with _lock:
        counts = _kept.get(os.getpid()) or _open(folder)
        number, sum_of_seconds = _ONE.unpack_from(counts, place * _ONE.size)
        _ONE.pack_into(counts, place * _ONE.size, number + 1, sum_of_seconds + seconds)


def _open(folder: Path) -> mmap.mmap:
    with (folder / str(os.getpid())).open("a+b") as file:
        file.truncate(_SIZE)
        counts = _kept[os.getpid()] = mmap.mmap(file.fileno(), _SIZE)
    return counts


def totals() -> dict[str, tuple[int, float]]:
    """Requests and seconds of all processes since the server started, by class; {} where nobody measures."""
    folder = _folder()
    if folder is None:
        return {}
    read = [file.read_bytes() for file in folder.iterdir()]
    each = [list(_ONE.iter_unpack(counts)) for counts in read if len(counts) == _SIZE]
    sums = {
        name: [sum(column) for column in zip(*rows, strict=True)]
        for name, rows in zip(CLASSES, zip(*each, strict=True), strict=False)
    }
    return {name: (int(number), seconds) for name, (number, seconds) in sums.items()}
