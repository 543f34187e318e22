"""The worker's task of every morning; settings name this module only where a mail server is set."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from procrastinate.contrib.django import app

from approvals import digests

QUEUE = "mail"


def cron_of(hour: int) -> str:
    """The queue counts its hours by UTC, the school by its own clock, which knows no summer time."""
    school = datetime.combine(datetime(2026, 1, 1).date(), time(hour), ZoneInfo(settings.TIME_ZONE))  # noqa: DTZ001
    return f"0 {school.astimezone(UTC).hour} * * *"


@app.periodic(cron=cron_of(settings.MAIL.hour if settings.MAIL else 6))
@app.task(name="send_digests", queue=QUEUE, pass_context=False)
def send_digests(timestamp: int) -> None:
    digests.send_digests()
