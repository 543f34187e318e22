"""`manage.py send_digests`: today's mail to everybody who is due one and has none yet."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from approvals.digests import send_digests


class Command(BaseCommand):
    help = "Sends the daily mail about waiting tasks now; needs KIMDONG_SMTP_URL."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.MAIL is None:
            raise CommandError("No mail server is set: see KIMDONG_SMTP_URL in README.")
        self.stdout.write(f"{send_digests()} mails sent.")
