"""Evidence files: what a teacher's phone or scanner makes, checked and made harmless before it is kept (rule R54).

The kind is told by the content, never by the name. Opening the file is left to a process of its own.
"""

import hashlib
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile

from approvals.evidence_cleaning import REFUSED, EvidenceRefused
from gradebook.grading import plain_text

__all__ = ["CleanFile", "EvidenceRefused", "clean_evidence", "download_name"]

PATIENCE = 40  # seconds; more than the process has of its own
ALLOWED = "ảnh JPEG, PNG hoặc tệp PDF"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file made harmless: `kind` is an Evidence.Kind value, `sha256` that of the kept bytes."""

    name: str
    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def as_django_file(self) -> ContentFile:
        return ContentFile(self.content)


def clean_evidence(name: str, content: bytes) -> CleanFile:
    """Checks and cleans one upload; raises EvidenceRefused."""
    shown = _shown(name)
    if not content:
        raise EvidenceRefused(f"Tệp «{shown}» rỗng. Chụp hoặc quét lại rồi gửi lại.")
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
        raise EvidenceRefused(f"Tệp «{shown}» lớn hơn {limit} MB. Chụp ở cỡ nhỏ hơn hoặc chia làm nhiều tệp.")
    if content.lstrip()[:5] != b"%PDF-" and not content.startswith(PICTURES):
        raise EvidenceRefused(
            f"Tệp «{shown}» không phải {ALLOWED} (xét theo nội dung). Gửi lại đúng loại tệp."
        )
    return CleanFile(shown, *_cleaned_apart(shown, content))


def download_name(name: str, extension: str) -> str:
    """The sender's own name for a file, without what a disk or a header could trip over, and its true ending."""
    stem = unicodedata.normalize("NFC", PurePath(name).stem)
    safe = re.sub(r"[^\w\s.-]", "_", stem).strip(" .") or "minh-chung"
    return f"{safe[:100]}.{extension}"


def _shown(name: str) -> str:
    """The name as pages show it; one made of invisible characters alone becomes a plain word."""
    plain = unicodedata.normalize("NFC", plain_text(name))[-150:]
    return (
        plain if any(character.isalnum() for character in plain.rpartition(".")[0]) else f"minh-chung{plain}"
    )


def _cleaned_apart(name: str, content: bytes) -> tuple[str, bytes]:
    """Kind and bytes from `evidence_cleaning` in a process with bounds; whatever ends it otherwise is a refusal."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "approvals.evidence_cleaning", name],
            cwd=settings.BASE_DIR,
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is not None and done.returncode == 0:
        kind, _line, cleaned = done.stdout.partition(b"\n")
        return kind.decode(), cleaned
    if done is not None and done.returncode == REFUSED:
        raise EvidenceRefused(done.stdout.decode())
    raise EvidenceRefused(
        f"Tệp «{name}» bung ra quá lớn hoặc mở quá lâu. Chụp ảnh trang cần làm minh chứng rồi gửi ảnh."
    )
