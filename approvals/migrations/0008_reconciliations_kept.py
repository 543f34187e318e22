"""Puts the monthly checks under the audit chain, keeps their history and those of a closed year, knows their moves."""

from django.db import migrations

GUARDS = """
SELECT moves_only('approvals_reconciliationround', 'open', 'open>closed',
    'state summary report closed_by_id closed_at', 'read_at');
SELECT moves_only('approvals_reconciliationreply', 'waiting', 'waiting>confirmed waiting>differs confirmed>differs resolved>differs differs>resolved waiting>lapsed confirmed>waiting', 'state numbers words answered_by_id answered_at resolution resolved_by_id resolved_at', 'read_at');

CREATE FUNCTION reconciliation_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'closed' AND OLD.state = 'open' AND EXISTS (SELECT 1 FROM approvals_reconciliationreply r
            WHERE r.round_id = NEW.id AND r.state IN ('waiting', 'differs')) THEN
        RAISE EXCEPTION 'round % has open answers', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reconciliation_end BEFORE UPDATE ON approvals_reconciliationround
    FOR EACH ROW EXECUTE FUNCTION reconciliation_end();

SELECT audit_watch('approvals_reconciliationround');
SELECT audit_watch('approvals_reconciliationreply');
SELECT history_keep('approvals_historicalreconciliationround');
SELECT history_keep('approvals_historicalreconciliationreply');
SELECT closed_year_guard('approvals_reconciliationround', 'r.year_id');
SELECT closed_year_guard('approvals_reconciliationreply', '(SELECT year_id FROM approvals_reconciliationround WHERE id = r.round_id)');

CREATE TRIGGER while_open BEFORE INSERT ON approvals_reconciliationreply FOR EACH ROW
    EXECUTE FUNCTION while_open_refuse('approvals_reconciliationround', 'round_id');
CREATE TRIGGER while_open_but_to_read BEFORE UPDATE ON approvals_reconciliationreply FOR EACH ROW
    WHEN (to_jsonb(OLD) - 'read_at' IS DISTINCT FROM to_jsonb(NEW) - 'read_at')
    EXECUTE FUNCTION while_open_refuse('approvals_reconciliationround', 'round_id');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_inspections_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
