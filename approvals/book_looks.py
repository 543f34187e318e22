"""Who has had which contents of a book before them: without it nobody signs the book (PLAN IV.5, IV.6).

Kept by the digest of the contents: a look at what stood there before a correction is no look at what stands there now.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import Max

from accounts import clock
from accounts.models import User
from approvals.book_keys import BookKey, key_of
from approvals.models import BookLook
from approvals.signed_content import Content
from gradebook.scopes import HOMEROOM
from gradebook.sheets import SheetRef


@dataclass(frozen=True, slots=True)
class Looks:
    """One person's looks at one book: by digest of the contents, when last."""

    by_digest: Mapping[str, datetime.datetime]

    def at(self, digest: str) -> datetime.datetime | None:
        return self.by_digest.get(digest)


NEVER: Final = Looks(MappingProxyType({}))


def note_look(ref: SheetRef, content: Content, *, by: User) -> None:
    """Whoever shows a signer the whole contents of a book says so here. One statement."""
    BookLook.objects.create(
        person=by,
        school_class=ref.school_class,
        line=ref.line,
        period=ref.period.value,
        digest=content.digest,
        looked_at=clock.now(),
    )


def looks_of(person: User, refs: Collection[SheetRef]) -> dict[BookKey, Looks]:
    """Of the books that the person has looked at among these. One statement."""
    found = BookLook.objects.filter(
        person=person,
        period__in={ref.period.value for ref in refs},
        school_class__in={ref.school_class.pk for ref in refs},
    )
    last: dict[BookKey, dict[str, datetime.datetime]] = defaultdict(dict)
    rows = found.values_list("school_class_id", "line__code", "period", "digest").annotate(
        last=Max("looked_at")
    )
    for class_id, code, period, digest, at in rows:
        last[class_id, code or HOMEROOM, period][digest] = at
    wanted = {key_of(ref) for ref in refs}
    return {key: Looks(by_digest) for key, by_digest in last.items() if key in wanted}
