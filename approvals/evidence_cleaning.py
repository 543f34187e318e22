"""Makes an uploaded picture or PDF harmless: decoded and encoded anew, nothing of an attack left (rule R54).

Runs as a process of its own with a bound on memory and time (`python -m approvals.evidence_cleaning NAME`, the file on
its standard input), because a few kilobytes can unfold to gigabytes while they are read. Imports no Django. Its first
line of output is the kind of the cleaned file, the rest its bytes; with exit status 3 the output is the refusal.
"""

import io
import resource
import sys

import pikepdf
from PIL import Image, ImageOps

MOST_MEMORY = 1 << 30  # bytes of address space; a photo of 60 million points needs a third of it
MOST_SECONDS = 20
REFUSED = 3
LARGEST_PNG = 25_000_000  # pixels; a PNG cannot be made smaller while it is decoded, and no camera makes one
LARGEST_PICTURE = 60_000_000  # pixels; a phone of 2026 makes 50 million
LONGEST_SIDE = 3000  # pixels kept: a test paper stays legible, ten pictures stay printable
MOST_PDF_PAGES = 50
# What a page needs to be seen. All else of a PDF goes: scripts, actions, forms, attachments, notes, places.
_ROOT_KEYS = frozenset({"/Type", "/Pages", "/Version", "/OCProperties"})
_PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/Resources", "/Contents", "/Rotate", "/UserUnit", "/Group"}
    | {"/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"}
)


class EvidenceRefused(Exception):
    """The file cannot be kept; the message says in Vietnamese why and what to send instead."""


def clean(name: str, content: bytes) -> tuple[str, bytes]:
    """The kind (a MIME type) and the cleaned bytes of a PDF, JPEG or PNG; raises EvidenceRefused."""
    if content.lstrip()[:5] == b"%PDF-":
        return "application/pdf", _clean_pdf(name, content)
    return _clean_picture(name, content)


def _clean_picture(name: str, content: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            most = LARGEST_PNG if picture.format == "PNG" else LARGEST_PICTURE
            if picture.width * picture.height > most:
                raise EvidenceRefused(_too_many_pixels(name, most))
            kind = "image/png" if picture.format == "PNG" else "image/jpeg"
            # A JPEG is made smaller while it is decoded: one of 50 million points never stands in memory whole.
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise EvidenceRefused(_too_many_pixels(name, LARGEST_PICTURE)) from problem
    except (OSError, ValueError, SyntaxError) as problem:
        raise EvidenceRefused(f"Ảnh «{name}» bị hỏng, không mở được. Chụp lại rồi gửi lại.") from problem
    # Otherwise Pillow writes the picture's own notes and place back beside the new points.
    upright.info.clear()
    kept = io.BytesIO()
    if kind == "image/png":
        upright.save(kept, "PNG", optimize=True)
    else:
        upright.save(kept, "JPEG", quality=85, optimize=True)
    return kind, kept.getvalue()


def _too_many_pixels(name: str, most: int) -> str:
    return f"Ảnh «{name}» quá lớn (hơn {most // 1_000_000} triệu điểm ảnh). Chụp ở cỡ nhỏ hơn."


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


def main(name: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        kind, content = clean(name, sys.stdin.buffer.read())
    except EvidenceRefused as refusal:
        sys.stdout.buffer.write(str(refusal).encode())
        return REFUSED
    sys.stdout.buffer.write(kind.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
