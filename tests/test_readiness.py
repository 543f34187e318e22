"""`/readyz` says whether this process may be given work, and names what lacks without telling anything else."""

import pytest
from django.contrib.staticfiles import storage
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from kimdong import status

pytestmark = pytest.mark.django_db


def test_a_migrated_database_and_collected_files_are_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready")
    assert answer["Content-Type"] == "text/plain"
    assert "no-store" in answer["Cache-Control"]


def test_a_migration_that_is_not_applied_is_counted(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports' AND name LIKE '0001%'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content.decode()) == (
        503,
        "migrations: 1 not applied (manage.py migrate)",
    )


def test_everything_that_lacks_is_named_and_no_secret(client, monkeypatch):
    def refuse(_self):
        raise OperationalError('connection to "db.inside" failed: password "s3cret" refused')

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    monkeypatch.setattr(storage.staticfiles_storage, "hashed_files", {}, raising=False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content.decode().splitlines() == [
        "database: does not answer",
        "static files: not collected when this process started (manage.py collectstatic)",
    ]


def test_being_ready_is_asked_of_the_database_each_time(client, django_assert_num_queries):
    status._wanted_migrations()
    with django_assert_num_queries(2):
        client.get("/readyz")
