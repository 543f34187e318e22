"""Finds pupils by the words of their name and by their ids, without an extension of PostgreSQL.

The function folds as `students.names.search_key` does: small letters, no tones or other marks, d for đ. What stands
around an apostrophe or hyphen are words, and the whole is one too: «H'Lan» is found by h, lan and hlan.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

CREATE = r"""
CREATE FUNCTION students_words(full_name text, moet_id text, school_code text, register_no text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(string_to_array(lower(regexp_replace(normalize(translate(
        translate(full_name, '''’‘ʼ`´-', '       ') || ' ' || translate(full_name, '''’‘ʼ`´-', '') || ' '
            || coalesce(moet_id, '') || ' ' || translate(coalesce(school_code, '') || ' ' || register_no, '-', ' '),
        'ĐđÐðƉ', 'ddddd'), NFD), '[\u0300-\u036f]', '', 'g')), ' '), ''))
$$
"""
DROP = "DROP FUNCTION students_words(text, text, text, text)"


class Migration(migrations.Migration):
    dependencies = [("students", "0051_attendance_under_audit")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AddIndex(
            model_name="student",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "full_name",
                    "moet_id",
                    "school_code",
                    "register_no",
                    function="students_words",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="student_by_words",
            ),
        ),
    ]
