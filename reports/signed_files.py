"""What a page says of the digital signature of a finished file: that it is there, or why it is not.

Read from the file itself, without taking it apart: `reports.pdf_signing` appends the signature as the last thing.
"""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.timezone import localtime

from accounts import certificates
from reports.models import PrintBatch, PrintJob

SIGNED: Final = "Tệp đã kí số bằng chứng thư của trường"
_KIND: Final = b"/ETSI.CAdES.detached"
_TAIL: Final = 128 * 1024
"""Bytes: room for the signature in hexadecimal digits, and what is written anew around it."""
_BOOKS: Final = frozenset(
    {
        *(PrintJob.Book.CLASS_TABLE, PrintJob.Book.TRANSCRIPTS, PrintJob.Book.SLIPS),
        *(PrintJob.Book.OWN_BOOK, PrintJob.Book.TRANSFER_PACK),
    }
)


class CertificateUnusable(Exception):
    """The school's certificate cannot be read or opened; its text tells people which, and what to do."""

    def __init__(self, certificate: Path, fault: str) -> None:
        super().__init__(
            f"Chưa kí số được: chứng thư số của trường (tệp {certificate.name}) {fault}. Nhờ người quản trị máy chủ "
            "kiểm tra KIMDONG_SIGNING_CERTIFICATE và mật khẩu của nó, hoặc bỏ cả hai để in không kí số; rồi làm lại."
        )


def signature_words(row: PrintJob | PrintBatch) -> str:
    """Of a finished print or batch. "" of one that nobody signs, or whose file is gone.

    The certificate is read only where a file that would have been signed is not.
    """
    if not row.file or row.is_preview or not _is_of_books(row):
        return ""
    try:
        if is_signed(Path(row.file.path)):
            return SIGNED
    except FileNotFoundError:
        return ""
    return _why_not(row) if settings.SIGNING is not None else ""


def is_signed(file: Path) -> bool:
    """Raises FileNotFoundError."""
    with file.open("rb") as content:
        content.seek(max(0, content.seek(0, 2) - _TAIL))
        return _KIND in content.read()


def _is_of_books(row: PrintJob | PrintBatch) -> bool:
    """Replaced pages go to where the signed book is; administrative papers have their own signature and number."""
    return isinstance(row, PrintBatch) or (row.book in _BOOKS and row.correction_id is None)


def _why_not(row: PrintJob | PrintBatch) -> str:
    found, done = certificates.signing(), row.finished_at
    if found is None:
        return "Tệp chưa kí số; chứng thư số của trường hiện không mở được"
    if done is not None and done > found.ends:
        return (
            f"Tệp chưa kí số: chứng thư của trường hết hạn ngày {localtime(found.ends):%d/%m/%Y}. Thay chứng thư "
            "rồi in lại thì tệp được kí"
        )
    if done is not None and done < found.begins:
        return (
            f"Tệp chưa kí số: chứng thư của trường có hiệu lực từ ngày {localtime(found.begins):%d/%m/%Y}. In lại "
            "từ ngày ấy thì tệp được kí"
        )
    return "Tệp chưa kí số: in trước khi trường cài chứng thư đang dùng. In lại thì tệp được kí"
