"""Puts handovers under the audit chain, keeps their history, and those of a closed year as they are.

A receipt belongs to the year of the class that receives.
"""

from django.db import migrations

TABLES = ("handover", "handovernote", "handoverreceipt")
GUARDED = {
    "handover": "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)",
    "handovernote": (
        "(SELECT c.year_id FROM gradebook_handover h JOIN students_schoolclass c ON c.id = h.school_class_id"
        " WHERE h.id = r.handover_id)"
    ),
    "handoverreceipt": "(SELECT year_id FROM students_schoolclass WHERE id = r.to_class_id)",
}


def statements() -> list[str]:
    return [
        *(f"SELECT audit_watch('gradebook_{table}')" for table in TABLES),
        *(f"SELECT history_keep('gradebook_historical{table}')" for table in TABLES),
        *(f"SELECT closed_year_guard('gradebook_{table}', '{year}')" for table, year in GUARDED.items()),
    ]


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0041_handover")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
