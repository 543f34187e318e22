"""A PDF written object by object, without a library that holds each of them: a pupil's book has seven hundred."""

import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Final

_OBJECTS_TOGETHER: Final = 200


class Writer:
    """Objects of a PDF under their numbers; those that are not streams are packed together."""

    def __init__(self) -> None:
        self._plain: list[tuple[int, bytes]] = []
        self._streams: list[tuple[int, bytes]] = []
        self._last = 0

    def number(self) -> int:
        self._last += 1
        return self._last

    def put(self, number: int, told: bytes) -> int:
        self._plain.append((number, told))
        return number

    def add(self, told: bytes) -> int:
        return self.put(self.number(), told)

    def stream(self, content: bytes, about: bytes = b"", *, packed: bytes | None = None) -> int:
        """`packed`: the content, compressed already."""
        number = self.number()
        body = zlib.compress(content) if packed is None else packed
        head = b"<</Filter/FlateDecode/Length %d%b>>\nstream\n" % (len(body), about)
        self._streams.append((number, head + body + b"\nendstream"))
        return number

    def written(self, root: int, info: int) -> bytes:
        packs = [
            self._pack(self._plain[at : at + _OBJECTS_TOGETHER])
            for at in range(0, len(self._plain), _OBJECTS_TOGETHER)
        ]
        where: dict[int, tuple[int, int, int]] = {}
        out = BytesIO()
        out.write(b"%PDF-1.7\n%\xc3\xa0\xc3\xa1\n")
        for number, told in self._streams:
            where[number] = (1, out.tell(), 0)
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, told))
        for pack, members in packs:
            where |= {member: (2, pack, place) for place, member in enumerate(members)}
        table = self.number()
        at = out.tell()
        where[table] = (1, at, 0)
        rows = b"".join(
            b"%c%b%b" % (kind, place.to_bytes(4, "big"), within.to_bytes(2, "big"))
            for kind, place, within in (where.get(n, (0, 0, 0)) for n in range(table + 1))
        )
        body = zlib.compress(rows)
        head = (
            b"<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        )
        out.write(b"%d 0 obj\n" % table + head % (table + 1, root, info, len(body)) + body)
        out.write(b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at)
        return out.getvalue()

    def _pack(self, objects: Sequence[tuple[int, bytes]]) -> tuple[int, list[int]]:
        places, bodies, at = [], [], 0
        for number, told in objects:
            places.append(b"%d %d" % (number, at))
            bodies.append(told)
            at += len(told) + 1
        first = b" ".join(places) + b"\n"
        about = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(first))
        return self.stream(first + b"\n".join(bodies), about), [number for number, _told in objects]
