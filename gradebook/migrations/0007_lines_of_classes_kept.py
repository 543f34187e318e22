"""Puts the choice of lines under the audit chain, keeps its history and that of a closed year, and keeps marks readable:
no class loses a line in which its pupils have results, no teacher is given a line that the class does not have.

The triggers fire after the audit trigger of their table, which makes writers wait for each other: results being saved
meanwhile are seen.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION class_has_line(of_class bigint, of_line bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM gradebook_subjectline l
        JOIN students_schoolclass c ON c.year_id = l.year_id AND c.grade_level = l.grade_level
        LEFT JOIN gradebook_classline own ON own.line_id = l.id AND own.school_class_id = c.id
        WHERE c.id = of_class AND l.id = of_line AND coalesce(own.is_taught, l.is_for_grade)
    )
$$;

CREATE FUNCTION class_has_results(of_class bigint, of_line bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM gradebook_subjectresult r JOIN students_enrolment e ON e.student_id = r.student_id
        WHERE e.school_class_id = of_class AND r.line_id = of_line
          AND (r.attainment <> '' OR r.mark IS NOT NULL OR r.comment <> '')
    )
$$;

CREATE FUNCTION class_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.school_class_id, OLD.line_id) <> (NEW.school_class_id, NEW.line_id) THEN
        RAISE EXCEPTION 'a choice stays with its class and line' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM gradebook_subjectline l
        JOIN students_schoolclass c ON c.year_id = l.year_id AND c.grade_level = l.grade_level
        WHERE c.id = NEW.school_class_id AND l.id = NEW.line_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'line % is not of the year and grade of class %', NEW.line_id, NEW.school_class_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER class_line_fits BEFORE INSERT OR UPDATE ON gradebook_classline
    FOR EACH ROW EXECUTE FUNCTION class_line_fits();

-- TG_ARGV[0]: SQL for (class, line) of what the statement has taken away, if anything.
CREATE FUNCTION line_keeps_results() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost record;
BEGIN
    EXECUTE format('SELECT t.of_class, t.of_line FROM (%s) t WHERE class_has_results(t.of_class, t.of_line) LIMIT 1', TG_ARGV[0])
        INTO lost;
    IF lost.of_class IS NOT NULL THEN
        RAISE EXCEPTION 'class % keeps line %: its pupils have results in it', lost.of_class, lost.of_line
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER line_keeps_results_insert AFTER INSERT ON gradebook_classline REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION line_keeps_results(
        'SELECT n.school_class_id AS of_class, n.line_id AS of_line FROM new_rows n
         JOIN gradebook_subjectline l ON l.id = n.line_id WHERE l.is_for_grade AND NOT n.is_taught');
CREATE TRIGGER line_keeps_results_update AFTER UPDATE ON gradebook_classline
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION line_keeps_results(
        'SELECT n.school_class_id AS of_class, n.line_id AS of_line FROM new_rows n
         JOIN old_rows o USING (id) WHERE o.is_taught AND NOT n.is_taught');
CREATE TRIGGER line_keeps_results_delete AFTER DELETE ON gradebook_classline REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION line_keeps_results(
        'SELECT o.school_class_id AS of_class, o.line_id AS of_line FROM old_rows o
         JOIN gradebook_subjectline l ON l.id = o.line_id WHERE o.is_taught AND NOT l.is_for_grade');
CREATE TRIGGER line_keeps_results_update AFTER UPDATE ON gradebook_subjectline
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION line_keeps_results(
        'SELECT c.id AS of_class, n.id AS of_line FROM new_rows n JOIN old_rows o USING (id)
         JOIN students_schoolclass c ON c.year_id = n.year_id AND c.grade_level = n.grade_level
         WHERE o.is_for_grade AND NOT n.is_for_grade
           AND NOT EXISTS (SELECT FROM gradebook_classline own WHERE own.line_id = n.id AND own.school_class_id = c.id)');

CREATE FUNCTION assigned_line_is_taught() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    strange record;
BEGIN
    SELECT n.school_class_id, n.line_id INTO strange FROM new_rows n
        WHERE NOT class_has_line(n.school_class_id, n.line_id) LIMIT 1;
    IF strange.line_id IS NOT NULL THEN
        RAISE EXCEPTION 'class % does not have line %', strange.school_class_id, strange.line_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER line_is_taught_insert AFTER INSERT ON gradebook_teachingassignment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION assigned_line_is_taught();

SELECT audit_watch('gradebook_subjectline'), audit_watch('gradebook_classline');
SELECT history_keep('gradebook_historicalsubjectline'), history_keep('gradebook_historicalclassline');
SELECT closed_year_guard('gradebook_classline', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0006_handover_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
