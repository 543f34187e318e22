"""Puts the tables of this app under the audit chain and makes their history append-only."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_teachingassignment');
SELECT audit_watch('gradebook_entryorder');
SELECT audit_watch('gradebook_entrywindow');
SELECT audit_watch('gradebook_subjectresult');
SELECT audit_watch('gradebook_traitresult');
SELECT audit_watch('gradebook_yearoutcome');
SELECT history_keep('gradebook_historicalteachingassignment');
SELECT history_keep('gradebook_historicalentryorder');
SELECT history_keep('gradebook_historicalentrywindow');
SELECT history_keep('gradebook_historicalsubjectresult');
SELECT history_keep('gradebook_historicaltraitresult');
SELECT history_keep('gradebook_historicalyearoutcome');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0001_initial"), ("students", "0003_years_and_calendar_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
