"""Copies of reports as they were: watched, append-only, and with a digest that is their contents'."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('reports_keptreport', 'id', '{contents}', '{}');
SELECT history_keep('reports_keptreport');
ALTER TABLE reports_keptreport ADD CONSTRAINT kept_report_digest_is_of_its_contents
    CHECK (digest = encode(sha256(convert_to(contents, 'UTF8')), 'hex'));
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_prints_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
