"""Puts cuts, executions and notices under the audit chain, keeps their history, and those of a closed year as they are.

Who has read of a lock is kept for ever. No order takes a number that another of the same calendar year has, whichever its school year.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('gradebook_windowcut');
SELECT audit_watch('gradebook_orderexecution');
SELECT audit_watch('gradebook_entrynotice');
SELECT audit_watch('gradebook_entrynoticerecipient');
SELECT history_keep('gradebook_historicalwindowcut');
SELECT history_keep('gradebook_historicalorderexecution');
SELECT history_keep('gradebook_historicalentrynotice');
SELECT history_keep('gradebook_historicalentrynoticerecipient');
SELECT closed_year_guard('gradebook_windowcut', '(SELECT year_id FROM gradebook_entrywindow WHERE id = r.window_id)');
SELECT closed_year_guard('gradebook_orderexecution', '(SELECT year_id FROM gradebook_entryorder WHERE id = r.order_id)');
SELECT closed_year_guard('gradebook_entrynotice', '(SELECT year_id FROM gradebook_entrywindow WHERE id = r.window_id)');
SELECT closed_year_guard('gradebook_entrynoticerecipient', '(SELECT w.year_id FROM gradebook_entrynotice n JOIN gradebook_entrywindow w ON w.id = n.window_id WHERE n.id = r.notice_id)');

CREATE FUNCTION order_number_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_year integer := extract(year FROM NEW.dated);
BEGIN
    -- Two orders signed at the same moment wait for each other; 41 is the key of this lock alone.
    PERFORM pg_advisory_xact_lock(41, of_year);
    IF EXISTS (SELECT 1 FROM gradebook_entryorder o WHERE o.id <> NEW.id AND extract(year FROM o.dated) = of_year
               AND upper(ltrim(o.number, '0')) = upper(ltrim(NEW.number, '0'))) THEN
        RAISE EXCEPTION 'number % is taken in %', NEW.number, of_year USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_number_guard BEFORE INSERT OR UPDATE OF number, dated ON gradebook_entryorder
    FOR EACH ROW EXECUTE FUNCTION order_number_guard();

SELECT audit_watch('gradebook_orderreading'), history_keep('gradebook_orderreading'),
    closed_year_guard('gradebook_orderreading', '(SELECT year_id FROM gradebook_entryorder WHERE id = r.order_id)');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0009_beside_the_results_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
