"""Puts the tables of this app under the audit chain and makes their history append-only."""

from django.db import migrations

WATCHED = ("schoolclass", "homeroomassignment", "student", "enrolment", "yearprofile")
KEPT = ("schoolyear", "schoolclass", "homeroomassignment", "student", "enrolment", "yearprofile")


def statements() -> list[str]:
    watch = [f"SELECT audit_watch('students_{table}')" for table in WATCHED]
    return [*watch, *(f"SELECT history_keep('students_historical{table}')" for table in KEPT)]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain"), ("students", "0001_initial")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
