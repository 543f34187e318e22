"""Days absent by class and span, and who was absent: months, terms, the year (rules R71, R73).

Which absences count is what `students.absences` says: not taken back, of a pupil who sat in the class that day. What
was absent before the system, or at a former school, is known of the year alone. A span without any called roll is not
known, which differs from nobody absent (rule R81).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.dates import Days
from reports.statistics_matters import LEAVE, OTHER, Whom
from reports.value_counts import CONDITIONS
from reports.veiled_groups import IS_DISABLED, IS_OF_MINORITY, read_groups

WHOLE_YEAR = "nam"


@dataclass(frozen=True, slots=True)
class Absent:
    """Days by `Whom`, in its order, and how many pupils these are; `unknown`: of how many pupils it is not recorded
    whether they belong there."""

    days: tuple[Decimal, ...]
    pupils: tuple[int, ...]
    unknown: tuple[int, ...]

    def __add__(self, other: "Absent") -> "Absent":
        return Absent(
            tuple(a + b for a, b in zip(self.days, other.days, strict=True)),
            tuple(a + b for a, b in zip(self.pupils, other.pupils, strict=True)),
            tuple(a + b for a, b in zip(self.unknown, other.unknown, strict=True)),
        )


NOT_ABSENT = Absent((Decimal(0),) * len(Whom), (0,) * len(Whom), (0,) * len(Whom))


@dataclass(frozen=True, slots=True)
class AbsentPupil:
    """One of those behind a number of days."""

    pk: int
    class_id: int
    name: str
    birth_label: str
    moet_id: str
    days: Decimal


@dataclass(frozen=True, slots=True)
class Absences:
    """By class id, span and kind; `called`: on how many days the roll was called, by class id and span."""

    of: Mapping[tuple[int, str, str], Absent]
    called: Mapping[tuple[int, str], int]

    def days(self, classes: Sequence[Any], span: str, kind: str) -> Decimal:
        """Of all pupils of some classes together."""
        found = (self.of.get((each.pk, span, kind), NOT_ABSENT) for each in classes)
        return sum((each.days[0] for each in found), Decimal(0))


def count_absences(classes: Sequence[Any], spans: Mapping[str, Days]) -> Absences:
    """Of classes of one year. Three statements."""
    if not classes or not spans:
        return Absences({}, {})
    asked = _parameters(classes, spans) | read_groups(classes)
    groups = len(Whom)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, asked)
        found = {
            (row[0], row[1], row[2]): Absent(
                tuple(days or Decimal(0) for days in row[3 : 3 + groups]),
                row[3 + groups : 3 + 2 * groups],
                row[3 + 2 * groups :],
            )
            for row in cursor
        }
        cursor.execute(_CALLED, asked)
        return Absences(found, {(row[0], row[1]): row[2] for row in cursor})


def absent_behind(
    classes: Sequence[Any], spans: Mapping[str, Days], kinds: Collection[str], group: Whom
) -> list[AbsentPupil]:
    """Who was absent in one span, by class and in the order of names; of both kinds the days together. One
    statement; of a veiled group two."""
    if not classes:
        return []
    asked = _parameters(classes, spans) | read_groups(classes, of=group)
    with connection.cursor() as cursor:
        cursor.execute(_LIST.format(is_meant=CONDITIONS[group]), {**asked, "kinds": list(kinds)})
        return [AbsentPupil(*row) for row in cursor]


def _parameters(classes: Sequence[Any], spans: Mapping[str, Days]) -> dict[str, Any]:
    return {
        "classes": [each.pk for each in classes],
        "spans": list(spans),
        "firsts": [days.first for days in spans.values()],
        "lasts": [days.last for days in spans.values()],
        "year": classes[0].year_id,
        "day": classes[0].year.day_for_roster(),
    }


_SPANS = "unnest(%(spans)s::text[], %(firsts)s::date[], %(lasts)s::date[]) AS span (item, first, last)"
_ABSENT = f"""
WITH called AS (
    SELECT r.school_class_id AS class_id, a.student_id, r.day, r.share,
        CASE a.kind WHEN 'P' THEN '{LEAVE}' ELSE '{OTHER}' END AS kind
    FROM students_rollcall r JOIN students_absence a ON a.roll_call_id = r.id
    WHERE r.school_class_id = ANY(%(classes)s::bigint[]) AND a.kind <> '' AND EXISTS (
        SELECT 1 FROM students_enrolment e WHERE e.student_id = a.student_id
            AND e.school_class_id = r.school_class_id AND e.starts_on <= r.day
            AND (e.ends_on IS NULL OR e.ends_on >= r.day))
), brought AS (
    SELECT e.school_class_id AS class_id, p.student_id, told.kind, told.days
    FROM students_yearprofile p JOIN students_enrolment e ON e.student_id = p.student_id
        AND e.starts_on <= %(day)s AND (e.ends_on IS NULL OR e.ends_on >= %(day)s)
    CROSS JOIN LATERAL (
        VALUES ('{LEAVE}', p.absent_with_leave), ('{OTHER}', p.absent_without_leave)) told (kind, days)
    WHERE p.year_id = %(year)s AND e.school_class_id = ANY(%(classes)s::bigint[])
), told AS (
    SELECT class_id, item, kind, student_id, sum(days) AS days FROM (
        SELECT class_id, item, kind, student_id, share AS days FROM called JOIN {_SPANS} ON day BETWEEN first AND last
        UNION ALL
        SELECT class_id, '{WHOLE_YEAR}', kind, student_id, days FROM brought
        WHERE '{WHOLE_YEAR}' = ANY(%(spans)s::text[])
    ) each GROUP BY 1, 2, 3, 4 HAVING sum(days) > 0
), judged AS (
    SELECT told.*, {IS_DISABLED} AS is_disabled,
        CASE WHEN s.gender <> '' THEN s.gender = 'female' END AS is_girl, {IS_OF_MINORITY} AS is_minority
    FROM told JOIN students_student s ON s.id = told.student_id
)
"""  # noqa: S608 - put together of constants alone


def _each(what: str, conditions: Collection[str]) -> str:
    return ", ".join(f"{what} FILTER (WHERE {each})" for each in conditions)


_COUNT = f"""{_ABSENT}
SELECT class_id, item, kind, {_each("sum(days)", CONDITIONS.values())}, {_each("count(*)", CONDITIONS.values())},
    {_each("count(*)", [f"{each} IS NULL" for each in CONDITIONS.values()])}
FROM judged GROUP BY 1, 2, 3
"""  # noqa: S608 - as above
_LIST = f"""{_ABSENT}
SELECT s.id, class_id, s.full_name,
    concat_ws('/', lpad(s.birth_day::text, 2, '0'), lpad(s.birth_month::text, 2, '0'), s.birth_year),
    coalesce(s.moet_id, ''), sum(days)
FROM judged JOIN students_student s ON s.id = student_id JOIN students_schoolclass c ON c.id = class_id
WHERE kind = ANY(%(kinds)s::text[]) AND {{is_meant}}
GROUP BY s.id, class_id, c.grade_level, c.name
ORDER BY c.grade_level, c.name, s.sort_key, s.id
"""  # noqa: S608 - as above
_CALLED = f"""
SELECT school_class_id, item, count(DISTINCT day) FROM students_rollcall JOIN {_SPANS} ON day BETWEEN first AND last
WHERE school_class_id = ANY(%(classes)s::bigint[]) GROUP BY 1, 2
"""  # noqa: S608 - as above
