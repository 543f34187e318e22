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
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings

from accounts import certificates, clock
from reports.signed_files import CertificateUnusable

logger = logging.getLogger(__name__)
_BIG: Final = 4 * 1024**2
"""Bytes: a class has one at most."""
_SECONDS_IDLE: Final = 15.0


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
    own = _lifetime(signer)
    if not own.begins <= clock.stamp() <= own.ends:
        logger.warning("Not signed: %s is valid from %s to %s", signer.certificate, own.begins, own.ends)
        return None
    return signer


class SigningFailed(Exception):
    """The process that signs has ended; what it said is in the log."""


class _Beside:
    """The process that signs: started for the first file, ended when nothing was to sign for a while, and after a big
    file, which it would keep in memory. One file at a time; where this process ends, it ends too.
    """

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._signer: Signer | None = None
        self._idle: threading.Timer | None = None

    def sign(self, file: Path, signer: Signer) -> None:
        with self._alone:
            if self._idle is not None:
                self._idle.cancel()
            try:
                if self._process is None or self._process.poll() is not None or self._signer != signer:
                    self._begin(signer)
                self._ask(str(file.resolve()))
            except SigningFailed:
                self._end()
                raise
            if file.stat().st_size > _BIG:
                self._end()
            else:
                self._idle = threading.Timer(_SECONDS_IDLE, self._end_idle)
                self._idle.daemon = True
                self._idle.start()

    def _begin(self, signer: Signer) -> None:
        self._end()
        order = [sys.executable, "-m", "reports.signature_writing"]
        self._process = subprocess.Popen(
            order, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._signer = signer
        self._ask({"certificate": str(signer.certificate), "password": signer.password})

    def _ask(self, what: object) -> None:
        """A line asked, a line answered."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise SigningFailed("There is no process to sign.")
        try:
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()
        except BrokenPipeError as gone:
            raise SigningFailed("The process that signs is gone.") from gone
        if not process.stdout.readline():
            raise SigningFailed("The process that signs gave no answer.")

    def _end_idle(self) -> None:
        with self._alone:
            self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.communicate()
        self._process = None


_beside: Final = _Beside()


def sign(file: Path, signer: Signer | None) -> None:
    """Signs the file in its place; nobody leaves it alone. Raises SigningFailed, and then the file is as it was."""
    if signer is not None:
        _beside.sign(file, signer)


def signed(content: bytes, signer: Signer | None) -> bytes:
    """The same of a file that lies nowhere yet."""
    if signer is None:
        return content
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.pdf"
        file.write_bytes(content)
        sign(file, signer)
        return file.read_bytes()


def _lifetime(signer: Signer) -> certificates.Lifetime:
    if importlib.util.find_spec("pyhanko") is None:
        raise CertificateUnusable(signer.certificate, "cần các gói của requirements-signing.txt")
    try:
        return certificates.lifetime_of(signer.certificate, signer.password)
    except OSError as problem:
        raise CertificateUnusable(signer.certificate, "không đọc được") from problem
    except ValueError as problem:
        raise CertificateUnusable(
            signer.certificate, "không mở được bằng mật khẩu đã đặt, hoặc không có khoá"
        ) from problem
