"""Who may do what. The one file that decides; views, templates, acts and tests ask it.

Powers follow from posts and assignments that hold today (PLAN IV; rule R59). Predicates look at attributes
only: they take the things themselves and import nothing from the apps above.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.clock import today
from accounts.models import Post, User

if TYPE_CHECKING:
    from collections.abc import Iterable

LEADERS = frozenset({Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL})


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
    def sees_whole_school(self) -> bool:
        return bool(self.posts & {*LEADERS, Post.Kind.CLERK, Post.Kind.INSPECTOR})


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


# -- Entry periods (PLAN IV.1: the principal decides) ------------------------------------------------------


def may_issue_order(user: User) -> bool:
    return has_post(user, Post.Kind.PRINCIPAL)


# -- Sheets (rule R29) -------------------------------------------------------------------------------------


def is_responsible(user: User, school_class: Any, line: Any | None) -> bool:
    """The teacher of the line in the class; for the homeroom sheet (no line) the homeroom teacher."""
    powers = powers_of(user)
    if line is None:
        return school_class.pk in powers.homeroom_classes
    return (school_class.pk, line.pk) in powers.taught


def may_see_sheet(user: User, school_class: Any, line: Any | None) -> bool:
    """Those responsible, the class's homeroom teacher, the head of the grade, the office; and by grant."""
    powers = powers_of(user)
    return (
        powers.sees_whole_school
        or is_responsible(user, school_class, line)
        or school_class.pk in powers.homeroom_classes
        or school_class.grade_level in powers.headed_grades
        or user.has_perm("students.view_class_results", school_class)
    )


def may_see_class(user: User, school_class: Any) -> bool:
    """The list of a class: whoever teaches or answers for it, the head of its grade, the office."""
    powers = powers_of(user)
    return (
        powers.sees_whole_school
        or school_class.pk in powers.homeroom_classes | powers.taught_classes
        or school_class.grade_level in powers.headed_grades
        or user.has_perm("students.view_class_results", school_class)
    )


def may_see_sensitive(user: User, school_class: Any) -> bool:
    """Dân tộc, diện chính sách, khuyết tật: the class's homeroom teacher, the clerk, the leaders (rule R65)."""
    return school_class.pk in powers_of(user).homeroom_classes or has_post(user, Post.Kind.CLERK, *LEADERS)


def may_enter(user: User, school_class: Any, line: Any | None) -> bool:
    """WHO may enter; WHEN is asked of gradebook.windows."""
    return is_responsible(user, school_class, line)


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


# -- Corrections (PLAN IV; rules R51, R52) -----------------------------------------------------------------


def may_propose_correction(user: User, school_class: Any, line: Any | None) -> bool:
    return is_responsible(user, school_class, line)


def may_see_request(user: User, request: Any) -> bool:
    """Proposer, the two who decide and carry out, the principal, the grade's head, the inspector."""
    powers = powers_of(user)
    return (
        request.proposer_id == user.pk
        or powers.sees_whole_school
        or request.school_class.grade_level in powers.headed_grades
    )


def may_decide_requests(user: User) -> bool:
    return has_post(user, Post.Kind.VICE_PRINCIPAL)


def may_apply_requests(user: User) -> bool:
    return has_post(user, Post.Kind.CLERK)


# -- The year's outcome (PLAN IV.1: the principal approves) ------------------------------------------------


def may_approve_outcomes(user: User) -> bool:
    return has_post(user, Post.Kind.PRINCIPAL)


# -- The office --------------------------------------------------------------------------------------------


def may_import_rosters(user: User) -> bool:
    """Only the clerk enters pupils and their classes (PLAN IV.3; rule R14)."""
    return has_post(user, Post.Kind.CLERK)


def may_print_books(user: User) -> bool:
    """The clerk prints and keeps the books (PLAN IV.3)."""
    return has_post(user, Post.Kind.CLERK)


def may_see_prints(user: User) -> bool:
    return has_post(user, Post.Kind.CLERK, *LEADERS)


def may_see_progress(user: User) -> bool:
    return powers_of(user).sees_whole_school or bool(powers_of(user).headed_grades)


def require(allowed: bool, why: str) -> None:
    """Raises the refusal that the 403 page shows; `why` says in Vietnamese who could do it."""
    if not allowed:
        raise PermissionDenied(why)


def visible_classes(user: User, classes: "Iterable[Any]") -> list[Any]:
    """Of the given classes those whose list the user may see; agrees with `may_see_class` for each."""
    powers = powers_of(user)
    if powers.sees_whole_school:
        return list(classes)
    granted = _granted_class_ids(user)
    own = powers.homeroom_classes | powers.taught_classes | granted
    return [each for each in classes if each.pk in own or each.grade_level in powers.headed_grades]


def _granted_class_ids(user: User) -> frozenset[int]:
    from guardian.shortcuts import get_objects_for_user  # noqa: PLC0415 - guardian reads models at import

    granted: QuerySet[Any] = get_objects_for_user(user, "students.view_class_results", with_superuser=False)
    return frozenset(granted.values_list("pk", flat=True))
