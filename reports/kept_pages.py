"""Finished pages, kept by the hash of what is on them: a book printed again draws only what is new.

A file is there whole or not at all: it is written beside its place, forced to the disk, then renamed.
"""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from reports import pdf

UNUSED_DAYS: Final = 60
"""Pages that no book has used for so long are taken away; they can always be drawn again."""


def kept_page(content: pdf.Content) -> Path:
    """Return the PDF of one pupil, table or sheet, drawing it only if it is not kept already."""
    page = folder() / f"{pdf.content_hash(content)}.pdf"
    if page.exists():
        os.utime(page)
        return page
    drawn = pdf.draw(content)
    with written_whole(page) as draft:
        draft.write_bytes(drawn)
    return page


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pages"


def forget(pages: Iterable[Path]) -> None:
    """Take pages away, so that the next attempt draws them anew: one of them may be damaged."""
    for page in pages:
        page.unlink(missing_ok=True)


def forget_unused(*, days: int = UNUSED_DAYS) -> int:
    """Take away what no book has used for `days` days, and drafts of killed workers; return how many."""
    latest = time.time() - days * 24 * 3600
    old = [page for page in folder().glob("*.*") if page.stat().st_mtime < latest]
    forget(old)
    return len(old)


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
