"""Finds pupils through a narrow row of each, which the database keeps itself: no way of renaming can forget it.

A pupil's own row is wide, and the commonest words fit a third of all: read there, in order of names, a search grows
with the school. The end of a mã định danh is found as the beginning of the same word turned round, behind «~».
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

WORDS = r"""
CREATE OR REPLACE FUNCTION students_words(full_name text, moet_id text, school_code text, register_no text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(string_to_array(lower(regexp_replace(normalize(translate(
        translate(full_name, '''’‘ʼ`´-', '       ') || ' ' || translate(full_name, '''’‘ʼ`´-', '') || ' '
            || coalesce(moet_id{tail}, '') || ' ' || translate(coalesce(school_code, '') || ' ' || register_no, '-', ' '),
        'ĐđÐðƉ', 'ddddd'), NFD), '[\u0300-\u036f]', '', 'g')), ' '), ''))
$$
"""
KEEP = """
CREATE FUNCTION students_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO students_pupilwords AS kept (student_id, sort_key, words)
    VALUES (NEW.id, NEW.sort_key, students_words(NEW.full_name, NEW.moet_id, NEW.school_code, NEW.register_no))
    ON CONFLICT (student_id) DO UPDATE SET sort_key = excluded.sort_key, words = excluded.words
    WHERE (kept.sort_key, kept.words) IS DISTINCT FROM (excluded.sort_key, excluded.words);
    RETURN NULL;
END $$;

CREATE TRIGGER pupil_words AFTER INSERT OR UPDATE OF full_name, sort_key, moet_id, school_code, register_no
ON students_student FOR EACH ROW EXECUTE FUNCTION students_note_words();

INSERT INTO students_pupilwords (student_id, sort_key, words)
SELECT id, sort_key, students_words(full_name, moet_id, school_code, register_no) FROM students_student
"""
FORGET = "DROP TRIGGER pupil_words ON students_student; DROP FUNCTION students_note_words()"


class Migration(migrations.Migration):
    dependencies = [("students", "0090_confirmed_again")]
    operations = [
        migrations.RemoveIndex(model_name="student", name="student_by_words"),
        migrations.RunSQL(
            WORDS.replace("{tail}", " || ' ~' || reverse(moet_id)"), WORDS.replace("{tail}", "")
        ),
        migrations.CreateModel(
            name="PupilWords",
            fields=[
                (
                    "student",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="students.student",
                    ),
                ),
                ("sort_key", models.CharField(db_collation="C", max_length=600)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["sort_key", "student"], include=["words"], name="pupil_words_in_order"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="pupil_by_words"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
        migrations.AddIndex(
            model_name="student",
            index=models.Index(fields=["register_no"], name="student_by_register_no"),
        ),
    ]
