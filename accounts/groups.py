"""Named groups (nhóm) that can be granted something together, with members from day to day (PLAN IV.2)."""

from django.contrib.auth.models import Group
from django.db import connection

from accounts import permissions
from accounts.clock import today
from accounts.dates import Days
from accounts.history import Source, acting
from accounts.models import GroupMembership, User
from accounts.posts import problems_of_holder
from accounts.powers import Action
from accounts.terms import DAY, Problem, TermRefused


def make_group(*, name: str, by: User) -> Group:
    """A new group, still without members. Raises PermissionDenied, TermRefused."""
    permissions.require(by, Action.GRANT)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _one_at_a_time()
        if Group.objects.filter(name__iexact=name).exists():
            raise TermRefused(Problem("name", f"Đã có nhóm «{name}». Đặt tên khác."))
        return Group.objects.create(name=name)


def add_member(*, group: Group, member: User, days: Days, within: Days, by: User) -> GroupMembership:
    """The person gets what is granted to the group, on these days. Raises PermissionDenied, TermRefused."""
    permissions.require(by, Action.GRANT)
    permissions.require_another(by, member)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _one_at_a_time()
        problems = [*problems_of_holder(member, "member"), *_problems_of(group, member, days, within)]
        if problems:
            raise TermRefused(*problems)
        return GroupMembership.objects.create(
            group=group, member=member, starts_on=days.first, ends_on=days.last
        )


def end_membership(membership: GroupMembership, *, by: User) -> None:
    """From now on no more; a membership of today or later goes. Raises PermissionDenied, TermRefused."""
    permissions.require(by, Action.GRANT)
    permissions.require_another(by, membership.member)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _one_at_a_time()
        membership.refresh_from_db()
        yesterday = today() - DAY
        if membership.starts_on > yesterday:
            membership.delete()
            return
        membership.ends_on = min(membership.ends_on or yesterday, yesterday)
        membership.save()


def _problems_of(group: Group, member: User, days: Days, within: Days) -> list[Problem]:
    found = []
    if days.first < today():
        found.append(Problem("starts_on", "Ngày bắt đầu đã qua. Ghi ngày từ hôm nay trở đi."))
    if days.last is None or days.last < days.first or (within.last and days.last > within.last):
        found.append(Problem("ends_on", "Ghi ngày kết thúc sau ngày bắt đầu và trong năm học."))
        return found
    held = GroupMembership.objects.filter(group=group, member=member, starts_on__lte=days.last)
    already = held.exclude(ends_on__lt=days.first).first()
    if already:
        found.append(Problem("member", f"{member.full_name} đã ở trong nhóm {already.days.label}."))
    return found


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('grants'))")
