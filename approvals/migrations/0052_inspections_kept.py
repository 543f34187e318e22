"""Puts inspections under the audit chain, keeps their history and those of a closed year, and knows their moves.

`moves_only(table, first, moves, moving, free)` lets rows of the table begin in the state `first` and go along `moves`
(«open>closed») alone. The columns of `moving` change together with the state, those of `free` at any time, no other
ever; no row is deleted.
`while_open(table, parent, column)` refuses rows whose parent is no longer open.
"""

from django.db import migrations

FUNCTIONS = r"""
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
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict', '');
SELECT moves_only('approvals_staffdecision', 'in_force', 'in_force>revoked',
    'state revoked_by_id revoked_at revoked_why', 'read_at');
SELECT while_open('approvals_inspectedclass', 'approvals_inspection', 'inspection_id'),
    while_open('approvals_inspectedpupil', 'approvals_inspection', 'inspection_id'),
    while_open('approvals_finding', 'approvals_inspection', 'inspection_id');
"""
WATCHED = (
    *("inspection", "inspectedclass", "inspectedpupil", "finding"),
    *("findingentry", "staffdecision"),
)
KEPT = (
    *("inspectedclass", "inspectedpupil", "findingentry"),
    *("historicalinspection", "historicalfinding", "historicalstaffdecision"),
)
_OF_THE_INSPECTION = "(SELECT year_id FROM approvals_inspection WHERE id = r.inspection_id)"
OF_A_YEAR = {
    "inspection": "r.year_id",
    **dict.fromkeys(("inspectedclass", "inspectedpupil", "finding"), _OF_THE_INSPECTION),
    "findingentry": (
        "(SELECT i.year_id FROM approvals_finding f JOIN approvals_inspection i ON i.id = f.inspection_id"
        " WHERE f.id = r.finding_id)"
    ),
}


def statements() -> list[str]:
    return [
        FUNCTIONS,
        *(f"SELECT audit_watch('approvals_{table}')" for table in WATCHED),
        *(f"SELECT history_keep('approvals_{table}')" for table in KEPT),
        *(f"SELECT closed_year_guard('approvals_{table}', '{year}')" for table, year in OF_A_YEAR.items()),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_chain"),
        ("approvals", "0051_inspections"),
        ("students", "0070_more_of_closed_years"),
    ]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
