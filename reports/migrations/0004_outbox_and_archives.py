"""The outbox for the sector database, append-only, and archives of everything, whose states move as those of prints."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('reports_syncbatch'), history_keep('reports_syncbatch');
SELECT audit_watch('reports_syncsending'), history_keep('reports_syncsending');
SELECT history_keep('reports_syncrecord');
ALTER TABLE reports_syncrecord ADD CONSTRAINT sync_record_digest_is_of_its_content
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
SELECT audit_watch('reports_dataarchive', 'id', '{progress}', '{}');

CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_dataarchive
    FOR EACH ROW EXECUTE FUNCTION print_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_kept_reports")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
