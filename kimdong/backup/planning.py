"""When a backup is due: once a day, before and after each lock. Looked for every few minutes, asked for once each.

A lock comes by the clock or by an order that is signed at that moment; looking finds both, and neither waits for a
backup nor can fail by one. What a round held before an order that locks at once, its histories keep; the backup after
it has them.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.utils import timezone

from accounts import clock
from accounts.backups import as_the_worker, ask_in_passing
from accounts.models import Backup
from gradebook.models import EntryWindow, WindowCut
from gradebook.regulation import Period

BEFORE_A_LOCK: Final = datetime.timedelta(minutes=20)
"""So long before it the data is as good as what is locked, and the backup is over before the lock."""
LOOKED_BACK: Final = datetime.timedelta(hours=24)
"""Locks that came while no worker ran are made up for; older ones are in the daily backup."""
Wish = tuple[Backup.Reason, str, str]


def ask_for_what_is_due() -> None:
    """Writes what is due and was not asked for yet. Three statements where nothing is."""
    if settings.BACKUPS is None:
        return
    now = clock.now()
    wishes = {occasion: (reason, about) for reason, about, occasion in _wishes(now, settings.BACKUPS.hour)}
    asked = set(Backup.objects.filter(occasion__in=wishes).values_list("occasion", flat=True))
    with as_the_worker():
        for occasion, (reason, about) in wishes.items():
            if occasion not in asked:
                ask_in_passing(reason, about=about, occasion=occasion)


def _wishes(now: datetime.datetime, hour: int) -> Iterator[Wish]:
    here = timezone.localtime(now)
    if here.hour >= hour:
        yield Backup.Reason.DAILY, "", f"daily {here:%Y-%m-%d}"
    for moment, period in sorted(_locks(now - LOOKED_BACK, now + BEFORE_A_LOCK)):
        when = f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
        about = f"{Period(period).label}, khoá lúc {timezone.localtime(moment):%H:%M %d/%m/%Y}"
        if moment > now:
            yield Backup.Reason.BEFORE_LOCK, about, f"before {period} {when}"
        else:
            yield Backup.Reason.AFTER_LOCK, about, f"after {period} {when}"


def _locks(since: datetime.datetime, until: datetime.datetime) -> set[tuple[datetime.datetime, str]]:
    """The moments at which whole classes lock, each with its period. Two statements."""
    windows = EntryWindow.objects.of_all_sheets().filter(closes_at__range=(since, until))
    cuts = WindowCut.objects.filter(
        shut_at__range=(since, until), order__line_code="", order__teacher__isnull=True
    )
    return {
        *windows.values_list("closes_at", "period").distinct(),
        *cuts.values_list("shut_at", "window__period").distinct(),
    }
