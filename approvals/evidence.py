"""Evidence files: what a teacher's phone or scanner makes, made harmless before it is kept (rule R54).

The kind is told by the content, never by the name. Pictures are decoded and encoded anew, without the phone's
place and time; PDFs are rewritten without scripts, actions and attachments.
"""

import hashlib
import io
import unicodedata
from dataclasses import dataclass

import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from approvals.models import Evidence

LARGEST_PICTURE = 60_000_000  # pixels; a phone of 2026 makes 50 million
LONGEST_SIDE = 3000  # pixels kept: a test paper stays legible, ten pictures stay printable
MOST_PDF_PAGES = 50
ALLOWED = "ảnh JPEG, PNG hoặc tệp PDF"
# What a page needs to be seen. All else of a PDF goes: scripts, actions, forms, attachments, notes, places.
_ROOT_KEYS = frozenset({"/Type", "/Pages", "/Version", "/OCProperties"})
_PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/Resources", "/Contents", "/Rotate", "/UserUnit", "/Group"}
    | {"/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"}
)


class EvidenceRefused(Exception):
    """The file cannot be kept; the message says in Vietnamese why and what to send instead."""


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
    shown = unicodedata.normalize("NFC", name)[-150:]
    if not content:
        raise EvidenceRefused(f"Tệp «{shown}» rỗng. Chụp hoặc quét lại rồi gửi lại.")
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
        raise EvidenceRefused(f"Tệp «{shown}» lớn hơn {limit} MB. Chụp ở cỡ nhỏ hơn hoặc chia làm nhiều tệp.")
    if content.lstrip()[:5] == b"%PDF-":
        return CleanFile(shown, Evidence.Kind.PDF, _clean_pdf(shown, content))
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n":
        return CleanFile(shown, *_clean_picture(shown, content))
    raise EvidenceRefused(f"Tệp «{shown}» không phải {ALLOWED} (xét theo nội dung). Gửi lại đúng loại tệp.")


def _clean_picture(name: str, content: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise EvidenceRefused(_too_many_pixels(name))
            kind = Evidence.Kind.PNG if picture.format == "PNG" else Evidence.Kind.JPEG
            # Made smaller while it is decoded: a picture of 50 million points never stands in memory whole.
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise EvidenceRefused(_too_many_pixels(name)) from problem
    except (OSError, ValueError, SyntaxError) as problem:
        raise EvidenceRefused(f"Ảnh «{name}» bị hỏng, không mở được. Chụp lại rồi gửi lại.") from problem
    # Otherwise Pillow writes the picture's own notes and place back beside the new points.
    upright.info.clear()
    kept = io.BytesIO()
    if kind == Evidence.Kind.PNG:
        upright.save(kept, "PNG", optimize=True)
    else:
        upright.save(kept, "JPEG", quality=85, optimize=True)
    return kind, kept.getvalue()


def _too_many_pixels(name: str) -> str:
    return f"Ảnh «{name}» quá lớn (hơn {LARGEST_PICTURE // 1_000_000} triệu điểm ảnh). Chụp ở cỡ nhỏ hơn."


def _clean_pdf(name: str, content: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MOST_PDF_PAGES:
                raise EvidenceRefused(
                    f"Tệp «{name}» có hơn {MOST_PDF_PAGES} trang. Chỉ gửi các trang làm minh chứng."
                )
            if not len(pdf.pages):
                raise EvidenceRefused(f"Tệp «{name}» không có trang nào. Quét lại rồi gửi lại.")
            _strip(pdf)
            kept = io.BytesIO()
            pdf.save(kept, deterministic_id=True)
    except pikepdf.PasswordError as problem:
        raise EvidenceRefused(f"Tệp «{name}» đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.") from problem
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as problem:
        raise EvidenceRefused(f"Tệp PDF «{name}» bị hỏng, không mở được. Quét lại rồi gửi lại.") from problem
    return kept.getvalue()


def _strip(pdf: pikepdf.Pdf) -> None:
    """Scripts, actions, attachments and forms: nothing of a test paper, everything of an attack.

    Kept is what is named; what nothing refers to any more is left out when the file is written anew.
    """
    _keep(pdf.Root, _ROOT_KEYS)
    for page in pdf.pages:
        _keep(page.obj, _PAGE_KEYS)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _keep(part: pikepdf.Object, keys: frozenset[str]) -> None:
    for key in set(part.keys()) - keys:
        del part[key]
