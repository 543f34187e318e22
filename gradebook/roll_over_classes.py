"""Next year's classes from this year's: 1A goes on as 2A, and the new first grade takes the names of the old one."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from gradebook.roll_over_pupils import Pupil, Standing, Way, standing_of
from students.models import SchoolClass, SchoolYear
from students.promotion import LAST_GRADE
from students.years import make_classes

KEPT = ("site", "is_semi_boarding", "foreign_language")


class ClassesRefused(Exception):
    """No classes are made; the message is for the user."""


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that would be made, from the class of last year that goes on in it; a first grade goes on from none."""

    made: SchoolClass
    old: SchoolClass | None

    @property
    def words(self) -> str:
        return f"{self.old.name} → {self.made.name}" if self.old else f"{self.made.name} (khối 1 mới)"


def name_carried_up(name: str, grade: int) -> str:
    """ "2A1" for "1A1", "5.1" for "4.1": the figure that is the grade; a name without it stays."""
    return re.sub(rf"(?<!\d){grade}(?!\d)", str(grade + 1), name, count=1)


def class_proposals(standing: Standing) -> list[NewClass]:
    """The classes that the new year still lacks, by grade and name."""
    taken = {each.name.casefold() for each in standing.classes}
    found = []
    for proposal in sorted(_wanted(standing), key=lambda each: (each.made.grade_level, each.made.name)):
        if proposal.made.name.casefold() not in taken:
            taken.add(proposal.made.name.casefold())
            found.append(proposal)
    return found


def _wanted(standing: Standing) -> Iterator[NewClass]:
    for old in standing.old_classes:
        if old.grade_level < LAST_GRADE:
            name = name_carried_up(old.name, old.grade_level)
            yield NewClass(_like(old, standing.year, old.grade_level + 1, name), old)
        if old.grade_level == 1:
            yield NewClass(_like(old, standing.year, 1, old.name), None)


def _like(old: SchoolClass, year: SchoolYear, grade: int, name: str) -> SchoolClass:
    kept = {field: getattr(old, field) for field in KEPT}
    return SchoolClass(year=year, grade_level=grade, name=name, **kept)


def make_proposed_classes(year: SchoolYear, *, by: User) -> list[SchoolClass]:
    """Makes every class that is proposed, while the year is prepared; the clerk changes them on their own pages."""
    permissions.require(by, Action.ROLL_OVER)
    if year.state != SchoolYear.State.PREPARING:
        raise ClassesRefused(
            f"Năm học {year.label} không còn trong thời gian chuẩn bị: lập từng lớp ở trang «Lớp và học sinh»."
        )
    proposals = class_proposals(standing_of(year))
    if not proposals:
        raise ClassesRefused("Không còn lớp nào để lập theo đề xuất.")
    return make_classes([each.made for each in proposals], year=year, by=by)


# -- Who goes into which -----------------------------------------------------------------------------------


def proposed_places(standing: Standing) -> dict[int, int]:
    """Pupil id → class id for all who have no place yet: old classes stay together, repeaters go where there are few.

    Where a grade has no class yet, its pupils stay without.
    """
    sizes = Counter(pupil.class_id for pupil in standing.pupils if pupil.class_id is not None)
    sizes.update({class_id: pupils for class_id, (pupils, _girls) in standing.others.items()})
    found: dict[int, int] = {}
    for pupils in _together(standing.unplaced):
        target = _class_for(pupils[0], standing, sizes)
        if target is None:
            continue
        found |= {pupil.pk: target.pk for pupil in pupils}
        sizes[target.pk] += len(pupils)
    return found


def _together(pupils: Iterable[Pupil]) -> Sequence[list[Pupil]]:
    """Old classes whole; then each repeater alone."""
    classes: dict[int, list[Pupil]] = defaultdict(list)
    alone = []
    for pupil in pupils:
        if pupil.way is Way.REPEATING:
            alone.append([pupil])
        else:
            classes[pupil.old_class.pk].append(pupil)
    return [*classes.values(), *alone]


def _class_for(pupil: Pupil, standing: Standing, sizes: Counter[int]) -> SchoolClass | None:
    """The class that carries the old one's name up; else the one of the grade with the fewest pupils."""
    classes = standing.classes_of(pupil.grade or 0)
    if pupil.way is Way.PROMOTED:
        name = name_carried_up(pupil.old_class.name, pupil.old_class.grade_level).casefold()
        carried = next((each for each in classes if each.name.casefold() == name), None)
        if carried:
            return carried
    return min(classes, key=lambda each: (sizes[each.pk], each.name), default=None)
