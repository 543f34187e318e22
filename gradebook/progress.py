"""How far the entry of a period has come: cells entered of cells required, per class and line. The one count.

Required is what the sheets have: pupils of today's roster × columns of the sheet (a mark only where the test
matrix has one), without what is exempt and without pupils who are not assessed (rule R32) or came when the period was
locked already (`late_comers`). Entered is counted by the database; no result is loaded. At the supplementary assessment
each pupil owes something else: `gradebook.sheet_gaps` counts there, by the pupils, and names what is empty here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject, Least

from accounts import clock
from gradebook.exemptions import count_exempt
from gradebook.late_comers import NOBODY, Absent
from gradebook.models import SubjectLine
from gradebook.regulation import Period
from gradebook.sheets import HOMEROOM_CODE, SheetRef
from students.models import Enrolment, SchoolClass, SchoolYear


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
        return others + (marks if ref.has_mark else 0)


def count_entered(
    year: SchoolYear,
    class_ids: Collection[int],
    periods: Iterable[str] = tuple(Period),
    *,
    absent: Absent = NOBODY,
) -> Counts:
    """Counts the filled cells of the classes' pupils of today. One statement, whatever the number of classes."""
    if not class_ids:
        return Counts()
    roster = Enrolment.objects.filter(
        school_class_id__in=class_ids, student__is_exempt_from_assessment=False
    ).held_on(year.day_for_roster())
    wanted = list(periods)
    subjects, traits = _subject_counts(roster, year, wanted), _trait_counts(roster, year, wanted)
    rows = _without(subjects, absent, "subject").union(_without(traits, absent, "trait"), all=True)
    return Counts(
        {(class_id, code, period): (others, marks) for class_id, code, period, others, marks in rows}
    )


def _subject_counts(roster: QuerySet[Enrolment], year: SchoolYear, periods: list[str]) -> QuerySet[Any]:
    results = "student__subject_results"
    lines = SubjectLine.objects.filter(year=year).order_by().values("pk")
    return (
        roster.filter(
            _AnyOf(F(f"{results}__line"), ArraySubquery(lines)),
            **{
                f"{results}__period__in": periods,
                f"{results}__line__grade_level": F("school_class__grade_level"),
            },
        )
        .values("school_class_id", code=F(f"{results}__line__code"), period=F(f"{results}__period"))
        .annotate(
            others=Count("id", filter=~Q(**{f"{results}__attainment": ""}))
            + Count("id", filter=~Q(**{f"{results}__comment": ""})),
            marks=Count(f"{results}__mark"),
        )
        .values_list("school_class_id", "code", "period", "others", "marks")
        .order_by()
    )


def _without(rows: QuerySet[Any], absent: Absent, kind: str) -> QuerySet[Any]:
    for period, pupils in absent.items():
        if pupils:
            rows = rows.exclude(student__in=pupils, **{f"student__{kind}_results__period": period})
    return rows


class _AnyOf(Func):
    """= ANY (ARRAY (…)): told the lines, PostgreSQL goes by them and not pupil by pupil, which takes twice as long."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


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
    """Adds `pupils` (pupils on the roster that the class's sheets show) and brings the year along.

    And for `tally_of`: `assessed` of them, how those with a KHGDCN are assessed, and who of them came, as `late`, to
    the school when lessons had begun.
    """
    day = Least(Greatest(Value(clock.today()), OuterRef("year__starts_on")), OuterRef("year__ends_on"))
    seats = (
        Enrolment.objects.filter(school_class=OuterRef("pk"), starts_on__lte=day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        .order_by()
    )
    assessed = seats.filter(student__is_exempt_from_assessment=False)
    arranged = assessed.filter(student__arrangements__year=F("school_class__year")).values(
        told=JSONObject(
            student="student_id",
            **{name: f"student__arrangements__{name}" for name in ("item", "period", "kind")},
        )
    )
    return classes.select_related("year").annotate(
        pupils=_count_of(seats),
        assessed=_count_of(assessed),
        arranged=ArraySubquery(arranged),
        late=ArraySubquery(_late(assessed)),
    )


def _late(seats: QuerySet[Enrolment]) -> QuerySet[Any]:
    of_year = Enrolment.objects.filter(
        student=OuterRef("student"), school_class__year=OuterRef("school_class__year")
    )
    begun = F("school_class__year__lessons_start_on")
    joined = Subquery(of_year.order_by("starts_on").values("starts_on")[:1])
    found = seats.filter(starts_on__gt=begun).annotate(joined=joined).filter(joined__gt=begun)
    return found.values(told=JSONObject(student="student_id", joined="joined"))


def _count_of(seats: QuerySet[Enrolment]) -> Coalesce:
    counted = seats.values("school_class").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def tally_of(ref: SheetRef, counts: Counts, absent: Absent = NOBODY) -> Tally:
    """How far one sheet is; its class comes from `with_pupil_counts`, `absent` as for `count_entered`."""
    school_class: Any = ref.school_class
    columns = ref.columns()
    gone = absent.get(ref.period.value, frozenset())
    away = sum(each["student"] in gone for each in school_class.late)
    arranged = [each for each in school_class.arranged if each["student"] not in gone]
    required = (school_class.assessed - away) * len(columns)
    return Tally(counts.entered(ref), required - count_exempt(arranged, ref.period, columns))
