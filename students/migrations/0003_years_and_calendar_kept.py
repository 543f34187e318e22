"""Puts years and their calendar under the audit chain, and keeps what belongs to a closed year as it is.

`closed_year_guard(table, year)` refuses every change to rows of a closed year, whatever its path; `year` is SQL for
the year of the row `r`. It fires after the audit trigger of the table, which makes writers wait for each other: a year
being closed meanwhile is seen.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION closed_year_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed smallint;
    changed text := CASE TG_OP WHEN 'INSERT' THEN 'SELECT * FROM new_rows' WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
                    ELSE 'SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows' END;
BEGIN
    EXECUTE format('SELECT y.year FROM (%s) r JOIN students_schoolyear y ON y.year = %s WHERE y.state = ''closed'' LIMIT 1',
                   changed, TG_ARGV[0]) INTO closed;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'year % is closed: no % on %', closed, TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION closed_year_guard(guarded regclass, year_of_r text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER closed_year_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION closed_year_refuse(%L)', guarded, year_of_r);
    EXECUTE format('CREATE TRIGGER closed_year_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION closed_year_refuse(%L)', guarded, year_of_r);
    EXECUTE format('CREATE TRIGGER closed_year_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION closed_year_refuse(%L)', guarded, year_of_r);
END $$;

-- A year goes from being prepared to open to closed, and back from closed to open; of a closed one nothing else moves.
CREATE FUNCTION school_year_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'preparing' THEN
            RAISE EXCEPTION 'year % is kept', OLD.year USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('preparing', 'open'), ('open', 'closed'), ('closed', 'open')) THEN
        RAISE EXCEPTION 'year % does not go from % to %', OLD.year, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'closed' AND to_jsonb(OLD) - 'state' <> to_jsonb(NEW) - 'state' THEN
        RAISE EXCEPTION 'year % is closed', OLD.year USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER school_year_moves BEFORE UPDATE OR DELETE ON students_schoolyear
    FOR EACH ROW EXECUTE FUNCTION school_year_moves();

SELECT audit_watch('students_schoolyear', 'year');
SELECT audit_watch('students_calendarentry'), audit_watch('students_weekpattern');
SELECT history_keep('students_historicalcalendarentry'), history_keep('students_historicalweekpattern');
SELECT closed_year_guard('students_schoolclass', 'r.year_id'), closed_year_guard('students_calendarentry', 'r.year_id'),
    closed_year_guard('students_weekpattern', 'r.year_id');
SELECT closed_year_guard('students_movement', 'r.year_id'),
    closed_year_guard('students_enrolment', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('students_homeroomassignment', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('students_rollcall', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('students_attendancemonth', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('students_absence', '(SELECT c.year_id FROM students_rollcall o JOIN students_schoolclass c ON c.id = o.school_class_id WHERE o.id = r.roll_call_id)');
SELECT closed_year_guard('students_yearprofile', 'r.year_id');
SELECT audit_watch('students_nextschool'), history_keep('students_historicalnextschool'),
    closed_year_guard('students_nextschool', 'r.year_id');
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0002_audit_chain")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
