"""What a person is today, by posts, assignments and grants in force: read in one statement, kept for a request.

What follows from it is the table's to say: `accounts.permissions` decides by `accounts.powers` (rule R59).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from accounts.clock import today
from accounts.models import Post, User
from accounts.powers import CLASS_GRANT, PART_GRANT, SHEET_GRANT, Role, Rule


@dataclass(frozen=True, slots=True)
class Grants:
    """What is open to a person beyond their posts today: classes, sheets as (class, line), parts by their code."""

    classes: frozenset[int] = frozenset()
    sheets: frozenset[tuple[int, int]] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Powers:
    """What a person is today; one statement, read once a request."""

    posts: frozenset[str] = frozenset()
    headed_grades: frozenset[int] = frozenset()
    headed_teams: frozenset[int] = frozenset()
    homeroom_classes: frozenset[int] = frozenset()
    taught: frozenset[tuple[int, int]] = frozenset()
    lent_homerooms: frozenset[int] = frozenset()
    lent_lines: frozenset[tuple[int, int]] = frozenset()
    past_homerooms: frozenset[int] = frozenset()
    past_lines: frozenset[tuple[int, int]] = frozenset()
    left_sheets: frozenset[tuple[int, int | None]] = frozenset()
    grants: Grants = Grants()
    stands_in: bool = False

    @property
    def is_substitution(self) -> bool:
        """Somebody stands in for the person today, or the person for somebody."""
        return self.stands_in or bool(self.lent_homerooms or self.lent_lines)

    def as_of(self, rule: Rule) -> "Powers":
        """The powers by which this rule judges: to read, a class that a substitute holds today is still one's own.

        After the year, to hand over, to read and to have corrected, so is the class that one led and the line that one
        taught to its end.
        """
        homerooms, taught = self.homeroom_classes, self.taught
        if rule.stays_when_lent:
            homerooms, taught = homerooms | self.lent_homerooms, taught | self.lent_lines
        if rule.stays_after_the_year:
            homerooms, taught = homerooms | self.past_homerooms, taught | self.past_lines
        return replace(self, homeroom_classes=homerooms, taught=taught)

    @property
    def taught_classes(self) -> frozenset[int]:
        return frozenset(class_id for class_id, _line_id in self.taught)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the table that the person has; everybody with an account is STAFF."""
        held = {Role(kind) for kind in self.posts} | {Role.STAFF}
        if self.homeroom_classes:
            held.add(Role.HOMEROOM)
        if self.taught:
            held.add(Role.SUBJECT)
        return frozenset(held)


def powers_of(user: User) -> Powers:
    """The powers of today, kept on the user object for the length of a request."""
    day = today()
    kept = getattr(user, "_powers", None)
    if kept is not None and kept[0] == day:
        return kept[1]
    powers = _read_powers(user, day) if user.is_active else Powers()
    _keep(user, day, powers)
    return powers


# One statement, whatever the number of posts, assignments and grants; rows (what, first id, second id). In SQL, for
# every page asks it: the same from the query builder takes Django 16 ms to put together, PostgreSQL answers in 2.
# A grant is a Grant of today AND guardian's row beside it: either alone gives nothing (docs/decisions/0009). What one
# has given oneself in a round-about way, to a tổ or group that one has joined since, does not count either. Left sheets
# are those of the headed grades, in years that are over and open again, whose last regular teacher is there no more.
_POWERS = """
WITH granted AS (
    SELECT p.codename, g.object_id
    FROM accounts_grant g
    JOIN auth_permission p ON p.id = g.permission_id
    LEFT JOIN accounts_team t ON t.id = g.team_id
    WHERE g.withdrawn_at IS NULL AND %(day)s BETWEEN g.starts_on AND g.ends_on AND g.granted_by_id <> %(user)s
        AND (
            (g.person_id = %(user)s AND EXISTS (
                SELECT 1 FROM guardian_userobjectpermission o
                WHERE o.user_id = g.person_id AND o.permission_id = g.permission_id
                    AND o.object_pk = g.object_id::text))
            OR ((g.team_id = (SELECT team_id FROM accounts_user WHERE id = %(user)s) OR g.group_id IN (
                    SELECT m.group_id FROM accounts_groupmembership m
                    WHERE m.member_id = %(user)s AND %(day)s BETWEEN m.starts_on AND coalesce(m.ends_on, 'infinity')))
                AND EXISTS (
                    SELECT 1 FROM guardian_groupobjectpermission o
                    WHERE o.group_id = coalesce(g.group_id, t.group_id) AND o.permission_id = g.permission_id
                        AND o.object_pk = g.object_id::text))
        )
)
SELECT p.kind, t.grade_level::bigint, p.team_id FROM accounts_post p LEFT JOIN accounts_team t ON t.id = p.team_id
WHERE p.holder_id = %(user)s AND %(day)s BETWEEN p.starts_on AND coalesce(p.ends_on, 'infinity')
UNION ALL
SELECT 'homeroom', school_class_id, NULL FROM students_homeroomassignment
WHERE teacher_id = %(user)s AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION ALL
SELECT 'line', school_class_id, line_id FROM gradebook_teachingassignment
WHERE teacher_id = %(user)s AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION ALL
SELECT 'lent homeroom', school_class_id, NULL FROM students_homeroomassignment
WHERE substitutes_for_id = %(user)s AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION ALL
SELECT 'lent line', school_class_id, line_id FROM gradebook_teachingassignment
WHERE substitutes_for_id = %(user)s AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION ALL
SELECT 'stands in', NULL, NULL WHERE EXISTS (
    SELECT 1 FROM accounts_post WHERE substitutes_for_id IS NOT NULL AND %(user)s IN (holder_id, substitutes_for_id)
        AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
    UNION ALL
    SELECT 1 FROM students_homeroomassignment WHERE substitutes_for_id IS NOT NULL AND teacher_id = %(user)s
        AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
    UNION ALL
    SELECT 1 FROM gradebook_teachingassignment WHERE substitutes_for_id IS NOT NULL AND teacher_id = %(user)s
        AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
)
UNION ALL
SELECT 'past homeroom', h.school_class_id, NULL FROM students_homeroomassignment h
JOIN students_schoolclass c ON c.id = h.school_class_id JOIN students_schoolyear y ON y.year = c.year_id
WHERE (h.substitutes_for_id = %(user)s OR (h.teacher_id = %(user)s AND h.substitutes_for_id IS NULL))
    AND y.ends_on < %(day)s AND h.starts_on <= y.ends_on AND NOT EXISTS (
        SELECT 1 FROM students_homeroomassignment l
        WHERE l.school_class_id = h.school_class_id AND l.starts_on > h.starts_on AND l.starts_on <= y.ends_on)
UNION ALL
SELECT 'past line', a.school_class_id, a.line_id FROM gradebook_teachingassignment a
JOIN students_schoolclass c ON c.id = a.school_class_id JOIN students_schoolyear y ON y.year = c.year_id
WHERE (a.substitutes_for_id = %(user)s OR (a.teacher_id = %(user)s AND a.substitutes_for_id IS NULL))
    AND y.ends_on < %(day)s AND a.starts_on <= y.ends_on AND NOT EXISTS (
        SELECT 1 FROM gradebook_teachingassignment l
        WHERE l.school_class_id = a.school_class_id AND l.line_id = a.line_id
            AND l.starts_on > a.starts_on AND l.starts_on <= y.ends_on)
UNION ALL
SELECT 'left sheet', c.id, line.id
FROM accounts_post p JOIN accounts_team t ON t.id = p.team_id
JOIN students_schoolclass c ON c.grade_level = t.grade_level
JOIN students_schoolyear y ON y.year = c.year_id AND y.state = 'open' AND y.ends_on < %(day)s
CROSS JOIN LATERAL (
    SELECT id FROM gradebook_subjectline WHERE year_id = c.year_id AND grade_level = c.grade_level
    UNION ALL SELECT NULL
) line
WHERE p.holder_id = %(user)s AND p.kind = 'grade_head'
    AND %(day)s BETWEEN p.starts_on AND coalesce(p.ends_on, 'infinity')
    AND NOT EXISTS (
        SELECT 1 FROM (
            SELECT DISTINCT ON (held.line_id)
                held.line_id, coalesce(held.substitutes_for_id, held.teacher_id) AS holder_id
            FROM (
                SELECT line_id, teacher_id, substitutes_for_id, starts_on FROM gradebook_teachingassignment
                WHERE school_class_id = c.id
                UNION ALL
                SELECT NULL, teacher_id, substitutes_for_id, starts_on FROM students_homeroomassignment
                WHERE school_class_id = c.id
            ) held
            WHERE held.starts_on <= y.ends_on ORDER BY held.line_id, held.starts_on DESC
        ) last JOIN accounts_user u ON u.id = last.holder_id
        WHERE last.line_id IS NOT DISTINCT FROM line.id
            AND u.is_active AND coalesce(u.last_day, 'infinity') >= %(day)s
            AND NOT EXISTS (
                SELECT 1 FROM accounts_post k WHERE k.holder_id = u.id AND k.kind = 'clerk'
                    AND %(day)s BETWEEN k.starts_on AND coalesce(k.ends_on, 'infinity')))
UNION ALL
SELECT 'granted class', object_id, NULL FROM granted WHERE codename = %(class_grant)s
UNION ALL
SELECT 'granted sheet', a.school_class_id, a.line_id
FROM granted JOIN gradebook_teachingassignment a ON a.id = granted.object_id WHERE codename = %(sheet_grant)s
UNION ALL
SELECT 'part ' || s.code, NULL, NULL
FROM granted JOIN accounts_systempart s ON s.id = granted.object_id WHERE codename = %(part_grant)s
"""
_CODENAMES = {
    "class_grant": CLASS_GRANT.partition(".")[2],
    "sheet_grant": SHEET_GRANT.partition(".")[2],
    "part_grant": PART_GRANT.partition(".")[2],
}


_WITH_POWERS = f"""
SELECT u.*, (SELECT json_agg(json_build_array(what, first, second)) FROM ({_POWERS}) power (what, first, second)) powers
FROM accounts_user u WHERE u.id = %(user)s
"""  # noqa: S608 - put together of constants alone


def _read_powers(user: User, day: datetime.date) -> Powers:
    with connection.cursor() as cursor:
        cursor.execute(_POWERS, {"user": user.pk, "day": day, **_CODENAMES})
        return _powers_in(cursor.fetchall())


def with_powers(user_id: int) -> User | None:
    """The person of a session, who brings along the powers of today. One statement, for every page asks it."""
    day = today()
    values = {"user": user_id, "day": day, **_CODENAMES}
    user: Any = next(iter(User.objects.raw(_WITH_POWERS, values)), None)
    if user is not None:
        _keep(user, day, _powers_in(user.powers or []) if user.is_active else Powers())
    return user


def _keep(user: User, day: datetime.date, powers: Powers) -> None:
    user._powers = (day, powers)  # type: ignore[attr-defined]  # noqa: SLF001 - a cache on our own object


def _powers_in(rows: Sequence[Sequence[Any]]) -> Powers:
    """Posts come with their grade and tổ, homerooms with the class, lines and granted sheets with class and line."""
    return Powers(
        posts=frozenset(what for what, _grade, _team in rows if what in Post.Kind.values),
        headed_grades=frozenset(
            grade for what, grade, _team in rows if what == Post.Kind.GRADE_HEAD and grade
        ),
        headed_teams=frozenset(team for what, _grade, team in rows if what == Post.Kind.GRADE_HEAD and team),
        homeroom_classes=frozenset(first for what, first, _none in rows if what == "homeroom"),
        taught=frozenset((first, second) for what, first, second in rows if what == "line"),
        past_homerooms=frozenset(first for what, first, _none in rows if what == "past homeroom"),
        past_lines=frozenset((first, second) for what, first, second in rows if what == "past line"),
        left_sheets=frozenset((first, second) for what, first, second in rows if what == "left sheet"),
        lent_homerooms=frozenset(first for what, first, _none in rows if what == "lent homeroom"),
        lent_lines=frozenset((first, second) for what, first, second in rows if what == "lent line"),
        stands_in=any(what == "stands in" for what, _first, _second in rows),
        grants=Grants(
            classes=frozenset(first for what, first, _none in rows if what == "granted class"),
            sheets=frozenset((first, second) for what, first, second in rows if what == "granted sheet"),
            parts=frozenset(
                what.removeprefix("part ") for what, _first, _second in rows if what.startswith("part ")
            ),
        ),
    )
