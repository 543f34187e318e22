"""What the roll-over comes to in numbers: last year's classes by where their pupils go, the new ones by who comes."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from gradebook.roll_over_pupils import Pupil, Standing, Way

MOST_PUPILS = 35


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class of the new year: who comes up, who repeats, who sits there already from a list; girls among all.

    `newcomers` are those of the seated who were not here last year.
    """

    name: str
    grade: int
    pk: int
    promoted: int
    repeating: int
    seated: int
    girls: int
    newcomers: int = 0

    @property
    def total(self) -> int:
        return self.promoted + self.repeating + self.seated

    @property
    def is_crowded(self) -> bool:
        return self.total > MOST_PUPILS

    def __add__(self, other: "ClassCount") -> "ClassCount":
        return ClassCount(
            self.name,
            self.grade,
            self.pk,
            self.promoted + other.promoted,
            self.repeating + other.repeating,
            self.seated + other.seated,
            self.girls + other.girls,
            self.newcomers + other.newcomers,
        )


@dataclass(frozen=True, slots=True)
class OldCount:
    """A class of last year by the ways that its pupils go, in the order of Way; they add up to `total`."""

    name: str
    total: int
    by_way: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GradeCount:
    """A grade of the new year: its classes and their sum; `waiting` are its pupils without a class."""

    grade: int
    classes: tuple[ClassCount, ...]
    total: ClassCount
    waiting: int


def pupils_by_class(standing: Standing) -> dict[int, list[Pupil]]:
    """Class id → who sits or is to sit there; a place that no longer fits, or of a pupil who has left, is none."""
    found: dict[int, list[Pupil]] = defaultdict(list)
    for pupil in standing.pupils:
        if pupil.has_gone:
            continue
        if pupil.seat is not None:
            found[pupil.seat].append(pupil)
        elif pupil.place is not None and pupil.is_to_be_placed and standing.is_placed(pupil):
            found[pupil.place].append(pupil)
    return found


def new_counts(standing: Standing) -> list[ClassCount]:
    there = pupils_by_class(standing)
    return [_class_count(each.pk, there[each.pk], standing) for each in standing.classes]


def _class_count(class_id: int, there: list[Pupil], standing: Standing) -> ClassCount:
    coming = Counter(pupil.way for pupil in there if pupil.seat is None or pupil.has_come)
    others, girls = standing.others.get(class_id, (0, 0))
    school_class = standing.class_by_id[class_id]
    return ClassCount(
        name=school_class.name,
        grade=school_class.grade_level,
        pk=class_id,
        promoted=coming[Way.PROMOTED],
        repeating=coming[Way.REPEATING],
        seated=len(there) - coming.total() + others,
        girls=sum(pupil.is_girl for pupil in there) + girls,
        newcomers=others,
    )


def grade_counts(standing: Standing) -> list[GradeCount]:
    """Every grade that has a class or awaits a pupil."""
    counts = new_counts(standing)
    waiting = Counter(pupil.grade for pupil in standing.unplaced)
    grades = sorted({each.grade for each in counts} | {grade for grade in waiting if grade})
    return [_grade_count(grade, [c for c in counts if c.grade == grade], waiting[grade]) for grade in grades]


def _grade_count(grade: int, classes: list[ClassCount], waiting: int) -> GradeCount:
    total = sum(classes, ClassCount(f"Khối {grade}", grade, 0, 0, 0, 0, 0))
    return GradeCount(grade, tuple(classes), total, waiting)


def old_counts(standing: Standing) -> list[OldCount]:
    """Each class of last year, and last all together."""
    ways = Counter((pupil.old_class.pk, pupil.way) for pupil in standing.pupils)
    lines = [
        OldCount(each.name, sum(numbers), numbers)
        for each in standing.old_classes
        for numbers in [tuple(ways[each.pk, way] for way in Way)]
    ]
    whole = tuple(standing.number(way) for way in Way)
    return [*lines, OldCount("Toàn trường", len(standing.pupils), whole)]
