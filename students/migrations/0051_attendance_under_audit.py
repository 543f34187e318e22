"""Puts attendance under the audit chain and makes its history append-only (rule R56)."""

from django.db import migrations

TABLES = ("rollcall", "absence", "attendancemonth")


def statements() -> list[str]:
    watch = [f"SELECT audit_watch('students_{table}')" for table in TABLES]
    return [*watch, *(f"SELECT history_keep('students_historical{table}')" for table in TABLES)]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain"), ("students", "0050_attendance")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
