"""Ethnic group, religion, policy group and disability are veiled (docs/decisions/0201), those from before too.

The database refuses there whatever is not veiled, with room for every value of the column, and no NULL. What the two
constraints taken away asked, `Student` asks where it is written.
"""

import uuid
from typing import Any, Final

from django.contrib.postgres.functions import RandomUUID
from django.db import connection, migrations, models

from accounts.resealing import write_sealed
from accounts.sealed import unseal, veil
from accounts.veiled import VeiledDateField, VeiledField

# By column its bytes, and the letters that they come to with salt and seal.
ROOMS: Final = {
    **dict.fromkeys(("ethnic_code", "religion_code", "policy_code", "disability_code"), (8, 54)),
    "disability_level": (28, 80),
    "disability_certificate_no": (240, 363),
    "disability_certificate_on": (12, 59),
}
DAY: Final = "disability_certificate_on"
TABLES: Final = {"students_student": "id", "students_historicalstudent": "history_id"}
LEVELS: Final = [("extreme", "Đặc biệt nặng"), ("severe", "Nặng"), ("mild", "Nhẹ")]


def as_text(table: str) -> str:
    """Of a date its ISO form; "" for NULL."""
    of_day = f"ALTER COLUMN {DAY} TYPE text USING coalesce(to_char({DAY}, 'YYYY-MM-DD'), '')"
    others = (f"ALTER COLUMN {column} TYPE text" for column in ROOMS if column != DAY)
    sealed = f"DROP CONSTRAINT {table.removeprefix('students_')}_disability_certificate_no_is_sealed"
    return f"ALTER TABLE {table} {', '.join((sealed, of_day, *others))}"


# The versions of one row have one salt, that of the row. The table was written anew a moment ago, so every row counts as
# new, and who changed it (history_user) is to be checked again: at once, for a table with checks pending takes no ALTER.
ONE_SALT: Final = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE students_historicalstudent DISABLE TRIGGER history_keep;
UPDATE students_historicalstudent h SET veil = first.veil FROM (
    SELECT DISTINCT ON (id) id, veil FROM (
        SELECT id, veil, 0 AS history_id FROM students_student
        UNION ALL SELECT id, veil, history_id FROM students_historicalstudent
    ) AS each ORDER BY id, history_id
) AS first WHERE first.id = h.id;
ALTER TABLE students_historicalstudent ENABLE TRIGGER history_keep;
"""


def veil_rows(*_: Any) -> None:
    for table, key in TABLES.items():
        write_sealed(table, key, list(ROOMS), [_veiled(*row) for row in _rows(table, key)])


def _rows(table: str, key: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, veil, {', '.join(ROOMS)} FROM {table}")  # noqa: S608 - our own names
        return cursor.fetchall()


def _veiled(key: int, salt: uuid.UUID, *texts: str) -> tuple[Any, ...]:
    """The number of the certificate was sealed before."""
    values = zip(ROOMS.items(), texts, strict=True)
    return key, *(
        veil(unseal(text, column), column, salt=salt.bytes, room=room) for (column, (room, _)), text in values
    )


def checks() -> list[str]:
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {table.removeprefix('students_')}_{column}_is_veiled"
        f" CHECK ({column} IS NOT NULL AND length({column}) = {len('~01234567:') + letters}"
        f" AND {column} ~ '^~[0-9a-f]{{8}}:[A-Za-z0-9_-]+$')"
        for table in TABLES
        for column, (_room, letters) in ROOMS.items()
    ]


def _fields() -> "dict[str, models.Field[Any, Any]]":
    return {
        "ethnic_code": VeiledField("dân tộc", max_length=2, blank=True),
        "religion_code": VeiledField("tôn giáo", max_length=2, blank=True),
        "policy_code": VeiledField("diện chính sách", max_length=2, blank=True),
        "disability_code": VeiledField("loại khuyết tật", max_length=2, blank=True),
        "disability_level": VeiledField("mức độ khuyết tật", max_length=7, choices=LEVELS, blank=True),
        "disability_certificate_no": VeiledField("số giấy xác nhận khuyết tật", max_length=60, blank=True),
        "disability_certificate_on": VeiledDateField("ngày cấp giấy xác nhận khuyết tật", null=True),
    }


def _salt() -> "models.Field[Any, Any]":
    return models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)


class Migration(migrations.Migration):
    safe_because = (
        "two tables of some thousand rows are written anew in seconds, for which who reads a pupil waits; until web and"
        " worker start anew, at once after it, the version before shows sealed text where a code stood, and every save"
        " of a pupil's record ends in an error with nothing written; books, marks and roll calls go on"
    )
    dependencies = [("students", "0006_sealed_columns")]
    operations = [
        migrations.RemoveConstraint("student", "student_disability_has_a_kind"),
        migrations.RemoveConstraint("student", "student_disability_level_is_known"),
        migrations.AddField("student", "veil", _salt()),
        migrations.AddField("historicalstudent", "veil", _salt()),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL([as_text(table) for table in TABLES], migrations.RunSQL.noop)],
            [
                migrations.AlterField(model, name, field)
                for model in ("student", "historicalstudent")
                for name, field in _fields().items()
            ],
        ),
        migrations.RunSQL(ONE_SALT, migrations.RunSQL.noop),
        migrations.RunPython(veil_rows, migrations.RunPython.noop),
        migrations.RunSQL(checks(), migrations.RunSQL.noop),
    ]
