"""The database of docker-compose.yml as far as it can be tried without Docker: the image's init script, the commands of
`migrate`, `web` and `worker`, each with its own role, its password and its files of secrets.

What takes a minute, applying every migration, is taken from the other tests: the owner reads in a dump of their
database, and `migrate` finds it done. The demo applies all of them as the same owner.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from kimdong import embedded_postgres
from tests.migrated_database import migrated_database, with_database

ROOT = Path(__file__).resolve().parent.parent
INIT = ROOT / "deploy/postgres/create-application-role.sh"
SECRETS = "/run/secrets"


class Production:
    """A fresh cluster as the image leaves it to its init script, with the secrets that deploy/make-secrets makes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.secrets = folder, folder / "pg", folder / "deploy/secrets"
        (folder / "deploy").mkdir()
        shutil.copy(ROOT / "deploy/make-secrets", folder / "deploy")
        subprocess.run([folder / "deploy/make-secrets"], check=True, capture_output=True)
        embedded_postgres.start(self.data, "postgres", durable=False)
        self._take_back_what_demo_and_tests_have()
        self._init()
        self._ask_for_passwords()
        for name in ("owner_database_url", "database_url", "proof_database_url"):
            self._point_at_the_cluster(self.secrets / name)
        self._read_in()

    def url(self, role: str, database: str = "kimdong") -> str:
        return embedded_postgres.url(self.data, database, role)

    def _take_back_what_demo_and_tests_have(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute("DROP ROLE kimdong")
            connection.execute("DROP ROLE kimdong_app")
            connection.execute("DROP ROLE kimdong_proof")
            connection.execute("DROP ROLE kimdong_reader")

    def _init(self) -> None:
        programs = embedded_postgres._programs()
        socket = str(embedded_postgres._socket_dir(self.data.resolve()))
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGHOST": socket,
            "POSTGRES_USER": "postgres",
            "KIMDONG_SECRETS": str(self.secrets),
            "AS_POSTGRES": "env",  # as `runuser -u postgres --` where there is no container
        }
        subprocess.run(["bash", INIT], env=environment, check=True, capture_output=True)

    def _ask_for_passwords(self) -> None:
        """As the image does of whoever comes over the network."""
        rules = self.data / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="utf-8")
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")

    def _point_at_the_cluster(self, secret: Path) -> None:
        socket = embedded_postgres.url(self.data, "kimdong").partition("?")[2]
        text = secret.read_text(encoding="utf-8").strip()
        secret.chmod(0o600)
        secret.write_text(text.replace("@database/", "@/") + f"?{socket}\n", encoding="utf-8")

    def _read_in(self) -> None:
        programs, url = embedded_postgres._programs(), os.environ["DATABASE_URL"]
        migrated = with_database(url, migrated_database(url))
        dump = [programs / "pg_dump", "--no-owner", "--no-privileges", "--dbname", migrated]
        text = subprocess.run(dump, check=True, capture_output=True).stdout
        owner = (self.secrets / "owner_database_url").read_text(encoding="utf-8").strip()
        read = [programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", owner]
        subprocess.run(read, input=text, check=True, capture_output=True)

    def run(self, service: dict[str, Any], command: list[str]) -> subprocess.CompletedProcess[str]:
        """What a container of the service runs, with its environment and no other."""
        own = {
            name: str(value).replace(SECRETS, str(self.secrets))
            for name, value in service["environment"].items()
        }
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "KIMDONG_MODE": "production",
            "KIMDONG_FILES": str(self.folder / "files"),
            "KIMDONG_HOSTS": "hoso.kimdong.example",
            **own,
        }
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


@pytest.fixture(scope="module")
def production(services) -> Iterator[Production]:
    """Made ready by the commands of `migrate`. Not in pytest's folder, which other runs shut for the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="kimdong-compose-"))
    (folder / "files").mkdir()
    try:
        made = Production(folder)
        done = made.run(services["migrate"], services["migrate"]["command"])
        assert done.returncode == 0, done.stdout + done.stderr
        yield made
    finally:
        embedded_postgres.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def secret(production: Production, name: str) -> str:
    return (production.secrets / name).read_text(encoding="utf-8").strip()


def test_the_init_script_makes_an_owner_and_an_application_that_are_no_superusers(production):
    with psycopg.connect(production.url("postgres")) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolpassword LIKE 'SCRAM%' FROM pg_authid"
            " WHERE rolname LIKE 'kimdong%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'kimdong'"
        ).fetchone()
    assert roles == [
        ("kimdong", False, False, False, True),
        ("kimdong_app", False, False, False, True),
        ("kimdong_proof", False, True, False, True),
        ("kimdong_reader", False, False, False, None),
    ]
    assert owner == ("kimdong",)


def test_the_migrations_ran_as_the_owner_and_the_application_owns_nothing(production):
    with psycopg.connect(production.url("postgres")) as connection:
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', 'p', 'S')"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert owners == [("kimdong",)]


def test_the_application_logs_in_with_its_own_password_and_with_no_other(production):
    socket = production.url("kimdong_app")
    with psycopg.connect(socket, password=secret(production, "application_password")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("kimdong_app",)
    for wrong in (secret(production, "owner_password"), ""):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(socket, password=wrong)


def test_the_role_that_proves_backups_makes_databases_and_does_not_get_into_the_schools(production):
    address = secret(production, "proof_database_url")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE kimdong_proof_trial")
        connection.execute("DROP DATABASE kimdong_proof_trial")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(address.replace("@/postgres", "@/kimdong"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gradebook_historicalsubjectresult SET mark = 10",
        "DELETE FROM gradebook_historicalsubjectresult",
        "DELETE FROM accounts_auditentry",
        "UPDATE approvals_booksignature SET digest = ''",
        "DELETE FROM approvals_booklook",
        "ALTER TABLE gradebook_subjectresult DISABLE TRIGGER ALL",
        "DROP TRIGGER history_keep ON gradebook_historicalsubjectresult",
        "SET session_replication_role = replica",
        "SET ROLE kimdong",
    ],
)
def test_the_application_cannot_touch_history_nor_what_keeps_it(production, statement):
    password = secret(production, "application_password")
    with (
        psycopg.connect(production.url("kimdong_app"), password=password) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_find_all_they_need_with_the_role_of_the_application(production, services, name):
    checked = production.run(services[name], ["python", "manage.py", "verify_audit"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    planned = production.run(services[name], ["python", "manage.py", "migrate", "--check"])
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_the_application_gives_itself_no_right_back(production, services):
    production.run(services["web"], ["python", "manage.py", "grant_application_role"])
    password = secret(production, "application_password")
    with psycopg.connect(production.url("kimdong_app"), password=password) as connection:
        found = connection.execute(
            "SELECT bool_or(has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')"
            " OR has_table_privilege(oid, 'TRUNCATE')) FROM pg_class"
            " WHERE relkind = 'r' AND (relname LIKE '%\\_historical%' OR relname = 'accounts_auditentry')"
        ).fetchone()
    assert found == (False,)
