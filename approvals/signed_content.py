"""What a signature on a book is about: its contents as one text, always the same for the same contents. Pure.

The text of version 1 is JSON in UTF-8, keys sorted, no white space: which book, until when days absent are counted, and
for each pupil, by their number in the system, the cells that hold something, as stored. An empty cell is left out, and
so are names: a name put right in a pupil's record changes no result. A signature is the SHA-256 of it. Whoever changes
this raises VERSION and keeps the old way of writing under its number: what was signed must stay readable.
"""

import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

VERSION: Final = 1

Cells = Mapping[str, str]
"""By «item.field» what stands there; never an empty text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which book; `code` is the line's, or that of the homeroom for the book of the class."""

    year: int
    class_id: int
    code: str
    period: str


@dataclass(frozen=True, slots=True)
class Content:
    """A book's contents. `absent_until` is an ISO date, "" where the book tells of no days absent."""

    place: Place
    rows: Mapping[int, Cells]
    absent_until: str = ""

    @property
    def text(self) -> str:
        """The canonical text of VERSION."""
        told = {
            "absent_until": self.absent_until,
            "book": [self.place.year, self.place.class_id, self.place.code, self.place.period],
            "rows": [[pupil, self.rows[pupil]] for pupil in sorted(self.rows)],
            "version": VERSION,
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def absent_day(self) -> datetime.date | None:
        return datetime.date.fromisoformat(self.absent_until) if self.absent_until else None

    @property
    def digest(self) -> str:
        return digest_of(self.text)

    def covering(self, pupils: Collection[int]) -> "Content":
        """What of it a signature on the rows of `pupils` is about: their rows, and others that hold something.

        Whoever has left the class since stays signed for; who came and has nothing here changes nothing.
        """
        kept = {pupil: self.rows.get(pupil, {}) for pupil in pupils}
        return replace(self, rows=kept | {pupil: cells for pupil, cells in self.rows.items() if cells})


class UnknownVersionError(ValueError):
    """The text was written by a version of the system that this one cannot read."""


def digest_of(text: str) -> str:
    """64 hex digits; the database computes the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(text: str) -> Content:
    """The contents back from their text. Raises UnknownVersionError."""
    told = json.loads(text)
    if told.get("version") != VERSION:
        raise UnknownVersionError(
            f"Nội dung đã kí theo bản {told.get('version')}, hệ thống đọc bản {VERSION}."
        )
    return Content(Place(*told["book"]), dict(told["rows"]), told["absent_until"])


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that no longer holds what was signed; "" for nothing."""

    pupil: int
    item: str
    field: str
    signed: str
    now: str


def changes_since(signed: Content, now: Content) -> tuple[CellChange, ...]:
    """Cell by cell what differs, by pupil; none exactly where the digests are equal. `now` is `covering` the signed."""
    return tuple(
        CellChange(pupil, *_item_and_field(key), was.get(key, ""), cells.get(key, ""))
        for pupil, was, cells in _pairs(signed, now)
        for key in sorted(was.keys() | cells.keys())
        if was.get(key, "") != cells.get(key, "")
    )


def _item_and_field(key: str) -> tuple[str, str]:
    item, _dot, field = key.partition(".")
    return item, field


def _pairs(signed: Content, now: Content) -> Iterable[tuple[int, Cells, Cells]]:
    for pupil in sorted(signed.rows.keys() | now.rows.keys()):
        yield pupil, signed.rows.get(pupil, {}), now.rows.get(pupil, {})
