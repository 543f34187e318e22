"""Keeps lines, assignments, orders, results, outcomes and the class lists of a closed year as they are."""

from django.db import migrations

OF_THE_CLASS = "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)"
GUARDED = {
    "gradebook_subjectline": "r.year_id",
    "gradebook_teachingassignment": OF_THE_CLASS,
    "gradebook_entryorder": "r.year_id",
    "gradebook_entrywindow": "r.year_id",
    "gradebook_subjectresult": "(SELECT year_id FROM gradebook_subjectline WHERE id = r.line_id)",
    "gradebook_traitresult": "r.year_id",
    "gradebook_yearoutcome": OF_THE_CLASS,
    "gradebook_rollover": "r.year_id",
    "gradebook_rolloverplace": "r.roll_over_id",
}


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0031_roll_over_kept"), ("students", "0070_more_of_closed_years")]
    operations = [
        migrations.RunSQL(f"SELECT closed_year_guard('{table}', '{year}')", migrations.RunSQL.noop)
        for table, year in GUARDED.items()
    ]
