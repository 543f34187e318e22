"""The bank of comments."""

from enum import StrEnum
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.history import TracedRow
from gradebook.regulation import LINES, Attainment, Rating, TraitGroup


def _values(kind: type[StrEnum]) -> list[str]:
    """As plain text, so that no migration has to import them."""
    return [each.value for each in kind]


def _has_its_subject_and_level(name: str) -> models.CheckConstraint:
    """T, H, C for a line; T, Đ, C for a group of qualities or competencies."""
    return models.CheckConstraint(
        condition=Q(subject__in=[line.code for line in LINES], level__in=_values(Attainment))
        | Q(subject__in=_values(TraitGroup), level__in=_values(Rating)),
        name=f"{name}_level_fits_its_subject",
    )


class BankCommentQuerySet(models.QuerySet["BankComment"]):
    """Another teacher's own bank is nobody else's business."""

    def mine_or_schools(self, user: Any) -> Self:
        return self.filter(Q(owner=user) | Q(owner=None))


class BankComment(models.Model):
    """A ready comment (nhận xét): of the school's bank, or with an owner of that person's own.

    The bank that is shipped with the system is data of `gradebook.comment_bank` and no rows, so that it grows with
    the system; what the school does not want of it is a HiddenComment. `text` may hold places for the pupil's name
    and gender (`gradebook.comment_places`).
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="comments")
    subject = models.CharField("môn học, nhóm", max_length=10)
    level = models.CharField("mức độ", max_length=1)
    first_grade = models.PositiveSmallIntegerField("từ khối", default=1)
    last_grade = models.PositiveSmallIntegerField("đến khối", default=5)
    text = models.CharField("nội dung nhận xét", max_length=500)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = BankCommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "subject", "level", "text"],
                name="bank_comment_once",
                nulls_distinct=False,
            ),
            _has_its_subject_and_level("bank_comment"),
            models.CheckConstraint(
                condition=Q(first_grade__gte=1, last_grade__lte=5, first_grade__lte=F("last_grade")),
                name="bank_comment_grades_are_1_to_5",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="bank_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.level}: {self.text[:40]}"


class HiddenComment(models.Model):
    """A comment of the shipped bank that the school does not want to be offered; known by its very text."""

    subject = models.CharField("môn học, nhóm", max_length=10)
    level = models.CharField("mức độ", max_length=1)
    text = models.CharField("nội dung nhận xét", max_length=500)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "level", "text"], name="hidden_comment_once"),
            _has_its_subject_and_level("hidden_comment"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.level}: {self.text[:40]}"
