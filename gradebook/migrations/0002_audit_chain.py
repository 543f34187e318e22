"""Puts the tables of this app under the audit chain and makes their history append-only."""

from django.db import migrations

WATCHED = ("teachingassignment", "entryorder", "entrywindow", "subjectresult", "traitresult", "yearoutcome")
KEPT = ("teachingassignment", "entryorder", "entrywindow", "subjectresult", "traitresult", "yearoutcome")


def statements() -> list[str]:
    watch = [f"SELECT audit_watch('gradebook_{table}')" for table in WATCHED]
    return [*watch, *(f"SELECT history_keep('gradebook_historical{table}')" for table in KEPT)]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain"), ("gradebook", "0001_initial")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
