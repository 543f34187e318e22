"""Puts pupils, classes, uploaded lists and attendance under the audit chain; their history is append-only (rule R56)."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('students_schoolclass');
SELECT audit_watch('students_homeroomassignment');
SELECT audit_watch('students_student');
SELECT audit_watch('students_enrolment');
SELECT audit_watch('students_yearprofile');
SELECT history_keep('students_historicalschoolyear');
SELECT history_keep('students_historicalschoolclass');
SELECT history_keep('students_historicalhomeroomassignment');
SELECT history_keep('students_historicalstudent');
SELECT history_keep('students_historicalenrolment');
SELECT history_keep('students_historicalyearprofile');
SELECT audit_watch('students_rosterupload');
SELECT history_keep('students_historicalrosterupload');
SELECT audit_watch('students_rollcall');
SELECT audit_watch('students_absence');
SELECT audit_watch('students_attendancemonth');
SELECT history_keep('students_historicalrollcall');
SELECT history_keep('students_historicalabsence');
SELECT history_keep('students_historicalattendancemonth');
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial"), ("accounts", "0002_audit_chain")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
