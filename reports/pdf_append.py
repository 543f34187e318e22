"""Streams of a finished PDF replaced without reading it: what is new is appended, as ISO 32000 calls it an update.

For files that pikepdf has saved: their table of objects is a stream whose description stands in plain text.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final

_TABLE: Final = re.compile(rb"\d+ 0 obj\s*<<(.*?)>>\s*stream", re.DOTALL)
_TAIL: Final = 64


def replace_streams(file: Path, streams: Mapping[int, bytes]) -> None:
    """`streams`: whole objects, dictionary and content, by the numbers of those whose place they take.

    Raises ValueError for a file of another making.
    """
    with file.open("r+b") as pdf:
        last = last_table(pdf)
        pdf.seek(last.end)
        pdf.write(_update(streams, last))


@dataclass(frozen=True, slots=True)
class Table:
    """The last table of objects of a file: what it says of itself, where it begins, where the file ends."""

    about: bytes
    at: int
    end: int

    @property
    def size(self) -> int:
        """The first number that is free."""
        return _number(self.about, b"Size")

    def followed(self, *, index: bytes, rows: bytes, digest: bytes, at: int) -> bytes:
        """The table of an update, to be written at `at`, under the last number of the `index`.

        `rows` of 1, 5 and 1 bytes for the numbers of the index; `digest` becomes the second half of the identifier.
        """
        *_others, first, count = map(int, index.split())
        number = first + count - 1
        known = re.search(rb"/ID\s*\[\s*<([0-9a-fA-F]+)>", self.about)
        packed = zlib.compress(rows)
        return (
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 5 1]/Index[%b]/Root %d 0 R/Info %d 0 R/Prev %d/ID[<%b><%b>]"
            b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        ) % (
            *(number, number + 1, index, _number(self.about, b"Root"), _number(self.about, b"Info")),
            *(self.at, known[1] if known else digest, digest, len(packed), packed, at),
        )


def last_table(pdf: BinaryIO) -> Table:
    """Raises ValueError for a file of another making."""
    end = pdf.seek(0, 2)
    pdf.seek(max(0, end - _TAIL))
    begin = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf.read())
    if begin is None:
        raise ValueError("No startxref at the file's end.")
    pdf.seek(int(begin[1]))
    about = _TABLE.match(pdf.read(end - int(begin[1])))
    if about is None:
        raise ValueError("No table of objects as a stream.")
    return Table(about[1], int(begin[1]), end)


def _update(streams: Mapping[int, bytes], last: Table) -> bytes:
    out = bytearray(b"\n")
    rows: dict[int, int] = {}
    for number, told in sorted(streams.items()):
        rows[number] = last.end + len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, told)
    at = rows[last.size] = last.end + len(out)
    body = b"".join(b"\1%b\0" % place.to_bytes(5, "big") for _number, place in sorted(rows.items()))
    digest = hashlib.sha256(out).hexdigest()[:32].encode()
    out += last.followed(index=_index(rows), rows=body, digest=digest, at=at)
    return bytes(out)


def _number(about: bytes, key: bytes) -> int:
    found = re.search(rb"/%b\s+(\d+)" % key, about)
    if found is None:
        raise ValueError(f"The table of objects does not say {key.decode()}.")
    return int(found[1])


def _index(numbers: Mapping[int, int]) -> bytes:
    """Runs of numbers: the first and how many."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    told = ([number for _place, number in run] for _key, run in runs)
    return b" ".join(b"%d %d" % (each[0], len(each)) for each in told)
