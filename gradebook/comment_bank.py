"""The bank of ready comments, to be read: what is shipped, the school's, and one's own (issue 5, part 3).

The shipped bank is data of the system and the same for each year: a newer system brings more of it, and what the
school hid stays hidden (HiddenComment). A comment is for one line or group, one level, and the grades from–to.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path

from accounts.models import User
from gradebook.models import BankComment, HiddenComment
from gradebook.regulation import GRADES, LINES, Attainment, Rating, TraitGroup, folded, line_by_name

DATA = Path(__file__).parent / "data"
LIMIT = 500
FIRST, LAST = min(GRADES), max(GRADES)


class Whose(StrEnum):
    """Where a ready comment comes from; the shipped ones belong to the school's bank."""

    OWN = "own"
    SCHOOL = "school"
    SHIPPED = "shipped"

    @property
    def label(self) -> str:
        return {"own": "của tôi", "school": "của trường", "shipped": "có sẵn"}[self.value]


@dataclass(frozen=True, slots=True)
class Subject:
    """What has a bank of its own: a line of the books, or a group of qualities or competencies."""

    code: str
    label: str
    levels: tuple[Attainment, ...] | tuple[Rating, ...]

    @property
    def is_group(self) -> bool:
        return self.code in set(TraitGroup)


SUBJECTS: tuple[Subject, ...] = (
    *(Subject(line.code, line.short_name, tuple(Attainment)) for line in LINES),
    *(Subject(group.value, group.label, tuple(Rating)) for group in TraitGroup),
)
BY_CODE = {subject.code: subject for subject in SUBJECTS}
_GROUP_BY_NAME = {
    folded(name): group.value for group in TraitGroup for name in (group.label, group.value)
} | {
    "pham chat": "quality",
    "nang luc dac thu": "specific",
}


def subject_by_name(text: str) -> Subject | None:
    """The subject that a sheet of a workbook is named after, or None."""
    line = line_by_name(text)
    code = line.code if line else _GROUP_BY_NAME.get(folded(text), "")
    return BY_CODE.get(code)


@dataclass(frozen=True, slots=True)
class Entry:
    """A ready comment, of whichever bank."""

    subject: str
    level: str
    text: str
    first_grade: int = FIRST
    last_grade: int = LAST

    @property
    def key(self) -> tuple[str, str, str]:
        return self.subject, self.level, self.text

    @property
    def mark(self) -> str:
        """Names a shipped comment in an address; changes with its text."""
        return sha256("\n".join(self.key).encode()).hexdigest()[:16]

    @property
    def grades(self) -> str:
        """ "" for all grades, else "4" or "1-2"."""
        if (self.first_grade, self.last_grade) == (FIRST, LAST):
            return ""
        if self.first_grade == self.last_grade:
            return str(self.first_grade)
        return f"{self.first_grade}-{self.last_grade}"

    def is_for(self, grade: int | None) -> bool:
        return grade is None or self.first_grade <= grade <= self.last_grade


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as a list shows it; `pk` of its row, None for a shipped one."""

    entry: Entry
    whose: Whose
    pk: int | None = None
    is_hidden: bool = False


@cache
def shipped() -> tuple[Entry, ...]:
    """The bank of the system's own writing, in the order of its files: for all grades, then for some."""
    return (*_read("comments.json"), *_read("comments_by_grade.json"))


@cache
def shipped_by_mark() -> dict[str, Entry]:
    return {entry.mark: entry for entry in shipped()}


def _read(name: str) -> Iterator[Entry]:
    told = json.loads((DATA / name).read_text(encoding="utf-8"))
    for subject, bands in (pair for part in ("lines", "groups") for pair in told[part].items()):
        is_banded = name != "comments.json"
        for band, levels in bands.items() if is_banded else [("1-5", bands)]:
            first, _, last = band.partition("-")
            for level, texts in levels.items():
                yield from (Entry(subject, level, text, int(first), int(last or first)) for text in texts)


def entry_of(row: BankComment) -> Entry:
    return Entry(row.subject, row.level, row.text, row.first_grade, row.last_grade)


def read_bank(
    user: User,
    *,
    subjects: Iterable[str] | None = None,
    grade: int | None = None,
    with_hidden: bool = False,
) -> list[Listed]:
    """What the person is offered: own, the school's, then shipped ones that are not hidden. Two statements."""
    wanted = set(BY_CODE if subjects is None else subjects)
    rows = BankComment.objects.mine_or_schools(user).filter(subject__in=wanted).order_by("pk")
    written = [
        Listed(entry_of(row), Whose.SCHOOL if row.owner_id is None else Whose.OWN, row.pk) for row in rows
    ]
    hidden = hidden_keys(wanted)
    supplied = [
        Listed(entry, Whose.SHIPPED, is_hidden=entry.key in hidden)
        for entry in shipped()
        if entry.subject in wanted and (with_hidden or entry.key not in hidden)
    ]
    own = [listed for listed in written if listed.whose == Whose.OWN]
    schools = [listed for listed in written if listed.whose == Whose.SCHOOL]
    return [listed for listed in (*own, *schools, *supplied) if listed.entry.is_for(grade)]


def hidden_keys(subjects: Iterable[str]) -> set[tuple[str, str, str]]:
    found = HiddenComment.objects.filter(subject__in=set(subjects))
    return set(found.values_list("subject", "level", "text"))


def suggestions_for(user: User, code: str, grade: int) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By item and level the texts that the cells of a sheet are offered, each once, with whose it is.

    `code` is a line's, or that of the homeroom sheet, which has a comment for each group.
    """
    subjects = [code] if code in BY_CODE else [group.value for group in TraitGroup]
    found: dict[str, dict[str, list[tuple[str, str]]]] = {
        each: {level.value: [] for level in BY_CODE[each].levels} for each in subjects
    }
    seen: set[tuple[str, str, str]] = set()
    for listed in read_bank(user, subjects=subjects, grade=grade):
        entry = listed.entry
        if entry.key not in seen:
            seen.add(entry.key)
            found[entry.subject][entry.level].append((entry.text, listed.whose.value))
    return found
