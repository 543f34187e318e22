"""`manage.py load_demo`: fills an empty database with the demo school; run again it changes nothing."""

import datetime
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.models import CorrectionRequest
from kimdong.demo import (
    arrangements,
    attendance,
    comments,
    documents,
    handovers,
    inquiries,
    inspections,
    movements,
    papers,
    personal_data,
    signatures,
)
from kimdong.demo.accounts import ACCOUNT_TABLE, PASSWORD
from kimdong.demo.school import DemoSchool, load
from students.models import SchoolYear


class Command(BaseCommand):
    help = "Loads the demo school (demo and test mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=27, help="same seed and day, same school")
        parser.add_argument("--today", type=datetime.date.fromisoformat, help="as if loaded on this day")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("The demo school is never loaded in production.")
        if SchoolYear.objects.exists():
            self._check_complete()
        else:
            self._load(options["seed"], options["today"])
        self.stdout.write(f"\nTài khoản trình diễn, một mật khẩu chung: {PASSWORD}\n{ACCOUNT_TABLE}\n")

    def _check_complete(self) -> None:
        if not CorrectionRequest.objects.exists():
            raise CommandError(
                "The database holds a school that was not loaded to its end (or is no demo). "
                "Empty it with `make clean`, then run `make demo` again."
            )
        self.stdout.write("Trường trình diễn đã có trong cơ sở dữ liệu, không thay đổi gì.")

    def _load(self, seed: int, today: datetime.date | None) -> None:
        begin = time.monotonic()
        now = timezone.localtime()
        if today:
            now = now.replace(year=today.year, month=today.month, day=today.day)
        school = DemoSchool(seed, now, lambda line: self.stdout.write(f"  {line}"))
        load(school)
        inquiries.load(school)
        documents.load(school)
        comments.load(school)
        signatures.load(school)
        papers.load(school)
        movements.load(school)
        attendance.load(school)
        movements.load_back_dated(school)
        handovers.load(school)
        arrangements.load(school)
        inspections.load(school)
        personal_data.load(school)
        self.stdout.write(f"Đã nạp xong trong {time.monotonic() - begin:.0f} giây.")
