"""Puts the tables of this app under the audit chain and makes their history append-only."""

from django.db import migrations

WATCHED = ("correctionrequest", "correctionitem", "evidence")
KEPT = ("correctionrequest", "correctionitem", "evidence")


def statements() -> list[str]:
    watch = [f"SELECT audit_watch('approvals_{table}')" for table in WATCHED]
    return [*watch, *(f"SELECT history_keep('approvals_historical{table}')" for table in KEPT)]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain"), ("approvals", "0001_initial")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
