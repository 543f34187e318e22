"""Puts inspections under the audit chain, keeps their history and those of a closed year, and knows their moves.

`moves_only(table, first, moves, moving, free)` lets rows of the table begin in the state `first` and go along `moves`
(«open>closed») alone. The columns of `moving` change together with the state, those of `free` at any time, no other
ever; no row is deleted.
`while_open(table, parent, column)` refuses rows whose parent is no longer open.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION moves_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are kept for ever', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> TG_ARGV[0] THEN
            RAISE EXCEPTION '% does not begin as %', TG_TABLE_NAME, NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND NOT OLD.state || '>' || NEW.state = ANY (string_to_array(TG_ARGV[1], ' ')) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    may_change := string_to_array(TG_ARGV[3], ' ');
    IF OLD.state <> NEW.state THEN
        may_change := may_change || string_to_array(TG_ARGV[2], ' ');
    END IF;
    IF to_jsonb(OLD) - may_change <> to_jsonb(NEW) - may_change THEN
        RAISE EXCEPTION 'what % noted stays as it was', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION moves_only(guarded regclass, first text, moves text, moving text, free text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER moves_only BEFORE INSERT OR UPDATE OR DELETE ON %s'
                   ' FOR EACH ROW EXECUTE FUNCTION moves_refuse(%L, %L, %L, %L)', guarded, first, moves, moving, free);
END $$;

CREATE FUNCTION while_open_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    EXECUTE format('SELECT state FROM %s WHERE id = ($1).%I FOR SHARE', TG_ARGV[0], TG_ARGV[1]) INTO stands USING NEW;
    IF stands <> 'open' THEN
        RAISE EXCEPTION 'no % on %: its % has ended', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION while_open(guarded regclass, parent regclass, of_parent text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER while_open BEFORE INSERT OR UPDATE ON %s'
                   ' FOR EACH ROW EXECUTE FUNCTION while_open_refuse(%L, %L)', guarded, parent, of_parent);
END $$;

-- An inspection ends when each of its findings has: one that has any is not cancelled.
CREATE FUNCTION inspection_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND EXISTS (SELECT 1 FROM approvals_finding f WHERE f.inspection_id = NEW.id
            AND (f.state <> 'closed' OR NEW.state = 'cancelled')) THEN
        RAISE EXCEPTION 'inspection % has findings that forbid %', NEW.id, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_end BEFORE UPDATE ON approvals_inspection FOR EACH ROW EXECUTE FUNCTION inspection_end();

SELECT moves_only('approvals_inspection', 'open', 'open>closed open>cancelled',
    'state conclusion closed_by_id closed_at', '');
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict',
    'read_at');
SELECT moves_only('approvals_staffdecision', 'in_force', 'in_force>revoked',
    'state revoked_by_id revoked_at revoked_why', 'read_at');
SELECT while_open('approvals_inspectedclass', 'approvals_inspection', 'inspection_id'),
    while_open('approvals_inspectedpupil', 'approvals_inspection', 'inspection_id');
SELECT audit_watch('approvals_inspection');
SELECT audit_watch('approvals_inspectedclass');
SELECT audit_watch('approvals_inspectedpupil');
SELECT audit_watch('approvals_finding');
SELECT audit_watch('approvals_findingentry');
SELECT audit_watch('approvals_staffdecision');
SELECT history_keep('approvals_inspectedclass');
SELECT history_keep('approvals_inspectedpupil');
SELECT history_keep('approvals_findingentry');
SELECT history_keep('approvals_historicalinspection');
SELECT history_keep('approvals_historicalfinding');
SELECT history_keep('approvals_historicalstaffdecision');
SELECT closed_year_guard('approvals_inspection', 'r.year_id');
SELECT closed_year_guard('approvals_inspectedclass', '(SELECT year_id FROM approvals_inspection WHERE id = r.inspection_id)');
SELECT closed_year_guard('approvals_inspectedpupil', '(SELECT year_id FROM approvals_inspection WHERE id = r.inspection_id)');
SELECT closed_year_guard('approvals_finding', '(SELECT year_id FROM approvals_inspection WHERE id = r.inspection_id)');
SELECT closed_year_guard('approvals_findingentry', '(SELECT i.year_id FROM approvals_finding f JOIN approvals_inspection i ON i.id = f.inspection_id WHERE f.id = r.finding_id)');

CREATE TRIGGER while_open BEFORE INSERT ON approvals_finding
    FOR EACH ROW EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
CREATE TRIGGER while_open_but_for_reading BEFORE UPDATE ON approvals_finding FOR EACH ROW
    WHEN ((to_jsonb(OLD) - 'read_at') IS DISTINCT FROM (to_jsonb(NEW) - 'read_at'))
    EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');

CREATE FUNCTION staff_decision_fits_its_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text := (SELECT verdict FROM approvals_finding WHERE id = NEW.finding_id);
BEGIN
    IF NEW.kind = 'commendation' AND said = 'violation' THEN
        RAISE EXCEPTION 'finding % is a violation: nobody is commended for it', NEW.finding_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'no_action' AND said IS DISTINCT FROM 'violation' THEN
        RAISE EXCEPTION 'finding % is no violation to let rest', NEW.finding_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_decision_fits_its_finding BEFORE INSERT ON approvals_staffdecision
    FOR EACH ROW EXECUTE FUNCTION staff_decision_fits_its_finding();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0006_announcements_and_documents_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
