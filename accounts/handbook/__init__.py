"""The handbook: of each role everything that it may do, as «muốn … thì …» (PLAN III.2, IV).

Data only, a file a part of the system (`accounts.powers.Area`). A guide (`accounts.guides`) shows the day's work with
pictures; this says the rest, in words. An entry is read by whom the table of powers gives the first of its acts, unless
it names its roles: who may see what others do is not told to do it. A test asks an entry of every act of every role, so
that a new act is not forgotten here. Words in «…» are controls and headings: a test looks for each in the program.
"""

from collections.abc import Collection, Sequence

from accounts.handbook import books, corrections, daily, marks, people, pupils, supervision
from accounts.handbook.entries import Chapter, Entry
from accounts.powers import Area, Role

ENTRIES: tuple[Entry, ...] = (
    *daily.ENTRIES,
    *pupils.ENTRIES,
    *marks.ENTRIES,
    *corrections.ENTRIES,
    *books.ENTRIES,
    *people.ENTRIES,
    *supervision.ENTRIES,
)


def handbook_of(role: Role) -> list[Chapter]:
    """The chapters of a role, in the order of the table of powers; STAFF: what everybody with an account may do."""
    mine = [entry for entry in ENTRIES if entry.is_for(role)]
    return [Chapter(area.label, found) for area in Area if (found := _in(area, mine))]


def pages_of(roles: Collection[Role]) -> set[str]:
    """The pages to which the handbook of one of these roles leads: each opens for the role."""
    return {entry.page for entry in ENTRIES if any(entry.is_for(role) for role in roles)}


def _in(area: Area, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.area is area)
