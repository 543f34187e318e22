"""Puts commendations under the audit chain, keeps their history, and those of a closed year as they are."""

from django.db import migrations

OF_THE_CLASS = "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)"


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0132_commendations")]
    operations = [
        migrations.RunSQL(
            [
                "SELECT audit_watch('gradebook_commendation')",
                "SELECT history_keep('gradebook_historicalcommendation')",
                f"SELECT closed_year_guard('gradebook_commendation', '{OF_THE_CLASS}')",
            ],
            migrations.RunSQL.noop,
        )
    ]
