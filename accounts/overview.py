"""«Tổng quan tài khoản»: every account with its powers, for those who answer for them (PLAN IV.1)."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate

from accounts.account_state import State, state_of
from accounts.clock import today
from accounts.duties import Duties, duties_on
from accounts.lockout import locked_accounts
from accounts.models import Grant, GroupMembership, Post, TrainingRecord, User


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account. The last three are None where it is not known (yet)."""

    person: User
    duties: Duties
    grants: tuple[str, ...]
    has_second_factor: bool | None
    password_days: int | None
    is_trained: bool | None
    state: State

    @property
    def may_do(self) -> list[str]:
        """What gives the account its powers, in words."""
        return [*self.duties.words, *(f"Được cấp thêm: {name}" for name in self.grants)]


@dataclass(frozen=True, slots=True)
class Overview:
    lines: tuple[AccountLine, ...]

    @property
    def active(self) -> int:
        return self._in(State.IN_USE, State.LOCKED)

    @property
    def not_activated(self) -> int:
        return self._in(State.NOT_ACTIVATED)

    @property
    def suspended(self) -> int:
        return self._in(State.SUSPENDED)

    def _in(self, *states: State) -> int:
        return sum(line.state in states for line in self.lines)


def read_overview() -> Overview:
    """All accounts, those in use first, then by name. Eight statements, whatever their number."""
    people = list(User.objects.select_related("team").order_by("-is_active", "sort_key", "pk"))
    duties = duties_on(today(), people)
    grants = grants_reaching(people, today())
    locked = locked_accounts()
    second_factors, password_days, trained = _second_factors(people), _password_days(people), _trained(people)
    return Overview(
        tuple(
            AccountLine(
                person=each,
                duties=duties[each.pk],
                grants=tuple(given.target_name for given in grants[each.pk]),
                has_second_factor=second_factors.get(each.pk),
                password_days=password_days.get(each.pk),
                is_trained=trained.get(each.pk),
                state=state_of(
                    each,
                    is_principal=Post.Kind.PRINCIPAL in duties[each.pk].kinds,
                    is_locked=each.pk in locked,
                ),
            )
            for each in people
        )
    )


def grants_reaching(people: Collection[User], day: datetime.date) -> dict[int, list[Grant]]:
    """The grants in force that reach each person, by name, tổ or group. Two statements."""
    members: dict[int, list[int]] = defaultdict(list)
    for group_id, member_id in (
        GroupMembership.objects.held_on(day).filter(member__in=people).values_list("group", "member")
    ):
        members[group_id].append(member_id)
    teams: dict[Any, list[int]] = defaultdict(list)
    for each in people:
        teams[each.team_id].append(each.pk)
    found: dict[int, list[Grant]] = {each.pk: [] for each in people}
    for given in Grant.objects.in_force(day).select_related("person", "team", "group", "granted_by"):
        if given.person_id:
            reached = [given.person_id]
        else:
            reached = teams[given.team_id] if given.team_id else members[given.group_id or 0]
        for person_id in reached:
            if person_id in found and person_id != given.granted_by_id:
                found[person_id].append(given)
    return found


def _second_factors(people: Collection[User]) -> Mapping[int, bool]:
    return {each.pk: each.second_factor_since is not None for each in people}


def _password_days(people: Collection[User]) -> Mapping[int, int]:
    """How many days ago each changed the password; who never set one is missing."""
    return {
        each.pk: (today() - localdate(each.password_changed_at)).days
        for each in people
        if each.password_changed_at
    }


def _trained(people: Collection[User]) -> Mapping[int, bool]:
    """Whether each has a record of training that was not cancelled."""
    done = set(TrainingRecord.objects.filter(cancelled_at__isnull=True).values_list("person_id", flat=True))
    return {each.pk: each.pk in done for each in people}
