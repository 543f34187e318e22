"""Puts the steps of a class's results and the decisions on them under the audit chain, keeps their history, and those of
a closed year.

Decisions move only as the table says, and are fixed once they are issued; one amends lines of earlier ones of the same
kind, year and pupil, while those are in force.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_classyearend');
SELECT audit_watch('gradebook_pupilyearend');
SELECT history_keep('gradebook_historicalclassyearend');
SELECT history_keep('gradebook_historicalpupilyearend');
SELECT closed_year_guard('gradebook_classyearend', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
SELECT closed_year_guard('gradebook_pupilyearend', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
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
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM gradebook_resultsdecisionline earlier
            JOIN gradebook_resultsdecision issued ON issued.id = earlier.decision_id
            JOIN gradebook_resultsdecision own ON own.id = NEW.decision_id
        WHERE earlier.id = NEW.replaces_id AND issued.state = 'issued' AND NOT earlier.is_struck
            AND (issued.year_id, issued.kind) = (own.year_id, own.kind)
            AND (earlier.student_id, earlier.school_class_id) = (NEW.student_id, NEW.school_class_id)
    ) THEN
        RAISE EXCEPTION 'line % is not one of this pupil that decision % could amend', NEW.replaces_id, NEW.decision_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER results_decision_lists BEFORE INSERT ON gradebook_resultsdecisionline
    FOR EACH ROW EXECUTE FUNCTION results_decision_lists();
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0010_entry_windows_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
