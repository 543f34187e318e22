"""What time it is: the database's clock, except while invented history is being written for a demo.

This machine's own clock is never asked: it may be wrong, or jump. Between two questions to the database the time goes
on by the machine's uptime, which does not (make soak).

`travelling(moment)` exists so that the demo school has a past; it is refused outside demo and test mode, no
request reaches it, and the audit chain keeps the true moment beside every row all the same.
"""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, models
from django.db.models import Func, Value
from django.utils import timezone

_travelled: ContextVar[datetime.datetime | None] = ContextVar("travelled", default=None)
_last_told: tuple[datetime.datetime, float] | None = None
"""What the database said when this process last asked, and the machine's uptime then, in seconds."""


def now() -> datetime.datetime:
    """The database's clock at this statement: the only one that decides what falls before a lock."""
    moment = _travelled.get()
    if moment is not None:
        return moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime.datetime = cursor.fetchone()[0]
    remember(told)
    return told


def remember(told: datetime.datetime) -> None:
    """That it is this late by the database's clock, just now."""
    global _last_told  # noqa: PLW0603 - one for the whole process
    _last_told = told, _uptime()


def now_in_sql() -> Func | Value:
    """The same for use inside a statement, so that reading and deciding are one."""
    moment = _travelled.get()
    if moment is not None:
        return Value(moment, output_field=models.DateTimeField())
    return Func(function="clock_timestamp", output_field=models.DateTimeField())


def as_told(moment: datetime.datetime) -> datetime.datetime:
    """A moment that a statement brought along by `clock_timestamp()`; while time is travelled, the one travelled to."""
    return _travelled.get() or moment


def stamp() -> datetime.datetime:
    """The time since the database was last asked added to what it said: no statement, but for a process's first."""
    moment = _travelled.get()
    if moment is not None:
        return moment
    if _last_told is None:
        return now()
    told, then = _last_told
    return told + datetime.timedelta(seconds=_uptime() - then)


def _uptime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def today() -> datetime.date:
    """The school's day, Asia/Ho_Chi_Minh (rule R97)."""
    return timezone.localdate(stamp())


def moment_label(moment: datetime.datetime) -> str:
    """hh:mm:ss dd/mm/yyyy in the school's time (rules R94, R97)."""
    return f"{timezone.localtime(moment):%H:%M:%S %d/%m/%Y}"


@contextmanager
def travelling(moment: datetime.datetime) -> Iterator[None]:
    """Everything inside happens at `moment`. Demo and test mode only."""
    if settings.MODE == "production":
        raise RuntimeError("Time does not travel in production.")
    token = _travelled.set(moment)
    try:
        yield
    finally:
        _travelled.reset(token)
