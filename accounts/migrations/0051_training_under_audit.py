"""Puts training records under the audit chain; their history is append-only."""

from django.db import migrations

STATEMENTS = [
    "SELECT audit_watch('accounts_trainingrecord')",
    "SELECT history_keep('accounts_historicaltrainingrecord')",
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0050_training")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
