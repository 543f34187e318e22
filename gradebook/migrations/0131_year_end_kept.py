"""Puts the steps of a class's results under the audit chain, keeps their history, and those of a closed year."""

from django.db import migrations

TABLES = ("classyearend", "pupilyearend")
OF_THE_CLASS = "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)"


def statements() -> list[str]:
    return [
        *(f"SELECT audit_watch('gradebook_{table}')" for table in TABLES),
        *(f"SELECT history_keep('gradebook_historical{table}')" for table in TABLES),
        *(f"SELECT closed_year_guard('gradebook_{table}', '{OF_THE_CLASS}')" for table in TABLES),
    ]


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0130_year_end")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
