"""Finished pages, kept by the hash of what is on them: a book printed again draws only what is new."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

from reports import pdf
from reports.whole_files import KEPT, written_whole

__all__ = ["folder", "forget", "forget_unused", "is_kept", "kept_drawing", "kept_page", "written_whole"]
UNUSED_DAYS: Final = 60
"""Pages that no book has used for so long are taken away; they can always be drawn again."""


def kept_page(content: pdf.Content) -> Path:
    """Return the PDF of one pupil, table or sheet, drawing it only if it is not kept already."""
    return kept_drawing(pdf.content_hash(content), lambda: pdf.draw(content))


def kept_drawing(content_hash: str, draw: Callable[[], bytes]) -> Path:
    """Return the PDF of whatever has this hash, drawing it only if it is not kept already."""
    page = _place(content_hash)
    if page.exists():
        os.utime(page)
        return page
    drawn = draw()
    with written_whole(page) as draft:
        draft.write_bytes(drawn)
    return page


def is_kept(content: pdf.Content) -> bool:
    return _place(pdf.content_hash(content)).exists()


def _place(content_hash: str) -> Path:
    return folder() / f"{content_hash}.pdf"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / KEPT


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
