"""Consents: one of the day of a withdrawal does not undo it, as the pages have it."""

from django.db import migrations

GUARD = r"""
CREATE OR REPLACE FUNCTION consent_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest approvals_consent;
BEGIN
    SELECT * INTO newest FROM approvals_consent WHERE student_id = NEW.student_id AND purpose_id = NEW.purpose_id
        AND giver = NEW.giver ORDER BY id DESC LIMIT 1;
    IF NEW.said_on < newest.said_on OR
            (NEW.said_on = newest.said_on AND newest.said = 'withdrawn' AND NEW.said = 'given') THEN
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
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0010_personal_data_mended")]
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
