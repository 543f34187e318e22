"""History and audit chain of the reasons given for doubtful values; those of a closed year stand still."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_doubtanswer'), history_keep('gradebook_historicaldoubtanswer'),
    closed_year_guard('gradebook_doubtanswer', 'r.year_id');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0120_reasons_for_doubtful_values")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
