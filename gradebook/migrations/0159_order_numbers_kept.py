"""No new order takes a number that another of the same calendar year has, whichever its school year.

A trigger, not an index: orders signed before the rule keep the numbers that their papers bear.
"""

from django.db import migrations

GUARD = r"""
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
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0158_order_numbers_and_read_notices")]
    operations = [migrations.RunSQL([GUARD], migrations.RunSQL.noop)]
