"""A digital signature (PAdES) on finished books, by a certificate that the school installs; off unless it has one.

Whoever opens the file sees that the school signed it and that no byte has changed since. It is invisible: the place for
a signature by hand and a seal stays free. What `reports.pdf_archive` declared stays true (a test asks the validator).
"""

import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import clock
from reports.signed_files import CertificateUnusable

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

logger = logging.getLogger(__name__)


def signer_in_force() -> "Signer | None":
    """Who signs today; None where the school has no certificate, or one that is not valid now: that is logged.

    Raises CertificateUnusable for one that cannot be read, or that its password does not open.
    """
    if settings.SIGNING is None:
        return None
    certificate, password = settings.SIGNING
    signer = _opened(Path(certificate), password)
    own, now = signer.signing_cert, clock.stamp()
    if own is not None and not own.not_valid_before <= now <= own.not_valid_after:
        logger.warning(
            "Not signed: %s is valid from %s to %s", certificate, own.not_valid_before, own.not_valid_after
        )
        return None
    return signer


def sign(file: Path, signer: "Signer | None") -> None:
    """Signs the file in its place; nobody leaves it alone."""
    if signer is None:
        return
    # Only here, as in `_opened`.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    from reports.signature_field import FIELD, make_room  # noqa: PLC0415

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """The metadata stay as declared: pyHanko's own way of writing them loses the schema that PDF/A wants."""

    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="Sổ của nhà trường, in từ hệ thống hồ sơ",
    )
    draft = file.with_suffix(".signed")
    with file.open("rb") as source, draft.open("wb+") as target:
        document = Writer(source)
        make_room(document)
        signers.sign_pdf(document, about, signer=signer, output=target)
    draft.replace(file)


def signed(content: bytes, signer: "Signer | None") -> bytes:
    """The same of a file that lies nowhere yet."""
    if signer is None:
        return content
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.pdf"
        file.write_bytes(content)
        sign(file, signer)
        return file.read_bytes()


def _opened(certificate: Path, password: str) -> "Signer":
    # Only here: a school without a certificate need not install it (pyproject.toml, extra «signing»).
    try:
        from pyhanko.sign import signers  # noqa: PLC0415
    except ImportError as missing:
        raise CertificateUnusable(certificate, "cần các gói của requirements-signing.txt") from missing
    if not os.access(certificate, os.R_OK):
        raise CertificateUnusable(certificate, "không đọc được")
    signer = signers.SimpleSigner.load_pkcs12(str(certificate), passphrase=password.encode())
    if signer is None:
        raise CertificateUnusable(certificate, "không mở được bằng mật khẩu đã đặt, hoặc không có khoá")
    return signer
