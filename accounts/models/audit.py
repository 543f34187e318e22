"""The chain over every change of a row that matters; the database writes it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.expressions import RawSQL


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of_pupil(self, student_id: int) -> Self:
        """Rows that name the pupil, by the index `audit_of_a_pupil`: its words exactly."""
        return self.filter(
            RawSQL(
                "(coalesce(new, old) ->> 'student_id') = %s",
                [str(student_id)],
                output_field=models.BooleanField(),
            )
        )


class AuditEntry(models.Model):
    """One changed row, written by a database trigger and chained by hash; nobody updates or deletes here."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    source = models.TextField()
    under = models.TextField()
    table_name = models.TextField()
    row_id = models.TextField()
    action = models.CharField(max_length=1)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    hash = models.BinaryField()

    objects: ClassVar = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["table_name", "row_id"], name="audit_of_a_row")]

    def __str__(self) -> str:
        return f"{self.seq} {self.table_name} {self.row_id}"


class AuditHead(models.Model):
    """The last link of the chain; locked while a link is added, so that links have one order."""

    seq = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return str(self.seq)
