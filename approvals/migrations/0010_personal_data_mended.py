"""Personal data: a slip never undoes a later word; a discovery may be corrected while open, a purpose's spelling too."""

from django.db import migrations

GUARDS = r"""
CREATE OR REPLACE FUNCTION consent_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest approvals_consent;
BEGIN
    SELECT * INTO newest FROM approvals_consent WHERE student_id = NEW.student_id AND purpose_id = NEW.purpose_id
        AND giver = NEW.giver ORDER BY id DESC LIMIT 1;
    IF NEW.said_on < newest.said_on THEN
        RAISE EXCEPTION 'a slip of % does not undo what was said on %', NEW.said_on, newest.said_on
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.said = 'withdrawn' THEN
        IF newest.said IS DISTINCT FROM 'given' THEN
            RAISE EXCEPTION 'nothing was given that could be withdrawn' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM approvals_processingpurpose
            WHERE id = NEW.purpose_id AND needs_consent AND state = 'in_force') THEN
        RAISE EXCEPTION 'purpose % asks for no consent', NEW.purpose_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION data_incident_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'incident % is closed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.discovered_at <> OLD.discovered_at AND (OLD.state <> 'open' OR NEW.state <> 'open') THEN
        RAISE EXCEPTION 'incident % was told: its discovery stands', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION purpose_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ended' THEN
        RAISE EXCEPTION 'purpose % has ended', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER purpose_end BEFORE UPDATE ON approvals_processingpurpose
    FOR EACH ROW EXECUTE FUNCTION purpose_end();

DROP TRIGGER moves_only ON approvals_dataincident;
SELECT moves_only('approvals_dataincident', 'open', 'open>notified open>closed notified>closed',
    'state notified_at notified_by_id notified_to notice late_reason closed_at closed_by_id conclusion',
    'what categories people consequences measures contact discovered_at');
DROP TRIGGER moves_only ON approvals_processingpurpose;
SELECT moves_only('approvals_processingpurpose', 'in_force', 'in_force>ended', 'state ends_on end_reason',
    'title categories basis recipients kept_for');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_personal_data_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
