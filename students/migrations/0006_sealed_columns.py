"""What identifies a family outside school is sealed (docs/decisions/0201): the database refuses plain text there."""

from django.db import migrations

COLUMNS = (
    "national_id",
    "phone",
    "email",
    "father_phone",
    "mother_phone",
    "guardian_phone",
    "disability_certificate_no",
)
TABLES = ("students_student", "students_historicalstudent")
# Twelve characters come to 28 bytes with their seal, 38 letters.
SEALED = r"^~[0-9a-f]{8}\.[A-Za-z0-9_-]{%s}$"


def checks() -> list[str]:
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {table.removeprefix('students_')}_{column}_is_sealed"
        f" CHECK ({column} = '' OR {column} ~ '{SEALED % ('38' if column == 'national_id' else '23,')}')"
        for table in TABLES
        for column in COLUMNS
    ]


class Migration(migrations.Migration):
    dependencies = [("students", "0005_pupils_by_words")]
    operations = [migrations.RunSQL(checks(), migrations.RunSQL.noop)]
