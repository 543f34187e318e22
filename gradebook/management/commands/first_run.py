"""`manage.py first_run`: the address and the code of a new school's first page."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from gradebook.first_run import is_open, set_up_code


class Command(BaseCommand):
    help = "Tells where the school is set up, and the code that the page asks for; until an account is activated."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not is_open():
            raise CommandError("Trường đã được lập và đã có người đăng nhập được; trang lập trường đã đóng.")
        self.stdout.write(f"Mở {settings.START_PAGE.rstrip('/')}{reverse('gradebook:first_run')}")
        self.stdout.write(f"Mã cài đặt: {set_up_code()}")
