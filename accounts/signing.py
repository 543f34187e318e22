"""In whose name a leader signs (Nghị định 30/2020): a deputy who stands in for the principal signs KT.

The principal lets the deputy sign by handing the post over for some days (`accounts.posts.hand_over_post`): days and
reason stand with the post and in its history, and what is signed within them says so for good.
"""

import datetime
from collections.abc import Iterable

from accounts.models import Post, User
from accounts.signing_titles import DEPUTY_TITLE, PRINCIPAL_TITLE


def title_by(posts: Iterable[Post]) -> tuple[str, ...]:
    """The lines above the name of whoever holds these posts on the day of signing.

    A vice-principal who holds the principal's post in place of its holder is still a vice-principal.
    """
    own = {post.kind for post in posts if post.substitutes_for_id is None}
    return DEPUTY_TITLE if own == {Post.Kind.VICE_PRINCIPAL} else PRINCIPAL_TITLE


def title_of(signer: User, day: datetime.date) -> tuple[str, ...]:
    """The same of a signer and the day. One statement."""
    leading = (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL)
    return title_by(signer.posts.held_on(day).filter(kind__in=leading))
