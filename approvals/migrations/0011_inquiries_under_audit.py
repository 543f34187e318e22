"""Puts questions and incidents under the audit chain; their history and what was answered are append-only."""

from django.db import migrations

STATEMENTS = [
    "SELECT audit_watch('approvals_inquiry')",
    "SELECT audit_watch('approvals_inquiryentry')",
    "SELECT history_keep('approvals_inquiryentry')",
    "SELECT history_keep('approvals_historicalinquiry')",
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain"), ("approvals", "0010_inquiries")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
