"""`manage.py restore`: brings a school back on a new machine, as the owner of an empty database and folder."""

import datetime
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from kimdong.application_role import ROLE, NoSuchRole, grant_all_it_may
from kimdong.backup import BackupFailed, contents, postgres
from kimdong.backup.contents import DUMP, MANIFEST, PLACE, Manifest, workplace
from kimdong.backup.proof import database_faults, fault_of_the_data_key
from kimdong.backup.repository import Repository

INCOMING = ".restore"


class Command(BaseCommand):
    help = (
        "Restores the newest backup of KIMDONG_BACKUP_REPOSITORY into the empty database of DATABASE_URL, whose owner "
        "it logs in as, and into the empty folder KIMDONG_FILES; then compares both with what was backed up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--snapshot", default="", help="another one, by its code on the page «Sao lưu»")
        parser.add_argument("--from-second", action="store_true", help="from KIMDONG_BACKUP_SECOND")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="DELETES what database and folder hold, first; without it they must be empty",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError with what is wrong and what to do; each step says how long it took."""
        begin = time.monotonic()
        try:
            self._restore(**options)
        except BackupFailed as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"The school is back: {time.monotonic() - begin:.1f} s in all.")

    def _restore(self, *, snapshot: str, from_second: bool, replace: bool, **_options: Any) -> None:
        repository = _repository(from_second=from_second)
        media = Path(settings.MEDIA_ROOT)
        _refuse_a_role_that_owns_nothing()
        if not replace:
            _refuse_what_is_there(media)
        with workplace(media.parent / INCOMING) as place:
            with self._step("looking for the backup"):
                found = repository.snapshots()
                code = _chosen([*found], snapshot)
            with self._step(f"reading backup {code[:8]}"):
                repository.restore(found[code], place)
                told = Manifest.read(place / PLACE / MANIFEST)
            self.stdout.write(
                f"  of {_hour(told.made_at)}, {len(told.tables)} tables, {told.rows} rows, {told.files} files;"
                f" made by version {told.software or 'before 1.0.0'}, this is {settings.VERSION}"
            )
            with self._step("restoring the database"):
                if replace:
                    _empty_database()
                connection.close()
                postgres.restore(
                    postgres.address_of_the_school(), place / PLACE / DUMP, jobs=os.cpu_count() or 1
                )
            with self._step(f"granting {ROLE} what it may do"):
                _grant()
            with self._step("moving the files to their place"):
                _move(place / told.folder, media)
        with self._step("comparing with what was backed up"):
            _refuse_differences(told, media)
        with self._step("opening what is sealed"):
            _refuse_another_data_key()
        if from_second:
            self._bring_the_others_along(repository)

    def _bring_the_others_along(self, second: Repository) -> None:
        """So that this machine has what the page «Sao lưu» lists. The school is back without them."""
        try:
            with self._step("copying the backups of the second place to this machine"):
                second.copy_to(_repository(from_second=False))
        except BackupFailed as problem:
            self.stderr.write(
                f"The school is back; its earlier backups are in the second place alone: {problem}"
            )

    @contextmanager
    def _step(self, words: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self.stdout.write(f"{time.monotonic() - begin:7.1f} s  {words}")


def _hour(made_at: str) -> str:
    """As the page «Sao lưu» tells it: from then on what was entered must be entered again."""
    moment = timezone.localtime(datetime.datetime.fromisoformat(made_at))
    return f"{moment:%H:%M %d/%m/%Y} ({settings.TIME_ZONE})"


def _repository(*, from_second: bool) -> Repository:
    rule = settings.BACKUPS
    if rule is None:
        raise CommandError(
            "Set KIMDONG_BACKUP_REPOSITORY and KIMDONG_BACKUP_PASSWORD_FILE: where the backups are."
        )
    if from_second and not rule.second:
        raise CommandError("Set KIMDONG_BACKUP_SECOND: where the second place is.")
    return Repository(rule.second if from_second else rule.repository, rule.password_file)


def _refuse_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()"
        )
        role, is_owner = cursor.fetchone()
    if not is_owner:
        raise CommandError(
            f"The role {role} does not own the database {connection.settings_dict['NAME']}: nothing was restored. Log "
            "in as its owner: DATABASE_URL_FILE names the file owner_database_url (README, «Backups»)."
        )


def _refuse_what_is_there(media: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        [tables] = cursor.fetchone()
    if tables:
        raise CommandError(
            f"The database {connection.settings_dict['NAME']} is not empty ({tables} tables): nothing was restored. "
            "Create an empty one, or say --replace to DELETE what it holds."
        )
    if media.exists() and any(media.iterdir()):
        raise CommandError(
            f"The folder {media} is not empty: nothing was restored. Move its files away, or say --replace to DELETE "
            "them."
        )


def _chosen(found: list[str], wanted: str) -> str:
    """The newest, or the one whose code begins as wanted."""
    if not found:
        raise CommandError("There is no backup in the repository.")
    fitting = [each for each in found if each.startswith(wanted)]
    if len(fitting) != 1 and wanted:
        raise CommandError(
            f"{len(fitting)} backups have a code that begins with {wanted}; there are: {found}."
        )
    return fitting[-1]


def _empty_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def _grant() -> None:
    try:
        grant_all_it_may()
    except NoSuchRole as problem:
        raise CommandError(
            f"The database has no role {ROLE}. As its superuser: CREATE ROLE {ROLE} LOGIN PASSWORD '…'; then run "
            "manage.py grant_application_role."
        ) from problem


def _move(restored: Path, media: Path) -> None:
    """Within one disk, so at once; a backup of a school without files has no folder."""
    if media.exists():
        shutil.rmtree(media)
    if restored.exists():
        restored.rename(media)
    else:
        media.mkdir(parents=True)


def _refuse_differences(told: Manifest, media: Path) -> None:
    try:
        faults = database_faults(postgres.address_of_the_school(), told)
    except psycopg.Error as problem:
        raise CommandError(f"The restored database cannot be read: {problem}") from problem
    faults += contents.file_faults(told.tried, media)
    if faults:
        raise CommandError("Restored, but it is not what was backed up:\n  " + "\n  ".join(faults))


def _refuse_another_data_key() -> None:
    fault = fault_of_the_data_key(postgres.address_of_the_school())
    if fault:
        raise CommandError(
            f"The database and the files are restored, but {fault}: no page with them can be shown. Put the school's "
            "own data_key, kept in its safe with the backup's password, in place of the present one (the file that "
            "KIMDONG_DATA_KEY_FILE names; former keys on further lines), then start web and worker; /readyz says "
            "whether it opens them. Nothing has to be restored again."
        )
