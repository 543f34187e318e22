"""The statistics' one question to the database: each pupil's value in each item, counted or listed.

`_judged` says which pupils have which value; `count` groups its rows and `pupils_behind` gives them by name, under the
same conditions, so that no number can differ from its list. One statement each, whatever the number of classes,
periods and pupils; and one before it that opens who belongs to the veiled groups (`reports.veiled_groups`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any

from django.db import connection

from gradebook.class_lines import Lines, lines_of_each
from gradebook.models import Arrangement
from gradebook.regulation import Period, has_mark, traits_for
from gradebook.year_rules import rules_of
from reports.period_rosters import RosterDays
from reports.statistics_matters import (
    AWARD,
    BELOW,
    EXEMPT,
    HIGHER,
    LETTER,
    MISSING,
    NO,
    PRIMARY,
    PROGRAMME,
    PROMOTION,
    RESULT,
    SURPRISE,
    UNASSESSED,
    YES,
    Matter,
    Whom,
)
from reports.veiled_groups import IS_DISABLED, IS_OF_MINORITY, read_groups


@dataclass(frozen=True, slots=True)
class Number:
    """Pupils by `Whom`, in its order; `unknown`: of how many it is not recorded whether they belong there.

    A pupil without a gender is no boy, one without an ethnic group not Kinh (rule R81).
    """

    of: tuple[int, ...]
    unknown: tuple[int, ...]

    def __add__(self, other: "Number") -> "Number":
        return Number(tuple(map(add, self.of, other.of)), tuple(map(add, self.unknown, other.unknown)))

    @property
    def all(self) -> int:
        return self.of[0]


NOBODY = Number((0,) * len(Whom), (0,) * len(Whom))

ByValue = Mapping[str, Number]
Tallies = Mapping[tuple[int, str, str], ByValue]
"""By class id, period and item, what there is of each value."""


def added_up(tallies: Tallies, cells: Iterable[tuple[int, str, str]]) -> ByValue:
    """Some of the cells together."""
    found: dict[str, Number] = {}
    for cell in cells:
        for value, number in tallies.get(cell, {}).items():
            found[value] = found[value] + number if value in found else number
    return found


def sum_of(numbers: ByValue, values: Iterable[str]) -> Number:
    """All that have one of the values."""
    found = NOBODY
    for value in values:
        if value in numbers:
            found += numbers[value]
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A matter in some classes at some periods. The classes come `with_lines`, their years at hand; `items`: only
    these, None for all that the classes have."""

    matter: Matter
    classes: Sequence[Any]
    periods: Sequence[Period]
    moments: RosterDays
    items: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """One of those behind a number; `value` as stored."""

    pk: int
    class_id: int
    name: str
    birth_label: str
    moet_id: str
    value: str
    period: str


def count(question: Question) -> Tallies:
    """Two statements; none where nothing is assessed."""
    asked = _parameters(question)
    if not asked["classes"]:
        return {}
    asked |= read_groups(question.classes)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(judged=_judged(question.matter)), asked)
        found: dict[tuple[int, str, str], dict[str, Number]] = {}
        for class_id, period, item, value, *numbers in cursor:
            of = Number(tuple(numbers[: len(Whom)]), tuple(numbers[len(Whom) :]))
            found.setdefault((class_id, period, item), {})[value] = of
        return found


def pupils_behind(question: Question, item: str, values: Collection[str], group: Whom) -> list[Pupil]:
    """By class and in class order. One statement; of a veiled group two."""
    asked = _parameters(question)
    if not asked["classes"]:
        return []
    asked |= read_groups(question.classes, of=group)
    sql = _LIST.format(judged=_judged(question.matter), is_meant=CONDITIONS[group])
    with connection.cursor() as cursor:
        cursor.execute(sql, {**asked, "item": item, "values": list(values)})
        return [Pupil(*row) for row in cursor]


def items_of(matter: Matter, classes: Sequence[Any], period: Period) -> dict[int, list[tuple[str, int]]]:
    """By class what it is assessed in at the period, in the order of the books: codes, and the lines' keys (0 of what
    is no line). No statement."""
    lines = lines_of_each(classes)
    return {each.pk: _items(matter, each, lines[each.pk], period) for each in classes}


def _items(matter: Matter, school_class: Any, lines: Lines, period: Period) -> list[tuple[str, int]]:
    year, grade = school_class.year, school_class.grade_level
    if matter is Matter.ATTENDANCE or not year.rule_set or rules_of(year).roadmap[grade] > year.pk:
        return []
    rules = rules_of(year)
    if matter is Matter.TRAITS:
        return [(trait.code, 0) for trait in traits_for(year.pk, grade, rules=rules)]
    if matter is Matter.RESULTS:
        return [
            (each, 0) for each in (RESULT, PROGRAMME, PRIMARY, PROMOTION, AWARD, SURPRISE, HIGHER, LETTER)
        ]
    return [
        (line.code, line.pk)
        for line in lines
        if matter is Matter.LEVELS or has_mark(year.pk, grade, line.code, period, rules=rules)
    ]


def _parameters(question: Question) -> dict[str, Any]:
    asked = list(_asked(question))
    classes, periods, days, items, lines = zip(*asked, strict=True) if asked else ((),) * 5
    return {
        "classes": list(classes),
        "periods": list(periods),
        "days": list(days),
        "items": list(items),
        "lines": list(lines),
        "order": [each.value for each in Period],
        "exempt": Arrangement.Kind.EXEMPT.value,
    }


def _asked(question: Question) -> Iterator[tuple[int, str, Any, str, int]]:
    for period in question.periods:
        for class_id, items in items_of(question.matter, question.classes, period).items():
            day = question.moments[class_id, period].day
            for item, line in items:
                if question.items is None or item in question.items:
                    yield class_id, period.value, day, item, line


def _judged(matter: Matter) -> str:
    return _ROSTER + _JUDGED[matter]


# Of each group who belongs to it; neither true nor false where it is not recorded. For the count and for the list.
CONDITIONS: Mapping[Whom, str] = {
    Whom.ALL: "true",
    Whom.GIRLS: "is_girl",
    Whom.MINORITY: "is_minority",
    Whom.MINORITY_GIRLS: "(is_girl AND is_minority)",
    Whom.DISABLED: "is_disabled",
}


def _counted(conditions: Iterable[str]) -> str:
    return ", ".join(f"count(*) FILTER (WHERE {each})" for each in conditions)


_COUNT = f"""
WITH {{judged}}
SELECT class_id, period, item, value, {_counted(CONDITIONS.values())},
    {_counted(f"{each} IS NULL" for each in CONDITIONS.values())}
FROM judged GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together of constants alone

_BIRTH = (
    """concat_ws('/', lpad(s.birth_day::text, 2, '0'), lpad(s.birth_month::text, 2, '0'), s.birth_year)"""
)
_LIST = f"""
WITH {{judged}}
SELECT s.id, class_id, s.full_name, {_BIRTH}, coalesce(s.moet_id, ''), coalesce(shown, value), period
FROM judged JOIN students_student s ON s.id = judged.student_id JOIN students_schoolclass c ON c.id = class_id
WHERE item = %(item)s AND value = ANY(%(values)s::text[]) AND {{is_meant}}
ORDER BY c.year_id, c.grade_level, c.name, array_position(%(order)s::text[], period), position, s.sort_key, s.id
"""  # noqa: S608 - as above

# Whoever sat in a class on the day of the period. Materialized, as what follows joins it with results: the planner,
# left alone, takes the joins of a hundred thousand rows for those of a hundred.
_ROSTER = f"""
asked AS MATERIALIZED (
    SELECT * FROM unnest(
        %(classes)s::bigint[], %(periods)s::text[], %(days)s::date[], %(items)s::text[], %(lines)s::bigint[]
    ) AS asked (class_id, period, day, item, line_id)
), roster AS MATERIALIZED (
    SELECT a.class_id, a.period, c.year_id, c.grade_level, e.position, s.id AS student_id,
        s.is_exempt_from_assessment AS is_unassessed, {IS_DISABLED} AS is_disabled,
        CASE WHEN s.gender <> '' THEN s.gender = 'female' END AS is_girl, {IS_OF_MINORITY} AS is_minority
    FROM (SELECT DISTINCT class_id, period, day FROM asked) a
    JOIN students_schoolclass c ON c.id = a.class_id
    JOIN students_enrolment e ON e.school_class_id = a.class_id AND e.starts_on <= a.day
        AND (e.ends_on IS NULL OR e.ends_on >= a.day)
    JOIN students_student s ON s.id = e.student_id
)
"""  # noqa: S608 - as above
_EXEMPT = """
, arranged AS MATERIALIZED (
    SELECT DISTINCT ON (1, 2, 3) r.student_id, r.period, a.item, a.kind = %(exempt)s AS is_exempt
    FROM roster r JOIN gradebook_arrangement a ON a.student_id = r.student_id AND a.year_id = r.year_id
        AND array_position(%(order)s::text[], a.period::text) <= array_position(%(order)s::text[], r.period)
    ORDER BY 1, 2, 3, array_position(%(order)s::text[], a.period::text) DESC
)
"""


def _of_results(value: str, shown: str, table: str, on: str) -> str:
    return f"""
{_EXEMPT}, judged AS (
    SELECT r.*, a.item, {shown} AS shown, CASE WHEN r.is_unassessed THEN '{UNASSESSED}'
        WHEN x.is_exempt THEN '{EXEMPT}' ELSE coalesce({value}, '{MISSING}') END AS value
    FROM asked a JOIN roster r USING (class_id, period)
    LEFT JOIN {table} v ON {on} AND v.student_id = r.student_id AND v.period = r.period
    LEFT JOIN arranged x ON x.student_id = r.student_id AND x.period = r.period AND x.item = a.item
)
"""  # noqa: S608 - as above


_YEAR_END = f"""
, outcome AS MATERIALIZED (
    SELECT DISTINCT ON (o.student_id, c.year_id) o.student_id, c.year_id, o.result, o.award, o.is_promoted
    FROM gradebook_yearoutcome o JOIN students_schoolclass c ON c.id = o.school_class_id
    WHERE c.year_id IN (SELECT year_id FROM roster)
    ORDER BY 1, 2, o.id DESC
), praised AS MATERIALIZED (
    SELECT DISTINCT p.student_id, c.year_id, p.kind
    FROM gradebook_commendation p JOIN students_schoolclass c ON c.id = p.school_class_id
    WHERE p.taken_back_for = '' AND c.year_id IN (SELECT year_id FROM roster)
), judged AS (
    SELECT r.*, a.item, NULL AS shown, CASE
        WHEN p.kind IS NOT NULL THEN '{YES}'
        WHEN a.item IN ('{SURPRISE}', '{HIGHER}', '{LETTER}') THEN '{NO}'
        WHEN a.item = '{PROMOTION}' AND o.is_promoted THEN '{YES}'
        WHEN a.item = '{PROMOTION}' AND NOT o.is_promoted THEN '{NO}'
        WHEN a.item IN ('{PROGRAMME}', '{PRIMARY}') AND o.result = '' AND o.is_promoted THEN '{YES}'
        WHEN a.item IN ('{PROGRAMME}', '{PRIMARY}') AND o.result = '' THEN '{NO}'
        WHEN r.is_unassessed OR o.result = '' THEN '{UNASSESSED}'
        WHEN o.result IS NULL THEN '{MISSING}'
        WHEN a.item = '{RESULT}' THEN o.result
        WHEN a.item = '{AWARD}' THEN coalesce(nullif(o.award, ''), '{NO}')
        WHEN o.result <> 'CHT' THEN '{YES}' ELSE '{NO}' END AS value
    FROM asked a JOIN roster r USING (class_id, period)
    LEFT JOIN outcome o USING (student_id, year_id)
    LEFT JOIN praised p ON p.student_id = r.student_id AND p.year_id = r.year_id
        AND a.item = CASE p.kind WHEN 'surprise' THEN '{SURPRISE}' WHEN 'higher' THEN '{HIGHER}' ELSE '{LETTER}' END
    WHERE a.item <> '{PRIMARY}' OR r.grade_level = 5
)
"""  # noqa: S608 - as above

_JUDGED: Mapping[Matter, str] = {
    Matter.LEVELS: _of_results(
        "nullif(v.attainment, '')", "NULL", "gradebook_subjectresult", "v.line_id = a.line_id"
    ),
    Matter.MARKS: _of_results(
        f"CASE WHEN v.mark < 5 THEN '{BELOW}' ELSE v.mark::text END",
        "v.mark::text",
        "gradebook_subjectresult",
        "v.line_id = a.line_id",
    ),
    Matter.TRAITS: _of_results(
        "nullif(v.rating, '')", "NULL", "gradebook_traitresult", "v.item = a.item AND v.year_id = r.year_id"
    ),
    Matter.RESULTS: _YEAR_END,
}
