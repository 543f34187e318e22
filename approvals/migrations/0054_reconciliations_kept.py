"""Puts the monthly checks under the audit chain, keeps their history and those of a closed year, knows their moves."""

from django.db import migrations

GUARDS = r"""
SELECT moves_only('approvals_reconciliationround', 'open', 'open>closed',
    'state summary report closed_by_id closed_at', 'read_at');
SELECT moves_only('approvals_reconciliationreply', 'waiting',
    'waiting>confirmed waiting>differs confirmed>differs resolved>differs differs>resolved waiting>lapsed',
    'state numbers words answered_by_id answered_at resolution resolved_by_id resolved_at', '');
SELECT while_open('approvals_reconciliationreply', 'approvals_reconciliationround', 'round_id');

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
"""
OF_A_YEAR = {
    "reconciliationround": "r.year_id",
    "reconciliationreply": "(SELECT year_id FROM approvals_reconciliationround WHERE id = r.round_id)",
}


def statements() -> list[str]:
    return [
        GUARDS,
        *(f"SELECT audit_watch('approvals_{table}')" for table in OF_A_YEAR),
        *(f"SELECT history_keep('approvals_historical{table}')" for table in OF_A_YEAR),
        *(f"SELECT closed_year_guard('approvals_{table}', '{year}')" for table, year in OF_A_YEAR.items()),
    ]


class Migration(migrations.Migration):
    dependencies = [("approvals", "0053_reconciliations")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
