"""What every history row carries, and who the database believes is writing.

Two traces of every change (design.md, section 5): the history table of django-simple-history, which people
read, and the audit chain, which triggers in the database write whatever the path of the change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from accounts import clock

if TYPE_CHECKING:
    from accounts.models import User


class Source(StrEnum):
    """By which door a change came in."""

    PAGE = "page"
    EXCEL = "excel"
    CORRECTION = "correction"
    DEMO = "demo"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    Source.PAGE: "Nhập trên trang",
    Source.EXCEL: "Nạp từ tệp Excel",
    Source.CORRECTION: "Thực hiện phiếu đề nghị",
    Source.DEMO: "Dữ liệu trình diễn",
    Source.SYSTEM: "Hệ thống",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as what, by which door, under which paper."""

    user: "User | None"
    role: str
    source: Source
    under: str
    request_id: int | None


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


class TracedRow(models.Model):
    """Columns that every history row has beside simple-history's own (PLAN IV; rule R56)."""

    acting_role = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=12, blank=True)
    window_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row written by `Model.save()` takes who and when from the act under way."""
        actor = _actor.get()
        if actor is not None:
            self.acting_role, self.source, self.request_id = actor.role, actor.source.value, actor.request_id
            self.history_user = actor.user
            self.history_date = clock.stamp()
        super().save(*args, **kwargs)


@contextmanager
def acting(
    user: "User | None", *, role: str, source: Source, under: str = "", request_id: int | None = None
) -> Iterator[None]:
    """Opens a transaction in which history and audit trigger know who acts, as what, by which door.

    `under` names the paper (an order's number, "request:12"). A change outside of it reaches the audit chain
    with an empty actor: written past the application.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.actor', %s, true), set_config('app.role', %s, true),"
                " set_config('app.source', %s, true), set_config('app.under', %s, true)",
                [user.username if user else "system", role, source.value, under],
            )
        token = _actor.set(Actor(user, role, source, under, request_id))
        try:
            yield
        finally:
            _actor.reset(token)


def record_bulk(
    rows: Sequence[models.Model], *, changed: bool, why: str = "", window_id: int | None = None
) -> None:
    """History for rows written in bulk: one statement, under the act under way. All rows of one model."""
    if not rows:
        return
    actor = _actor.get()
    if actor is None:
        raise RuntimeError("Bulk history needs an act: wrap the write in accounts.history.acting().")
    type(rows[0]).history.bulk_history_create(  # type: ignore[attr-defined]
        rows,
        update=changed,
        default_user=actor.user,
        default_date=clock.stamp(),
        default_change_reason=why,
        custom_historical_attrs={
            "acting_role": actor.role,
            "source": actor.source.value,
            "window_id": window_id,
            "request_id": actor.request_id,
        },
    )
