"""Keeps lines, assignments, orders, results, outcomes and the class lists of a closed year as they are."""

from django.db import migrations

GUARDS = """
SELECT closed_year_guard('gradebook_subjectline', 'r.year_id');
SELECT closed_year_guard('gradebook_teachingassignment', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('gradebook_entryorder', 'r.year_id');
SELECT closed_year_guard('gradebook_entrywindow', 'r.year_id');
SELECT closed_year_guard('gradebook_subjectresult', '(SELECT year_id FROM gradebook_subjectline WHERE id = r.line_id)');
SELECT closed_year_guard('gradebook_traitresult', 'r.year_id');
SELECT closed_year_guard('gradebook_yearoutcome', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('gradebook_rollover', 'r.year_id');
SELECT closed_year_guard('gradebook_rolloverplace', 'r.roll_over_id');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0003_the_clerk_holds_no_class")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
