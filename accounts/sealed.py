"""Columns that the database holds encrypted: who reads its disk, its dumps or its backups learns nothing from them.

AES-SIV (RFC 5297) of the `cryptography` library: authenticated, and the same text gives the same cipher text, so a
sealed column can be unique and be looked up by its whole value, and nothing else. The name of the column is bound in:
a value moved to another column is no value there. "" and None stay as they are. A sealed value begins with the
key's name, by which a former key is still found while `manage.py reseal` has not gone over the rows.
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
_SEALED: Final = re.compile(r"~([0-9a-f]{8})\.([A-Za-z0-9_-]+)")


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
    sealed = _cipher(key).encrypt(text.encode(), [column.encode()])
    return f"~{name_of(key)}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def unseal(stored: str, column: str) -> str:
    """What `seal` was given; a text that is not sealed is given back. Raises SealBroken."""
    found = _SEALED.fullmatch(stored)
    if found is None:
        return stored
    name, told = found.groups()
    key = next((each for each in settings.DATA_KEYS if name_of(each) == name), None)
    if key is None:
        raise SealBroken(f"No key {name} in KIMDONG_DATA_KEY for a value of {column}.")
    try:
        plain = _cipher(key).decrypt(urlsafe_b64decode(told + "=" * (-len(told) % 4)), [column.encode()])
    except InvalidTag as broken:
        raise SealBroken(f"A value of {column} was changed, or moved there from elsewhere.") from broken
    return plain.decode()


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
