"""A file is there whole or not at all: it is written beside its place, forced to the disk, then renamed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

KEPT: Final = "pages"
"""The folder of what can always be made again; what is long unused is taken away (`reports.kept_pages`)."""


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Yield a draft beside `target`; it takes that place when the block ends well, and is gone otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.stem}.", suffix=".draft")
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        _force_to_disk(draft)
        draft.replace(target)
        _force_to_disk(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _force_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
