"""What differs between two moments: of each row of a pupil's or a class's story how it stood at the first, and at the
last. Changed and changed back is no difference; the entries between tell who and when."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from accounts.clock import moment_label
from accounts.models import AuditEntry, User
from accounts.tables import Heading, Value
from approvals import audit_words
from approvals.audit_trail import Change, Wanted, change_words, changes_of, entries, read_names, thing_words

MOST_ENTRIES: Final = 20_000
HEADINGS: Final = (
    Heading("Ở đâu", 30),
    Heading("Của ai, cái gì", 44),
    Heading("Khác thế nào", 14),
    Heading("Thay đổi", 80),
    Heading("Số lần ghi", 10),
    Heading("Lần cuối", 20),
    Heading("Người làm lần cuối", 26),
)


class TooMuch(Exception):
    """More entries than are compared at once."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that stood otherwise at the first moment than at the last."""

    where: str
    thing: str
    how: str
    kind: str
    icon: str
    changes: tuple[Change, ...]
    times: int
    last_at: datetime.datetime
    who: str

    @property
    def last_moment(self) -> str:
        return moment_label(self.last_at)


def read_differences(
    reader: User, wanted: Wanted, first: datetime.datetime, last: datetime.datetime
) -> list[Difference]:
    """Of what the reader may see, by table, then in the order of the last entries.

    Two statements and one for each kind of thing named. Raises TooMuch.
    """
    between = entries(reader, replace(wanted, since=None, until=None)).filter(at__gt=first, at__lte=last)
    rows = list(between[: MOST_ENTRIES + 1])
    if len(rows) > MOST_ENTRIES:
        raise TooMuch
    return list(_differences(rows))


def _differences(rows: list[AuditEntry]) -> Iterator[Difference]:
    """`rows` newest first."""
    names = read_names(rows)
    of_rows: dict[tuple[str, str], list[AuditEntry]] = {}
    for entry in rows:
        of_rows.setdefault((entry.table_name, entry.row_id), []).append(entry)
    for (table, _row), written in sorted(of_rows.items(), key=lambda item: item[0][0]):
        newest, oldest = written[0], written[-1]
        before = oldest.new if oldest.action == "S" else oldest.old
        changes = tuple(changes_of(table, before, newest.new, names))
        if before == newest.new or not changes:
            continue
        action = "I" if before is None else "D" if newest.new is None else "U"
        yield Difference(
            where=audit_words.table_words(table),
            thing=thing_words(newest, names),
            how={"I": "Thêm", "U": "Khác", "D": "Mất"}[action],
            kind=audit_words.ACTION_KINDS[action],
            icon=audit_words.ACTION_ICONS[action],
            changes=changes,
            times=len(written),
            last_at=newest.at,
            who=names.actors.get(newest.actor, newest.actor) or "Ngoài ứng dụng",
        )


def export_rows(found: list[Difference]) -> Iterator[tuple[Value, ...]]:
    for each in found:
        yield (
            *(each.where, each.thing, each.how, "; ".join(map(change_words, each.changes))),
            *(each.times, each.last_at, each.who),
        )
