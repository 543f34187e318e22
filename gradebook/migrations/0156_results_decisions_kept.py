"""Decisions on results: under the audit chain, moving only as the table says, and fixed once they are issued."""

from django.db import migrations

STATEMENTS = """
SELECT audit_watch('gradebook_resultsdecision'), audit_watch('gradebook_resultsdecisionline'),
    history_keep('gradebook_historicalresultsdecision'), history_keep('gradebook_resultsdecisionline'),
    closed_year_guard('gradebook_resultsdecision', 'r.year_id'),
    closed_year_guard('gradebook_resultsdecisionline',
        '(SELECT year_id FROM gradebook_resultsdecision WHERE id = r.decision_id)');

CREATE FUNCTION results_decision_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'decision % is kept', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
            (('draft', 'issued'), ('draft', 'dropped'), ('issued', 'withdrawn')) THEN
        RAISE EXCEPTION 'decision % does not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'draft' AND to_jsonb(OLD) - ARRAY['state', 'withdrawn_by_id', 'withdrawn_at', 'withdrawn_for']
            <> to_jsonb(NEW) - ARRAY['state', 'withdrawn_by_id', 'withdrawn_at', 'withdrawn_for'] THEN
        RAISE EXCEPTION 'decision % is issued and stays as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER results_decision_moves BEFORE UPDATE OR DELETE ON gradebook_resultsdecision
    FOR EACH ROW EXECUTE FUNCTION results_decision_moves();

CREATE FUNCTION results_decision_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM gradebook_resultsdecision WHERE id = NEW.decision_id) <> 'draft' THEN
        RAISE EXCEPTION 'the lists of decision % are closed', NEW.decision_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER results_decision_lists BEFORE INSERT ON gradebook_resultsdecisionline
    FOR EACH ROW EXECUTE FUNCTION results_decision_lists();
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0155_results_decisions")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
