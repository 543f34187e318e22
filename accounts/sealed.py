"""Columns that the database holds encrypted: who reads its disk, its dumps or its backups learns nothing from them.

AES-SIV (RFC 5297) of the `cryptography` library: authenticated, and the same text gives the same cipher text, so a
sealed column can be unique and be looked up by its whole value, and nothing else. The name of the column is bound in:
a value moved to another column is no value there. "" and None stay as they are. A sealed value begins with the
key's name, by which a former key is still found while `manage.py reseal` has not gone over the rows.

What few values are possible of, that would tell by how often one stands there: a column of codes is veiled instead
(`accounts.veiled`), which adds a salt of the row's own and hides also that there is none.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.encoding import force_str

_INFO: Final = b"kimdong sealed columns"
_SEALED: Final = re.compile(r"~([0-9a-f]{8})([.:])([A-Za-z0-9_-]+)")
_VEIL: Final = ":"
SALT_BYTES: Final = 16


class SealBroken(Exception):
    """A sealed value that none of the keys opens: KIMDONG_DATA_KEY lacks its key, or somebody has changed the value."""


@cache
def _cipher(key: str) -> AESSIV:
    """Of 64 bytes, which is AES-256 for either half."""
    return AESSIV(HKDF(SHA512(), 64, salt=None, info=_INFO).derive(key.encode()))


@cache
def name_of(key: str) -> str:
    """By which a sealed value names its key: eight digits of a hash."""
    return hashlib.sha256(_INFO + key.encode()).hexdigest()[:8]


def seal(text: str, column: str) -> str:
    """The text as the database holds it, by the current key; "" stays "". The same text gives the same."""
    if not text:
        return text
    key = settings.DATA_KEYS[0]
    return f"~{name_of(key)}.{_letters(_cipher(key).encrypt(text.encode(), [column.encode()]))}"


def sealed_anew(stored: str | None, column: str) -> str | None:
    """What a sealed column holds, by the current key. Raises SealBroken."""
    return None if stored is None else seal(unseal(stored, column), column)


def veil(text: str, column: str, *, salt: bytes, room: int) -> str:
    """The text, "" too, as a veiled column holds it, by the current key: as long as any other of `room` bytes.

    The same text gives the same with the same `salt` (SALT_BYTES) alone, which stands in what is given back.
    """
    key, plain = settings.DATA_KEYS[0], text.encode()
    if len(plain) > room:
        raise ValueError(f"A value of {column} has more than {room} bytes.")
    sealed = _cipher(key).encrypt(plain.ljust(room, b"\0"), [column.encode(), salt])
    return f"~{name_of(key)}{_VEIL}{_letters(salt + sealed)}"


def veil_anew(stored: str, column: str, *, room: int) -> str:
    """A veiled value by the current key, with the salt that it has. Raises SealBroken."""
    found = _SEALED.fullmatch(stored)
    if found is None or found[2] != _VEIL:
        raise SealBroken(f"A value of {column} is not veiled.")
    return veil(unseal(stored, column), column, salt=_bytes(found[3])[:SALT_BYTES], room=room)


def unseal(stored: str, column: str) -> str:
    """What `seal` or `veil` was given; a text that is neither is given back. Raises SealBroken."""
    found = _SEALED.fullmatch(stored)
    if found is None:
        return stored
    name, kind, letters = found.groups()
    key = next((each for each in settings.DATA_KEYS if name_of(each) == name), None)
    if key is None:
        raise SealBroken(f"No key {name} in KIMDONG_DATA_KEY for a value of {column}.")
    sealed, bound = _bytes(letters), [column.encode()]
    if kind == _VEIL:
        sealed, bound = sealed[SALT_BYTES:], [*bound, sealed[:SALT_BYTES]]
    try:
        plain = _cipher(key).decrypt(sealed, bound)
    except InvalidTag as broken:
        raise SealBroken(f"A value of {column} was changed, or moved there from elsewhere.") from broken
    return (plain.rstrip(b"\0") if kind == _VEIL else plain).decode()


def _letters(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _bytes(letters: str) -> bytes:
    return urlsafe_b64decode(letters + "=" * (-len(letters) % 4))


class SealedField(models.CharField):
    """A text that the code reads and writes as it is and the database holds sealed. Lookups: exact, in, isnull.

    `max_length` is that of the text; the column has no limit.
    """

    def db_type(self, connection: Any) -> str:
        return "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        text = super().get_db_prep_value(value, connection, prepared)
        return seal(force_str(text), self.name) if text is not None else None

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else unseal(value, self.name)

    def sealed_anew(self, stored: str | None) -> str | None:
        """What the column holds, by the current key. Raises SealBroken."""
        return sealed_anew(stored, self.name)
