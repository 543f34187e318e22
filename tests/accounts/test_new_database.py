"""What migrations write into a new database is in the chain as the system's, and `verify_audit` warns of nothing."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_a_new_database_holds_nothing_that_was_written_past_the_application(capsys):
    call_command("verify_audit")
    assert "CẢNH BÁO" not in capsys.readouterr().out
    named = AuditEntry.objects.filter(table_name="accounts_systempart")
    assert {(each.actor, each.role, each.source) for each in named} == {("system", "Hệ thống", "system")}


def test_the_day_of_what_was_written_past_the_application_is_the_schools(capsys, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', true)")
        cursor.execute("UPDATE accounts_systempart SET name = name || 'x' WHERE code = 'prints'")
    late = datetime.datetime(2026, 9, 4, 20, 30, tzinfo=datetime.UTC)
    monkeypatch.setattr(AuditEntry, "at", property(lambda _entry: late, lambda _entry, _at: None))
    call_command("verify_audit", "--chain-only")
    told = capsys.readouterr().out
    assert "CẢNH BÁO: 1 dòng được ghi ngoài ứng dụng" in told
    assert ", ngày 05/09/2026" in told
