"""Streams of a finished PDF replaced without reading it: what is new is appended, as ISO 32000 calls it an update.

For files that pikepdf has saved: their table of objects is a stream whose description stands in plain text.
"""

import hashlib
import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

_TABLE: Final = re.compile(rb"\d+ 0 obj\s*<<(.*?)>>\s*stream", re.DOTALL)
_TAIL: Final = 64


def replace_streams(file: Path, streams: Mapping[int, bytes]) -> None:
    """`streams`: whole objects, dictionary and content, by the numbers of those whose place they take.

    Raises ValueError for a file of another making.
    """
    with file.open("r+b") as pdf:
        end = pdf.seek(0, 2)
        pdf.seek(max(0, end - _TAIL))
        begin = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf.read())
        if begin is None:
            raise ValueError(f"{file}: no startxref at its end.")
        pdf.seek(int(begin[1]))
        about = _TABLE.match(pdf.read(end - int(begin[1])))
        if about is None:
            raise ValueError(f"{file}: no table of objects as a stream.")
        pdf.seek(end)
        pdf.write(_update(streams, end, about[1], int(begin[1])))


def _update(streams: Mapping[int, bytes], end: int, about: bytes, previous: int) -> bytes:
    out = bytearray(b"\n")
    rows: dict[int, int] = {}
    for number, told in sorted(streams.items()):
        rows[number] = end + len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, told)
    table = _number(about, b"Size")
    at = rows[table] = end + len(out)
    body = b"".join(b"\1%b\0" % place.to_bytes(5, "big") for _number, place in sorted(rows.items()))
    digest = hashlib.sha256(out).hexdigest()[:32].encode()
    first = re.search(rb"/ID\s*\[\s*<([0-9a-fA-F]+)>", about)
    out += (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 5 1]/Index[%b]/Root %d 0 R/Info %d 0 R/Prev %d/ID[<%b><%b>]/Length %d>>"
        b"\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    ) % (
        *(table, table + 1, _index(rows), _number(about, b"Root"), _number(about, b"Info"), previous),
        *(first[1] if first else digest, digest, len(body), body, at),
    )
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
