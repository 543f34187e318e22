"""`/readyz` says whether this process may be given work, and names what lacks without telling anything else; `/healthz`
whether it lives. Both to machines: in plain text, whoever asks."""

import pytest
from django.contrib.staticfiles import storage
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from accounts.sealed import name_of
from kimdong import status
from students.models import Student
from tests.gradebook.school import make_school

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


def test_a_data_key_that_does_not_open_the_sealed_columns_is_told_and_only_the_log_knows_which(
    client, settings, caplog
):
    school = make_school()
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_phone="0912345678")
    status._keys_that_open.clear()
    status._faults_told.clear()
    assert client.get("/readyz").content == b"ready"
    settings.DATA_KEYS, [right] = ("w" * 60,), settings.DATA_KEYS
    for _time in range(2):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.content.decode()) == (
            503,
            "data key: does not open what the database holds sealed (the log says more)",
        )
    [told] = [record.getMessage() for record in caplog.records if record.name == "kimdong.status"]
    veiled = 7 * (Student.objects.count() + Student.history.count())
    sealed = f"which sealed {veiled + 1} values"
    assert told == f"data key: KIMDONG_DATA_KEY lacks the key {name_of(right)}, {sealed}"
    settings.DATA_KEYS = ("w" * 60, right)
    assert client.get("/readyz").content == b"ready"


def test_a_page_whose_sealed_columns_nothing_opens_says_whom_to_tell_and_loses_nothing(client, settings):
    school = make_school()
    pupil = school.pupils[0].pk
    Student.objects.filter(pk=pupil).update(mother_phone="0912345678")
    client.force_login(school.tuan)
    client.raise_request_exception = False
    settings.DATA_KEYS = ("w" * 60,)
    answer = client.get(reverse("students:pupil", args=[pupil]))
    assert answer.status_code == 503
    assert "Không đọc được dữ liệu đã mã hoá" in answer.text
    assert "Báo ngay người quản trị máy chủ" in answer.text
    assert "Máy chủ đang bận" not in answer.text


def test_a_process_lives_though_its_database_does_not_answer_whoever_asks(client, django_assert_num_queries):
    school = make_school()
    for _visitor in range(2):
        with django_assert_num_queries(0):
            answer = client.get("/healthz")
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain")
        client.force_login(school.tuan)
    assert client.post("/healthz").status_code == 405


def test_whoever_is_logged_in_reads_in_plain_text_too_that_the_database_is_gone(client, monkeypatch):
    client.force_login(make_school().tuan)

    def gone(*_anything, **_more):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        503,
        b"database: does not answer",
        "text/plain",
    )


def test_being_ready_is_asked_of_the_database_each_time(client, django_assert_num_queries):
    status._wanted_migrations()
    client.get("/readyz")  # opens the sealed columns, once for this process
    with django_assert_num_queries(2):
        client.get("/readyz")
