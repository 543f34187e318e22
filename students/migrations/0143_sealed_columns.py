"""Seals what identifies a family outside school (docs/decisions/0201); the database then refuses plain text there.

The audit chain still tells what it told before: an entry is never rewritten.
"""

from typing import Any

import accounts.sealed
import django.core.validators
from accounts.resealing import reseal
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


def seal_rows(_apps: Any, _editor: Any) -> None:
    reseal({table: ("history_id" if "historical" in table else "id", COLUMNS) for table in TABLES})


def checks() -> list[str]:
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {table.removeprefix('students_')}_{column}_is_sealed"
        f" CHECK ({column} = '' OR {column} ~ '{SEALED % ('38' if column == 'national_id' else '23,')}')"
        for table in TABLES
        for column in COLUMNS
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0142_next_schools"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="student",
            name="student_national_id_has_12_digits",
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="disability_certificate_no",
            field=accounts.sealed.SealedField(
                blank=True, max_length=60, verbose_name="số giấy xác nhận khuyết tật"
            ),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="email",
            field=accounts.sealed.SealedField(
                blank=True,
                max_length=150,
                validators=[django.core.validators.EmailValidator()],
                verbose_name="thư điện tử liên hệ",
            ),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="father_phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại của cha"),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="guardian_phone",
            field=accounts.sealed.SealedField(
                blank=True, max_length=30, verbose_name="điện thoại của người giám hộ"
            ),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="mother_phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại của mẹ"),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="national_id",
            field=accounts.sealed.SealedField(
                db_index=True, max_length=12, null=True, verbose_name="số định danh cá nhân"
            ),
        ),
        migrations.AlterField(
            model_name="historicalstudent",
            name="phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại liên hệ"),
        ),
        migrations.AlterField(
            model_name="student",
            name="disability_certificate_no",
            field=accounts.sealed.SealedField(
                blank=True, max_length=60, verbose_name="số giấy xác nhận khuyết tật"
            ),
        ),
        migrations.AlterField(
            model_name="student",
            name="email",
            field=accounts.sealed.SealedField(
                blank=True,
                max_length=150,
                validators=[django.core.validators.EmailValidator()],
                verbose_name="thư điện tử liên hệ",
            ),
        ),
        migrations.AlterField(
            model_name="student",
            name="father_phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại của cha"),
        ),
        migrations.AlterField(
            model_name="student",
            name="guardian_phone",
            field=accounts.sealed.SealedField(
                blank=True, max_length=30, verbose_name="điện thoại của người giám hộ"
            ),
        ),
        migrations.AlterField(
            model_name="student",
            name="mother_phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại của mẹ"),
        ),
        migrations.AlterField(
            model_name="student",
            name="national_id",
            field=accounts.sealed.SealedField(
                max_length=12, null=True, unique=True, verbose_name="số định danh cá nhân"
            ),
        ),
        migrations.AlterField(
            model_name="student",
            name="phone",
            field=accounts.sealed.SealedField(blank=True, max_length=30, verbose_name="điện thoại liên hệ"),
        ),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
        migrations.RunSQL(checks(), migrations.RunSQL.noop),
    ]
