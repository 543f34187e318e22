"""Puts prints, their batches and their copies on paper under the audit chain; their states move as `reports.print_moves`
says; what the parts of a print say, under the codes at their feet, is never changed or deleted. With the function
that says whether a print is outdated.
"""

from django.db import migrations

from reports.outdated import create_function

GUARDS = """
SELECT audit_watch('reports_printjob', 'id', '{pupils_asked,pupils_done}', '{}');
SELECT history_keep('reports_printedcontent'), history_keep('reports_printedpart');

CREATE FUNCTION print_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT OLD.state || '>' || NEW.state = ANY (string_to_array('waiting>running waiting>failed waiting>cancelled running>waiting running>done running>failed running>cancelled failed>waiting cancelled>waiting', ' ')) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_printjob
    FOR EACH ROW EXECUTE FUNCTION print_moves();
CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_printbatch
    FOR EACH ROW EXECUTE FUNCTION print_moves();

-- Copies on paper there are only of what is done.
CREATE FUNCTION print_copies_of_the_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reports_printjob WHERE id = NEW.job_id AND state = 'done')
            AND NOT EXISTS (SELECT FROM reports_printbatch WHERE id = NEW.batch_id AND state = 'done') THEN
        RAISE EXCEPTION 'there is no paper of a print that is not done' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER print_copies_of_the_done BEFORE INSERT ON reports_printcopies
    FOR EACH ROW EXECUTE FUNCTION print_copies_of_the_done();

SELECT audit_watch('reports_printbatch'), audit_watch('reports_printcopies'), history_keep('reports_printcopies');
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("students", "0003_years_and_calendar_kept")]
    operations = [
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunPython(lambda _apps, editor: create_function(editor), migrations.RunPython.noop),
    ]
