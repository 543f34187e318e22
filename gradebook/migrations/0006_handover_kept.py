"""Puts handovers under the audit chain, keeps their history, and those of a closed year as they are.

A receipt belongs to the year of the class that receives.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_handover');
SELECT audit_watch('gradebook_handovernote');
SELECT audit_watch('gradebook_handoverreceipt');
SELECT history_keep('gradebook_historicalhandover');
SELECT history_keep('gradebook_historicalhandovernote');
SELECT history_keep('gradebook_historicalhandoverreceipt');
SELECT closed_year_guard('gradebook_handover', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('gradebook_handovernote', '(SELECT c.year_id FROM gradebook_handover h JOIN students_schoolclass c ON c.id = h.school_class_id WHERE h.id = r.handover_id)');
SELECT closed_year_guard('gradebook_handoverreceipt', '(SELECT year_id FROM students_schoolclass WHERE id = r.to_class_id)');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0005_roll_over_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
