"""Decides who may do what, by the table in `accounts.powers`; views, templates, acts and tests ask here.

Powers follow from posts and assignments that hold today, and from grants in force today (`accounts.held_powers`;
PLAN IV; rule R59). Predicates look at attributes only: they take the things themselves and import nothing from the apps
above.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.held_powers import Grants, Powers, powers_of
from accounts.models import Post, User
from accounts.powers import RULES, Action, Role, Rule, Whose, who_could

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Refused(PermissionDenied):
    """A refusal by the table: why, and who could do it (shown by the 403 page, written to the access log)."""

    def __init__(self, why: str, who: str) -> None:
        super().__init__(why)
        self.who = who


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


# -- Lists -------------------------------------------------------------------------------------------------


def visible_classes(user: User, classes: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of the given classes those whose list the user may see; agrees with the table for each."""
    return classes.filter(reach_of(user, Action.SEE_CLASS).condition())
