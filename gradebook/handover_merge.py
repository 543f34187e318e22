"""Two people, or two tabs, write one handover: what each changed is kept, what both changed is shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from gradebook.grading import plain_text


@dataclass(frozen=True, slots=True)
class Said:
    """The three texts on one pupil; of grade 5 the school that gets the file, when it is not that of the class."""

    strengths: str = ""
    limits: str = ""
    help: str = ""
    school: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """What is told of the pupil."""
        return {"strengths": self.strengths, "limits": self.limits, "help": self.help}

    def __bool__(self) -> bool:
        return bool(self.strengths or self.limits or self.help)


@dataclass(frozen=True, slots=True)
class Texts:
    """What a form of the record holds: the notes by pupil, and the school that receives a class of grade 5."""

    said: Mapping[int, Said] = field(default_factory=dict)
    receiving_school: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """`texts`: the writer's own where they changed one, else what is stored; of the `pupils` both wrote otherwise."""

    texts: Texts
    pupils: frozenset[int]
    is_school_changed: bool

    @property
    def clashes(self) -> bool:
        return bool(self.pupils) or self.is_school_changed


def merge(typed: Texts, *, seen: Texts, stored: Texts) -> Merged:
    """`seen` is what the page showed its writer; a text that it does not tell of was empty."""
    said: dict[int, Said] = {}
    pupils = set()
    for pupil, mine in typed.said.items():
        before, now = seen.said.get(pupil, Said()), stored.said.get(pupil, Said())
        said[pupil], clashes = _merge_notes(mine, before, now)
        if clashes:
            pupils.add(pupil)
    school, is_changed = _merge_text(typed.receiving_school, seen.receiving_school, stored.receiving_school)
    return Merged(Texts(said, school), frozenset(pupils), is_changed)


def _merge_notes(typed: Said, seen: Said, stored: Said) -> tuple[Said, bool]:
    merged = {
        each.name: _merge_text(
            getattr(typed, each.name), getattr(seen, each.name), getattr(stored, each.name)
        )
        for each in fields(Said)
    }
    return Said(**{name: text for name, (text, _clashes) in merged.items()}), any(
        clashes for _text, clashes in merged.values()
    )


def _merge_text(typed: str, seen: str, stored: str) -> tuple[str, bool]:
    """The text to stand there, and whether somebody else has changed it in another way meanwhile."""
    if _same(typed, seen):
        return stored, False
    return typed, not _same(stored, seen) and not _same(stored, typed)


def _same(one: str, other: str) -> bool:
    """Browsers send the ends of lines in their own way."""
    return plain_text(one) == plain_text(other)
