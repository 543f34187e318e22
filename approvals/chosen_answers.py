"""What a form of attendance says against what stands now: radio buttons send along what nobody has touched. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[K]):
    """P, K or "" of each place of a form: as chosen, and as the form showed it before anybody chose."""

    wanted: Mapping[K, str]
    seen: Mapping[K, str] = field(default_factory=dict)

    def touched(self) -> dict[K, str]:
        """What was chosen otherwise than shown; all of a form that does not say what it showed."""
        return {place: kind for place, kind in self.wanted.items() if self.seen.get(place) != kind}

    def changes(self, standing: Mapping[K, str]) -> dict[K, tuple[str, str]]:
        """(standing, chosen) of each place that shall change, in the order of `standing`."""
        touched = self.touched()
        return {
            place: (old, touched[place])
            for place, old in standing.items()
            if place in touched and touched[place] != old
        }

    def moved_on(self, standing: Mapping[K, str]) -> list[K]:
        """The places to change that stand otherwise now than the form showed."""
        return [
            place for place, (old, _new) in self.changes(standing).items() if self.seen.get(place, old) != old
        ]


def read_chosen(
    posted: Mapping[str, str], places: Iterable[K], kinds: Iterable[str], name_of: Callable[[K], str]
) -> Chosen[K]:
    """From the fields `<name>` and `was.<name>` of each place; what is no kind of answer counts as not posted."""
    known = set(kinds)
    wanted: dict[K, str] = {}
    seen: dict[K, str] = {}
    for place in places:
        name = name_of(place)
        for found, posted_as in ((wanted, name), (seen, f"was.{name}")):
            if posted.get(posted_as) in known:
                found[place] = posted[posted_as]
    return Chosen(wanted, seen)
