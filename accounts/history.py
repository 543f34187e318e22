"""What every history row carries, and who the database believes is writing.

Two traces of every change (design.md, section 5): the history table of django-simple-history, which people
read, and the audit chain, which triggers in the database write whatever the path of the change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.db import connection, models, transaction

from accounts import clock

if TYPE_CHECKING:
    from accounts.models import User


Locks: TypeAlias = tuple[str, Sequence[int]]
"""Locks to take as an act begins: an SQL expression and its parameters."""
NO_LOCKS: Locks = ("", ())

CLERK_ROLE = "Văn thư"
"""The acting role of whoever holds the administrator account."""


class Source(StrEnum):
    """By which door a change came in."""

    PAGE = "page"
    EXCEL = "excel"
    CORRECTION = "correction"
    FORMER_SCHOOL = "brought"
    DEMO = "demo"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    Source.PAGE: "Nhập trên trang",
    Source.EXCEL: "Nạp từ tệp Excel",
    Source.CORRECTION: "Thực hiện phiếu đề nghị",
    Source.FORMER_SCHOOL: "Kết quả ở trường cũ",
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

    @property
    def told(self) -> tuple[str, str, str, str]:
        """Actor, role, source and paper, as the audit chain has them."""
        return (self.user.username if self.user else "system", self.role, self.source.value, self.under)


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


class TracedRow(models.Model):
    """Columns that every history row has beside simple-history's own (PLAN IV; rule R56).

    What is part of a request (a cell of it, its evidence) has a column `request_id` of its own; the history row has it
    once, and it names that request.
    """

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
            for name, value in _traced(type(self), actor).items():
                setattr(self, name, value)
            self.history_user = actor.user
            self.history_date = clock.stamp()
        super().save(*args, **kwargs)


@dataclass(slots=True)
class Act:
    """What an act says of itself, for whoever supervises the clerk: in words, and the thing it was about."""

    words: str = ""
    thing: str = ""

    def says(self, words: str, *, thing: str = "") -> None:
        """`thing` is a kind and a number, "account:12"; see `accounts.admin_log`."""
        self.words, self.thing = words, thing


@contextmanager
def acting(
    user: "User | None",
    *,
    role: str,
    source: Source,
    under: str = "",
    request_id: int | None = None,
    holding: Locks = NO_LOCKS,
) -> Iterator[Act]:
    """Opens a transaction in which history and audit trigger know who acts, as what, by which door.

    `under` names the paper, an order's number; where nothing else is named, the request is one ("request:12"). A
    change outside of it reaches the audit chain with an empty actor: written past the application. An act of the
    clerk is listed for the vice-principal in the same transaction, whether it says something of itself or not (rule
    R61). `holding` are locks to take in the same statement, as an SQL expression with its parameters: an act that is
    done every second saves a statement.
    """
    under = under or (f"request:{request_id}" if request_id else "")
    actor = Actor(user, role, source, under, request_id)
    with transaction.atomic():
        _tell_database(actor, holding)
        act = Act()
        outer = _actor.get()
        token = _actor.set(actor)
        try:
            yield act
        finally:
            _actor.reset(token)
        if user is not None and role == CLERK_ROLE and outer is None:
            _list_for_supervision(user, source, act, thing=under)
        if outer is not None and outer.told != actor.told:
            # What the outer act writes from here on is its own again; after a failure the savepoint says so.
            _tell_database(outer, NO_LOCKS)


def _tell_database(actor: Actor, holding: Locks) -> None:
    """For the audit trigger, to the end of the transaction. One statement."""
    locks, keys = holding
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', %s, true), set_config('app.role', %s, true),"
            f" set_config('app.source', %s, true), set_config('app.under', %s, true){', ' if locks else ''}{locks}",
            [*actor.told, *keys],
        )


def _list_for_supervision(user: "User", source: Source, act: Act, *, thing: str) -> None:
    apps.get_model("accounts", "AdminAction").objects.create(
        at=clock.stamp(),
        user=user,
        source=source.value,
        thing=(act.thing or thing)[:80],
        words=(act.words or source.label)[:300],
    )


def record_bulk(
    rows: Sequence[models.Model], *, changed: bool, why: str = "", window_id: int | None = None
) -> None:
    """History for rows written in bulk: one statement, under the act under way. All rows of one model."""
    if not rows:
        return
    actor = _acting_now()
    history = type(rows[0]).history  # type: ignore[attr-defined]
    history.bulk_history_create(
        rows,
        update=changed,
        default_user=actor.user,
        default_date=clock.stamp(),
        default_change_reason=why,
        custom_historical_attrs={"window_id": window_id, **_traced(history.model, actor)},
    )


def trace_columns(*, why: str = "", window_id: int | None = None) -> dict[str, Any]:
    """What the act under way puts into a history row, by column, for a statement that writes values and history."""
    actor = _acting_now()
    return {
        "history_date": clock.stamp(),
        "history_user_id": actor.user.pk if actor.user else None,
        "history_change_reason": why,
        "acting_role": actor.role,
        "source": actor.source.value,
        "window_id": window_id,
        "request_id": actor.request_id,
    }


def record_deleted(rows: Sequence[models.Model], *, why: str) -> None:
    """History for rows of one model that are about to be deleted in bulk: one statement, under the act under way."""
    if not rows:
        return
    actor = _acting_now()
    kept = type(rows[0]).history.model  # type: ignore[attr-defined]
    kept.objects.bulk_create(
        kept(
            history_type="-",
            history_date=clock.stamp(),
            history_user=actor.user,
            history_change_reason=why,
            **_traced(kept, actor),
            **{field.attname: getattr(row, field.attname) for field in kept.tracked_fields},
        )
        for row in rows
    )


def _traced(kept: Any, actor: Actor) -> dict[str, Any]:
    """What the act under way puts into a row of the history model `kept`, by field."""
    told = {"acting_role": actor.role, "source": actor.source.value}
    if any(field.attname == "request_id" for field in kept.tracked_fields):
        return told
    return {**told, "request_id": actor.request_id}


def _acting_now() -> Actor:
    actor = _actor.get()
    if actor is None:
        raise RuntimeError("Bulk history needs an act: wrap the write in accounts.history.acting().")
    return actor
