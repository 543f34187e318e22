"""What is granted beyond a post, to a person, a team or a group, from day to day (PLAN IV.2)."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.dates import (
    DatedQuerySet,
    Days,
    day_range,
    ends_after_it_starts,
    same,
)
from accounts.history import TracedRow
from accounts.models.people import Team, User


class SystemPart(models.Model):
    """A report or a part of the system that can be opened to somebody beyond their post (PLAN IV.2).

    The rows come with migrations; what a part opens is in accounts.permissions.
    """

    class Kind(models.TextChoices):
        REPORT = "report", "Báo cáo"
        PART = "part", "Bộ phận của hệ thống"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField("tên", max_length=100)
    kind = models.CharField("loại", max_length=10, choices=Kind)
    opens = models.CharField("mở ra", max_length=300)

    class Meta:
        ordering = ("kind", "name")
        permissions: ClassVar = [("use_part", "Xem báo cáo, bộ phận của hệ thống")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["report", "part"]), name="part_kind_is_known")
        ]

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """A person belongs to a named group (nhóm) from a day to a day; for a tổ it is `User.team` that counts."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    member = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("membership"),
            ExclusionConstraint(
                name="membership_once_at_a_time",
                expressions=[
                    (same("group_id"), RangeOperators.OVERLAPS),
                    (same("member_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.group}"

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)


class GrantQuerySet(DatedQuerySet):
    def in_force(self, day: datetime.date) -> Self:
        """Begun, not over, not withdrawn: those that open something on a day."""
        return self.held_on(day).filter(withdrawn_at__isnull=True)

    def still_to_end(self, day: datetime.date) -> Self:
        """In force or still to come."""
        return self.filter(withdrawn_at__isnull=True, ends_on__gte=day)


class Grant(models.Model):
    """What the vice-principal opens beyond a post, to whom, from when to when and why (PLAN IV.2; rule R59).

    The right itself is a row of django-guardian's, which gives nothing without a Grant in force
    (docs/decisions/0009). Made and withdrawn by accounts.grants alone.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="grants", null=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="grants", null=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="grants", null=True)
    permission = models.ForeignKey(Permission, models.PROTECT, related_name="grants")
    object_id = models.BigIntegerField()
    target_name = models.CharField("mở ra", max_length=200)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    reason = models.CharField("lí do", max_length=300)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="grants_made")
    granted_at = models.DateTimeField(db_default=Now())
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField("lí do thu hồi", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("-granted_at", "-id")
        indexes: ClassVar = [models.Index(fields=["permission", "object_id"], name="grant_of_a_thing")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True, group__isnull=True)
                | Q(person__isnull=True, team__isnull=False, group__isnull=True)
                | Q(person__isnull=True, team__isnull=True, group__isnull=False),
                name="grant_has_one_grantee",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(person=F("granted_by")), name="grant_is_not_to_oneself"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="grant_withdrawal_is_whole",
            ),
            ends_after_it_starts("grant"),
        ]

    def __str__(self) -> str:
        return f"{self.target_name} → {self.grantee}"

    @property
    def grantee(self) -> "User | Team | Group":
        found = self.person or self.team or self.group
        if found is None:
            raise ValueError("The database keeps one grantee.")
        return found

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)
