"""What the list of accounts and the page of one account show."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts import clock, permissions
from accounts.account_keepers import account_keepers, may_keep_account
from accounts.account_life import may_be_reopened
from accounts.account_state import State, last_used_at, state_of
from accounts.activation import latest_slip
from accounts.duties import Duties, duties_on
from accounts.lockout import locked_accounts, locked_until
from accounts.models import ActivationSlip, Post, User
from accounts.words import folded

MAY_GET_SLIPS = (State.NOT_ACTIVATED, State.IN_USE, State.LOCKED)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account of the list. `may_slip`: a first slip may be made for it together with others.

    An account in use loses its password by that: only on its own page, which says so first.
    """

    person: User
    posts: str
    state: State
    used_at: datetime.datetime
    has_slip: bool
    may_slip: bool


def read_accounts(reader: User, *, search: str = "", state: str = "") -> list[AccountLine]:
    """The accounts that match, in the order of names; five statements, however many there are.

    A school has some hundred accounts in all its years: the state is decided here, not in SQL a second time.
    """
    people = list(User.objects.select_related("team"))
    posts = _posts_of_today()
    keepers = account_keepers(people)
    locked = locked_accounts()
    good = set(_good_slips().values_list("user_id", flat=True))
    lines = (
        AccountLine(
            person=person,
            posts=", ".join(Post.Kind(kind).label for kind in posts.get(person.pk, ())),
            state=(
                found := state_of(
                    person,
                    is_principal=Post.Kind.PRINCIPAL in posts.get(person.pk, ()),
                    is_locked=person.pk in locked,
                )
            ),
            used_at=last_used_at(person),
            has_slip=person.pk in good,
            may_slip=found == State.NOT_ACTIVATED
            and Post.Kind.CLERK not in posts.get(person.pk, ())
            and person.pk != reader.pk
            and permissions.has_post(reader, keepers[person.pk]),
        )
        for person in people
    )
    return [line for line in lines if state in ("", line.state) and _matches(line.person, search)]


def _posts_of_today() -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for holder, kind in Post.objects.held_on(clock.today()).values_list("holder_id", "kind"):
        held.setdefault(holder, []).append(kind)
    return held


def _good_slips() -> QuerySet[ActivationSlip]:
    return ActivationSlip.objects.filter(
        used_at__isnull=True, voided_at__isnull=True, valid_until__gt=clock.stamp()
    )


def _matches(person: User, search: str) -> bool:
    text = f"{person.full_name} {person.username} {person.second_username or ''} {person.staff_code}"
    return all(word in folded(text) for word in folded(search).split())


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account with what the reader may do to it. `seen` goes back with the form that makes a slip."""

    person: User
    state: State
    duties: list[str]
    used_at: datetime.datetime
    slip: ActivationSlip | None
    seen: int
    keeper: str
    is_own: bool
    may_keep: bool
    is_clerk: bool
    history: list[Any]

    @property
    def may_slip(self) -> bool:
        return self.may_keep and not self.is_clerk and self.state in MAY_GET_SLIPS

    @property
    def may_release(self) -> bool:
        return self.may_keep and self.state == State.LOCKED

    @property
    def may_reset_second_factor(self) -> bool:
        return self.may_keep and self.person.second_factor_since is not None

    @property
    def may_reopen(self) -> bool:
        return self.may_keep and may_be_reopened(self.person)

    @property
    def may_close(self) -> bool:
        return self.may_keep and self.state != State.CLOSED and self.person.last_day is None


def state_today(person: User, duties: Duties) -> State:
    """The state of one account, the same on each page that shows it."""
    return state_of(
        person, is_principal=Post.Kind.PRINCIPAL in duties.kinds, is_locked=locked_until(person) is not None
    )


def read_account(reader: User, person: User) -> AccountPage:
    duties = duties_on(clock.today(), [person])[person.pk]
    return AccountPage(
        person=person,
        state=state_today(person, duties),
        duties=duties.words,
        used_at=last_used_at(person),
        slip=_good_slips().filter(user=person).select_related("made_by").first(),
        seen=latest_slip([person]),
        keeper=str(account_keepers([person])[person.pk].label),
        is_own=reader.pk == person.pk,
        may_keep=may_keep_account(reader, person),
        is_clerk=Post.Kind.CLERK in duties.kinds,
        history=list(
            person.history.exclude(history_change_reason="")
            .exclude(history_change_reason__isnull=True)
            .select_related("history_user")
            .order_by("-history_date", "-history_id")[:50]
        ),
    )
