"""Puts the tables of this app under the audit chain and makes their history append-only."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('approvals_correctionrequest');
SELECT audit_watch('approvals_correctionitem');
SELECT audit_watch('approvals_evidence');
SELECT history_keep('approvals_historicalcorrectionrequest');
SELECT history_keep('approvals_historicalcorrectionitem');
SELECT history_keep('approvals_historicalevidence');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("gradebook", "0002_audit_chain"),
        ("students", "0003_years_and_calendar_kept"),
    ]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
