"""`manage.py first_run`: the address and the code of a new school's first page."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from django.urls import reverse
from psycopg.errors import UndefinedTable

from gradebook.first_run import is_open, set_up_code


class Command(BaseCommand):
    help = "Tells where the school is set up, and the code that the page asks for; until an account is activated."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            may_begin = is_open()
        except ProgrammingError as problem:
            if not isinstance(problem.__cause__, UndefinedTable):
                raise
            raise CommandError(
                "Cơ sở dữ liệu chưa có bảng nào của hệ thống: chạy manage.py migrate, manage.py grant_application_role "
                "trước, rồi chạy lại lệnh này."
            ) from None
        if not may_begin:
            raise CommandError("Trường đã được lập và đã có người đăng nhập được; trang lập trường đã đóng.")
        self.stdout.write(f"Mở {settings.START_PAGE.rstrip('/')}{reverse('gradebook:first_run')}")
        self.stdout.write(f"Mã cài đặt: {set_up_code()}")
