"""Puts what stands beside results under the audit chain: arrangements, bank of comments, reasons given for doubtful values,
commendations. Keeps their history, and those of a closed year as they are.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_arrangement');
SELECT history_keep('gradebook_historicalarrangement');
SELECT closed_year_guard('gradebook_arrangement', 'r.year_id');
SELECT audit_watch('gradebook_bankcomment'), audit_watch('gradebook_hiddencomment');
SELECT history_keep('gradebook_historicalbankcomment'), history_keep('gradebook_historicalhiddencomment');
SELECT audit_watch('gradebook_doubtanswer'), history_keep('gradebook_historicaldoubtanswer'),
    closed_year_guard('gradebook_doubtanswer', 'r.year_id');
SELECT audit_watch('gradebook_commendation');
SELECT history_keep('gradebook_historicalcommendation');
SELECT closed_year_guard('gradebook_commendation', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0008_rule_set_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
