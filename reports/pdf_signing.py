"""A digital signature (PAdES) on finished books, by a certificate that the school installs; off unless it has one.

Whoever opens the file sees that the school signed it and that no byte has changed since. It is invisible: the place for
a signature by hand and a seal stays free. What `reports.pdf_archive` declared stays true (a test asks the validator).

Signed is in a process beside this one (`reports.signature_writing`): what reads a school's book for it takes 100 MiB,
which a worker that has drawn pages has not, and a web process shall not keep.
"""

import importlib.util
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings

from accounts import clock
from reports.signed_files import CertificateUnusable

logger = logging.getLogger(__name__)
_DOES_NOT_OPEN = "không mở được bằng mật khẩu đã đặt, hoặc không có khoá"


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate that opens and is valid now."""

    certificate: Path
    password: str


def signer_in_force() -> Signer | None:
    """Who signs today; None where the school has no certificate, or one that is not valid now: that is logged.

    Raises CertificateUnusable for one that cannot be read, or that its password does not open.
    """
    if settings.SIGNING is None:
        return None
    signer = Signer(Path(settings.SIGNING[0]), settings.SIGNING[1])
    begins, ends = _lifetime(signer)
    if not begins <= clock.stamp() <= ends:
        logger.warning("Not signed: %s is valid from %s to %s", signer.certificate, begins, ends)
        return None
    return signer


@contextmanager
def signing(signer: Signer | None) -> Iterator[Callable[[Path], None]]:
    """Yields what signs a file in its place, file after file by the same process; nobody leaves each alone.

    Raises SigningFailed, and then nothing was written to that file.
    """
    if signer is None:
        yield lambda _file: None
        return
    order = [sys.executable, "-m", "reports.signature_writing"]
    with subprocess.Popen(
        order, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as beside:
        talk = _Talk(beside)
        talk.ask({"certificate": str(signer.certificate), "password": signer.password})
        yield lambda file: talk.ask(str(file.resolve()))


class SigningFailed(Exception):
    """The process that signs has ended; what it said is in the log."""


@dataclass(frozen=True, slots=True)
class _Talk:
    """A line asked, a line answered."""

    beside: "subprocess.Popen[str]"

    def ask(self, what: object) -> None:
        if self.beside.stdin is None or self.beside.stdout is None:
            raise SigningFailed("No way to talk to it.")
        try:
            self.beside.stdin.write(json.dumps(what) + "\n")
            self.beside.stdin.flush()
        except BrokenPipeError as gone:
            raise SigningFailed(str(what)) from gone
        if not self.beside.stdout.readline():
            raise SigningFailed(str(what) if isinstance(what, str) else "the certificate")


def sign(file: Path, signer: Signer | None) -> None:
    """Signs the file in its place; nobody leaves it alone. Raises SigningFailed."""
    with signing(signer) as sign_file:
        sign_file(file)


def signed(content: bytes, signer: Signer | None) -> bytes:
    """The same of a file that lies nowhere yet."""
    if signer is None:
        return content
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.pdf"
        file.write_bytes(content)
        sign(file, signer)
        return file.read_bytes()


def _lifetime(signer: Signer) -> tuple[datetime, datetime]:
    if importlib.util.find_spec("pyhanko") is None:
        raise CertificateUnusable(signer.certificate, "cần các gói của requirements-signing.txt")
    try:
        key, found, _others = pkcs12.load_key_and_certificates(
            signer.certificate.read_bytes(), signer.password.encode()
        )
    except OSError as problem:
        raise CertificateUnusable(signer.certificate, "không đọc được") from problem
    except ValueError as problem:
        raise CertificateUnusable(signer.certificate, _DOES_NOT_OPEN) from problem
    if key is None or found is None:
        raise CertificateUnusable(signer.certificate, _DOES_NOT_OPEN)
    return found.not_valid_before_utc, found.not_valid_after_utc
