"""Decides who may do what, by the table in `accounts.powers`; views, templates, acts and tests ask here.

Powers follow from posts and assignments that hold today, and from grants in force today (PLAN IV; rule R59).
Predicates look at attributes only: they take the things themselves and import nothing from the apps above.
"""

import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q

from accounts.clock import today
from accounts.models import Post, User
from accounts.powers import (
    CLASS_GRANT,
    PART_GRANT,
    RULES,
    SHEET_GRANT,
    Action,
    Role,
    Rule,
    Whose,
    who_could,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet


class Refused(PermissionDenied):
    """A refusal by the table: why, and who could do it (shown by the 403 page, written to the access log)."""

    def __init__(self, why: str, who: str) -> None:
        super().__init__(why)
        self.who = who


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


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one action of a person goes: for lists, where asking thing by thing would be a query in a loop."""

    whole_school: bool
    grades: frozenset[int]
    classes: frozenset[int]

    def has(self, school_class: Any) -> bool:
        return self.whole_school or school_class.grade_level in self.grades or school_class.pk in self.classes

    def condition(self, path: str = "") -> Q:
        """The same for the database, on rows from which `path` leads to a class («school_class__»)."""
        if self.whole_school:
            return Q()
        return Q(**{f"{path}grade_level__in": self.grades}) | Q(**{f"{path}pk__in": self.classes})


NOWHERE = Reach(whole_school=False, grades=frozenset(), classes=frozenset())


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


def _powers_in(rows: "Sequence[Sequence[Any]]") -> Powers:
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


def has_post(user: User, *kinds: str) -> bool:
    return bool(powers_of(user).posts & set(kinds))


def post_label(user: User) -> str:
    """How the frame names the person: the highest post, or the teacher's duty."""
    powers = powers_of(user)
    for kind in Post.Kind:
        if kind in powers.posts:
            return str(kind.label)
    if powers.homeroom_classes:
        return "Giáo viên chủ nhiệm"
    return "Giáo viên bộ môn" if powers.taught else "Cán bộ"


# -- Asking the table --------------------------------------------------------------------------------------


def may(
    user: User,
    action: Action,
    *,
    school_class: Any = None,
    line: Any = None,
    owner_id: int | None = None,
    team_id: int | None = None,
) -> bool:
    """Whether the table lets this person do it with this thing.

    A sheet is a class and a line, or no line for that of qualities and competencies. `owner_id` is the account
    that the thing belongs to, `team_id` the tổ it was sent to. Without a thing only what reaches over the whole
    school is allowed.
    """
    rule = RULES[action]
    powers = powers_of(user).as_of(rule)
    if powers.roles & rule.barred:
        return False
    thing = _Thing(school_class, line, team_id, owner_id == user.pk)
    by_role = any(
        role in rule.who and _is_within(role, rule.who[role], powers, thing) for role in powers.roles
    )
    return by_role or _is_granted(rule, powers.grants, thing)


@dataclass(frozen=True, slots=True)
class _Thing:
    school_class: Any
    line: Any
    team_id: int | None
    is_own: bool


def _is_within(role: Role, whose: Whose, powers: Powers, thing: _Thing) -> bool:
    if whose == Whose.SCHOOL:
        return True
    if whose in (Whose.OWN, Whose.TEAM):
        return thing.is_own if whose == Whose.OWN else thing.team_id in powers.headed_teams
    if thing.school_class is None:
        return False
    class_id = thing.school_class.pk
    if whose in (Whose.GRADE, Whose.LEFT_SHEET):
        is_left = (class_id, thing.line.pk if thing.line else None) in powers.left_sheets
        return (
            is_left if whose == Whose.LEFT_SHEET else thing.school_class.grade_level in powers.headed_grades
        )
    if whose == Whose.TAUGHT_CLASS:
        return class_id in powers.taught_classes
    if whose == Whose.OWN_SHEET and role == Role.SUBJECT:
        return thing.line is not None and (class_id, thing.line.pk) in powers.taught
    is_homeroom = class_id in powers.homeroom_classes
    return is_homeroom and (whose == Whose.OWN_CLASS or thing.line is None)


def _is_granted(rule: Rule, grants: Grants, thing: _Thing) -> bool:
    if rule.part in grants.parts:
        return True
    if thing.school_class is None:
        return False
    if rule.grant and thing.school_class.pk in grants.classes:
        return True
    as_its_teacher = Powers(taught=grants.sheets)
    return bool(rule.sheet_grant) and _is_within(Role.SUBJECT, rule.who[Role.SUBJECT], as_its_teacher, thing)


def may_anywhere(user: User, action: Action) -> bool:
    """Whether the person may do it with anything at all: what the menu asks."""
    rule = RULES[action]
    powers = powers_of(user).as_of(rule)
    grants = powers.grants
    return not powers.roles & rule.barred and (
        bool(powers.roles & set(rule.who))
        or rule.part in grants.parts
        or bool(rule.grant and grants.classes)
        or bool(rule.sheet_grant and grants.sheets)
    )


def reach_of(user: User, action: Action) -> Reach:
    """Where the person may do it, grants of classes included; agrees with `may` for every class."""
    rule = RULES[action]
    powers = powers_of(user).as_of(rule)
    if powers.roles & rule.barred:
        return NOWHERE
    whose = {rule.who[role] for role in powers.roles & set(rule.who)}
    if Whose.SCHOOL in whose or rule.part in powers.grants.parts:
        return Reach(whole_school=True, grades=frozenset(), classes=frozenset())
    classes: frozenset[int] = frozenset()
    if Whose.OWN_CLASS in whose:
        classes |= powers.homeroom_classes
    if Whose.TAUGHT_CLASS in whose:
        classes |= powers.taught_classes
    if rule.grant:
        classes |= powers.grants.classes
    if rule.sheet_grant and rule.who[Role.SUBJECT] == Whose.TAUGHT_CLASS:
        classes |= frozenset(class_id for class_id, _line_id in powers.grants.sheets)
    grades = powers.headed_grades if Whose.GRADE in whose else frozenset()
    return Reach(whole_school=False, grades=grades, classes=classes)


def require(user: User, action: Action, why: str = "", **thing: Any) -> None:
    """Raises Refused unless `may`; the 403 page says why and, from the table, who could."""
    if not may(user, action, **thing):
        raise Refused(why or f"Việc này không mở cho thầy cô: {RULES[action].words}.", who_could(action))


def require_anywhere(user: User, action: Action, why: str) -> None:
    """Raises Refused unless the person may do it with something; the page then shows no more than that."""
    if not may_anywhere(user, action):
        raise Refused(why, who_could(action))


def require_another(user: User, concerned: User) -> None:
    """Raises Refused when somebody acts on their own powers (PLAN III.1, IV)."""
    if user.pk == concerned.pk:
        raise Refused(
            "Không ai tự giao việc, tự cấp hoặc tự đổi quyền của chính mình.",
            "Người khác trong Ban giám hiệu",
        )


# -- Sheets (rule R29) -------------------------------------------------------------------------------------


def is_responsible(user: User, school_class: Any, line: Any | None) -> bool:
    """The teacher of the line in the class; for the homeroom sheet (no line) the homeroom teacher.

    WHO may enter; WHEN is asked of gradebook.windows.
    """
    return may(user, Action.ENTER_SHEET, school_class=school_class, line=line)


def may_see_sheet(user: User, school_class: Any, line: Any | None) -> bool:
    return may(user, Action.SEE_SHEET, school_class=school_class, line=line)


def may_propose(user: User, school_class: Any, line: Any | None) -> bool:
    """Who answers for the sheet, once its year is over who did to its end: they ask for it to be corrected.

    Where that teacher has left the school, keeps the administrator account now, or there was none, the head of the
    grade does in a year that is opened again: one who reads these sheets anyway, and who decides upon no request.
    """
    return may(user, Action.PROPOSE_CORRECTION, school_class=school_class, line=line)


def former_classes(user: User) -> frozenset[int]:
    """The classes of years that are over, one of whose sheets the person may still ask to be corrected."""
    powers = powers_of(user)
    if powers.roles & RULES[Action.PROPOSE_CORRECTION].barred:
        return frozenset()
    left = {class_id for class_id, _line_id in powers.left_sheets}
    return powers.past_homerooms | {class_id for class_id, _line_id in powers.past_lines} | left


def acting_role(user: User, school_class: Any, line: Any | None) -> str:
    """The capacity that the history names beside the person: "GVCN 3B", "GVCN 3B, môn Toán", "GVBM Tin học 3B".

    A homeroom teacher who teaches a line in the own class does so as its homeroom teacher. An activity is no môn. Of a
    class whose year is over it is the capacity that the person had to its end.
    """
    powers = powers_of(user).as_of(RULES[Action.PROPOSE_CORRECTION])
    if may_propose(user, school_class, line):
        if (school_class.pk, line.pk if line else None) in powers.left_sheets:
            return str(Post.Kind.GRADE_HEAD.label)
        return _teacher_words(school_class, line, leads=school_class.pk in powers.homeroom_classes)
    for kind in Post.Kind:
        if kind in powers.posts:
            return str(kind.label)
    return ""


def _teacher_words(school_class: Any, line: Any | None, *, leads: bool) -> str:
    if line is None:
        return f"GVCN {school_class.name}"
    if leads:
        return f"GVCN {school_class.name}, {'' if str(line).startswith('Hoạt động') else 'môn '}{line}"
    return f"GVBM {line} {school_class.name}"


def capacity(
    user: User,
    action: Action,
    *,
    school_class: Any = None,
    line: Any = None,
    owner_id: int | None = None,
    team_id: int | None = None,
) -> str:
    """The duty by which the table lets the person do it, for the history: «GVCN 3B», «Tổ (khối) trưởng», «Văn thư».

    Of several the nearest to the thing: the teacher's of the class or line, the head's of the tổ, then the posts in
    their order. What is open to everybody is done as the teacher of the class and line that are named, else in the
    person's highest post.
    """
    rule = RULES[action]
    powers = powers_of(user).as_of(rule)
    thing = _Thing(school_class, line, team_id, owner_id == user.pk)
    held = {
        role
        for role in powers.roles & set(rule.who)
        if role != Role.STAFF and _is_within(role, rule.who[role], powers, thing)
    }
    if held & {Role.HOMEROOM, Role.SUBJECT}:
        leads = Role.HOMEROOM in held
        if school_class is not None:
            return _teacher_words(school_class, line, leads=leads)
        return (Role.HOMEROOM if leads else Role.SUBJECT).label
    for kind in (Post.Kind.GRADE_HEAD, *Post.Kind):
        if kind in held:
            return str(kind.label)
    return (acting_role(user, school_class, line) if school_class is not None else "") or post_label(user)


# -- Accounts (PLAN IV.1-IV.3; rules R60, R61) -------------------------------------------------------------

_KEEPERS = (
    (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL),
    (Post.Kind.VICE_PRINCIPAL, Post.Kind.PRINCIPAL),
    (Post.Kind.CLERK, Post.Kind.VICE_PRINCIPAL),
)
WHO_KEEPS = (
    "Văn thư giữ tài khoản của giáo viên, nhân viên; Phó Hiệu trưởng giữ tài khoản của văn thư và đặt lại mật khẩu "
    "cho Hiệu trưởng; Hiệu trưởng giữ tài khoản của Phó Hiệu trưởng. Không ai làm cho tài khoản của mình."
)


def account_keepers(people: "Iterable[User]") -> dict[int, Post.Kind]:
    """Which post looks after each account: the clerk's, but for those above the clerk. One statement.

    A post that is still to begin counts too: nobody prepares a way into an account that is about to rise.
    """
    ids = [person.pk for person in people]
    held = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today()), holder__in=ids)
    posts = set(held.values_list("holder_id", "kind"))
    return {
        pk: next((keeper for kind, keeper in _KEEPERS if (pk, kind) in posts), Post.Kind.CLERK) for pk in ids
    }


def may_keep_account(user: User, person: User) -> bool:
    """Reset, close, reopen, release: by the keeper of the account, and never one's own."""
    return user.pk != person.pk and has_post(user, account_keepers([person])[person.pk])


def require_keeper(user: User, *people: User) -> None:
    """Raises Refused unless the user looks after every one of these accounts. One statement."""
    keepers = account_keepers(people)
    for person in people:
        if person.pk == user.pk or not has_post(user, keepers[person.pk]):
            raise Refused(WHO_KEEPS, keepers[person.pk].label)


# -- Lists -------------------------------------------------------------------------------------------------


def visible_classes(user: User, classes: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of the given classes those whose list the user may see; agrees with the table for each."""
    return classes.filter(reach_of(user, Action.SEE_CLASS).condition())
