"""Who looks after whose account: the clerk, and above the clerk one of the two leaders the other's (PLAN IV.1 to IV.3;
rules R60, R61)."""

from collections.abc import Iterable

from django.db.models import Q

from accounts.clock import today
from accounts.models import Post, User
from accounts.permissions import Refused, has_post

_KEEPERS = (
    (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL),
    (Post.Kind.VICE_PRINCIPAL, Post.Kind.PRINCIPAL),
    (Post.Kind.CLERK, Post.Kind.VICE_PRINCIPAL),
)
WHO_KEEPS = (
    "Văn thư giữ tài khoản của giáo viên, nhân viên; Phó Hiệu trưởng giữ tài khoản của văn thư và đặt lại mật khẩu "
    "cho Hiệu trưởng; Hiệu trưởng giữ tài khoản của Phó Hiệu trưởng. Không ai làm cho tài khoản của mình."
)


def account_keepers(people: Iterable[User]) -> dict[int, Post.Kind]:
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
