"""The role that web server and worker log in with, tried by logging in with it (PLAN IV; rule R56)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from kimdong.application_role import READER, ROLE, grant_all_it_may

# Else the file alone, without a test that asks for it, would have no database made for it.
pytestmark = pytest.mark.django_db


def logged_in(role: str) -> Iterator[psycopg.Connection]:
    """A connection of the role's own; the owner has granted, as after every `migrate`. Nothing is committed."""
    grant_all_it_may()
    options = connection.get_connection_params()
    with psycopg.connect(dbname=options["dbname"], host=options["host"], user=role) as other:
        yield other
        other.rollback()


@pytest.fixture(scope="module")
def application(django_db_setup, django_db_blocker) -> Iterator[psycopg.Connection]:
    with django_db_blocker.unblock():
        yield from logged_in(ROLE)


@pytest.fixture(scope="module")
def reader(django_db_setup, django_db_blocker) -> Iterator[psycopg.Connection]:
    with django_db_blocker.unblock():
        yield from logged_in(READER)


def test_it_owns_nothing_and_is_no_superuser(application):
    found = application.execute(
        "SELECT (SELECT count(*) FROM pg_class WHERE relowner = r.oid), rolsuper, rolcreatedb, rolcreaterole"
        " FROM pg_roles r WHERE rolname = current_user"
    ).fetchone()
    assert found == (0, False, False, False)


def test_a_change_of_its_own_is_noted_in_the_chain_it_cannot_write(application):
    application.execute(
        "UPDATE accounts_systempart SET name = name || '.' WHERE id = (SELECT min(id) FROM accounts_systempart)"
    )
    found = application.execute(
        "SELECT action, new ->> 'name' = (old ->> 'name') || '.' FROM accounts_auditentry ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert found == ("U", True)
    application.rollback()


REFUSED = [
    *(
        f"{act} {table}{rest}"
        for table in (
            "accounts_auditentry",
            "gradebook_historicalsubjectresult",
            "students_historicalenrolment",
            "approvals_historicalcorrectionrequest",
        )
        for act, rest in (("DELETE FROM", ""), ("TRUNCATE", ""), ("UPDATE", " SET id = 1"))
        if not (act == "UPDATE" and table == "accounts_auditentry")
    ),
    "UPDATE accounts_auditentry SET actor = 'lan'",
    "INSERT INTO accounts_auditentry SELECT * FROM accounts_auditentry",
    "UPDATE accounts_audithead SET seq = 0",
    "DELETE FROM accounts_audithead",
    "UPDATE accounts_accesslogentry SET path = ''",
    "UPDATE accounts_adminaction SET words = ''",
    "TRUNCATE gradebook_subjectresult CASCADE",
    "ALTER TABLE gradebook_subjectresult DISABLE TRIGGER audit_update",
    "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
    "DROP TRIGGER history_keep ON accounts_auditentry",
    "DROP TABLE gradebook_historicalsubjectresult",
    "SET session_replication_role = replica",
    "DELETE FROM django_migrations",
    (
        "CREATE TEMP TABLE t (id int);"
        " CREATE TRIGGER forge AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION audit_note()"
    ),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_it_can_neither_touch_history_nor_switch_off_what_writes_it(application, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        application.execute(statement)
    application.rollback()
    # By the right itself, not by the trigger that stands behind it.
    assert "kept for ever" not in str(refused.value)


def test_no_history_table_was_forgotten(application):
    rows = application.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\\_historical%'"
        " AND (has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')"
        " OR has_table_privilege(oid, 'TRUNCATE') OR NOT has_table_privilege(oid, 'INSERT'))"
    ).fetchall()
    assert rows == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM accounts_user",
        "SELECT * FROM accounts_user",
        "SELECT * FROM django_session",
        "SELECT * FROM otp_totp_totpdevice",
        "SELECT * FROM accounts_activationslip",
        "SELECT content FROM reports_syncrecord",
        "INSERT INTO accounts_team (name) VALUES ('Tổ lạ')",
        "UPDATE gradebook_subjectresult SET mark = 10",
        "DELETE FROM students_student",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_reader_changes_nothing_and_sees_nothing_that_lets_somebody_in(reader, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(statement)
    reader.rollback()


def test_the_reader_reads_marks_their_history_and_who_is_who(reader):
    for statement in (
        "SELECT count(*) FROM gradebook_subjectresult",
        "SELECT count(*) FROM gradebook_historicalsubjectresult",
        "SELECT count(*) FROM accounts_auditentry",
        "SELECT full_name, username FROM accounts_user",
    ):
        reader.execute(statement)
    reader.rollback()


def test_no_role_of_the_server_gets_in_but_those_of_the_school(db):
    """As of a database that was made anew for a restore."""
    grant_all_it_may()
    with connection.cursor() as cursor:
        for role, gets_in in ((ROLE, True), (READER, True), ("public", False)):
            cursor.execute("SELECT has_database_privilege(%s, current_database(), 'CONNECT')", [role])
            assert cursor.fetchone()[0] == gets_in, role
