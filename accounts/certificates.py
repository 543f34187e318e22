"""Until when certificates last: the one that the school's address serves, and the one that books are signed by."""

import datetime
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

SECONDS_TO_ANSWER: Final = 2.0
SECONDS_KEPT, SECONDS_KEPT_UNKNOWN = 3600.0, 60.0
_VERSION, _UTC_TIME = 0xA0, 0x17
_asked: dict[tuple[str, str, int], tuple[float, "Lifetime | None"]] = {}
"""What a process was last answered, and until when it does not ask again (of `time.monotonic`)."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    begins: datetime.datetime
    ends: datetime.datetime


def served() -> Lifetime | None:
    """Of the certificate that KIMDONG_TLS_ADDRESS shows for the school's name; None where it does not answer.

    Whether the certificate is trusted is the browser's to say: one that has ended is read too. Asked at most once an
    hour a process, and gives up after two seconds.
    """
    if settings.TLS is None:
        return None
    place = settings.TLS
    until, kept = _asked.get(place, (0.0, None))
    if time.monotonic() < until:
        return kept
    found = ask(*place)
    _asked[place] = time.monotonic() + (SECONDS_KEPT if found else SECONDS_KEPT_UNKNOWN), found
    return found


def ask(name: str, host: str, port: int) -> Lifetime | None:
    """Shakes hands with `host` as somebody who wants `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is looked at, and nothing is sent to it
    try:
        with (
            socket.create_connection((host, port), timeout=SECONDS_TO_ANSWER) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            der = secured.getpeercert(binary_form=True)
        return lifetime_in(der) if der else None
    except (OSError, ValueError):
        return None


def lifetime_in(der: bytes) -> Lifetime:
    """From a certificate in DER (RFC 5280, 4.1). Raises ValueError for anything else."""
    try:
        certificate = next(_elements(der))[1]
        fields = list(_elements(next(_elements(certificate))[1]))
        # serial number, algorithm, issuer, validity; before them the version, which the oldest kind has not.
        _tag, validity = fields[4 if fields[0][0] == _VERSION else 3]
        begins, ends = (_moment(*element) for element in _elements(validity))
    except (IndexError, StopIteration) as problem:
        raise ValueError("This is no certificate in DER.") from problem
    return Lifetime(begins, ends)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element that stands in `data`, one after the other."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(data[at : at + octets]), at + octets
        yield tag, data[at : at + length]
        at += length


def _moment(tag: int, content: bytes) -> datetime.datetime:
    """Two digits of a year are those of 1950 to 2049."""
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.UTC)


def signing() -> Lifetime | None:
    """Of the certificate that books are signed by; None where there is none, or it cannot be read."""
    if settings.SIGNING is None:
        return None
    certificate, password = settings.SIGNING
    try:
        return lifetime_of(Path(certificate), password)
    except (ImportError, OSError, ValueError):
        return None


def lifetime_of(certificate: Path, password: str) -> Lifetime:
    """Of a PKCS #12 file. Raises ImportError without the packages of pyproject.toml's extra «signing»; OSError where it
    cannot be read, ValueError where the password does not open it or it holds no certificate with its key.
    """
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    key, found, _others = pkcs12.load_key_and_certificates(certificate.read_bytes(), password.encode())
    if key is None or found is None:
        raise ValueError("It holds no certificate with its key.")
    return Lifetime(found.not_valid_before_utc, found.not_valid_after_utc)
