"""Rows that hold from a day to a day: one way to ask which hold on a day, one range for the database."""

import datetime
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value


class DatedQuerySet(models.QuerySet):
    """For models with `starts_on` and `ends_on` (null: until further notice; both days included)."""

    def held_on(self, day: datetime.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included; `last` None: until further notice."""

    first: datetime.date
    last: datetime.date | None = None

    @property
    def label(self) -> str:
        """ "từ 01/08/2026 đến 31/07/2027"; without an end "từ 01/08/2026"; one day "ngày 25/11/2026"."""
        if self.first == self.last:
            return f"ngày {self.first:%d/%m/%Y}"
        until = f" đến {self.last:%d/%m/%Y}" if self.last else ""
        return f"từ {self.first:%d/%m/%Y}{until}"


class Term(models.Model):
    """A row that gives a person powers from a day to a day: a post, a class to lead, a line to teach (rule R59).

    `substitutes_for` names the regular holder where the days are a substitute's. The acts are in accounts.terms.
    """

    PERSON: ClassVar[str]

    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)
    substitutes_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="làm thay cho",
    )

    class Meta:
        abstract = True

    @property
    def person(self) -> Any:
        return getattr(self, self.PERSON)

    @property
    def person_id(self) -> int:
        return getattr(self, f"{self.PERSON}_id")

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)

    @property
    def duty(self) -> dict[str, Any]:
        """The fields that say what is held, whoever holds it."""
        raise NotImplementedError

    @property
    def is_for_one(self) -> bool:
        """One holder at a time; else only the same person may not hold it twice over."""
        return True

    @property
    def duty_label(self) -> str:
        """What is held, as a sentence names it: "chủ nhiệm lớp 4A"."""
        raise NotImplementedError


def substitution_is_whole(name: str, person: str) -> models.CheckConstraint:
    """The guard of every Term: a substitute is somebody else, and has a last day."""
    return models.CheckConstraint(
        condition=Q(substitutes_for__isnull=True)
        | (Q(ends_on__isnull=False) & ~Q(substitutes_for=F(person))),
        name=f"{name}_substitution_is_whole",
    )


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
