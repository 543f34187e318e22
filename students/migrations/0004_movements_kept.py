"""Movements are the paper trail of every seat: cancelled once, with the reason, and otherwise never changed."""

from django.db import migrations

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
    dependencies = [("students", "0003_years_and_calendar_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
