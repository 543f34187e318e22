"""Nobody comes to a class of a closed year, leaves it or is put elsewhere in its list, whatever the path."""

from django.db import migrations

GUARDS = """
SELECT closed_year_guard('students_movement', 'r.year_id'),
    closed_year_guard('students_enrolment', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0021_years_and_calendar_kept"),
        ("students", "0060_pupils_by_words"),
    ]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
