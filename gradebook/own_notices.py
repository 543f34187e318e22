"""What a person should know of lent and given powers before looking for them: said on «Việc của tôi» (PLAN IV.2)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.clock import today
from accounts.held_powers import Grants, powers_of
from accounts.models import User
from accounts.overview import grants_reaching
from gradebook.duty_history import KINDS

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """`words` is a sentence; `url` leads to where it is in full."""

    words: str
    url: str


def read_own_notices(user: User) -> list[OwnNotice]:
    """Who stands in for the person, for whom the person stands in, what is opened to them today.

    Three statements for substitutions and two for grants, where there are any: the powers of today tell.
    """
    page, powers = reverse("gradebook:person", args=[user.pk]), powers_of(user)
    words = list(_substitutions(user)) if powers.is_substitution else []
    if powers.grants != Grants():
        given = grants_reaching([user], today())[user.pk]
        words += [
            f"Được cấp thêm quyền xem: {each.target_name}, {each.days.label}." for each in given[:MOST_NAMED]
        ]
    return [OwnNotice(each, page) for each in words]


def _substitutions(user: User) -> Iterator[str]:
    """One sentence for each other person and last day, however many duties go with it."""
    together: dict[tuple[bool, str, Any], list[str]] = defaultdict(list)
    for kind, related in KINDS:
        involved = Q(substitutes_for=user) | Q(substitutes_for__isnull=False, **{kind.PERSON: user})
        rows = (
            kind.objects.filter(involved)
            .held_on(today())
            .select_related(kind.PERSON, "substitutes_for", *related)
        )
        for term in rows:
            is_lent = term.substitutes_for_id == user.pk
            other = term.person if is_lent else term.substitutes_for
            together[is_lent, other.full_name, term.ends_on].append(term.duty_label)
    for (is_lent, name, last), duties in together.items():
        named = ", ".join(duties[:MOST_NAMED]) + ("…" if len(duties) > MOST_NAMED else "")
        if is_lent:
            yield f"{name} đang làm thay thầy cô đến hết {last:%d/%m/%Y}: {named}. Đến hôm đó thầy cô chỉ xem."
        else:
            yield f"Thầy cô đang làm thay {name} đến hết {last:%d/%m/%Y}: {named}."
