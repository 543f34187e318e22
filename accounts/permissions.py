"""Decides who may do what, by the table in `accounts.powers`; views, templates, acts and tests ask here.

Powers follow from posts and assignments that hold today (PLAN IV; rule R59). Predicates look at attributes
only: they take the things themselves and import nothing from the apps above.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404

from accounts.clock import today
from accounts.models import Post, User
from accounts.powers import RULES, Action, Role, Whose, who_could

if TYPE_CHECKING:
    from collections.abc import Iterable


class Refused(PermissionDenied):
    """A refusal by the table: why, and who could do it (shown by the 403 page, written to the access log)."""

    def __init__(self, why: str, who: str) -> None:
        super().__init__(why)
        self.who = who


@dataclass(frozen=True, slots=True)
class Powers:
    """What a person is today; one statement, read once a request."""

    posts: frozenset[str]
    headed_grades: frozenset[int]
    homeroom_classes: frozenset[int]
    taught: frozenset[tuple[int, int]]

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


def powers_of(user: User) -> Powers:
    """The powers of today, kept on the user object for the length of a request."""
    day = today()
    kept = getattr(user, "_powers", None)
    if kept is not None and kept[0] == day:
        return kept[1]
    powers = _read_powers(user, day) if user.is_active else Powers(*(frozenset(),) * 4)
    user._powers = (day, powers)  # type: ignore[attr-defined]  # noqa: SLF001 - a cache on our own object
    return powers


def _read_powers(user: Any, day: Any) -> Powers:
    """One statement: posts as (kind, grade, -), homerooms as (homeroom, class, -), lines as (line, class, line)."""
    number = BigIntegerField(null=True)
    # Cast, because PostgreSQL takes a bare NULL in two branches of a UNION for text.
    nothing = Cast(Value(None), number)

    def rows_of(held: Any, what: Any, first: str, second: Any) -> Any:
        named = held.held_on(day).annotate(what=what, first=Cast(first, number), second=second)
        return named.order_by().values_list("what", "first", "second")

    rows = list(
        rows_of(user.posts, Cast("kind", TextField()), "team__grade_level", nothing).union(
            rows_of(user.homeroom_assignments, _text("homeroom"), "school_class_id", nothing),
            rows_of(user.teaching_assignments, _text("line"), "school_class_id", Cast("line_id", number)),
            all=True,
        )
    )
    return Powers(
        posts=frozenset(kind for kind, _grade, _none in rows if kind in Post.Kind.values),
        headed_grades=frozenset(
            grade for kind, grade, _none in rows if kind == Post.Kind.GRADE_HEAD and grade
        ),
        homeroom_classes=frozenset(class_id for kind, class_id, _none in rows if kind == "homeroom"),
        taught=frozenset((class_id, line_id) for kind, class_id, line_id in rows if kind == "line"),
    )


def _text(word: str) -> Value:
    return Value(word, output_field=TextField())


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
) -> bool:
    """Whether the table lets this person do it with this thing.

    A sheet is a class and a line, or no line for that of qualities and competencies. `owner_id` is the account
    that the thing belongs to. Without a thing only what reaches over the whole school is allowed.
    """
    powers, who = powers_of(user), RULES[action].who
    thing = _Thing(school_class, line, owner_id == user.pk)
    by_role = any(role in who and _is_within(role, who[role], powers, thing) for role in powers.roles)
    return by_role or _is_granted(user, action, school_class)


@dataclass(frozen=True, slots=True)
class _Thing:
    school_class: Any
    line: Any
    is_own: bool


def _is_within(role: Role, whose: Whose, powers: Powers, thing: _Thing) -> bool:
    if whose == Whose.SCHOOL:
        return True
    if whose == Whose.OWN:
        return thing.is_own
    if thing.school_class is None:
        return False
    if whose == Whose.GRADE:
        return thing.school_class.grade_level in powers.headed_grades
    class_id = thing.school_class.pk
    if whose == Whose.TAUGHT_CLASS:
        return class_id in powers.taught_classes
    if whose == Whose.OWN_SHEET and role == Role.SUBJECT:
        return thing.line is not None and (class_id, thing.line.pk) in powers.taught
    is_homeroom = class_id in powers.homeroom_classes
    return is_homeroom and (whose == Whose.OWN_CLASS or thing.line is None)


def _is_granted(user: User, action: Action, school_class: Any) -> bool:
    grant = RULES[action].grant
    return bool(grant) and school_class is not None and school_class.pk in _granted_class_ids(user, grant)


def may_anywhere(user: User, action: Action) -> bool:
    """Whether the person may do it with anything at all: what the menu asks."""
    return bool(powers_of(user).roles & set(RULES[action].who))


def reach_of(user: User, action: Action) -> Reach:
    """Where the person may do it, grants of classes included; agrees with `may` for every class."""
    powers = powers_of(user)
    whose = {RULES[action].who[role] for role in powers.roles & set(RULES[action].who)}
    if Whose.SCHOOL in whose:
        return Reach(whole_school=True, grades=frozenset(), classes=frozenset())
    classes: frozenset[int] = frozenset()
    if Whose.OWN_CLASS in whose:
        classes |= powers.homeroom_classes
    if Whose.TAUGHT_CLASS in whose:
        classes |= powers.taught_classes
    if RULES[action].grant:
        classes |= _granted_class_ids(user, RULES[action].grant)
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


class Concealed(Http404):
    """A refusal that does not even say that the thing is there; logged like every refusal."""


def conceal_unless(allowed: bool, what: str) -> None:
    """Answers 404 as for a thing that is not there; `what` is for the log."""
    if not allowed:
        raise Concealed(what)


# -- Sheets (rule R29) -------------------------------------------------------------------------------------


def is_responsible(user: User, school_class: Any, line: Any | None) -> bool:
    """The teacher of the line in the class; for the homeroom sheet (no line) the homeroom teacher.

    WHO may enter; WHEN is asked of gradebook.windows.
    """
    return may(user, Action.ENTER_SHEET, school_class=school_class, line=line)


def may_see_sheet(user: User, school_class: Any, line: Any | None) -> bool:
    return may(user, Action.SEE_SHEET, school_class=school_class, line=line)


def acting_role(user: User, school_class: Any, line: Any | None) -> str:
    """The capacity that the history names beside the person: "GVCN 3B", "GVCN 3B, môn Toán", "GVBM Tin học 3B".

    A homeroom teacher who teaches a line in the own class does so as its homeroom teacher. An activity is no môn.
    """
    powers = powers_of(user)
    if is_responsible(user, school_class, line):
        if line is None:
            return f"GVCN {school_class.name}"
        if school_class.pk in powers.homeroom_classes:
            return f"GVCN {school_class.name}, {'' if str(line).startswith('Hoạt động') else 'môn '}{line}"
        return f"GVBM {line} {school_class.name}"
    for kind in Post.Kind:
        if kind in powers.posts:
            return str(kind.label)
    return ""


# -- Lists -------------------------------------------------------------------------------------------------


def visible_classes(user: User, classes: "Iterable[Any]") -> list[Any]:
    """Of the given classes those whose list the user may see; agrees with the table for each."""
    reach = reach_of(user, Action.SEE_CLASS)
    return [each for each in classes if reach.has(each)]


def _granted_class_ids(user: User, permission: str) -> frozenset[int]:
    """The classes granted, read once a request: asking guardian class by class takes two statements each time."""
    from guardian.shortcuts import get_objects_for_user  # noqa: PLC0415 - guardian reads models at import

    kept: dict[str, frozenset[int]] = user.__dict__.setdefault("_granted_classes", {})
    if permission not in kept and user.is_active:
        granted: QuerySet[Any] = get_objects_for_user(user, permission, with_superuser=False)
        kept[permission] = frozenset(granted.values_list("pk", flat=True))
    return kept.get(permission, frozenset())
