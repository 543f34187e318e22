"""`manage.py grant_application_role`: what web server and worker may do in the database; after every `migrate`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kimdong.application_role import ROLE, NoSuchRole, grant_all_it_may


class Command(BaseCommand):
    help = f"As the owner of the tables: lets the role {ROLE} read all and write what is not kept for ever."

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            grant_all_it_may()
        except NoSuchRole as problem:
            raise CommandError(
                f"The database has no role {ROLE}. As its superuser: CREATE ROLE {ROLE} LOGIN PASSWORD '…'"
            ) from problem
        if options["verbosity"]:
            self.stdout.write(f"{ROLE} may write everything but what is kept for ever.")
