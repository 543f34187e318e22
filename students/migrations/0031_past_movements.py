"""Every seat of before gets the movements that began and ended it; from here on the database asks for them.

Until now seats came from lists, and nothing else wrote them: the first seat of a pupil's year is an admission, the
next one a change of class, and one that ends before its year a pupil who left for a reason that nobody wrote down.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),
    set_config('app.source', 'system', true), set_config('app.under', '', true);

CREATE TEMPORARY TABLE seat ON COMMIT DROP AS
SELECT e.id, e.student_id, e.school_class_id, e.starts_on, e.ends_on, c.year_id, c.grade_level, y.ends_on AS year_ends_on,
    lag(e.id) OVER of_year AS previous_id, lag(e.school_class_id) OVER of_year AS previous_class_id,
    lag(e.ends_on) OVER of_year AS previous_ends_on, lead(e.starts_on) OVER of_year AS next_starts_on,
    (SELECT last.grade_level FROM students_enrolment before JOIN students_schoolclass last ON last.id = before.school_class_id
     WHERE before.student_id = e.student_id AND last.year_id < c.year_id ORDER BY before.starts_on DESC LIMIT 1) AS last_grade
FROM students_enrolment e
JOIN students_schoolclass c ON c.id = e.school_class_id
JOIN students_schoolyear y ON y.year = c.year_id
WINDOW of_year AS (PARTITION BY e.student_id, c.year_id ORDER BY e.starts_on);

INSERT INTO students_movement (kind, student_id, year_id, day, from_class_id, to_class_id, status_code, entry_code,
    leave_reason, destination_code, other_school, other_province, decision_number, note, recorded_at, cancel_reason)
SELECT CASE WHEN is_change THEN 'changed_class' ELSE 'admitted' END, student_id, year_id, starts_on,
    CASE WHEN is_change THEN previous_class_id END, school_class_id, '01',
    CASE WHEN is_change THEN '' WHEN last_grade = grade_level THEN '3'
        WHEN last_grade IS NULL AND grade_level = 1 THEN '0' ELSE '4' END,
    '', '', '', '', '',
    'Lập lại từ danh sách lớp khi hệ thống bắt đầu theo dõi biến động sĩ số', now(), ''
FROM (SELECT *, coalesce(previous_ends_on + 1 = starts_on AND previous_class_id <> school_class_id, false) AS is_change
      FROM seat) seat;

INSERT INTO students_movement (kind, student_id, year_id, day, from_class_id, to_class_id, status_code, entry_code,
    leave_reason, destination_code, other_school, other_province, decision_number, note, recorded_at, cancel_reason)
SELECT 'left', student_id, year_id, ends_on + 1, school_class_id, NULL, '05', '', '06', '', '', '', '',
    'Lập lại từ danh sách lớp khi hệ thống bắt đầu theo dõi biến động sĩ số', now(), ''
FROM seat WHERE ends_on < year_ends_on AND next_starts_on IS DISTINCT FROM ends_on + 1;

UPDATE students_enrolment e SET began_by_id = m.id FROM students_movement m
WHERE m.student_id = e.student_id AND m.to_class_id = e.school_class_id AND m.day = e.starts_on;

UPDATE students_enrolment e SET ended_by_id = m.id FROM students_movement m
WHERE m.student_id = e.student_id AND m.from_class_id = e.school_class_id AND m.day = e.ends_on + 1;
"""

# What a movement says stays as it was written; it can be cancelled, once, and nothing else.
GUARDS = """
CREATE FUNCTION movement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cancelled_at IS NOT NULL OR to_jsonb(NEW) - '{cancelled_at,cancelled_by_id,cancel_reason}'::text[]
            <> to_jsonb(OLD) - '{cancelled_at,cancelled_by_id,cancel_reason}'::text[] THEN
        RAISE EXCEPTION 'a movement is cancelled, once, and never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER movement_guard BEFORE UPDATE ON students_movement FOR EACH ROW EXECUTE FUNCTION movement_guard();
CREATE TRIGGER movement_keep BEFORE DELETE ON students_movement
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
SELECT audit_watch('students_movement'), history_keep('students_historicalmovement');
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0030_movements"), ("accounts", "0002_audit_chain")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # The updates have left deferred checks of foreign keys behind, which would stand in the way of ALTER TABLE.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="enrolment",
            name="began_by",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun",
                to="students.movement",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
