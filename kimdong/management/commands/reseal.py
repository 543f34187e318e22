"""`manage.py reseal`: seals the columns of docs/decisions/0201 by the first key of KIMDONG_DATA_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from psycopg.errors import InsufficientPrivilege

from accounts.resealing import reseal, sealed_columns
from accounts.sealed import SealBroken


class Command(BaseCommand):
    help = "Seals all sealed columns by the current key; as the owner of the tables, web and worker stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            count = reseal(sealed_columns())
        except SealBroken as broken:
            raise CommandError(
                f"{broken} Add the former key on a line of its own, below the current one."
            ) from broken
        except ProgrammingError as denied:
            if not isinstance(denied.__cause__, InsufficientPrivilege):
                raise
            raise CommandError(
                "This role owns no tables: history is changed by their owner alone. Log in as the owner: "
                "DATABASE_URL_FILE names the file owner_database_url (README, «Backups»)."
            ) from denied
        self.stdout.write(
            f"Đã niêm lại {count} dòng bằng khoá hiện hành. Giữ khoá cũ ở dòng dưới để đọc nhật kí cũ."
        )
