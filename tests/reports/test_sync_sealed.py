"""What was prepared for the sector database stands sealed: no number of a family is read off the disk (R63, R90)."""

import importlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts import audit_chain, seal_check
from accounts.sealed import unseal
from reports.models import SyncRecord
from reports.sync_files import batch_file
from reports.sync_outbox import prepare_batch, read_pending
from students.models import Student
from tests.reports.test_sync import events, name_of
from tests.reports.test_sync import school as entered

pytestmark = pytest.mark.django_db
school = entered
PHONE, NEW = "0308962894", "n" * 60


@pytest.fixture
def batch(school):
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_phone=PHONE)
    return prepare_batch(school.year, by=school.tuan)


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM reports_syncrecord r ORDER BY id")
        return [text for (text,) in cursor.fetchall()]


def test_the_table_holds_no_number_and_no_name_and_the_file_and_the_model_do(school, batch):
    number, name = "001320000000", school.pupils[0].full_name
    on_disk = "".join(json.dumps(json.loads(text), ensure_ascii=False) for text in stored())
    assert name_of(school, "hocsinh") in on_disk
    file = batch_file(batch).decode()
    read = "".join(SyncRecord.objects.values_list("content", flat=True))
    for words in (PHONE, number, name):
        assert (words in on_disk, words in file, words in read) == (False, True, True)


def test_the_database_refuses_a_record_in_plain_text(batch):
    with (
        pytest.raises(DatabaseError, match="content_is_sealed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO reports_syncrecord (batch_id, kind, record_id, version, event, content)"
            " VALUES (%s, 'hocsinh', 'la', 1, 'NEW', %s)",
            [batch.pk, '{"dienthoai":"0308962894"}'],
        )


def test_what_changed_since_is_found_as_before_under_a_new_key_too(school, batch, settings):
    assert read_pending(school.year).changes == ()
    former = settings.DATA_KEYS[0]
    settings.DATA_KEYS = (NEW, former)
    assert read_pending(school.year).changes == ()
    call_command("reseal")
    settings.DATA_KEYS = (NEW,)
    assert read_pending(school.year).changes == ()
    assert json.loads(batch_file(batch))["banghi"]
    assert list(audit_chain.guards_off()) == []
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_phone="0919515638")
    assert events(prepare_batch(school.year, by=school.tuan)) == {name_of(school, "hocsinh"): ("UPDATE", 2)}


def test_a_wrong_key_is_noticed_by_the_records_alone(batch, settings):
    settings.DATA_KEYS = (NEW,)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                each for each in seal_check.statement().split(" UNION ALL ") if "reports_syncrecord" in each
            )
        )
        fault = seal_check.fault(cursor.fetchall())
    assert f"sealed {batch.records_count} values" in fault
    with pytest.raises(CommandError, match="Add the former key"):
        call_command("reseal")


def test_records_from_before_are_sealed_by_the_migration_and_their_guard_stands_again(school, batch):
    migration = importlib.import_module("reports.migrations.0006_sent_records_sealed")
    plain = list(SyncRecord.objects.order_by("pk").values_list("content", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reports_syncrecord DROP CONSTRAINT syncrecord_content_is_sealed")
        cursor.execute("ALTER TABLE reports_syncrecord DISABLE TRIGGER history_keep")
        for key, text in SyncRecord.objects.values_list("pk", "content"):
            cursor.execute("UPDATE reports_syncrecord SET content = %s WHERE id = %s", [text, key])
        cursor.execute("ALTER TABLE reports_syncrecord ENABLE TRIGGER history_keep")
    assert any(PHONE in text for text in stored())
    assert [each.content for each in SyncRecord.objects.order_by("pk")] == plain
    migration.seal_records()
    with connection.cursor() as cursor:
        cursor.execute(migration.CHECK)
        cursor.execute("SELECT content FROM reports_syncrecord ORDER BY id")
        sealed = [text for (text,) in cursor.fetchall()]
    assert [unseal(text, "content") for text in sealed] == plain
    assert not any(PHONE in text for text in sealed)
    with pytest.raises(DatabaseError), transaction.atomic():
        SyncRecord.objects.update(version=7)
    assert json.loads(batch_file(batch))["banghi"]
