"""Fixtures of all tests."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

_KEEPING = """DO $$ DECLARE kept regclass; BEGIN
    FOR kept IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'history_keep' LOOP
        EXECUTE format('ALTER TABLE %%s %s TRIGGER history_keep', kept);
    END LOOP;
END $$"""


@pytest.fixture
def _history_kept_again(django_db_setup, django_db_blocker):
    """After the emptying: tables of history refuse it as before, and the rows that come with migrations are back."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_KEEPING % "ENABLE")
        cursor.execute("INSERT INTO accounts_audithead (id, seq, hash) VALUES (1, 0, ''::bytea)")
        import_module("accounts.migrations.0031_powers_are_guarded").name_the_parts(apps, None)


@pytest.fixture
def committed(_history_kept_again, transactional_db):
    """Other connections see what the test writes; afterwards even the tables that refuse it are emptied."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(_KEEPING % "DISABLE")
