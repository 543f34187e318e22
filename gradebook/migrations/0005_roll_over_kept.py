"""Puts the roll-over under the audit chain, its history append-only; an applied one stands still (rules R17, R56).

Whatever the path: a place by which a pupil has come stands still while that admission is in force; an application is
undone once and otherwise never changed.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_rollover', 'year_id');
SELECT audit_watch('gradebook_rolloverplace', 'id');
SELECT history_keep('gradebook_historicalrollover');
SELECT history_keep('gradebook_historicalrolloverplace');

CREATE FUNCTION roll_over_place_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM students_movement WHERE id = OLD.movement_id AND cancelled_at IS NULL)
    THEN
        RAISE EXCEPTION 'the place is applied' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_applied_stands_still';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.to_class_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM students_schoolclass WHERE id = NEW.to_class_id AND year_id = NEW.roll_over_id)
    THEN
        RAISE EXCEPTION 'the class is of another year' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_place_is_of_its_year';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roll_over_place_guard BEFORE INSERT OR UPDATE OR DELETE ON gradebook_rolloverplace
    FOR EACH ROW EXECUTE FUNCTION roll_over_place_guard();

CREATE FUNCTION roll_over_application_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.undone_at IS NOT NULL OR to_jsonb(NEW) - '{undone_at,undone_by_id,undo_reason}'::text[]
            <> to_jsonb(OLD) - '{undone_at,undone_by_id,undo_reason}'::text[] THEN
        RAISE EXCEPTION 'an application is undone once, and never changed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_application_stands_still';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roll_over_application_guard BEFORE UPDATE ON gradebook_rolloverapplication
    FOR EACH ROW EXECUTE FUNCTION roll_over_application_guard();
CREATE TRIGGER roll_over_application_keep BEFORE DELETE ON gradebook_rolloverapplication
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();

SELECT audit_watch('gradebook_rolloverapplication'), history_keep('gradebook_historicalrolloverapplication'),
    closed_year_guard('gradebook_rolloverapplication', 'r.roll_over_id');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0004_closed_years")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
