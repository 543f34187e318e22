"""What was applied or undone before becomes an application of its own; guards, audit chain and closed years follow.

Whatever the path: a place by which a pupil has come stands still while that admission is in force; an application is
undone once and otherwise never changed. Undone ones of before the last stay in the audit chain alone.
"""

from django.db import migrations, models

FILL = """
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),
    set_config('app.source', 'system', true), set_config('app.under', '', true);

DROP TRIGGER roll_over_guard ON gradebook_rollover;
DROP FUNCTION roll_over_guard();
DROP TRIGGER roll_over_place_guard ON gradebook_rolloverplace;
DROP FUNCTION roll_over_place_guard();

INSERT INTO gradebook_rolloverapplication (roll_over_id, applied_at, applied_by_id, number, left_out, undone_at,
    undone_by_id, undo_reason)
SELECT r.year_id, last.applied_at, last.applied_by_id,
    (SELECT count(*) FROM students_movement m WHERE m.year_id = r.year_id AND m.cancel_reason = r.undo_reason),
    '', r.undone_at, r.undone_by_id, r.undo_reason
FROM gradebook_rollover r CROSS JOIN LATERAL (
    SELECT applied_at, applied_by_id FROM gradebook_historicalrollover h
    WHERE h.year_id = r.year_id AND h.applied_at < r.undone_at ORDER BY h.history_id DESC LIMIT 1) last
WHERE r.undone_at IS NOT NULL;

INSERT INTO gradebook_rolloverapplication (roll_over_id, applied_at, applied_by_id, number, left_out, undo_reason)
SELECT year_id, applied_at, applied_by_id,
    (SELECT count(*) FROM gradebook_rolloverplace p WHERE p.roll_over_id = year_id AND p.movement_id IS NOT NULL), '', ''
FROM gradebook_rollover WHERE applied_at IS NOT NULL;

ALTER TABLE gradebook_rolloverplace DISABLE TRIGGER closed_year_update;
UPDATE gradebook_rolloverplace place SET application_id = made.id FROM gradebook_rolloverapplication made
WHERE made.roll_over_id = place.roll_over_id AND made.undone_at IS NULL AND place.movement_id IS NOT NULL;
-- The deferred checks of foreign keys come now: left behind, they would stand in the way of ALTER TABLE.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE gradebook_rolloverplace ENABLE TRIGGER closed_year_update;
"""

GUARDS = r"""
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
    dependencies = [("gradebook", "0060_roll_over_applications")]
    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="rollover",
            name="roll_over_applied_by_somebody",
        ),
        migrations.RemoveConstraint(
            model_name="rollover",
            name="roll_over_undone_by_somebody_for_a_reason",
        ),
        migrations.RemoveField(
            model_name="historicalrollover",
            name="applied_at",
        ),
        migrations.RemoveField(
            model_name="historicalrollover",
            name="applied_by",
        ),
        migrations.RemoveField(
            model_name="historicalrollover",
            name="undo_reason",
        ),
        migrations.RemoveField(
            model_name="historicalrollover",
            name="undone_at",
        ),
        migrations.RemoveField(
            model_name="historicalrollover",
            name="undone_by",
        ),
        migrations.RemoveField(
            model_name="rollover",
            name="applied_at",
        ),
        migrations.RemoveField(
            model_name="rollover",
            name="applied_by",
        ),
        migrations.RemoveField(
            model_name="rollover",
            name="undo_reason",
        ),
        migrations.RemoveField(
            model_name="rollover",
            name="undone_at",
        ),
        migrations.RemoveField(
            model_name="rollover",
            name="undone_by",
        ),
        migrations.AddConstraint(
            model_name="rolloverplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("application__isnull", True), ("movement__isnull", True)),
                    models.Q(("application__isnull", False), ("movement__isnull", False)),
                    _connector="OR",
                ),
                name="roll_over_place_comes_by_an_application",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
