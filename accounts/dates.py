"""Rows that hold from a day to a day: one way to ask which hold on a day, one range for the database."""

import datetime
from typing import Self

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value


class DatedQuerySet(models.QuerySet):
    """For models with `starts_on` and `ends_on` (null: until further notice; both days included)."""

    def held_on(self, day: datetime.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


def day_range() -> Func:
    """daterange(starts_on, ends_on, '[]') for exclusion constraints."""
    return Func(
        F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=DateRangeField()
    )


def same(field: str) -> Func:
    """int8range of one id, so that equality can stand in a GiST exclusion without the btree_gist extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    """The guard of every row with `starts_on` and `ends_on`; `name` is that of the table's constraint."""
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
        name=f"{name}_ends_after_it_starts",
    )
