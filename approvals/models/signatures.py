"""A teacher's signature on a book of results (THKQGD): what was signed, by whom, when; kept for ever."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gradebook.models import PERIOD_CHOICES, SubjectLine
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM
from students.models import SchoolClass, SchoolYear

SHORT = 8


class SignatureQuerySet(models.QuerySet["BookSignature"]):
    def newest(self) -> Any:
        """Of each book the one that counts; those before it are history."""
        book = ("school_class_id", "period", "line_id")
        return self.order_by(*book, "-number").distinct(*book)


class BookSignature(models.Model):
    """«Kí xác nhận» of a book at a period (PLAN IV.5, IV.6); `line` is empty for the class's book, the homeroom's.

    `content` is what was signed, as `approvals.signed_content` of that `version` writes it, and `digest` its SHA-256:
    the database refuses a row where the two differ, and any change or removal of one. `number` counts the signatures of
    the book. `pupils` and `absent_until` are those of the content. Written by `approvals.signatures` alone.
    """

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="signatures")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="signatures", null=True)
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    number = models.PositiveSmallIntegerField("lần kí")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures")
    role = models.CharField("tư cách", max_length=60)
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="kí thay"
    )
    signed_at = models.DateTimeField("kí lúc", db_default=Now())
    version = models.PositiveSmallIntegerField()
    content = models.TextField()
    digest = models.CharField("SHA-256", max_length=64)
    pupils = ArrayField(models.BigIntegerField())
    absent_until = models.DateField("ngày nghỉ tính đến hết", null=True)

    objects: ClassVar = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ("-signed_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_class", "line", "period", "number"],
                name="signature_number_once_a_book",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(period__in=[each.value for each in Period]), name="signature_period_is_known"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="signature_number_from_one"),
            models.CheckConstraint(condition=~Q(role=""), name="signature_is_given_in_a_capacity"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.school_class_id} {self.period} ({self.number})"

    @property
    def code(self) -> str:
        return self.line.code if self.line else HOMEROOM

    @property
    def short_digest(self) -> str:
        """As paper and pages show it."""
        return self.digest[:SHORT]


class BookLook(models.Model):
    """A signer has had the contents of a book before them, as they stood: the book's page was opened (PLAN IV.5, IV.6).

    `digest` is that of the contents, as in `BookSignature`. The database takes no signature on contents that its signer
    has not looked at, and refuses any change or removal of a look. Written by `approvals.book_looks` alone.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="book_looks")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="book_looks")
    line = models.ForeignKey(SubjectLine, models.PROTECT, related_name="book_looks", null=True)
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    digest = models.CharField("SHA-256", max_length=64)
    looked_at = models.DateTimeField("xem lúc", db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "period", "digest"], name="book_looks_of_a_person")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(period__in=[each.value for each in Period]), name="book_look_period_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.code} {self.school_class_id} {self.period}"

    @property
    def code(self) -> str:
        return self.line.code if self.line else HOMEROOM


class SigningReminder(models.Model):
    """Somebody was reminded that books of a period lack their signature, `books` in number (PLAN IV.1, IV.2, IV.4).

    At most one a person and day. Written by `approvals.signing_reminders` alone, never changed.
    """

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="signing_reminders")
    period = models.CharField("thời điểm", max_length=6, choices=PERIOD_CHOICES)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="signing_reminders")
    books = models.PositiveIntegerField("số sổ chưa kí")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField("tư cách", max_length=60)
    sent_at = models.DateTimeField("nhắc lúc", db_default=Now())
    day = models.DateField("ngày nhắc")

    class Meta:
        ordering = ("-sent_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "day"], name="signing_reminder_once_a_day"),
            models.CheckConstraint(
                condition=Q(period__in=[each.value for each in Period]),
                name="signing_reminder_period_is_known",
            ),
            models.CheckConstraint(condition=Q(books__gte=1), name="signing_reminder_is_about_books"),
            models.CheckConstraint(
                condition=~Q(person=models.F("sent_by")), name="signing_reminder_is_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.period} {self.day}"
