"""Keeps homerooms, attendance and the yearly part of the records of a closed year as they are."""

from django.db import migrations

OF_THE_CLASS = "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)"
OF_THE_ROLL = (
    "(SELECT c.year_id FROM students_rollcall o JOIN students_schoolclass c ON c.id = o.school_class_id"
    " WHERE o.id = r.roll_call_id)"
)
GUARDED = {
    "students_homeroomassignment": OF_THE_CLASS,
    "students_rollcall": OF_THE_CLASS,
    "students_attendancemonth": OF_THE_CLASS,
    "students_absence": OF_THE_ROLL,
    "students_yearprofile": "r.year_id",
}


class Migration(migrations.Migration):
    dependencies = [("students", "0065_roster_run")]
    operations = [
        migrations.RunSQL(f"SELECT closed_year_guard('{table}', '{year}')", migrations.RunSQL.noop)
        for table, year in GUARDED.items()
    ]
