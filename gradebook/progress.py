"""How far the entry of a period has come: cells entered of cells required, per class and line.

Required is what the sheets have: pupils of today's roster × columns of the sheet (a mark only where the test
matrix has one). Entered is counted by the database; no result is loaded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least

from accounts import clock, permissions
from accounts.clock import now_in_sql
from accounts.models import User
from gradebook.models import EntryWindow, SubjectLine
from gradebook.regulation import Period, has_mark
from gradebook.sheets import HOMEROOM_CODE, SheetRef
from students.models import Enrolment, SchoolClass, SchoolYear

HOMEROOM_LABEL = "PC, NL"


@dataclass(frozen=True, slots=True)
class Tally:
    """Cells entered of cells required, and how a page says it."""

    entered: int
    required: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.entered + other.entered, self.required + other.required)

    @property
    def is_complete(self) -> bool:
        return self.entered >= self.required

    @property
    def missing(self) -> int:
        return max(self.required - self.entered, 0)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 means complete."""
        return self.entered * 100 // self.required if self.required else 100

    @property
    def label(self) -> str:
        return f"{self.entered}/{self.required} ô"

    @property
    def word(self) -> str:
        if self.is_complete:
            return "Đủ"
        return "Đang nhập" if self.entered else "Chưa nhập"

    @property
    def short_word(self) -> str:
        """The same for a narrow column."""
        return self.word.removesuffix(" nhập")

    @property
    def kind(self) -> str:
        if self.is_complete:
            return "ok"
        return "waiting" if self.entered else "neutral"


NOTHING = Tally(0, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Entered cells by (class id, sheet code, period), as `count_entered` found them."""

    _cells: Mapping[tuple[int, str, str], tuple[int, int]] = field(default_factory=dict)

    def entered(self, ref: SheetRef) -> int:
        """A mark counts only where the sheet has a column for it."""
        others, marks = self._cells.get((ref.school_class.pk, ref.code, ref.period.value), (0, 0))
        if ref.line is None:
            return others
        school_class = ref.school_class
        tested = has_mark(school_class.year_id, school_class.grade_level, ref.code, ref.period)
        return others + (marks if tested else 0)


def count_entered(
    year: SchoolYear, class_ids: Collection[int], periods: Iterable[str] = tuple(Period)
) -> Counts:
    """Counts the filled cells of the classes' pupils of today. One statement, whatever the number of classes."""
    if not class_ids:
        return Counts()
    roster = Enrolment.objects.filter(school_class_id__in=class_ids).held_on(year.day_for_roster())
    wanted = list(periods)
    rows = _subject_counts(roster, year, wanted).union(_trait_counts(roster, year, wanted), all=True)
    return Counts(
        {(class_id, code, period): (others, marks) for class_id, code, period, others, marks in rows}
    )


def _subject_counts(roster: QuerySet[Enrolment], year: SchoolYear, periods: list[str]) -> QuerySet[Any]:
    results = "student__subject_results"
    return (
        roster.filter(**{f"{results}__period__in": periods, f"{results}__line__year": year})
        .values("school_class_id", code=F(f"{results}__line__code"), period=F(f"{results}__period"))
        .annotate(
            others=Count("id", filter=~Q(**{f"{results}__attainment": ""}))
            + Count("id", filter=~Q(**{f"{results}__comment": ""})),
            marks=Count(f"{results}__mark"),
        )
        .values_list("school_class_id", "code", "period", "others", "marks")
        .order_by()
    )


def _trait_counts(roster: QuerySet[Enrolment], year: SchoolYear, periods: list[str]) -> QuerySet[Any]:
    results = "student__trait_results"
    return (
        roster.filter(**{f"{results}__period__in": periods, f"{results}__year": year})
        .values("school_class_id", code=Value(HOMEROOM_CODE), period=F(f"{results}__period"))
        .annotate(
            others=Count("id", filter=~Q(**{f"{results}__rating": ""}) | ~Q(**{f"{results}__comment": ""})),
            marks=Value(0),
        )
        .values_list("school_class_id", "code", "period", "others", "marks")
        .order_by()
    )


def with_pupil_counts(classes: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
    """Adds `pupils` (pupils on the roster that the class's sheets show) and brings the year along."""
    day = Least(Greatest(Value(clock.today()), OuterRef("year__starts_on")), OuterRef("year__ends_on"))
    seated = (
        Enrolment.objects.filter(school_class=OuterRef("pk"), starts_on__lte=day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        .order_by()
        .values("school_class")
        .annotate(n=Count("*"))
        .values("n")
    )
    return classes.select_related("year").annotate(pupils=Coalesce(Subquery(seated), 0))


def tally_of(ref: SheetRef, counts: Counts) -> Tally:
    """How far one sheet is; its class comes from `with_pupil_counts`."""
    school_class: Any = ref.school_class
    return Tally(counts.entered(ref), school_class.pupils * len(ref.columns()))


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One sheet on the board."""

    code: str
    label: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class BoardRow:
    class_id: int
    class_name: str
    pupils: int
    cells: tuple[BoardCell, ...]

    @property
    def total(self) -> Tally:
        return sum((cell.tally for cell in self.cells), NOTHING)


@dataclass(frozen=True, slots=True)
class BoardGrade:
    """The classes of a grade; `sums` has one tally per line, in the order of `labels`."""

    grade_level: int
    labels: tuple[str, ...]
    rows: tuple[BoardRow, ...]

    @property
    def sums(self) -> tuple[Tally, ...]:
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return tuple(sum((cell.tally for cell in column), NOTHING) for column in columns)

    @property
    def pupils(self) -> int:
        return sum(row.pupils for row in self.rows)

    @property
    def total(self) -> Tally:
        return sum((row.total for row in self.rows), NOTHING)


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board of a period; `window` is the open window behind it, if there is one."""

    year: SchoolYear | None
    period: Period
    grades: tuple[BoardGrade, ...]
    window: EntryWindow | None
    state: str
    state_kind: str

    @property
    def total(self) -> Tally:
        return sum((grade.total for grade in self.grades), NOTHING)


def read_board(user: User, period: str = "") -> Board:
    """What the person may see of a period: the school, or the grades the person heads. Four statements.

    Without a period, or with an unknown one: the one open now, or the last that was, or the year's first.
    """
    year = Subquery(
        SchoolYear.objects.filter(starts_on__lte=clock.today()).order_by("-year").values("pk")[:1]
    )
    classes = [
        each
        for each in with_pupil_counts(SchoolClass.objects.filter(year=year))
        if _is_shown(user, each.grade_level)
    ]
    windows = list(
        EntryWindow.objects.filter(year=year).select_related("order").annotate(asked_at=now_in_sql())
    )
    chosen = Period(period) if period in set(Period) else chosen_period(windows)
    state, kind, window = _state_of(chosen, windows)
    school_year = classes[0].year if classes else None
    grades: tuple[BoardGrade, ...] = ()
    if school_year:
        lines = sorted(SubjectLine.objects.filter(year=year), key=lambda each: each.line.position)
        counts = count_entered(school_year, [each.pk for each in classes], [chosen])
        grades = _grades(classes, lines, chosen, counts)
    return Board(school_year, chosen, grades, window, state, kind)


def _is_shown(user: User, grade_level: int) -> bool:
    powers = permissions.powers_of(user)
    return powers.sees_whole_school or grade_level in powers.headed_grades


def chosen_period(windows: Sequence[Any]) -> Period:
    """The period open now; else the last one that was; else the year's first. Windows carry `asked_at`."""
    begun = [window for window in windows if window.opens_at <= window.asked_at]
    if not begun:
        return Period.MID_TERM_1
    return Period(max(begun, key=lambda window: (window.is_open_at(window.asked_at), window.opens_at)).period)


def _state_of(period: Period, windows: Sequence[Any]) -> tuple[str, str, EntryWindow | None]:
    """The period's state in words with its colour, and the open window that ends last."""
    own = [window for window in windows if window.period == period]
    still_open = [window for window in own if window.is_open_at(window.asked_at)]
    if still_open:
        last = max(still_open, key=lambda window: window.closes_at)
        return f"{period.value} · mở đến {last.closes_label}", "open", last
    over = [window for window in own if window.closes_at <= window.asked_at]
    if over:
        last = max(over, key=lambda window: window.closes_at)
        return f"{period.value} · đã khoá từ {last.closes_label}", "locked", None
    return f"{period.value} · chưa mở", "neutral", None


def _grades(
    classes: Sequence[SchoolClass], lines: Sequence[SubjectLine], period: Period, counts: Counts
) -> tuple[BoardGrade, ...]:
    grades = []
    for grade_level in sorted({each.grade_level for each in classes}):
        own_lines: list[SubjectLine | None] = [each for each in lines if each.grade_level == grade_level]
        own_lines.append(None)
        grades.append(
            BoardGrade(
                grade_level,
                tuple(_label(line) for line in own_lines),
                tuple(
                    _row(each, own_lines, period, counts)
                    for each in classes
                    if each.grade_level == grade_level
                ),
            )
        )
    return tuple(grades)


def _row(school_class: Any, lines: Sequence[SubjectLine | None], period: Period, counts: Counts) -> BoardRow:
    cells = []
    for line in lines:
        ref = SheetRef(school_class, line, period)
        cells.append(BoardCell(ref.code, _label(line), tally_of(ref, counts)))
    return BoardRow(school_class.pk, school_class.name, school_class.pupils, tuple(cells))


def _label(line: SubjectLine | None) -> str:
    return line.line.short_name if line else HOMEROOM_LABEL
