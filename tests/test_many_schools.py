"""Two schools on one PostgreSQL (docs/many-schools.md): each one's web server gets into its own database alone."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from kimdong.application_role import ROLE
from kimdong.embedded_postgres import SUPERUSER
from tests.migrated_database import migrated_database, with_database
from tests.stack import Stack, _drop, _recreate, environment

NAMES = ("north", "south")
OWN_ROLE = """
CREATE ROLE {role} LOGIN IN ROLE {application};
REVOKE CONNECT ON DATABASE {database} FROM PUBLIC, {application};
GRANT CONNECT ON DATABASE {database} TO {role};
"""


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, str]]]:
    """By name the address of the database and the role of the application."""
    url = os.environ["DATABASE_URL"]
    first = urlsplit(url).path[1:]
    made = {name: (with_database(url, f"{first}_{name}"), f"{first}_{name}_app") for name in NAMES}
    superuser = urlsplit(with_database(url, "postgres"))
    superuser = superuser._replace(netloc=f"{SUPERUSER}@")
    with psycopg.connect(superuser.geturl(), autocommit=True) as server:
        try:
            for name, (address, role) in made.items():
                _recreate(url, f"{first}_{name}", template=migrated_database(url))
                files = tmp_path_factory.mktemp(name)
                Stack("", address, files, environment(url, f"{first}_{name}", files, port=0)).manage(
                    "grant_application_role"
                )
                server.execute(
                    sql.SQL(OWN_ROLE).format(
                        role=sql.Identifier(role),
                        application=sql.Identifier(ROLE),
                        database=sql.Identifier(f"{first}_{name}"),
                    )
                )
            yield made
        finally:
            for name, (_address, role) in made.items():
                _drop(url, f"{first}_{name}")
                server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def as_the_school(schools: dict[str, tuple[str, str]], name: str, *, into: str) -> psycopg.Connection:
    address = urlsplit(schools[into][0])
    return psycopg.connect(address._replace(netloc=f"{schools[name][1]}@").geturl())


@pytest.mark.parametrize("name", NAMES)
def test_a_schools_role_may_in_its_own_database_what_the_application_may_and_no_more(schools, name):
    with as_the_school(schools, name, into=name) as own:
        own.execute("UPDATE accounts_systempart SET name = name || '.'")
        own.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("DELETE FROM accounts_auditentry")
        own.rollback()


@pytest.mark.parametrize(("name", "other"), [NAMES, NAMES[::-1]])
def test_a_schools_role_does_not_get_into_another_schools_database(schools, name, other):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_the_school(schools, name, into=other)
