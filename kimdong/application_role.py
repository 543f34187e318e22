"""What the role that the application logs in with may do in the database: read all, write what is not kept for ever.

The owner of the tables migrates and grants (`manage.py grant_application_role`, after every `migrate`); web server and
worker log in as another role, which can neither change nor delete history, nor write the audit chain but through its
triggers, nor switch a trigger off. What a table keeps it says itself, by its guard `history_keep`.
"""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

ROLE = "kimdong_app"
READER = "kimdong_reader"
"""For whoever evaluates by SQL, where the database has it: reads all but what lets somebody log in, and the records
as they went to the sector database: sealed, and of no use to it (docs/decisions/0201)."""

# Nobody but the triggers (as owner) writes the chain; nobody but `migrate` says what has been migrated.
_ONLY_READ = ("accounts_auditentry", "accounts_audithead", "django_migrations")
_SECRET = (
    "django_session",
    "otp_totp_totpdevice",
    "otp_static_staticdevice",
    "otp_static_statictoken",
    "accounts_activationslip",
    "accounts_signedinsession",
)
_SEALED_WHOLE = ("reports_syncrecord",)
_SECRET_COLUMNS = {"accounts_user": "password"}
_KEPT = """
SELECT c.relname, bool_or((t.tgtype & 16) > 0), bool_or((t.tgtype & 8) > 0)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'history_keep' GROUP BY c.relname
"""


class NoSuchRole(Exception):
    """The database has no role of that name."""


def grant_all_it_may(role: str = ROLE) -> None:
    """Grants and takes away in one transaction, so that a running application never lacks what it needs.

    Raises NoSuchRole.
    """
    named = connection.ops.quote_name(role)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise NoSuchRole(role)
        _let_in_no_other(cursor, named)
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {named}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {named}")
        cursor.execute(_KEPT)
        for table, keeps_values, keeps_rows in cursor.fetchall():
            kept = [*(["UPDATE"] if keeps_values else []), *(["DELETE"] if keeps_rows else [])]
            if kept:
                cursor.execute(f"REVOKE {', '.join(kept)} ON {table} FROM {named}")
        for table in _ONLY_READ:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {named}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [READER])
        if cursor.fetchone():
            _let_read(cursor)


def _let_in_no_other(cursor: CursorWrapper, named: str) -> None:
    """A database that is made anew, as for a restore, lets every role of the server in: that of the proofs too."""
    cursor.execute("SELECT quote_ident(current_database())")
    database = cursor.fetchone()[0]
    cursor.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {named}")


def _let_read(cursor: CursorWrapper) -> None:
    reader = connection.ops.quote_name(READER)
    cursor.execute("SELECT quote_ident(current_database())")
    cursor.execute(f"GRANT CONNECT ON DATABASE {cursor.fetchone()[0]} TO {reader}")
    cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    for table in (*_SECRET, *_SEALED_WHOLE, *_SECRET_COLUMNS):
        cursor.execute(f"REVOKE SELECT ON {table} FROM {reader}")  # noqa: S608 - our own words
    for table, secret in _SECRET_COLUMNS.items():
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> %s",
            [table, secret],
        )
        cursor.execute(f"GRANT SELECT ({cursor.fetchone()[0]}) ON {table} TO {reader}")
