"""Finds pupils by the words of their name and by their ids, without an extension of PostgreSQL.

The function folds as `students.names.search_key` does: small letters, no tones or other marks, d for đ. What stands
around an apostrophe or hyphen are words, and the whole is one too: «H'Lan» is found by h, lan and hlan.

A pupil's own row is wide, and the commonest words fit a third of all: the search reads a narrow row of each pupil, which
the database keeps itself: no way of renaming can forget it. The end of a mã định danh is found as the beginning of
the same word turned round, behind «~».
"""

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION students_words(full_name text, moet_id text, school_code text, register_no text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(string_to_array(lower(regexp_replace(normalize(translate(
        translate(full_name, '''’‘ʼ`´-', '       ') || ' ' || translate(full_name, '''’‘ʼ`´-', '') || ' '
            || coalesce(moet_id || ' ~' || reverse(moet_id), '') || ' ' || translate(coalesce(school_code, '') || ' ' || register_no, '-', ' '),
        'ĐđÐðƉ', 'ddddd'), NFD), '[\u0300-\u036f]', '', 'g')), ' '), ''))
$$;

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
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0004_movements_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
