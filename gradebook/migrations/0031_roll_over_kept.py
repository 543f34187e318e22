"""Puts the roll-over under the audit chain, its history append-only; an applied one stands still (rules R17, R56).

Whatever the path: a place is of a class of the year, and while its roll-over is applied no place of it changes; nobody
applies it a second time without undoing it.
"""

from django.db import migrations

KEYS = {"rollover": "year_id", "rolloverplace": "id"}
GUARDS = r"""
CREATE FUNCTION roll_over_place_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place gradebook_rolloverplace := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM gradebook_rollover
        WHERE year_id IN (place.roll_over_id, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.roll_over_id END)
            AND applied_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'the roll-over is applied' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_applied_stands_still';
    END IF;
    IF place.to_class_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM students_schoolclass WHERE id = place.to_class_id AND year_id = place.roll_over_id)
    THEN
        RAISE EXCEPTION 'the class is of another year' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_place_is_of_its_year';
    END IF;
    RETURN place;
END $$;
CREATE TRIGGER roll_over_place_guard BEFORE INSERT OR UPDATE OR DELETE ON gradebook_rolloverplace
    FOR EACH ROW EXECUTE FUNCTION roll_over_place_guard();

CREATE FUNCTION roll_over_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the roll-over is applied already' USING
        ERRCODE = 'check_violation', CONSTRAINT = 'roll_over_applied_once';
END $$;
CREATE TRIGGER roll_over_guard BEFORE UPDATE ON gradebook_rollover FOR EACH ROW
    WHEN (OLD.applied_at IS NOT NULL AND NEW.applied_at IS NOT NULL) EXECUTE FUNCTION roll_over_guard();
"""
UNGUARD = """
DROP TRIGGER roll_over_guard ON gradebook_rollover;
DROP FUNCTION roll_over_guard();
DROP TRIGGER roll_over_place_guard ON gradebook_rolloverplace;
DROP FUNCTION roll_over_place_guard();
"""


def statements() -> list[str]:
    watch = [f"SELECT audit_watch('gradebook_{table}', '{key}')" for table, key in KEYS.items()]
    return [*watch, *(f"SELECT history_keep('gradebook_historical{table}')" for table in KEYS)]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0070_audit_by_another_key"), ("gradebook", "0030_roll_over")]
    operations = [
        migrations.RunSQL(statements(), migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
