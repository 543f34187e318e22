"""How far the entry of a period has come: cells entered of cells required, per class and line. The one count.

Required is what the sheets have: pupils of today's roster × columns of the sheet (a mark only where the test
matrix has one), without what is exempt and without pupils who are not assessed (rule R32) or came when the period was
locked already (`late_comers`). Entered is counted by the database; no result is loaded. A cell that an applied request
for correction emptied with a reason counts as entered: nobody owes it (`answered_gaps`). At the supplementary
assessment each pupil owes something else: `gradebook.sheet_gaps` counts there, by the pupils, and names what is empty.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject, Least

from accounts import clock
from gradebook.exemptions import count_exempt
from gradebook.json_rows import JsonRows
from gradebook.late_comers import NOBODY, Absent
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


def total_of(tallies: Iterable[Tally]) -> Tally:
    """All together, without one in between: a board has thousands to add."""
    entered = required = 0
    for each in tallies:
        entered += each.entered
        required += each.required
    return Tally(entered, required)


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
    gone = [(period, pupil) for period, pupils in absent.items() for pupil in pupils]
    values: dict[str, Any] = {
        "year": year.pk,
        "day": year.day_for_roster(),
        "classes": list(class_ids),
        "periods": list(periods),
        "gone_periods": [period for period, _pupil in gone],
        "gone_pupils": [pupil for _period, pupil in gone],
        "homeroom": HOMEROOM_CODE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTERED, values)
        cells: dict[tuple[int, str, str], tuple[int, int]] = {}
        for class_id, code, period, others, marks in cursor:
            before = cells.get((class_id, code, period), (0, 0))
            cells[class_id, code, period] = before[0] + others, before[1] + marks
    return Counts(cells)


# In SQL, for the board of the school asks it at each look: PostgreSQL goes by the lines of the year, or by all pupils
# at once, and the few columns that count, where the planner, left to join the roster as it likes, goes pupil by pupil.
_ENTERED = """
WITH roster AS MATERIALIZED (
    SELECT e.student_id, e.school_class_id FROM students_enrolment e JOIN students_student s ON s.id = e.student_id
    WHERE e.school_class_id = ANY(%(classes)s::bigint[]) AND NOT s.is_exempt_from_assessment
        AND e.starts_on <= %(day)s AND (e.ends_on IS NULL OR e.ends_on >= %(day)s)
), gone AS MATERIALIZED (
    SELECT * FROM unnest(%(gone_periods)s::text[], %(gone_pupils)s::bigint[]) AS absent (period, student_id)
), answered AS MATERIALIZED (
    SELECT DISTINCT q.line_id, q.period, i.student_id, i.item, i.field
    FROM approvals_correctionrequest q JOIN approvals_correctionitem i ON i.request_id = q.id
    WHERE q.state = 'applied' AND q.gap_reason <> '' AND i.new_value = '' AND q.year_id = %(year)s
        AND q.period = ANY(%(periods)s::text[])
        AND NOT EXISTS (SELECT FROM gone WHERE gone.period = q.period AND gone.student_id = i.student_id)
)
SELECT c.id, l.code, counted.period, others, marks
FROM (
    SELECT school_class_id, line_id, period, count(mark) AS marks,
        count(*) FILTER (WHERE attainment <> '') + count(*) FILTER (WHERE comment <> '') AS others
    FROM gradebook_subjectresult r JOIN roster USING (student_id)
    WHERE line_id = ANY(ARRAY(SELECT id FROM gradebook_subjectline WHERE year_id = %(year)s))
        AND period = ANY(%(periods)s::text[])
        AND NOT EXISTS (SELECT FROM gone WHERE gone.period = r.period AND gone.student_id = r.student_id)
    GROUP BY 1, 2, 3
) counted
JOIN gradebook_subjectline l ON l.id = counted.line_id
JOIN students_schoolclass c ON c.id = counted.school_class_id AND c.grade_level = l.grade_level
UNION ALL
SELECT school_class_id, %(homeroom)s, period, count(*) FILTER (WHERE rating <> '' OR comment <> ''), 0
FROM gradebook_traitresult r JOIN roster USING (student_id)
WHERE student_id = ANY(ARRAY(SELECT student_id FROM roster)) AND year_id = %(year)s
    AND period = ANY(%(periods)s::text[])
    AND NOT EXISTS (SELECT FROM gone WHERE gone.period = r.period AND gone.student_id = r.student_id)
GROUP BY 1, 3
UNION ALL
SELECT c.id, l.code, a.period, count(*) FILTER (WHERE a.field <> 'mark'), count(*) FILTER (WHERE a.field = 'mark')
FROM answered a JOIN roster USING (student_id) JOIN gradebook_subjectline l ON l.id = a.line_id
JOIN students_schoolclass c ON c.id = roster.school_class_id AND c.grade_level = l.grade_level
LEFT JOIN gradebook_subjectresult r
    ON r.student_id = a.student_id AND r.line_id = a.line_id AND r.period = a.period
WHERE CASE a.field WHEN 'mark' THEN r.mark IS NULL WHEN 'attainment' THEN coalesce(r.attainment, '') = ''
    WHEN 'comment' THEN coalesce(r.comment, '') = '' END
GROUP BY 1, 2, 3
UNION ALL
SELECT school_class_id, %(homeroom)s, a.period, count(*), 0
FROM answered a JOIN roster USING (student_id)
WHERE a.line_id IS NULL AND NOT EXISTS (
    SELECT FROM gradebook_traitresult r WHERE r.student_id = a.student_id AND r.year_id = %(year)s
        AND r.period = a.period AND r.item = a.item AND (r.rating <> '' OR r.comment <> '')
)
GROUP BY 1, 3
"""


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
        arranged=JsonRows(arranged),
        late=JsonRows(_late(assessed)),
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
