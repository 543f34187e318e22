"""Sĩ số: how many pupils a class, a grade and the school have on a day, and how that came about (rules R7, R13).

The count of a day is the seats that hold on it. Between two days it changes by the movements in force with a day after
the opening one and up to the last, so that first + coming − going = second for every class, grade and the school; a
test tries it on random sequences of acts. Four statements, whatever the number of classes and pupils.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student
from students.movement_rules import Kind

# The majority, and foreigners, who are no ethnic group of the country; of whom nothing is recorded nobody can say.
NOT_A_MINORITY = ("", "01", "55")
COMING = (Kind.ADMITTED, Kind.TRANSFERRED_IN, Kind.RETURNED)
GOING = (Kind.TRANSFERRED_OUT, Kind.LEFT, Kind.MISSING, Kind.DIED)
COUNT_HEADINGS = (
    *("Lớp, khối", "Đầu kì", "Nhập học", "Chuyển đến", "Học lại"),
    *("Chuyển đi", "Thôi học", "Mất tích", "Qua đời"),
    *(
        "Vào từ lớp khác",
        "Sang lớp khác",
        "Sĩ số",
        "Nữ",
        "Dân tộc thiểu số",
        "Nữ dân tộc thiểu số",
        "Khuyết tật",
    ),
)
INSIDE = (Kind.CHANGED_CLASS, Kind.SKIPPED_GRADE)


@dataclass(frozen=True, slots=True)
class Composition:
    """Who is counted: all, girls, pupils of an ethnic minority, girls among them, pupils with a disability."""

    pupils: int = 0
    girls: int = 0
    minority: int = 0
    minority_girls: int = 0
    disabled: int = 0

    @property
    def of_whom(self) -> tuple[int, int, int, int]:
        return self.girls, self.minority, self.minority_girls, self.disabled

    @classmethod
    def of_one(cls, gender: str, ethnic_code: str, disability_code: str) -> "Composition":
        is_girl = gender == Student.Gender.FEMALE
        is_of_minority = ethnic_code not in NOT_A_MINORITY
        return cls(1, is_girl, is_of_minority, is_girl and is_of_minority, bool(disability_code))

    def __add__(self, other: "Composition") -> "Composition":
        return Composition(
            self.pupils + other.pupils,
            self.girls + other.girls,
            self.minority + other.minority,
            self.minority_girls + other.minority_girls,
            self.disabled + other.disabled,
        )


@dataclass(frozen=True, slots=True)
class HeadCount:
    """One line of the table. `moved` are the numbers of movements by kind; `inward` and `outward` those within the
    school (chuyển lớp, học vượt) that come into the class or grade and leave it."""

    label: str
    first: int
    now: Composition
    moved: Mapping[Kind, int] = field(default_factory=dict)
    inward: int = 0
    outward: int = 0

    @property
    def coming(self) -> int:
        return sum(self.moved.get(kind, 0) for kind in COMING)

    @property
    def going(self) -> int:
        return sum(self.moved.get(kind, 0) for kind in GOING)

    @property
    def adds_up(self) -> bool:
        return self.first + self.coming - self.going + self.inward - self.outward == self.now.pupils


@dataclass(frozen=True, slots=True)
class GradeCount:
    grade_level: int
    classes: tuple[HeadCount, ...]
    total: HeadCount


@dataclass(frozen=True, slots=True)
class SchoolCount:
    """The head counts of a year on `day`, reckoned from `since`; `first` is what there was at the end of `opening`."""

    since: datetime.date
    opening: datetime.date
    day: datetime.date
    grades: tuple[GradeCount, ...]
    total: HeadCount

    def rows(self) -> Iterator[tuple[str | int, ...]]:
        """Under COUNT_HEADINGS: each grade's classes, the grade, and last the school."""
        lines = [line for grade in self.grades for line in (*grade.classes, grade.total)]
        for line in (*lines, self.total):
            moved = (line.moved[kind] for kind in (*COMING, *GOING))
            now = line.now
            yield line.label, line.first, *moved, line.inward, line.outward, now.pupils, *now.of_whom


@dataclass(frozen=True, slots=True)
class _Move:
    kind: Kind
    source: SchoolClass | None
    target: SchoolClass | None


def count_heads(year: SchoolYear, day: datetime.date, *, since: datetime.date | None = None) -> SchoolCount:
    """Counts every class of the year on `day`; `since` is the year's first day unless told otherwise.

    A month's table holds the movements of its first day too: it opens with the evening before. Those who come on the
    year's first day are the đầu năm itself.
    """
    since = min(since or year.starts_on, day)
    opening = opening_before(year, since)
    classes = list(year.classes.order_by("grade_level", "name"))
    first, now = _first_counts(year, opening), _compositions(year, day)
    moves = _moves(year, classes, opening, day)
    grades = []
    for level in sorted({each.grade_level for each in classes}):
        of_grade = [each for each in classes if each.grade_level == level]
        lines = tuple(_line(each.name, [each], first, now, moves) for each in of_grade)
        grades.append(GradeCount(level, lines, _line(f"Khối {level}", of_grade, first, now, moves)))
    return SchoolCount(since, opening, day, tuple(grades), _line("Toàn trường", classes, first, now, moves))


def opening_before(year: SchoolYear, since: datetime.date) -> datetime.date:
    """The day at whose end the reckoning from `since` begins."""
    return since - datetime.timedelta(days=1) if since > year.starts_on else since


def _first_counts(year: SchoolYear, day: datetime.date) -> Mapping[int, int]:
    seats = Enrolment.objects.filter(school_class__year=year).held_on(day).order_by()
    return dict(seats.values_list("school_class_id").annotate(pupils=Count("pk")))


def _compositions(year: SchoolYear, day: datetime.date) -> Mapping[int, Composition]:
    """Counted here: what stands veiled in the database is opened first."""
    seats = Enrolment.objects.filter(school_class__year=year).held_on(day).order_by()
    found: dict[int, Composition] = defaultdict(Composition)
    for class_id, *codes in seats.values_list(
        "school_class_id", "student__gender", "student__ethnic_code", "student__disability_code"
    ):
        found[class_id] += Composition.of_one(*codes)
    return found


def _moves(
    year: SchoolYear, classes: Iterable[SchoolClass], opening: datetime.date, day: datetime.date
) -> Sequence[_Move]:
    known = {each.pk: each for each in classes}
    rows = Movement.objects.in_force().filter(year=year, day__gt=opening, day__lte=day)
    return [
        _Move(Kind(kind), known.get(source), known.get(target))
        for kind, source, target in rows.values_list("kind", "from_class_id", "to_class_id")
    ]


def _line(
    label: str,
    classes: Sequence[SchoolClass],
    first: Mapping[int, int],
    now: Mapping[int, Composition],
    moves: Iterable[_Move],
) -> HeadCount:
    """A change between two of the classes themselves is none for them together."""
    ids = {each.pk for each in classes}
    moved: Counter[Kind] = Counter()
    inward = outward = 0
    for move in moves:
        comes = move.target is not None and move.target.pk in ids
        goes = move.source is not None and move.source.pk in ids
        if move.kind in INSIDE:
            inward += comes and not goes
            outward += goes and not comes
        else:
            moved[move.kind] += comes or goes
    return HeadCount(
        label,
        sum(first.get(pk, 0) for pk in ids),
        sum((now.get(pk, Composition()) for pk in ids), Composition()),
        {kind: moved[kind] for kind in (*COMING, *GOING)},
        inward,
        outward,
    )
