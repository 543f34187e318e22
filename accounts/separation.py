"""Whoever keeps the administrator account holds no class and no line in the same days (PLAN IV.3).

The account that may apply an approved request must have no other way to a mark. Acts refuse here with words;
`permissions` bars the clerk from entering all the same, and the database refuses behind both (migration
gradebook.0020_the_clerk_holds_no_class).
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from accounts.dates import Days, Term
from accounts.duties import held_by
from accounts.models import Post, User

WHY = "Người giữ tài khoản quản trị (văn thư) không giữ lớp, môn nào trong cùng những ngày"
_SEATS = ("homeroom_assignments", "teaching_assignments")


def why_apart(term: Term) -> str:
    """Why this person cannot hold this on these days; "" if they can.

    Takes the person for itself until the transaction ends, so that a post and a seat given at once see each other.
    """
    is_clerk = isinstance(term, Post) and term.kind == Post.Kind.CLERK
    if isinstance(term, Post) and not is_clerk:
        return ""
    _take(term.person_id)
    if is_clerk:
        return why_no_clerk(term.person, term.days)
    return why_no_seat(term.person, clerk_days([term.person], term.days).get(term.person_id))


def why_no_clerk(person: User, days: Days) -> str:
    for relation in _SEATS:
        held = held_by(relation, [person]).filter(overlapping(days)).order_by("starts_on").first()
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
