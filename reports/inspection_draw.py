"""The annex of an inspection's minutes: all that is needed to draw again by hand whom it looked at (PLAN IV.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from approvals.models import InspectedClass, InspectedPupil, Inspection
from approvals.sampling import draw, lot_of
from students.models import Student

DIGITS: Final = 8
"""Of the 64 of a lot so many are printed: enough to tell 60 pupils apart and to compare with what one computes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who could be drawn: the number that the lot is made of, and how the lot begins."""

    name: str
    pupil_id: int
    lot: str
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class DrawnClass:
    """A class's candidates in class order of the day on which was drawn.

    `is_fair`: drawn again as the paper is printed, the lot falls upon the same.
    """

    name: str
    class_id: int
    candidates: tuple[Candidate, ...]
    is_fair: bool


@dataclass(frozen=True, slots=True)
class Annex:
    """The draw of an inspection; the first candidate is the worked example of its rule."""

    seed: str
    classes: tuple[DrawnClass, ...]

    @property
    def is_fair(self) -> bool:
        return all(each.is_fair for each in self.classes)

    @property
    def example(self) -> str:
        """What is hashed for the first candidate, to the letter."""
        first = self.classes[0]
        return f"{self.seed}:{first.class_id}:{first.candidates[0].pupil_id}"

    @property
    def whole_lot(self) -> str:
        first = self.classes[0]
        return lot_of(self.seed, first.class_id, first.candidates[0].pupil_id)


def read_annex(inspection: Inspection) -> Annex | None:
    """None where nobody was drawn; else three statements."""
    if not inspection.seed:
        return None
    rows = InspectedClass.objects.filter(inspection=inspection).select_related("school_class")
    classes = [each for each in rows if each.roster]
    names = Student.objects.in_bulk([pupil for each in classes for pupil in each.roster])
    looked_at = InspectedPupil.objects.filter(inspection=inspection, is_drawn=True)
    drawn = set(looked_at.values_list("school_class_id", "student_id"))
    return Annex(inspection.seed, tuple(_drawn_class(inspection, each, names, drawn) for each in classes))


def _drawn_class(
    inspection: Inspection,
    inside: InspectedClass,
    names: Mapping[int, Student],
    drawn: set[tuple[int, int]],
) -> DrawnClass:
    class_id, seed = inside.school_class_id, inspection.seed
    again = draw(seed, class_id, inside.roster, inspection.drawn_per_class or 0)
    candidates = tuple(
        Candidate(
            names[pupil].full_name, pupil, lot_of(seed, class_id, pupil)[:DIGITS], (class_id, pupil) in drawn
        )
        for pupil in inside.roster
    )
    is_fair = {each.pupil_id for each in candidates if each.is_drawn} == set(again)
    return DrawnClass(inside.school_class.name, class_id, candidates, is_fair)
