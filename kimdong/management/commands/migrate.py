"""`manage.py migrate`, on a school that is at work.

A statement that changes a table waits for whoever reads it, and all who come after wait behind the statement. So it
waits for LOCK_SECONDS, less than a page does (kimdong/gunicorn.py), gives up, lets them pass, and comes again. A
migration that is not one transaction does only what stops nobody (tests/migration_rules.py), and may wait.
"""

import time
from typing import Any

import psycopg
from django.core.management import CommandError
from django.core.management.commands.migrate import Command as DjangosCommand
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

LOCK_SECONDS = 3.0
ATTEMPTS = 20
PAUSE_SECONDS = 5.0
ASK_WHO = (
    "SELECT pid, usename, application_name, xact_start, left(query, 60) FROM pg_stat_activity"
    " WHERE xact_start < now() - interval '1 minute' ORDER BY xact_start"
)


class Command(DjangosCommand):
    """As Django's; raises CommandError when a table was in use at every attempt."""

    connection: BaseDatabaseWrapper
    at_work: Migration | None = None

    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connections[options["database"]]
        for left in reversed(range(ATTEMPTS)):
            problem = self._problem(*args, **options)
            _wait_for_locks(self.connection, None)
            if problem is None:
                return
            if not left:
                raise CommandError(self._given_up()) from problem
            self.stdout.write(f"\n  {self.at_work} waits: a table is in use; again in {PAUSE_SECONDS:g} s")
            time.sleep(PAUSE_SECONDS)

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if action in ("apply_start", "unapply_start") and migration is not None:
            self.at_work = migration
            _wait_for_locks(self.connection, LOCK_SECONDS if migration.atomic else 0)
        super().migration_progress_callback(action, migration, fake)

    def _problem(self, *args: Any, **options: Any) -> OperationalError | None:
        """That a table was in use; None when all is applied. Raises whatever else goes wrong."""
        try:
            super().handle(*args, **options)
        except OperationalError as problem:
            if _is_in_the_way(problem):
                return problem
            raise
        return None

    def _given_up(self) -> str:
        return (
            f"{self.at_work} found a table in use {ATTEMPTS} times, {LOCK_SECONDS:g} s each, and gave up. Nothing of it"
            " is applied, and the school goes on with the version that runs. Run migrate again when whoever is in the"
            f" way has ended; as the superuser of the database, this names them:\n{ASK_WHO};"
        )


def _wait_for_locks(connection: BaseDatabaseWrapper, seconds: float | None) -> None:
    """0: as long as it takes; None: as the connection was told to."""
    told = "RESET lock_timeout" if seconds is None else f"SET lock_timeout = {round(seconds * 1000)}"
    with connection.cursor() as cursor:
        cursor.execute(told)


def _is_in_the_way(problem: OperationalError) -> bool:
    """Somebody else held the table, or held one and wanted another that the migration had."""
    return isinstance(problem.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)
