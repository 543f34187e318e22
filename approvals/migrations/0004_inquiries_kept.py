"""Puts questions and incidents under the audit chain; their history and what was answered are append-only."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('approvals_inquiry');
SELECT audit_watch('approvals_inquiryentry');
SELECT history_keep('approvals_inquiryentry');
SELECT history_keep('approvals_historicalinquiry');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_requests_are_guarded")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
