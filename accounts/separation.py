"""Whoever keeps the administrator account holds no class, no line and no seat of the leaders in the same days.

The account that may apply an approved request must have no other way to a mark (PLAN IV.3), and does not supervise
itself (PLAN IV.2, IV.3). Acts refuse here with words; `permissions` bars the clerk from entering all the same, and the
database refuses behind both (migration gradebook.0003_the_clerk_holds_no_class, constraint post_clerk_is_no_leader).
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from accounts.dates import Days, Term
from accounts.duties import held_by
from accounts.models import Post, User

WHY = "Người giữ tài khoản quản trị (văn thư) không giữ lớp, môn nào trong cùng những ngày"
WHY_NO_LEADER = (
    "Văn thư giữ tài khoản quản trị do Phó Hiệu trưởng giám sát, nên không ai vừa là văn thư vừa là Hiệu trưởng, "
    "Phó Hiệu trưởng trong cùng những ngày"
)
LEADERS = (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL)
_SEATS = ("homeroom_assignments", "teaching_assignments")


def why_apart(term: Term) -> str:
    """Why this person cannot hold this on these days; "" if they can.

    Takes the person for itself until the transaction ends, so that a post and a seat given at once see each other.
    """
    if isinstance(term, Post) and term.kind not in (Post.Kind.CLERK, *LEADERS):
        return ""
    _take(term.person_id)
    if not isinstance(term, Post):
        return why_no_seat(term.person, clerk_days([term.person], term.days).get(term.person_id))
    if term.kind == Post.Kind.CLERK:
        return _why_not_beside(term, LEADERS) or why_no_clerk(term.person, term.days)
    return _why_not_beside(term, (Post.Kind.CLERK,))


def _why_not_beside(post: Post, kinds: Iterable[str]) -> str:
    held = Post.objects.filter(overlapping(post.days), holder=post.holder_id, kind__in=kinds).first()
    if held is None:
        return ""
    return (
        f"{post.holder.full_name} đang giữ «{held.duty_label}» {held.days.label}. {WHY_NO_LEADER}. Chọn người khác, "
        "hoặc chọn ngày khác."
    )


def why_no_clerk(person: User, days: Days) -> str:
    for relation in _SEATS:
        held = held_by(relation, [person]).filter(overlapping(days)).order_by("starts_on", "pk").first()
        if held:
            return (
                f"{person.full_name} đang giữ «{held.duty_label}» {held.days.label}. {WHY}. "
                "Giao lớp, môn cho người khác trước, hoặc chọn ngày khác."
            )
    return ""


def why_no_seat(person: User, as_clerk: Days | None) -> str:
    if as_clerk is None:
        return ""
    return f"{person.full_name} giữ chức vụ văn thư {as_clerk.label}. {WHY}. Chọn người khác, hoặc chọn ngày khác."


def clerk_days(people: Iterable[User], days: Days) -> dict[int, Days]:
    """Who of these people is clerk on some of the days, and when. One statement."""
    posts = Post.objects.filter(
        overlapping(days), kind=Post.Kind.CLERK, holder__in=[each.pk for each in people]
    )
    return {post.holder_id: post.days for post in posts.order_by("-starts_on")}


def overlapping(days: Days) -> Q:
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=days.first)
    return still & Q(starts_on__lte=days.last) if days.last else still


def _take(person_id: int) -> None:
    """The same lock as the database's guard takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('duties of ' || %s::bigint))", [person_id])
