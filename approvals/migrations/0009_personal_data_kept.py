"""Personal data: what the database refuses about purposes, consents, requests and incidents, and keeps for ever."""

from django.db import migrations

GUARDS = r"""
SELECT moves_only('approvals_processingpurpose', 'in_force', 'in_force>ended', 'state ends_on end_reason', '');
SELECT moves_only('approvals_datarequest', 'received',
    'received>answered received>granted received>refused received>cancelled'
    ' answered>granted answered>refused answered>cancelled granted>done granted>cancelled',
    'state answered_at answered_by_id answer decided_at decided_by_id decision closed_at closed_by_id reply', '');
SELECT moves_only('approvals_dataincident', 'open', 'open>notified open>closed notified>closed',
    'state notified_at notified_by_id notified_to notice late_reason closed_at closed_by_id conclusion',
    'what categories people consequences measures contact');

-- What is said of an incident may grow while it is looked into, and stands once it is closed.
CREATE FUNCTION data_incident_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'incident % is closed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER data_incident_end BEFORE UPDATE ON approvals_dataincident
    FOR EACH ROW EXECUTE FUNCTION data_incident_end();

-- People agree to what the register asks for today, and withdraw what they have agreed to.
CREATE FUNCTION consent_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.said = 'withdrawn' THEN
        IF (SELECT said FROM approvals_consent WHERE student_id = NEW.student_id AND purpose_id = NEW.purpose_id
                AND giver = NEW.giver ORDER BY id DESC LIMIT 1) IS DISTINCT FROM 'given' THEN
            RAISE EXCEPTION 'nothing was given that could be withdrawn' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM approvals_processingpurpose
            WHERE id = NEW.purpose_id AND needs_consent AND state = 'in_force') THEN
        RAISE EXCEPTION 'purpose % asks for no consent', NEW.purpose_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_follows BEFORE INSERT ON approvals_consent
    FOR EACH ROW EXECUTE FUNCTION consent_follows();
"""
WATCHED = ("processingpurpose", "consent", "datarequest", "dataincident")
KEPT = ("consent", "historicalprocessingpurpose", "historicaldatarequest", "historicaldataincident")


def statements() -> list[str]:
    return [
        GUARDS,
        *(f"SELECT history_keep('approvals_{table}')" for table in KEPT),
        *(f"SELECT audit_watch('approvals_{table}')" for table in WATCHED),
    ]


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_reconciliations_kept")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
